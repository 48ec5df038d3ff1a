//! When the next piece of work may begin, so that all of it together takes no more than a share of one core.
//!
//! Must not do: read a clock.

use std::time::Duration;

/// Time that may be caught up: whoever looks for what is due once a second loses nothing by it.
const SLACK: Duration = Duration::from_secs(1);

/// A share of one core for work that comes in pieces.
#[derive(Clone, Debug)]
pub struct Budget {
    permille: u32,
    least: Duration,
    due: Duration,
}

impl Budget {
    /// At most `permille` thousandths of a core, and pieces at least `least` apart; the first at `first`.
    #[must_use]
    pub const fn new(permille: u32, least: Duration, first: Duration) -> Self {
        Self { permille, least, due: first }
    }

    /// Whether a piece may begin at `now`.
    #[must_use]
    pub fn allows(&self, now: Duration) -> bool {
        now >= self.due
    }

    /// A piece began at `now` and took `cost` of CPU time.
    pub fn spend(&mut self, now: Duration, cost: Duration) {
        let rest = cost.saturating_mul(1_000) / self.permille.max(1);
        let from = self.due.max(now.saturating_sub(SLACK));
        self.due = from.saturating_add(rest.max(self.least));
    }

    /// Another share from now on.
    pub const fn set_permille(&mut self, permille: u32) {
        self.permille = permille;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_secs(10);

    /// Pieces in an hour of looks once a second.
    fn pieces(mut budget: Budget, cost: Duration) -> u32 {
        let mut pieces = 0;
        for second in 0..3_600 {
            let now = Duration::from_secs(second);
            while budget.allows(now) {
                budget.spend(now, cost);
                pieces += 1;
            }
        }
        pieces
    }

    #[test]
    fn cheap_work_is_done_as_often_as_is_wanted() {
        let budget = Budget::new(3, TEN, Duration::ZERO);
        assert_eq!(pieces(budget, Duration::from_millis(3)), 360);
    }

    #[test]
    fn dear_work_is_done_less_often() {
        for millis in [60, 100, 900] {
            let cost = Duration::from_millis(millis);
            let spent = cost * pieces(Budget::new(3, TEN, Duration::ZERO), cost);
            let allowed = Duration::from_millis(10_800);
            assert!(spent <= allowed + 2 * cost && spent + cost >= allowed * 9 / 10, "{spent:?}");
        }
    }

    #[test]
    fn several_small_pieces_may_follow_each_other() {
        let budget = Budget::new(12, Duration::ZERO, Duration::ZERO);
        let pieces = pieces(budget, Duration::from_millis(4));
        assert!((10_700..10_900).contains(&pieces), "{pieces}");
    }

    #[test]
    fn what_could_not_be_done_for_long_is_not_caught_up() {
        let mut budget = Budget::new(3, TEN, Duration::ZERO);
        let late = Duration::from_secs(1_000);
        budget.spend(late, Duration::from_millis(1));
        assert!(!budget.allows(late) && budget.allows(late + TEN));
    }
}
