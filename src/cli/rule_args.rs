//! The arguments that say when and how a camera is recorded, for one camera or for all.
//!
//! Must not do: change settings; `camera` and `defaults` do.

use std::str::FromStr;

use clap::{Args as ClapArgs, ValueEnum};

use super::args::{ModeArg, StreamArg};
use crate::model::settings::recording::{
    ManualMinutes, MinSize, PostSeconds, PreSeconds, Retention, Sensitivity,
};
use crate::model::settings::{CameraRecording, RecordingDefaults};
use crate::model::{MotionSource, MotionZone, ZoneKind};

/// A value of a camera's own, or the global one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Own<T> {
    /// As the global default says.
    Inherit,
    /// This one.
    Value(T),
}

impl<T: FromStr> FromStr for Own<T> {
    type Err = T::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "inherit" => Ok(Self::Inherit),
            text => text.parse().map(Self::Value),
        }
    }
}

impl<T: Clone> Own<T> {
    fn set(this: Option<&Self>, target: &mut Option<T>) {
        match this {
            Some(Self::Inherit) => *target = None,
            Some(Self::Value(value)) => *target = Some(value.clone()),
            None => {}
        }
    }
}

/// Who detects motion.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SourceArg {
    /// Watchkeeper, in the pictures
    Picture,
    /// The camera, by ONVIF metadata
    Camera,
}

/// A zone, or none of those that there were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneArg {
    /// No zone.
    None,
    /// This one.
    Zone(MotionZone),
}

impl FromStr for ZoneArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self::None);
        }
        let wrong = || {
            "write a zone like \"include:0,0 500,0 500,1000 0,1000\" or \"ignore:...\", corners in \
             thousandths of width and height, or \"none\""
                .to_owned()
        };
        let (kind, corners) = text.split_once(':').ok_or_else(wrong)?;
        let kind = match kind {
            "include" => ZoneKind::Include,
            "ignore" => ZoneKind::Ignore,
            _ => return Err(wrong()),
        };
        let corner = |text: &str| {
            let (x, y) = text.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        };
        let corners = corners.split_whitespace().map(corner).collect::<Option<_>>();
        let zone = MotionZone { kind, corners: corners.ok_or_else(wrong)? };
        zone.validate()?;
        Ok(Self::Zone(zone))
    }
}

/// When and how one camera is recorded. Most take "inherit" to drop an own value.
#[derive(Debug, ClapArgs)]
pub struct RuleArgs {
    /// When it is recorded
    #[arg(long, value_enum)]
    pub mode: Option<ModeArg>,
    /// The stream that is recorded: main, sub or inherit
    #[arg(long)]
    pub stream: Option<Own<StreamArg>>,
    /// Name of its schedule, or inherit
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<Own<String>>,
    /// Record motion within the schedule only
    #[arg(long, value_name = "true|false")]
    pub motion_in_schedule: Option<bool>,
    /// Record the sub stream always, and the main stream on motion
    #[arg(long, value_name = "true|false")]
    pub main_on_motion: Option<bool>,
    /// Seconds before the first motion (0 to 60), or inherit
    #[arg(long, value_name = "SECONDS")]
    pub pre: Option<Own<PreSeconds>>,
    /// Seconds after the last motion (0 to 600), or inherit
    #[arg(long, value_name = "SECONDS")]
    pub post: Option<Own<PostSeconds>>,
    /// How long footage is kept: 30d, 12h, 30d 12h 15m, 0 for ever, or inherit
    #[arg(long, value_name = "TIME")]
    pub retention: Option<Own<Retention>>,
    /// Who detects motion
    #[arg(long, value_enum)]
    pub motion_source: Option<SourceArg>,
    /// How slight a motion counts (1 to 100), or inherit
    #[arg(long, value_name = "NUMBER")]
    pub sensitivity: Option<Own<Sensitivity>>,
    /// Smallest moving part that counts, in thousandths of the picture, or inherit
    #[arg(long, value_name = "NUMBER")]
    pub min_size: Option<Own<MinSize>>,
    /// A part that is watched or left out: "include:0,0 500,0 500,1000", "ignore:...", or "none"
    #[arg(long, value_name = "ZONE")]
    pub zone: Vec<ZoneArg>,
}

impl RuleArgs {
    /// Puts what was given into `target`.
    pub fn apply(&self, target: &mut CameraRecording) {
        if let Some(mode) = self.mode {
            target.mode = mode.into();
        }
        let stream = self.stream.as_ref().map(|own| match own {
            Own::Inherit => Own::Inherit,
            Own::Value(stream) => Own::Value((*stream).into()),
        });
        Own::set(stream.as_ref(), &mut target.stream);
        Own::set(self.schedule.as_ref(), &mut target.schedule);
        Own::set(self.pre.as_ref(), &mut target.pre_seconds);
        Own::set(self.post.as_ref(), &mut target.post_seconds);
        Own::set(self.retention.as_ref(), &mut target.retention);
        Own::set(self.sensitivity.as_ref(), &mut target.sensitivity);
        Own::set(self.min_size.as_ref(), &mut target.min_size);
        if let Some(only) = self.motion_in_schedule {
            target.motion_in_schedule = only;
        }
        if let Some(both) = self.main_on_motion {
            target.main_on_motion = both;
        }
        if let Some(source) = self.motion_source {
            target.motion_source = match source {
                SourceArg::Picture => MotionSource::Picture,
                SourceArg::Camera => MotionSource::Camera,
            };
        }
        if !self.zone.is_empty() {
            let zones = self.zone.iter().filter_map(|zone| match zone {
                ZoneArg::Zone(zone) => Some(zone.clone()),
                ZoneArg::None => None,
            });
            target.zones = zones.collect();
        }
    }
}

/// What holds for all cameras that do not set it for themselves.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = true)]
pub struct DefaultArgs {
    /// The stream that is recorded
    #[arg(long, value_enum)]
    pub stream: Option<StreamArg>,
    /// Name of the schedule, or "none"
    #[arg(long, value_name = "NAME")]
    pub schedule: Option<String>,
    /// Seconds before the first motion (0 to 60)
    #[arg(long, value_name = "SECONDS")]
    pub pre: Option<PreSeconds>,
    /// Seconds after the last motion (0 to 600)
    #[arg(long, value_name = "SECONDS")]
    pub post: Option<PostSeconds>,
    /// Minutes after which a manual recording ends (1 to 1440)
    #[arg(long, value_name = "MINUTES")]
    pub manual_minutes: Option<ManualMinutes>,
    /// How slight a motion counts (1 to 100)
    #[arg(long, value_name = "NUMBER")]
    pub sensitivity: Option<Sensitivity>,
    /// Smallest moving part that counts, in thousandths of the picture
    #[arg(long, value_name = "NUMBER")]
    pub min_size: Option<MinSize>,
}

impl DefaultArgs {
    /// Puts what was given into `target`.
    pub fn apply(&self, target: &mut RecordingDefaults) {
        if let Some(stream) = self.stream {
            target.stream = stream.into();
        }
        if let Some(schedule) = &self.schedule {
            target.schedule = (schedule != "none").then(|| schedule.clone());
        }
        target.pre_seconds = self.pre.unwrap_or(target.pre_seconds);
        target.post_seconds = self.post.unwrap_or(target.post_seconds);
        target.manual_minutes = self.manual_minutes.unwrap_or(target.manual_minutes);
        target.sensitivity = self.sensitivity.unwrap_or(target.sensitivity);
        target.min_size = self.min_size.unwrap_or(target.min_size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_values_and_zones_are_read_or_refused() {
        assert_eq!("inherit".parse(), Ok(Own::<PreSeconds>::Inherit));
        assert_eq!("7".parse(), Ok(Own::Value(PreSeconds(7))));
        assert!("61".parse::<Own<PreSeconds>>().is_err());
        let corners = vec![(0, 0), (500, 0), (0, 1_000)];
        let zone = MotionZone { kind: ZoneKind::Ignore, corners };
        assert_eq!("ignore:0,0 500,0 0,1000".parse(), Ok(ZoneArg::Zone(zone)));
        for text in ["", "include", "keep:0,0 1,1 2,0", "include:0,0 1,1", "include:0,0 9 1,1"] {
            assert!(text.parse::<ZoneArg>().is_err(), "{text}");
        }
    }
}
