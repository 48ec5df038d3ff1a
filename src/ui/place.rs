//! Where the window is: told to the engine when it has settled, and corrected when its monitor is gone.
//!
//! Must not do: move a window that somebody can reach.

use std::time::Duration;

use egui::{Context, Pos2, Rect, Vec2};

use super::app::Page;
use super::life::LastWill;
use crate::protocol::WindowPlace;

/// A window that is being moved or resized is remembered when it has stood still for this time.
const SETTLE: Duration = Duration::from_secs(2);

/// So much of its title bar must be on a monitor that it can be dragged.
const REACHABLE: Vec2 = Vec2::new(96.0, 24.0);

/// Height of what can be dragged at the top of a window.
const TITLE_BAR: f32 = 32.0;

/// Left upper corner, where the system tells it, and size; in points.
type Area = (Option<(f32, f32)>, (f32, f32));

/// Where the window is, and what the engine knows of it.
#[derive(Default)]
pub struct Place {
    /// As it was last when it neither filled its monitor nor the screen.
    normal: Option<Area>,
    seen: Option<(WindowPlace, Duration)>,
    told: Option<WindowPlace>,
    will: LastWill,
}

impl Place {
    /// Begins with what is remembered.
    pub fn new(remembered: Option<&WindowPlace>, will: LastWill) -> Self {
        let normal = remembered.map(|place| (place.position, place.size));
        Self { normal, seen: None, told: remembered.cloned(), will }
    }

    /// Looks where the window is; tells it when that is settled.
    pub fn follow(
        &mut self,
        ctx: &Context,
        page: Page,
        now: Duration,
        tell: impl FnOnce(WindowPlace) -> bool,
    ) {
        let Some(place) = self.present(ctx, page) else { return };
        let since = match &self.seen {
            Some((seen, since)) if *seen == place => *since,
            _ => now,
        };
        self.seen = Some((place.clone(), since));
        let is_new = self.told.as_ref() != Some(&place);
        if is_new && now.saturating_sub(since) >= SETTLE && tell(place.clone()) {
            self.told = Some(place);
        }
    }

    /// Tells at once where the window is, since it is about to close.
    pub fn leave(&mut self, ctx: &Context, page: Page, tell: impl FnOnce(WindowPlace) -> bool) {
        if let Some(place) = self.present(ctx, page).filter(|p| self.told.as_ref() != Some(p))
            && tell(place.clone())
        {
            self.told = Some(place);
        }
    }

    /// None while it is in full screen or minimised: that is not where it comes back.
    fn present(&mut self, ctx: &Context, page: Page) -> Option<WindowPlace> {
        let zoom = ctx.zoom_factor();
        let (inner, outer, maximised, away) = ctx.input(|input| {
            let info = input.viewport();
            let away = info.fullscreen == Some(true) || info.minimized == Some(true);
            (info.inner_rect, info.outer_rect, info.maximized == Some(true), away)
        });
        if away {
            return None;
        }
        if !maximised && let Some(inner) = inner {
            let size = inner.size() * zoom;
            let position = outer.map(|outer| outer.min * zoom);
            self.normal = Some((position.map(|at| (at.x, at.y)), (size.x, size.y)));
        }
        let (position, size) = self.normal?;
        let page = page.title().to_owned();
        let place = WindowPlace { position, size, is_maximised: maximised, page };
        self.will.set_place(place.clone());
        Some(place)
    }
}

/// Where a window goes whose title bar nobody can reach: to the middle of the first monitor. None when it can be
/// reached, or nothing is known of monitors.
pub fn corrected(position: Pos2, size: Vec2, monitors: &[Rect]) -> Option<Pos2> {
    let bar = Rect::from_min_size(position, Vec2::new(size.x, TITLE_BAR));
    let is_reachable = |monitor: &Rect| {
        let seen = monitor.intersect(bar).size();
        seen.x >= REACHABLE.x && seen.y >= REACHABLE.y
    };
    if monitors.iter().any(is_reachable) {
        return None;
    }
    let first = monitors.first()?;
    Some(first.min + ((first.size() - size) / 2.0).max(Vec2::ZERO))
}

/// A page by its title.
pub fn page_called(title: &str) -> Option<Page> {
    Page::ALL.into_iter().find(|page| page.title() == title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(x: f32) -> Rect {
        Rect::from_min_size(Pos2::new(x, 0.0), Vec2::new(1920.0, 1080.0))
    }

    #[test]
    fn a_window_on_a_monitor_that_is_gone_comes_to_the_first_one() {
        let size = Vec2::new(1200.0, 800.0);
        let right = Pos2::new(2500.0, 100.0);
        assert_eq!(corrected(right, size, &[monitor(0.0), monitor(1920.0)]), None);
        let middle = Pos2::new(360.0, 140.0);
        assert_eq!(corrected(right, size, &[monitor(0.0)]), Some(middle));
        let above = Pos2::new(100.0, -500.0);
        assert_eq!(corrected(above, size, &[monitor(0.0)]), Some(middle));
        let mostly_left = Pos2::new(-1_050.0, 10.0);
        assert_eq!(corrected(mostly_left, size, &[monitor(0.0)]), None);
        assert_eq!(corrected(right, size, &[]), None);
        let huge = corrected(right, Vec2::new(4_000.0, 4_000.0), &[monitor(0.0)]);
        assert_eq!(huge, Some(Pos2::ZERO));
    }

    #[test]
    fn pages_are_known_by_their_titles() {
        assert!(Page::ALL.into_iter().all(|page| page_called(page.title()) == Some(page)));
        assert_eq!(page_called("Elsewhere"), None);
    }
}
