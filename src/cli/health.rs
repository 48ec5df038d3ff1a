//! `health`: how a running Watchkeeper is: cameras, volume, notices.
//!
//! Must not do: judge; it tells what the engine shows.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::footage_args::HealthOptions;
use super::{Args, print, session};
use crate::engine::desk::{Request, Response};
use crate::model::WallTime;
use crate::protocol::{CameraStatus, LinkState, Snapshot, VolumeStatus};
use crate::runtime::{Clock, SystemClock};

const MICROS: f64 = 1e6;

/// Runs the verb.
///
/// # Errors
/// When nobody runs with the folder.
pub fn run(args: &Args, options: &HealthOptions) -> Result<()> {
    let folder = session::folder(args)?;
    let Response::Health(snapshot) = session::request(&folder, &Request::Health)? else {
        bail!(session::OTHER_VERSION);
    };
    let now = SystemClock::new().wall();
    if options.json { print::json(&as_json(&snapshot, now)) } else { print(&snapshot, now) }
}

fn as_json(snapshot: &Snapshot, now: WallTime) -> Value {
    let notices = snapshot.notices.iter().map(|notice| {
        json!({
            "at": notice.at.to_rfc3339(),
            "severity": notice.severity,
            "camera_id": notice.camera,
            "text": notice.text,
        })
    });
    let cameras = snapshot.cameras.iter();
    json!({
        "data_dir": snapshot.data_dir,
        "zone": snapshot.zone,
        "cameras": cameras.map(|camera| camera_json(camera, now)).collect::<Vec<_>>(),
        "volume": volume_json(&snapshot.volume),
        "window": snapshot.live.window,
        "reduced": snapshot.live.reduced,
        "notices": notices.collect::<Vec<_>>(),
    })
}

fn camera_json(camera: &CameraStatus, now: WallTime) -> Value {
    let seconds = |micros: i64| micros as f64 / MICROS;
    let link = match camera.link {
        LinkState::Connecting => "connecting",
        LinkState::Online => "online",
        LinkState::Offline { .. } => "offline",
    };
    json!({
        "camera": camera.name,
        "camera_id": camera.id,
        "mode": camera.mode,
        "stream": camera.stream,
        "link": link,
        "recording": camera.recording,
        "sentence": camera.sentence,
        "since": camera.since.to_rfc3339(),
        "manual_left_seconds": camera.manual_left.map(seconds),
        "motion_trouble": camera.motion_trouble,
        "frame_rate": f64::from(camera.frame_rate_milli) / 1_000.0,
        "bit_rate": camera.bit_rate,
        "gop_length": camera.gop_length,
        "lost_packets": camera.lost_packets,
        "dropped": camera.dropped,
        "failed_writes": camera.failed_writes,
        "reconnects_today": camera.reconnects_today,
        "clock_offset_seconds": camera.clock_offset.map(seconds),
        "recorded_today_seconds": seconds(camera.recorded_today),
        "last_error": camera.last_error,
        "last_picture": camera.last_picture.map(WallTime::to_rfc3339),
        "last_picture_age_seconds": age(camera, now).map(seconds),
    })
}

fn volume_json(volume: &VolumeStatus) -> Value {
    json!({
        "path": volume.path,
        "state": state(volume),
        "free": volume.free,
        "total": volume.total,
        "used": volume.used,
        "write_rate": volume.write_rate,
        "left_seconds": volume.left_micros.map(|micros| micros / 1_000_000),
        "trouble": volume.trouble,
    })
}

fn state(volume: &VolumeStatus) -> &'static str {
    match (&volume.trouble, volume.is_low) {
        (Some(_), _) => "trouble",
        (None, true) => "low",
        (None, false) => "good",
    }
}

/// Microseconds since the last picture arrived.
fn age(camera: &CameraStatus, now: WallTime) -> Option<i64> {
    camera.last_picture.map(|at| now.micros_since(at).max(0))
}

fn print(snapshot: &Snapshot, now: WallTime) -> Result<()> {
    let zone = snapshot.zone.parse().unwrap_or(chrono_tz::UTC);
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let row = |camera: &CameraStatus| {
        let age = age(camera, now).map(|micros| format!("{:.1} s ago", micros as f64 / MICROS));
        let clock = camera.clock_offset.map(|micros| format!("{:+.1} s", micros as f64 / MICROS));
        [
            camera.name.clone(),
            format!("{:.1}/s", f64::from(camera.frame_rate_milli) / 1_000.0),
            format!("{:.2} Mbit/s", camera.bit_rate as f64 / 1e6),
            or_none(camera.gop_length.map(|length| length.to_string())),
            camera.lost_packets.to_string(),
            camera.reconnects_today.to_string(),
            or_none(clock),
            or_none(age),
            print::local(camera.since, zone),
            camera.sentence.clone(),
        ]
    };
    let rows: Vec<[String; 10]> = snapshot.cameras.iter().map(row).collect();
    let head = [
        "CAMERA",
        "PICTURES",
        "BIT RATE",
        "GOP",
        "LOST",
        "RECONNECTS",
        "CLOCK",
        "LAST",
        "SINCE",
        "STATE",
    ];
    print::table(head, &rows)?;
    for camera in &snapshot.cameras {
        if let Some(error) = &camera.last_error {
            print::line(&format!("{}: the last connection ended: {error}", camera.name))?;
        }
        if let Some(trouble) = &camera.motion_trouble {
            print::line(&format!("{}: {trouble}", camera.name))?;
        }
    }
    print::line("")?;
    let volume = &snapshot.volume;
    let mut lines = vec![
        ("folder", volume.path.clone()),
        ("free", format!("{} of {}", print::bytes(volume.free), print::bytes(volume.total))),
        ("used", print::bytes(volume.used)),
        ("written", format!("{} a second", print::bytes(volume.write_rate))),
        ("room for", or_none(volume.left_micros.map(print::duration))),
        ("state", state(volume).into()),
    ];
    lines.extend(volume.trouble.clone().map(|trouble| ("trouble", trouble)));
    print::pairs(&lines)?;
    if let Some(window) = snapshot.live.window {
        let crate::protocol::WindowTimes { frames, seconds, p50, p99, worst, .. } = window;
        let times = format!("p50 {p50:.1}, p99 {p99:.1}, longest {worst:.1} ms");
        print::line(&format!("window: {frames} frames in {seconds:.0} s: {times}"))?;
    }
    for notice in &snapshot.notices {
        let camera =
            snapshot.cameras.iter().find(|camera| Some(&camera.id) == notice.camera.as_ref());
        let camera = camera.filter(|camera| !notice.text.starts_with(&camera.name));
        let whose = camera.map_or(String::new(), |camera| format!("{}: ", camera.name));
        print::line(&format!("{}  {whose}{}", print::local(notice.at, zone), notice.text))?;
    }
    Ok(())
}
