//! What threads need: clocks, names, stopping, hand-over.
//!
//! Must not do: know anything of video or of the program's layers. The only user of the system clock.

pub mod clock;
pub mod latest;
pub mod newest;
pub mod recent_log;
pub mod thread;

pub use clock::{Clock, Now, SimulatedClock, SystemClock};
pub use latest::Latest;
pub use newest::Newest;
pub use recent_log::RecentLog;
pub use thread::{StopSource, StopToken, Worker, stop_pair};
