//! A look at one stream, for `camera test`: does it work, and what does it send?
//!
//! Must not do: retry, or need the capture thread.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};

use super::offer::Offer;
use super::run::Assembler;
use super::service::runtime;
use super::session::{Connection, Item};
use super::{CaptureError, CaptureEvent, StreamSource};
use crate::media::{AccessUnit, StreamParameters};
use crate::model::time::{TICKS_PER_SECOND, ticks_to_micros};
use crate::runtime::Clock;

/// Rates over less than this say little. In ticks: 2 seconds.
const MIN_MEASURE: i64 = 2 * TICKS_PER_SECOND;

/// RTCP reports come about every 5 seconds (RFC 3550, 6.2); nobody waits longer than this for the first.
/// In ticks: 6 seconds.
const MAX_REPORT_WAIT: i64 = 6 * TICKS_PER_SECOND;

/// Longest wait for the answer to PLAY.
const MAX_CONNECT: Duration = Duration::from_secs(10);

/// Between two looks at whether a report is still wanted.
const LOOK: Duration = Duration::from_millis(100);

/// What a stream was seen to send.
#[derive(Clone, Debug)]
pub struct ProbeReport {
    /// `H.264` with its profile, as people call it.
    pub codec: String,
    /// What a decoder needs; size and declared frame rate are inside.
    pub parameters: Arc<StreamParameters>,
    /// The first random access point.
    pub first: AccessUnit,
    /// Frames a second by the camera's timestamps, in thousandths; 0 when too few arrived.
    pub frame_rate_milli: u32,
    /// Frames a second as SPS or session description tell, in thousandths; 0 when they do not.
    pub declared_frame_rate_milli: u32,
    /// Pictures from one random access point to the next; none when no second one arrived in time.
    pub gop_length: Option<u32>,
    /// Bits a second by the camera's timestamps.
    pub bit_rate: u64,
    /// RTP packets, or pictures that the camera left out, missing.
    pub lost_packets: u64,
    /// The camera's wall clock less ours, in microseconds; none when it sent no report in time.
    pub clock_offset: Option<i64>,
    /// Whether it offers sound too, which is not recorded.
    pub has_audio: bool,
    /// From the first word to the first picture.
    pub first_after: Duration,
}

/// Connects to `source` and watches it, at most for `limit` in all.
///
/// # Errors
/// [`CaptureError`] when it cannot be connected to, is not H.264, or sends no picture to start from.
pub fn probe(
    source: &StreamSource,
    limit: Duration,
    clock: &Arc<dyn Clock>,
) -> Result<ProbeReport, CaptureError> {
    probe_while(source, limit, clock, &|| true)
}

/// As [`probe`], for as long as `wanted` says so.
///
/// # Errors
/// As [`probe`], and [`CaptureError::Abandoned`] soon after it is not wanted any more.
pub fn probe_while(
    source: &StreamSource,
    limit: Duration,
    clock: &Arc<dyn Clock>,
    wanted: &dyn Fn() -> bool,
) -> Result<ProbeReport, CaptureError> {
    let runtime = runtime().map_err(|error| CaptureError::Start { detail: error.to_string() })?;
    let report = runtime.block_on(async {
        let watched = pin!(watch(source, limit, &**clock));
        let unwanted = pin!(unwanted(wanted));
        match select(watched, unwanted).await {
            Either::Left((report, _)) => report,
            Either::Right(_) => Err(CaptureError::Abandoned),
        }
    });
    runtime.shutdown_timeout(Duration::ZERO);
    report
}

/// Ends once it is not wanted any more.
async fn unwanted(wanted: &dyn Fn() -> bool) {
    while wanted() {
        tokio::time::sleep(LOOK).await;
    }
}

async fn watch(
    source: &StreamSource,
    limit: Duration,
    clock: &dyn Clock,
) -> Result<ProbeReport, CaptureError> {
    let began = clock.monotonic();
    let connect = limit.min(MAX_CONNECT);
    let group = Arc::default();
    let opened = async { Offer::describe(source, Arc::clone(&group)).await?.play(false).await };
    let mut connection = tokio::time::timeout(connect, opened)
        .await
        .map_err(|_| CaptureError::NoAnswer { address: source.address(), limit: connect })??;
    let mut seen = Seen { began, ..Seen::default() };
    let left = limit.saturating_sub(clock.monotonic().saturating_sub(began));
    let watched = tokio::time::timeout(left, seen.watch(&mut connection, clock)).await;
    if let Ok(Err(error)) = watched {
        return Err(error);
    }
    let declared = connection.declared_frame_rate_milli();
    let has_audio = connection.has_audio();
    drop(connection);
    // A camera that hears no TEARDOWN keeps the session as a viewer; half a second is enough for it.
    let _ended = tokio::time::timeout(Duration::from_millis(500), group.await_teardown()).await;
    seen.report(declared, has_audio).ok_or(CaptureError::NoPicture { limit })
}

#[derive(Default)]
struct Seen {
    parameters: Option<Arc<StreamParameters>>,
    first: Option<AccessUnit>,
    /// Pictures, their bytes, and the latest of them in ticks.
    pictures: u32,
    bytes: u64,
    last: i64,
    gop_length: Option<u32>,
    lost: u64,
    clock_offset: Option<i64>,
    /// On the monotonic clock: the start, and the first picture.
    began: Duration,
    first_at: Option<Duration>,
}

impl Seen {
    /// Watches until enough is known.
    async fn watch(
        &mut self,
        connection: &mut Connection<'_>,
        clock: &dyn Clock,
    ) -> Result<(), CaptureError> {
        let mut assembler = Assembler::default();
        while !self.is_enough() {
            match connection.next().await? {
                Item::Frame(frame) => {
                    let mut emit = |event| self.note(event);
                    connection.assemble(frame, &mut assembler, clock, &mut emit)?;
                }
                Item::CameraClock(camera) => {
                    self.clock_offset = Some(camera.micros_since(clock.wall()));
                }
                Item::Metadata(_) | Item::Other => {}
            }
        }
        Ok(())
    }

    fn is_enough(&self) -> bool {
        let reported = self.clock_offset.is_some() || self.last >= MAX_REPORT_WAIT;
        self.gop_length.is_some() && self.last >= MIN_MEASURE && reported
    }

    fn note(&mut self, event: CaptureEvent) {
        match event {
            CaptureEvent::RunStarted { parameters }
            | CaptureEvent::NewParameters { parameters } => {
                *self = Self {
                    parameters: Some(parameters),
                    lost: self.lost,
                    clock_offset: self.clock_offset,
                    began: self.began,
                    first_at: self.first_at,
                    ..Self::default()
                };
            }
            CaptureEvent::Unit(unit) => {
                if unit.random_access && self.pictures > 0 {
                    self.gop_length.get_or_insert(self.pictures);
                }
                self.pictures += 1;
                self.bytes += unit.data.len() as u64;
                self.last = self.last.max(unit.pts.ticks());
                self.first_at.get_or_insert(unit.received.monotonic);
                self.first.get_or_insert(unit);
            }
            CaptureEvent::Lost { packets } => self.lost += u64::from(packets),
            _ => {}
        }
    }

    fn report(self, described_rate: u32, has_audio: bool) -> Option<ProbeReport> {
        let parameters = self.parameters?;
        // The last picture's duration is not known: the measure is from the first to the last start.
        let micros = u64::try_from(ticks_to_micros(self.last)).unwrap_or(0);
        let rate = |count: u64| (count * 1_000_000).checked_div(micros).unwrap_or(0);
        let frames = u64::from(self.pictures.saturating_sub(1));
        let sps_rate = parameters.video.frame_rate_milli;
        Some(ProbeReport {
            codec: format!("H.264 {}", profile(parameters.video.profile_idc)),
            first: self.first?,
            frame_rate_milli: u32::try_from(rate(frames * 1_000)).unwrap_or(u32::MAX),
            declared_frame_rate_milli: if sps_rate > 0 { sps_rate } else { described_rate },
            gop_length: self.gop_length,
            bit_rate: rate(self.bytes * 8),
            lost_packets: self.lost,
            clock_offset: self.clock_offset,
            has_audio,
            first_after: self.first_at.unwrap_or(self.began).saturating_sub(self.began),
            parameters,
        })
    }
}

/// As people call it (ITU-T H.264, Annex A).
fn profile(profile_idc: u8) -> String {
    match profile_idc {
        66 => "Baseline".to_owned(),
        77 => "Main".to_owned(),
        88 => "Extended".to_owned(),
        100 => "High".to_owned(),
        110 => "High 10".to_owned(),
        122 => "High 4:2:2".to_owned(),
        244 => "High 4:4:4".to_owned(),
        other => format!("profile {other}"),
    }
}
