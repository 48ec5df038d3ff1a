//! What Setup > Recording says around its cards.
//!
//! Must not do: paint, or decide when something is said.

/// The page.
pub const TITLE: &str = "Recording";

/// What the engine, or the settings, say against saving.
#[must_use]
pub fn not_saved(why: &str) -> String {
    format!("Not saved: {}", super::sentence(why))
}
