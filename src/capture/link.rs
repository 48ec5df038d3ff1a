//! One stream's connection over time: when to connect, when to give up, when to try again.
//!
//! Must not do: touch a socket; a [`super::session`] does, as a task of its own.

use std::sync::Arc;
use std::time::Duration;

use retina::client::SessionGroup;
use tokio::task::JoinHandle;

use super::feed::Feed;
use super::reconnect::{Backoff, MetadataDoubt};
use super::service::Timeouts;
use super::{CaptureError, StreamSource, session};
use crate::runtime::{Clock, Now};

/// Cameras with old live555 servers send a closed session's packets into the next one, so that it must
/// be torn down or time out first. Longer than this nobody waits: it costs footage.
const MAX_STALE_WAIT: Duration = Duration::from_secs(5);

/// After this much of an attempt it is no longer worth waking often for it.
const EAGER: Duration = Duration::from_secs(1);

/// One stream's connection.
pub(super) struct StreamLink {
    source: Arc<StreamSource>,
    feed: Arc<Feed>,
    group: Arc<SessionGroup>,
    backoff: Backoff,
    doubt: MetadataDoubt,
    state: State,
}

enum State {
    /// Nothing happens before `until` on the monotonic clock.
    Waiting { until: Duration },
    /// A session since `since`.
    Running { task: JoinHandle<CaptureError>, since: Duration },
}

impl StreamLink {
    /// A link whose first attempt is due.
    pub fn new(source: StreamSource, feed: Arc<Feed>) -> Self {
        Self {
            group: Arc::new(SessionGroup::default().named(source.id.to_string())),
            source: Arc::new(source),
            feed,
            backoff: Backoff::default(),
            doubt: MetadataDoubt::default(),
            state: State::Waiting { until: Duration::ZERO },
        }
    }

    /// What it connects to.
    pub fn source(&self) -> &StreamSource {
        &self.source
    }

    /// Its listeners and counts.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    /// An operator asks for an attempt now.
    pub fn retry_now(&mut self) {
        self.backoff.reset();
        self.doubt = MetadataDoubt::default();
        if let State::Waiting { until } = &mut self.state {
            *until = Duration::ZERO;
        }
    }

    /// Does what is due. Called once a tick, inside the runtime.
    pub async fn turn(&mut self, clock: &Arc<dyn Clock>, timeouts: &Timeouts) {
        let now = clock.now();
        match &mut self.state {
            State::Waiting { until } => {
                let stale = self.group.stale_sessions().num_sessions > 0;
                let limit = if stale { MAX_STALE_WAIT } else { Duration::ZERO };
                if now.monotonic >= until.saturating_add(limit) {
                    self.start(clock, now.monotonic);
                }
            }
            State::Running { task, since } => {
                let error = if task.is_finished() {
                    Some(task.await.unwrap_or_else(|panic| CaptureError::Protocol {
                        detail: format!("the session ended in an odd way ({panic})"),
                    }))
                } else {
                    let since = *since;
                    self.hangs(since, now.monotonic, timeouts)
                };
                if let Some(error) = error {
                    self.end(&error, now);
                }
            }
        }
    }

    /// Whether an attempt is so young that its answers are waited for.
    pub fn is_eager(&self, now: Duration) -> bool {
        let State::Running { since, .. } = &self.state else { return false };
        now.saturating_sub(*since) < EAGER && self.feed.progress().connected.is_none()
    }

    /// Whether a session of the past is still being torn down.
    pub fn is_closing(&self) -> bool {
        self.group.stale_sessions().num_sessions > 0
    }

    /// Ends the session for good; `why` is a sentence for those who listen.
    pub fn stop(&mut self, why: &str, now: Now) {
        self.abort();
        self.feed.ended(why, None, now);
    }

    /// Ends it without a word to those who listen.
    pub fn abort(&mut self) {
        if let State::Running { task, .. } = &self.state {
            task.abort();
        }
        self.state = State::Waiting { until: Duration::MAX };
    }

    fn start(&mut self, clock: &Arc<dyn Clock>, now: Duration) {
        self.feed.attempt();
        let task = tokio::spawn(session::run(
            Arc::clone(&self.source),
            Arc::clone(&self.feed),
            Arc::clone(&self.group),
            Arc::clone(clock),
            self.doubt.allows(),
        ));
        self.state = State::Running { task, since: now };
    }

    /// The error of a session that does not get on.
    fn hangs(&self, since: Duration, now: Duration, timeouts: &Timeouts) -> Option<CaptureError> {
        let progress = self.feed.progress();
        match progress.last_picture.or(progress.connected) {
            Some(last) if now.saturating_sub(last) > timeouts.read => {
                Some(CaptureError::Stalled { limit: timeouts.read })
            }
            None if now.saturating_sub(since) > timeouts.connect => {
                let address = self.source.address();
                Some(CaptureError::NoAnswer { address, limit: timeouts.connect })
            }
            _ => None,
        }
    }

    fn end(&mut self, error: &CaptureError, now: Now) {
        if let State::Running { task, .. } = &self.state {
            task.abort();
        }
        let progress = self.feed.progress();
        let run = progress
            .first_picture
            .map_or(Duration::ZERO, |first| now.monotonic.saturating_sub(first));
        self.doubt.ended(progress.asked_for_metadata, run);
        let wait = self.backoff.after(error, run, fastrand::u32(..));
        self.state = State::Waiting { until: now.monotonic.saturating_add(wait) };
        self.feed.ended(&error.to_string(), Some(wait), now);
    }
}
