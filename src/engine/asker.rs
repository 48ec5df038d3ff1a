//! Threads that answer questions of one kind, of which the newest counts: one under way is given up for it.
//!
//! Must not do: know what is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam::channel::{Sender, bounded, select};

use crate::runtime::{Newest, Worker};

/// A thread of which the newest question is answered.
pub(super) struct Asker<Q> {
    questions: Newest<(u64, Q)>,
    /// The number of the newest question; another one is not wanted.
    newest: Arc<AtomicU64>,
    stop: Sender<()>,
    worker: Worker,
}

impl<Q: Send + 'static> Asker<Q> {
    /// Starts the thread; `answer` is also told whether the question is still wanted.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        name: &str,
        mut answer: impl FnMut(Q, &dyn Fn() -> bool) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (questions, newest) = (Newest::new(), Arc::new(AtomicU64::new(0)));
        let (stop, stopped) = bounded::<()>(0);
        let (waiting, current) = (questions.receiver(), Arc::clone(&newest));
        let worker = Worker::spawn(name, move || {
            loop {
                select! {
                    recv(waiting) -> question => match question {
                        Ok((number, question)) => {
                            answer(question, &|| current.load(Ordering::Acquire) == number);
                        }
                        Err(_) => break,
                    },
                    recv(stopped) -> _ => break,
                }
            }
        })?;
        Ok(Self { questions, newest, stop, worker })
    }

    /// Asks; what is under way is given up.
    pub fn ask(&self, question: Q) {
        let number = self.give_up();
        self.questions.send((number, question));
    }

    /// What is under way is not wanted any more; gives the next number.
    pub fn give_up(&self) -> u64 {
        self.newest.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The thread, which ends soon.
    pub fn end(self) -> Worker {
        self.give_up();
        drop(self.stop);
        self.worker
    }
}
