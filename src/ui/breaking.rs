//! Breaks the window on purpose, in builds for development alone, so that its coming back can be seen.
//!
//! Must not do: anything in a build that is handed out.

use super::app::Page;

/// Names the page that breaks, or `all`.
const VARIABLE: &str = "WATCHKEEPER_BREAK_PAGE";

/// Frames that a page is shown before it breaks, so that there is something to see.
const FRAMES: u32 = 5;

/// Counts the frames of a window.
pub struct Breaking {
    page: Option<String>,
    frames: u32,
}

impl Default for Breaking {
    fn default() -> Self {
        let page = if cfg!(debug_assertions) { std::env::var(VARIABLE).ok() } else { None };
        Self { page, frames: 0 }
    }
}

impl Breaking {
    /// Breaks when it is time.
    pub fn frame(&mut self, page: Page) {
        let Some(wanted) = &self.page else { return };
        self.frames += 1;
        let is_it = wanted == "all" || wanted == page.title();
        assert!(!is_it || self.frames < FRAMES, "{VARIABLE} is set");
    }
}
