//! How cameras are recorded: what holds for all of them, what one of them sets for itself, and what is in
//! force then.
//!
//! Must not do: decide whether to record now; `recorder::gate` does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::is_default;
use super::ranged::ranged;
use crate::model::{Mode, MotionSettings, MotionSource, MotionZone, StreamKind};

const MINUTE_MICROS: i64 = 60_000_000;

/// Longest retention in days: a hundred years, so that no sum of times overflows.
const MAX_DAYS: u32 = 36_500;

ranged!(
    /// Seconds before the first motion that are recorded too.
    PreSeconds(u32), 0..=60, "pre_seconds"
);
ranged!(
    /// Seconds after the last motion that are recorded too.
    PostSeconds(u32), 0..=600, "post_seconds"
);
ranged!(
    /// Minutes after which a manual recording ends by itself.
    ManualMinutes(u32), 1..=1_440, "manual_minutes"
);
ranged!(
    /// How slight a motion counts: 1 the strongest only, 100 the slightest.
    Sensitivity(u8), 1..=100, "sensitivity"
);
ranged!(
    /// Smallest moving part that counts, in thousandths of the picture.
    MinSize(u16), 1..=500, "min_size"
);

/// How long footage is kept, in minutes; 0 means for ever. Written as `30d`, `12h`, `30d 12h 15m` or `0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Retention(u32);

impl Retention {
    /// Of so many days, hours and minutes; none when it is longer than a hundred years.
    #[must_use]
    pub fn new(days: u32, hours: u32, minutes: u32) -> Option<Self> {
        let minutes =
            days.checked_mul(1_440)?.checked_add(hours.checked_mul(60)?)?.checked_add(minutes)?;
        (minutes <= MAX_DAYS * 1_440).then_some(Self(minutes))
    }

    /// Microseconds after which footage may go; none for never.
    #[must_use]
    pub fn micros(self) -> Option<i64> {
        (self.0 > 0).then(|| i64::from(self.0) * MINUTE_MICROS)
    }

    /// Days, hours and minutes.
    #[must_use]
    pub const fn parts(self) -> (u32, u32, u32) {
        (self.0 / 1_440, self.0 / 60 % 24, self.0 % 60)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, hours, minutes) = self.parts();
        let parts = [(days, 'd'), (hours, 'h'), (minutes, 'm')];
        let words: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number}{unit}"))
            .collect();
        f.write_str(if words.is_empty() { "0" } else { "" })?;
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Retention {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("\"{text}\" is no retention: write 30d, 12h, 30d 12h 15m, or 0 for ever");
        if text.trim() == "0" {
            return Ok(Self(0));
        }
        let (mut parts, mut digits) = ([None; 3], String::new());
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            let place = match c {
                '0'..='9' => {
                    digits.push(c);
                    continue;
                }
                'd' => 0,
                'h' => 1,
                'm' => 2,
                _ => return Err(wrong()),
            };
            let number: u32 = std::mem::take(&mut digits).parse().map_err(|_| wrong())?;
            if parts.iter().skip(place).any(Option::is_some) {
                return Err(wrong());
            }
            parts[place] = Some(number);
        }
        if !digits.is_empty() || parts.iter().all(Option::is_none) {
            return Err(wrong());
        }
        let [days, hours, minutes] = parts.map(Option::unwrap_or_default);
        Self::new(days, hours, minutes)
            .ok_or_else(|| format!("a retention is at most {MAX_DAYS} days"))
    }
}

impl TryFrom<String> for Retention {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Retention> for String {
    fn from(retention: Retention) -> Self {
        retention.to_string()
    }
}

/// What holds for every camera that does not set it for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingDefaults {
    /// The stream that is recorded.
    pub stream: StreamKind,
    /// Name of the schedule for cameras that need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Seconds before the first motion.
    pub pre_seconds: PreSeconds,
    /// Seconds after the last motion.
    pub post_seconds: PostSeconds,
    /// Longest manual recording.
    pub manual_minutes: ManualMinutes,
    /// How slight a motion counts.
    pub sensitivity: Sensitivity,
    /// Smallest moving part that counts.
    pub min_size: MinSize,
}

impl Default for RecordingDefaults {
    fn default() -> Self {
        let motion = MotionSettings::default();
        Self {
            stream: StreamKind::Main,
            schedule: None,
            pre_seconds: PreSeconds(5),
            post_seconds: PostSeconds(10),
            manual_minutes: ManualMinutes(10),
            sensitivity: Sensitivity(motion.sensitivity),
            min_size: MinSize(motion.min_size),
        }
    }
}

/// What one camera sets for itself; what it leaves out is as the defaults say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraRecording {
    /// When it is recorded.
    #[serde(default = "continuous")]
    pub mode: Mode,
    /// The stream that is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamKind>,
    /// Name of its schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Motion is recorded within its schedule only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub motion_in_schedule: bool,
    /// On top of Continuous and Scheduled, with a sub stream: that one is recorded always, and the main
    /// stream while something moves.
    #[serde(default, skip_serializing_if = "is_false")]
    pub main_on_motion: bool,
    /// Seconds before the first motion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_seconds: Option<PreSeconds>,
    /// Seconds after the last motion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_seconds: Option<PostSeconds>,
    /// How long its footage is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Who detects motion.
    #[serde(default, skip_serializing_if = "is_default")]
    pub motion_source: MotionSource,
    /// How slight a motion counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// Smallest moving part that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_size: Option<MinSize>,
    /// Parts of the picture that are watched or left out.
    #[serde(default, rename = "zone", skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<MotionZone>,
}

const fn continuous() -> Mode {
    Mode::Continuous
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Default for CameraRecording {
    fn default() -> Self {
        Self {
            mode: Mode::Continuous,
            stream: None,
            schedule: None,
            motion_in_schedule: false,
            main_on_motion: false,
            pre_seconds: None,
            post_seconds: None,
            retention: None,
            motion_source: MotionSource::Picture,
            sensitivity: None,
            min_size: None,
            zones: Vec::new(),
        }
    }
}

/// A value in force, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen<T> {
    /// The value.
    pub value: T,
    /// Whether the camera set it for itself.
    pub own: bool,
}

impl<T> Chosen<T> {
    fn of(own: Option<T>, global: T) -> Self {
        let is_own = own.is_some();
        Self { value: own.unwrap_or(global), own: is_own }
    }
}

/// What is in force for one camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// The stream that is recorded.
    pub stream: Chosen<StreamKind>,
    /// Name of the schedule, if there is one.
    pub schedule: Chosen<Option<String>>,
    /// Seconds before the first motion.
    pub pre_seconds: Chosen<u32>,
    /// Seconds after the last motion.
    pub post_seconds: Chosen<u32>,
    /// How long footage is kept.
    pub retention: Chosen<Retention>,
    /// How slight a motion counts.
    pub sensitivity: Chosen<u8>,
    /// Smallest moving part that counts, in thousandths of the picture.
    pub min_size: Chosen<u16>,
}

impl CameraRecording {
    /// What is in force, given what holds for all cameras.
    #[must_use]
    pub fn in_force(&self, defaults: &RecordingDefaults, retention: Retention) -> InForce {
        let schedule = Chosen {
            value: self.schedule.clone().or_else(|| defaults.schedule.clone()),
            own: self.schedule.is_some(),
        };
        InForce {
            stream: Chosen::of(self.stream, defaults.stream),
            schedule,
            pre_seconds: Chosen::of(self.pre_seconds.map(|s| s.0), defaults.pre_seconds.0),
            post_seconds: Chosen::of(self.post_seconds.map(|s| s.0), defaults.post_seconds.0),
            retention: Chosen::of(self.retention, retention),
            sensitivity: Chosen::of(self.sensitivity.map(|s| s.0), defaults.sensitivity.0),
            min_size: Chosen::of(self.min_size.map(|s| s.0), defaults.min_size.0),
        }
    }

    /// Whether its rule needs to know of motion.
    #[must_use]
    pub fn needs_motion(&self) -> bool {
        match self.mode {
            Mode::Motion => true,
            Mode::Continuous | Mode::Scheduled => self.main_on_motion,
            Mode::Disabled => false,
        }
    }

    /// Whether its rule needs a schedule.
    #[must_use]
    pub fn needs_schedule(&self) -> bool {
        self.mode == Mode::Scheduled || (self.mode == Mode::Motion && self.motion_in_schedule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retentions_are_read_and_written() {
        for (text, minutes) in [("0", 0), ("30d", 43_200), ("12h", 720), ("1d 2h 3m", 1_563)] {
            let retention: Retention = text.parse().expect(text);
            assert_eq!((retention.0, retention.to_string().as_str()), (minutes, text));
        }
        assert_eq!("1d2h".parse(), Ok(Retention(1_560)));
        assert_eq!("0d 0h 0m".parse(), Ok(Retention(0)));
        for text in ["", "d", "3", "1m 2h", "1d 1d", "5x", "-1d", "36501d", "99999999999d"] {
            assert!(text.parse::<Retention>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_told_whose_value_is_in_force() {
        let defaults = RecordingDefaults { schedule: Some("Night".into()), ..Default::default() };
        let own = CameraRecording { pre_seconds: Some(PreSeconds(7)), ..Default::default() };
        let force = own.in_force(&defaults, Retention(60));
        assert_eq!(force.pre_seconds, Chosen { value: 7, own: true });
        assert_eq!(force.post_seconds, Chosen { value: 10, own: false });
        assert_eq!(force.schedule, Chosen { value: Some("Night".into()), own: false });
        assert_eq!(force.retention, Chosen { value: Retention(60), own: false });
    }
}
