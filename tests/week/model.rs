//! What the script implies for each second of the wall clock. Goes through the script second by second and
//! asks nothing of the program.

use watchkeeper::model::{CoverageKind, GapReason, Mode, RecordingState};

use crate::script::{
    CAMERAS, END, End, LOBBY_MAIN, Life, Plan, START, Script, Seconds, ZONE, table,
};

/// An answer, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    By(CoverageKind),
    Disabled,
    Outside,
    NoMotion,
    Offline,
    Waiting,
    Lost,
    Full,
    Failing,
    NotRunning,
    Stepped,
    Asleep,
    Removed,
    Deleted,
    Other,
}

impl What {
    /// All that the week shows. Waiting for the first picture takes no longer than a second can tell.
    pub const ALL: [Self; 16] = [
        Self::By(CoverageKind::Continuous),
        Self::By(CoverageKind::Scheduled),
        Self::By(CoverageKind::Motion),
        Self::By(CoverageKind::Manual),
        Self::Disabled,
        Self::Outside,
        Self::NoMotion,
        Self::Offline,
        Self::Lost,
        Self::Full,
        Self::Failing,
        Self::NotRunning,
        Self::Stepped,
        Self::Asleep,
        Self::Removed,
        Self::Deleted,
    ];

    pub fn of(state: &RecordingState) -> Self {
        let reason = match state {
            RecordingState::Recording(kind) => return Self::By(*kind),
            RecordingState::Idle(reason) => reason,
        };
        match reason {
            GapReason::Disabled => Self::Disabled,
            GapReason::OutsideSchedule(_) => Self::Outside,
            GapReason::NoMotion => Self::NoMotion,
            GapReason::CameraOffline(_) => Self::Offline,
            GapReason::WaitingForPicture => Self::Waiting,
            GapReason::StreamLoss(_) => Self::Lost,
            GapReason::DiskFull => Self::Full,
            GapReason::StorageUnavailable(_) => Self::Failing,
            GapReason::NotRunning => Self::NotRunning,
            GapReason::ClockStepped => Self::Stepped,
            GapReason::Suspended => Self::Asleep,
            GapReason::CameraRemoved => Self::Removed,
            GapReason::Deleted { .. } => Self::Deleted,
            GapReason::TimestampJump
            | GapReason::Overload(_)
            | GapReason::SizeLimit
            | GapReason::SpoolFull
            | GapReason::Unknown => Self::Other,
        }
    }

    pub fn is_footage(self) -> bool {
        matches!(self, Self::By(_))
    }

    /// What a deletion takes along: a file goes with the holes in it.
    pub fn was_in_a_file(self) -> bool {
        self.is_footage() || self == Self::Lost
    }
}

/// For each camera and second of the wall clock what may be answered: one thing, or two where the clock
/// showed a second twice.
pub struct Model {
    seconds: Vec<Vec<Vec<What>>>,
}

impl Model {
    pub fn new(script: &Script) -> Self {
        let seconds = (0..CAMERAS).map(|number| by_wall(script, &states(script, number)));
        Self { seconds: seconds.collect() }
    }

    pub fn at(&self, number: usize, second: i64) -> &[What] {
        let index = usize::try_from(second - START).unwrap_or(usize::MAX);
        self.seconds[number].get(index).map_or(&[], Vec::as_slice)
    }
}

fn within(spans: &[Seconds], second: i64) -> bool {
    spans.iter().any(|(from, to)| *from <= second && second < *to)
}

/// What a clock on the computer shows in a second of the week.
pub fn shown(script: &Script, second: i64) -> i64 {
    let set: i64 = script.steps.iter().filter(|(at, _)| *at <= second).map(|(_, by)| by).sum();
    START + second + set
}

fn by_wall(script: &Script, states: &[What]) -> Vec<Vec<What>> {
    let length = usize::try_from(END - START).expect("a week");
    let mut seconds = vec![Vec::new(); length];
    for (second, what) in (0..).zip(states) {
        let shown = usize::try_from(shown(script, second) - START).expect("in the week");
        if let Some(said) = seconds.get_mut(shown) {
            said.push(*what);
        }
    }
    let mut before = What::NotRunning;
    for said in &mut seconds {
        if said.is_empty() {
            // Nobody notices for a camera that is not there.
            said.push(if before == What::Removed { before } else { What::Stepped });
        }
        before = said[0];
    }
    seconds
}

/// What a camera's recording does in each second of the week.
fn states(script: &Script, number: usize) -> Vec<What> {
    let mut states: Vec<What> =
        (0..script.length).map(|second| state(script, number, second)).collect();
    // What was before is recorded too, as far as pictures came.
    let before: Vec<(Seconds, CoverageKind)> = script.motions[number]
        .iter()
        .map(|span| (*span, CoverageKind::Motion))
        .chain(script.manual[number].iter().map(|span| (*span, CoverageKind::Manual)))
        .collect();
    for ((first, _), kind) in before {
        let plan = plan(script, number, first);
        let index = |second: i64| usize::try_from(second).expect("in the week");
        if states[index(first)] != What::By(kind) {
            continue;
        }
        for second in (first - plan.pre).max(0)..first {
            let idle = [What::NoMotion, What::Disabled, What::Outside];
            if idle.contains(&states[index(second)]) {
                states[index(second)] = What::By(kind);
            }
        }
    }
    states
}

fn plan(script: &Script, number: usize, second: i64) -> Plan {
    let plans = &script.plans[number];
    plans.iter().rev().find(|(from, _)| *from <= second).expect("a plan").1
}

fn life(script: &Script, second: i64) -> Option<&Life> {
    script.lives.iter().find(|life| life.span.0 <= second && second < life.span.1)
}

fn state(script: &Script, number: usize, second: i64) -> What {
    let plan = plan(script, number, second);
    if script.removed.0 == number && second >= script.removed.1 {
        return What::Removed;
    }
    let by_hand = within(&script.manual[number], second);
    let Some(life) = life(script, second) else {
        let before = script.lives.iter().rev().find(|life| life.span.1 <= second);
        // A crash tells the journal nothing, and "disabled" explains that time as well.
        let crashed = before.is_some_and(|life| life.end != End::Stopped);
        return if crashed && plan.mode == Mode::Disabled {
            What::Disabled
        } else {
            What::NotRunning
        };
    };
    if within(&[script.asleep], second) {
        return What::Asleep;
    }
    if !by_hand && plan.mode == Mode::Disabled {
        return What::Disabled;
    }
    let outside =
        plan.schedule.is_some_and(|name| !table(name).active(ZONE, shown(script, second)));
    if !by_hand && outside {
        return What::Outside;
    }
    // Who writes nothing is told at the next look at the disk.
    let is_told = second / 60 > script.full.0 / 60;
    if within(&[script.full], second) && is_told {
        return What::Full;
    }
    if within(&script.offline[number], second) {
        return What::Offline;
    }
    if second < life.span.0 + 2 {
        return What::Waiting;
    }
    let kind = match plan.mode {
        _ if by_hand => CoverageKind::Manual,
        Mode::Continuous => CoverageKind::Continuous,
        Mode::Scheduled => CoverageKind::Scheduled,
        _ => {
            let last = script.motions[number].iter().rev().find(|(first, _)| *first <= second);
            let behind = plan.post.max(3);
            match last {
                Some((_, last)) if second < last + behind => CoverageKind::Motion,
                _ => return What::NoMotion,
            }
        }
    };
    if within(&[script.full], second) {
        return What::Full;
    }
    if within(&[script.failing], second) {
        return What::Failing;
    }
    if within(&script.lost[number], second) {
        return What::Lost;
    }
    What::By(kind)
}

/// Seconds of the wall clock in which the lobby's main stream is recorded, and whether nothing disturbs it.
pub fn around_motion(script: &Script, number: usize) -> Vec<(Seconds, bool)> {
    let (pre, post) = LOBBY_MAIN;
    let by_hand = script.manual[number].iter().map(|(from, to)| (from - pre, *to));
    let motions = script.motions[number].iter().map(|(from, to)| (from - pre, to + post));
    let spans = motions.chain(by_hand).map(|(from, to)| (shown(script, from), shown(script, to)));
    let held_up = |(from, to): &Seconds| {
        let near = |span: Seconds| {
            shown(script, span.0) - 100 < *to && *from < shown(script, span.1) + 100
        };
        near(script.full)
            || near(script.failing)
            || near(script.asleep)
            || script.lives.windows(2).any(|pair| near((pair[0].span.1, pair[1].span.0)))
            || script.offline[number].iter().any(|span| near(*span))
    };
    spans.map(|span| (span, !held_up(&span))).collect()
}
