//! All that the console says, page by page, so that another language is one folder.
//!
//! Must not do: paint, or decide when something is said.

pub mod camera;
pub mod common;
pub mod defaults;
pub mod devices;
pub mod first_start;
pub mod format;
pub mod keys;
pub mod kiosk;
pub mod life;
pub mod live;
pub mod notices;
pub mod playback;
pub mod recording;
pub mod schedules;
pub mod shell;
pub mod storage;
pub mod system;
pub mod timeline;
pub mod unlock;
pub mod week;

/// A reason as a sentence: with a capital letter and a full stop.
#[must_use]
pub fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let mut text: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return String::new(),
    };
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}
