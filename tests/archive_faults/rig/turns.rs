//! What the rig does while nothing is recorded: rounds of the thread that brings recordings, one by one.

use std::ops::ControlFlow;
use std::time::Duration;

use watchkeeper::engine::archive::ArchiveState;
use watchkeeper::index::Change;
use watchkeeper::model::SegmentRow;

use super::{ARCHIVE, Rig, SPOOL};

/// Rounds after which what waits must be gone.
const PATIENCE: usize = 2_000;

impl Rig {
    /// Brings for `rounds` rounds, and keeps what is to be kept; `meanwhile` is called at each rest in between.
    pub fn rounds(&mut self, rounds: usize, meanwhile: impl Fn(&Self)) {
        let mut running = self.start();
        for _ in 0..rounds {
            let wait = running.courier.round(&mut |_| {
                meanwhile(self);
                ControlFlow::Continue(())
            });
            self.clock.advance(wait.max(Duration::from_secs(1)));
            assert!(running.keeper.round(|| ControlFlow::Continue(None)).is_continue());
        }
        self.stop(running);
    }

    /// The row of `path` moves to the archive right after the retention has looked, and it goes on from there.
    pub fn move_after_look(&mut self, path: &str) {
        let mut running = self.start();
        running.keeper.look();
        let row = self.rows().into_iter().find(|row| row.path == path).expect("a row");
        self.archive.put(path, &self.volume.bytes(path).expect("is there"));
        let SegmentRow { stream, start, .. } = row;
        let moved = Change::Move { stream, start, from: SPOOL, to: ARCHIVE };
        self.index().apply(&[moved]).expect("applies");
        assert!(running.keeper.round(|| ControlFlow::Continue(None)).is_continue());
        self.stop(running);
    }

    /// Brings until `writes` have been made, and is to do something else then.
    pub fn break_off(&mut self, writes: u32) -> Duration {
        let mut running = self.start();
        let (mut made, mut broken, mut wait) = (0, false, Duration::ZERO);
        while !broken {
            wait = running.courier.round(&mut |_| {
                made += 1;
                broken = made >= writes;
                if broken { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
        }
        self.stop(running);
        wait
    }

    /// Brings for `rounds` rounds; the calls to the archives of former settings in each.
    pub fn former_calls(&mut self, rounds: usize) -> Vec<u64> {
        let mut running = self.start();
        let mut calls = Vec::new();
        for _ in 0..rounds {
            let before = self.former.operations();
            let wait = running.round();
            calls.push(self.former.operations() - before);
            self.clock.advance(wait);
        }
        self.stop(running);
        calls
    }

    /// Some rounds in which nothing is recorded; whether nothing is to be done at the end, but for what cannot be.
    pub fn try_some(&mut self, rounds: usize) -> bool {
        let mut running = self.start();
        for _ in 0..rounds {
            let wait = running.round();
            self.clock.advance(wait);
        }
        let idle = running.desk.report().is_some_and(|report| report.state == ArchiveState::Idle);
        self.stop(running);
        idle
    }

    /// The operator says that the archive is ours now, and it is.
    pub fn take_over(&mut self) {
        let mut running = self.start();
        running.courier.take_over();
        running.courier.round(&mut |_| ControlFlow::Continue(()));
        self.stop(running);
    }

    /// Nothing is recorded, and what waits is brought away; whether it was.
    pub fn catch_up(&mut self) -> bool {
        let mut running = self.start();
        let mut idle = 0;
        for _ in 0..PATIENCE {
            let wait = running.round();
            self.clock.advance(wait);
            assert!(running.keeper.round(|| ControlFlow::Continue(None)).is_continue());
            let report = running.desk.report().expect("an archive");
            idle = if report.state == ArchiveState::Idle { idle + 1 } else { 0 };
            // Time enough for a file that could not be removed.
            if idle > 20 {
                break;
            }
        }
        self.stop(running);
        idle > 20
    }
}
