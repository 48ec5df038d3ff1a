//! What the card of the values for all cameras says.
//!
//! Must not do: decide when.

pub const TITLE: &str = "For all cameras";
pub const EXPLAINED: &str = "What a camera does not set for itself.";
pub const STREAM: &str = "Recorded stream";
pub const SCHEDULE: &str = "Schedule";
pub const SCHEDULE_TIP: &str = "For cameras that are recorded by schedule and name none";
pub const NO_SCHEDULE: &str = "none";
pub const PRE: &str = "Before motion";
pub const PRE_TIP: &str =
    "Seconds before the first motion that are recorded too; they are kept in memory";
pub const POST: &str = "After motion";
pub const POST_TIP: &str = "Seconds after the last motion that are recorded too";
pub const MANUAL: &str = "Recording by hand ends after";
pub const MANUAL_TIP: &str = "So that nobody has to remember to end it";
pub const SENSITIVITY: &str = "Motion sensitivity";
pub const SENSITIVITY_TIP: &str = "1 sees strong motion only, 100 the slightest";
pub const MIN_SIZE: &str = "Smallest motion";
pub const MIN_SIZE_TIP: &str =
    "The smallest moving part that counts, in thousandths of the picture";
pub const SECONDS: &str = "s";
pub const MINUTES: &str = "min";
pub const THOUSANDTHS: &str = "‰";
