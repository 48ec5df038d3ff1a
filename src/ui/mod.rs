//! The operator's console: paints snapshots, returns commands.
//!
//! Must not do: any I/O, decoding or waiting. It knows the model and the engine's protocol, nothing else of the
//! program. An idle window repaints nothing but its clock: all else is woken by `Shown::on_change`.

pub mod app;
pub mod format;
pub mod playback;
pub mod texture;
pub mod theme;
pub mod timeline;
pub mod week;
pub mod zone;

mod breaking;
mod clock_changes;
mod closing;
mod desk;
mod dialog;
mod frame_times;
mod keys;
mod kiosk;
mod life;
mod live;
mod notices;
mod pace;
mod place;
mod setup;
mod shell;
mod unlock;
mod when;
mod widgets;
mod window;
mod words;

pub use app::{App, Page};
pub use window::{Renderer, UiError, UiOptions, check_display, run};
