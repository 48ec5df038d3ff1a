//! The last log lines, kept in memory for a fault report.
//!
//! Must not do: grow without a bound, or hold up whoever logs.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::{Clock, SystemClock};

/// Lines that are kept: some days of a healthy recorder, some minutes of one in trouble.
const MOST_LINES: usize = 2_000;

/// Longest line, in bytes.
const LONGEST: usize = 1_000;

/// The process has one log, as it has one subscriber.
static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// The last lines, oldest first.
#[must_use]
pub fn lines() -> Vec<String> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// Feeds the lines from `tracing`.
#[derive(Debug, Default)]
pub struct RecentLog {
    clock: SystemClock,
}

impl<S: Subscriber> Layer<S> for RecentLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = format!("{} {:5}", self.clock.wall().to_rfc3339(), metadata.level());
        event.record(&mut Line(&mut line));
        let mut end = line.len().min(LONGEST);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        line.truncate(end);
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a string does not fail.
        let _written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn the_last_lines_are_kept_and_no_more() {
        let subscriber = tracing_subscriber::registry().with(RecentLog::default());
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..MOST_LINES + 10 {
                tracing::warn!(number, "line {number}");
            }
            tracing::warn!("{}", "ä".repeat(LONGEST));
        });
        let lines = lines();
        assert_eq!(lines.len(), MOST_LINES);
        assert!(lines[0].ends_with(" line 11 number=11"), "{}", lines[0]);
        assert!(lines.last().is_some_and(|line| line.len() <= LONGEST && line.contains("WARN")));
    }
}
