//! Gathers what the rules of a diagnosis go by: the index, the disk, what is shown.
//!
//! Must not do: judge; `diagnose` does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::EngineError;
use super::diagnose::{Facts, Moment, diagnose, last_step};
use super::disk::DiskLook;
use super::recordings::{Answer, Question, Recordings};
use crate::model::{CameraId, GapReason, RecordingState, Settings, WallSpan, WallTime};
use crate::protocol::{
    CameraStatus, DiagnoseQuery, Diagnosis, LinkState, Notice, Snapshot, StorageOverview,
    VolumeStatus,
};
use crate::storage::probe;

/// How far around a moment the borders of its stretch are looked for, in turn.
const REACHES: [Duration; 3] = [
    Duration::from_secs(3_600),
    Duration::from_secs(24 * 3_600),
    Duration::from_secs(60 * 24 * 3_600),
];

/// What there is to go by.
pub struct Situation<'a> {
    /// What was recorded.
    pub recordings: &'a Recordings,
    /// What the console shows, or would.
    pub snapshot: &'a Snapshot,
    /// Whether an engine runs.
    pub is_running: bool,
    /// How storage stands.
    pub storage: &'a StorageOverview,
    /// Looks at the disk; without it whoever asks waits for the disk itself.
    pub disk: Option<&'a DiskLook>,
    /// All notices that are kept.
    pub history: &'a [Notice],
    /// This moment.
    pub now: WallTime,
}

/// Answers a question. Looks at the disk, for as long as that takes or as the situation allows.
///
/// # Errors
/// When the index cannot be read.
pub fn answer(situation: &Situation<'_>, query: &DiagnoseQuery) -> Result<Diagnosis, EngineError> {
    let Situation { recordings, snapshot, now, .. } = situation;
    let moment = query.at.map(|at| moment(recordings, snapshot, query, at, *now)).transpose()?;
    let path = &snapshot.volume.path;
    let look = |path: &Path| match situation.disk {
        Some(disk) => disk.at(path),
        None => probe::look(path),
    };
    let place = (!path.is_empty()).then(|| look(Path::new(path)));
    let facts = Facts {
        snapshot,
        is_running: situation.is_running,
        storage: situation.storage,
        place: place.as_ref(),
        stepped: last_step(situation.history),
        moment: moment.as_ref(),
        now: *now,
        zone: snapshot.zone.parse().unwrap_or(chrono_tz::UTC),
    };
    Ok(Diagnosis { id: query.id, checks: diagnose(&facts, query.camera.as_ref()) })
}

/// What every camera did at `at`: those of the settings, and the one asked about.
fn moment(
    recordings: &Recordings,
    snapshot: &Snapshot,
    query: &DiagnoseQuery,
    at: WallTime,
    now: WallTime,
) -> Result<Moment, EngineError> {
    let mut cameras: Vec<&CameraId> = snapshot.cameras.iter().map(|camera| &camera.id).collect();
    cameras.extend(query.camera.iter().filter(|id| snapshot.cameras.iter().all(|c| c.id != **id)));
    let mut states = Vec::new();
    for camera in cameras {
        if let Some((span, state)) = stretch(recordings, camera, at, now)? {
            states.push((camera.clone(), span, state));
        }
    }
    Ok(Moment { at, states })
}

/// The stretch in which `at` lies; none for the future.
fn stretch(
    recordings: &Recordings,
    camera: &CameraId,
    at: WallTime,
    now: WallTime,
) -> Result<Option<(WallSpan, RecordingState)>, EngineError> {
    let mut found = None;
    for reach in REACHES {
        let asked = WallSpan::new(at - reach, (at + reach).min(now));
        let question =
            Question::Explain { camera: camera.clone(), from: asked.start, to: asked.end };
        let Answer::Explain(stretches) = recordings.answer(&question)? else { break };
        let Some((span, state)) = stretches.into_iter().find(|(span, _)| span.contains(at)) else {
            break;
        };
        let is_whole = span.start > asked.start && (span.end < asked.end || asked.end == now);
        found = Some((span, state));
        if is_whole {
            break;
        }
    }
    Ok(found)
}

/// What would be shown of a folder that no engine runs on.
#[must_use]
pub fn at_rest(settings: Arc<Settings>, zone: chrono_tz::Tz, path: String) -> Snapshot {
    let cameras = settings.cameras.iter().map(|camera| CameraStatus {
        id: camera.id.clone(),
        name: camera.name.clone(),
        group: camera.group.clone(),
        address: camera.main.host_and_port(),
        has_sub: camera.sub.is_some(),
        stream: settings.recorded_stream(camera),
        mode: camera.recording.mode,
        link: LinkState::Connecting,
        recording: RecordingState::Idle(GapReason::NotRunning),
        since: WallTime::default(),
        sentence: GapReason::NotRunning.to_string(),
        manual_left: None,
        motion_level: None,
        motion_trouble: None,
        short_preroll: None,
        size: None,
        frame_rate_milli: 0,
        bit_rate: 0,
        sub_bit_rate: None,
        recorded_today: 0,
        dropped: 0,
        failed_writes: 0,
        gop_length: None,
        lost_packets: 0,
        reconnects_today: 0,
        clock_offset: None,
        last_error: None,
        last_picture: None,
    });
    Snapshot {
        cameras: cameras.collect(),
        volume: VolumeStatus { path, ..VolumeStatus::default() },
        zone: zone.name().into(),
        settings: Arc::clone(&settings),
        ..Snapshot::default()
    }
}
