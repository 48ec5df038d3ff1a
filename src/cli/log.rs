//! Where log lines go: stderr, never stdout, so that `--json` stays clean.
//!
//! The last of them are kept in memory for a fault report.
//! Must not do: log to a file; a service manager does that.

use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use crate::runtime::RecentLog;

/// Names the level: error, warn, info, debug or trace.
const VARIABLE: &str = "WATCHKEEPER_LOG";

/// Starts logging; `default` holds unless `WATCHKEEPER_LOG` says otherwise.
pub fn start(default: Level) {
    let level = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let printed = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    let subscriber = tracing_subscriber::registry()
        .with(LevelFilter::from_level(level))
        .with(printed)
        .with(RecentLog::default());
    // A second start, as in tests, keeps the first subscriber.
    let _kept = tracing::subscriber::set_global_default(subscriber);
}
