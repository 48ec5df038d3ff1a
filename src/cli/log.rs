//! Where log lines go: stderr, never stdout, so that `--json` stays clean.
//!
//! Must not do: log to a file; a service manager does that.

use tracing::Level;

/// Names the level: error, warn, info, debug or trace.
const VARIABLE: &str = "WATCHKEEPER_LOG";

/// Starts logging; `default` holds unless `WATCHKEEPER_LOG` says otherwise.
pub fn start(default: Level) {
    let level = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_max_level(level)
        .with_target(false)
        .finish();
    // A second start, as in tests, keeps the first subscriber.
    let _kept = tracing::subscriber::set_global_default(subscriber);
}
