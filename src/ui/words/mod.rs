//! All that the console says, page by page, so that another language is one folder.
//!
//! Must not do: paint, or decide when something is said.

        None => return String::new(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        text.push('.');
    if !text.ends_with(['.', '!', '?']) {
    let mut letters = reason.chars();
    let mut text: String = match letters.next() {
    text
    }
    };
#[must_use]
/// A reason as a sentence: with a capital letter and a full stop.
pub fn sentence(reason: &str) -> String {
pub mod common;
pub mod defaults;
pub mod format;
pub mod keys;
pub mod life;
pub mod playback;
pub mod recording;
pub mod schedules;
pub mod shell;
pub mod storage;
pub mod timeline;
pub mod week;
}
pub mod kiosk;
pub mod life;
pub mod live;
pub mod storage;
