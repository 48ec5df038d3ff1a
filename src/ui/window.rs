//! The window: which renderer, what when there is no display, and running until it is closed.
//!
//! Must not do: know a page.

use std::cell::RefCell;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use super::app::App;
use crate::protocol::Console;
use crate::runtime::Clock;

/// Overrides the renderer: `glow`, `wgpu` or `auto`.
const RENDERER_VARIABLE: &str = "WATCHKEEPER_RENDERER";

/// Edge of the window's icon in pixels.
const ICON: u32 = 64;

/// What paints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// glow first, wgpu when it cannot start.
    Auto,
    /// OpenGL.
    Glow,
    /// Vulkan, Metal, Direct3D or OpenGL.
    Wgpu,
}

impl FromStr for Renderer {
    type Err = UiError;
    fn from_str(text: &str) -> Result<Self, UiError> {
        match text.trim().to_lowercase().as_str() {
            "" | "auto" => Ok(Self::Auto),
            "glow" => Ok(Self::Glow),
            "wgpu" => Ok(Self::Wgpu),
            other => Err(UiError::UnknownRenderer(other.to_owned())),
        }
    }
}

/// How the console is started.
pub struct UiOptions {
    /// What paints; none for the choice of the environment or the automatic one.
    pub renderer: Option<Renderer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// On the window.
    pub title: String,
    /// Whether it starts in full screen.
    pub fullscreen: bool,
}

/// Why there is no console; each is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    /// No X11 or Wayland display.
    #[error(
        "There is no display for the console; use \"watchkeeper record\" to record without one."
    )]
    NoDisplay,
    /// There is a display, but nothing can paint on it.
    #[error(
        "The console cannot paint on this display ({0}); use \"watchkeeper record\" to record without it."
    )]
    NoRenderer(String),
    /// The environment names a renderer that there is not.
    #[error("\"{0}\" is not a renderer: WATCHKEEPER_RENDERER takes glow, wgpu or auto.")]
    UnknownRenderer(String),
}

/// Whether a window can be opened at all, before anything else is started.
///
/// # Errors
/// [`UiError::NoDisplay`].
pub fn check_display() -> Result<(), UiError> {
    if has_display() { Ok(()) } else { Err(UiError::NoDisplay) }
}

/// Shows the console until its window is closed.
///
/// # Errors
/// [`UiError`] when there is no display or nothing can paint.
pub fn run(console: Console, options: UiOptions) -> Result<(), UiError> {
    check_display()?;
    let renderers: &[eframe::Renderer] = match chosen(options.renderer)? {
        Renderer::Auto => &[eframe::Renderer::Glow, eframe::Renderer::Wgpu],
        Renderer::Glow => &[eframe::Renderer::Glow],
        Renderer::Wgpu => &[eframe::Renderer::Wgpu],
    };
    // The console moves into the first window that comes up; a renderer that fails leaves it here.
    let waiting = Rc::new(RefCell::new(Some(console)));
    let mut failures = Vec::new();
    for renderer in renderers {
        match open(&waiting, &options, *renderer) {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(%renderer, %error, "the window cannot be opened");
                if is_no_display(&error) {
                    return Err(UiError::NoDisplay);
                }
                failures.push(format!("{renderer}: {error}"));
            }
        }
        if waiting.borrow().is_none() {
            break;
        }
    }
    Err(UiError::NoRenderer(failures.join("; ")))
}

/// The environment wins over the setting, so that a setting that paints nothing can be undone.
fn chosen(setting: Option<Renderer>) -> Result<Renderer, UiError> {
    match std::env::var(RENDERER_VARIABLE) {
        Ok(name) => name.parse(),
        Err(_) => Ok(setting.unwrap_or(Renderer::Auto)),
    }
}

/// Whether a display is named where one has to be.
fn has_display() -> bool {
    let named = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(named)
}

fn is_no_display(error: &eframe::Error) -> bool {
    matches!(error, eframe::Error::WinitEventLoop(_))
}

fn open(
    waiting: &Rc<RefCell<Option<Console>>>,
    options: &UiOptions,
    renderer: eframe::Renderer,
) -> Result<(), eframe::Error> {
    let viewport = egui::ViewportBuilder::default()
        .with_title(&options.title)
        .with_app_id("watchkeeper")
        .with_icon(icon())
        .with_inner_size([1600.0, 1000.0])
        .with_min_inner_size([960.0, 600.0])
        .with_fullscreen(options.fullscreen);
    let native = eframe::NativeOptions { viewport, renderer, ..Default::default() };
    let (waiting, clock) = (Rc::clone(waiting), Arc::clone(&options.clock));
    let fullscreen = options.fullscreen;
    let create = move |cc: &eframe::CreationContext<'_>| {
        let console = waiting.borrow_mut().take().ok_or("the console is open already")?;
        let mut app = App::new(cc, console, clock);
        app.set_fullscreen(fullscreen);
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native(&options.title, native, Box::new(create))
}

/// A ring with a disc: an eye that watches.
fn icon() -> egui::IconData {
    let middle = i64::from(ICON) / 2;
    let colour = |distance: i64| match distance {
        d if d <= 9 * 9 => super::theme::text(),
        d if d <= 18 * 18 => super::theme::window(),
        d if d <= 26 * 26 => super::theme::accent(),
        d if d <= 31 * 31 => super::theme::window(),
        _ => egui::Color32::TRANSPARENT,
    };
    let pixel = |n: u32| {
        let (x, y) = (i64::from(n % ICON) - middle, i64::from(n / ICON) - middle);
        colour(x * x + y * y).to_array()
    };
    egui::IconData { rgba: (0..ICON * ICON).flat_map(pixel).collect(), width: ICON, height: ICON }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renderers_have_names() {
        assert_eq!("glow".parse::<Renderer>().ok(), Some(Renderer::Glow));
        assert_eq!(" WGPU".parse::<Renderer>().ok(), Some(Renderer::Wgpu));
        assert_eq!("".parse::<Renderer>().ok(), Some(Renderer::Auto));
        assert!("vulkan".parse::<Renderer>().is_err());
    }

    #[test]
    fn without_a_display_one_sentence_names_the_way_out() {
        let text = UiError::NoDisplay.to_string();
        assert!(text.contains("watchkeeper record") && text.matches('.').count() == 1, "{text}");
    }

    #[test]
    fn the_icon_is_square() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), (icon.width * icon.height * 4) as usize);
    }
}
