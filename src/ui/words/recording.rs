//! What Setup > Recording says around its cards.
//!
//! Must not do: paint, or decide when something is said.

/// The page.
pub const TITLE: &str = "Recording";
/// There is something to save.
pub const UNSAVED: &str = "unsaved changes";
/// Puts the page in force.
pub const SAVE: &str = "Save";
/// What Save does.
pub const SAVE_TIP: &str = "Puts the changes of this page in force (Ctrl+S)";
/// Goes back to what is in force.
pub const DISCARD: &str = "Discard";
/// What Discard does.
pub const DISCARD_TIP: &str = "Goes back to the settings in force";
/// Save was pressed.
pub const SAVING: &str = "saving …";
/// A field holds what cannot be saved.
pub const MEND_FIRST: &str = "Nothing was saved: correct the fields that are marked first.";

/// What the engine, or the settings, say against saving.
#[must_use]
pub fn not_saved(why: &str) -> String {
    format!("Not saved: {}", super::sentence(why))
}
