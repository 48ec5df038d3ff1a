//! The window: which renderer, what when there is no display, and running until the operator quits.
//!
//! Must not do: know a page.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use egui::{Pos2, Rect, Vec2, ViewportCommand};

use super::app::App;
use super::life::{self, Comebacks, Ending, LastWill};
use super::place;
use super::words::life as words;
use crate::protocol::{Console, WindowPlace};
use crate::runtime::Clock;

/// Overrides the renderer: `glow`, `wgpu` or `auto`.
const RENDERER_VARIABLE: &str = "WATCHKEEPER_RENDERER";

/// Size of a window that was never moved, in points.
const SIZE: [f32; 2] = [1600.0, 1000.0];

/// Size below which pages do not fit, in points.
const MIN_SIZE: [f32; 2] = [960.0, 600.0];

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
    /// Whether it is a kiosk, whatever the settings say.
    pub kiosk: bool,
    /// Where the window was, as far as it is known.
    pub place: Option<WindowPlace>,
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

/// Shows the console until the operator quits. Its window may go away and come back meanwhile; one that breaks
/// comes back by itself.
///
/// # Errors
/// [`UiError`] when there is no display or nothing can paint.
pub fn run(console: &Console, options: &UiOptions) -> Result<(), UiError> {
    check_display()?;
    life::log_panics_of_this_thread();
    console.shown().set_console(true);
    let ended = show(console, options);
    console.shown().set_console(false);
    ended
}

fn show(console: &Console, options: &UiOptions) -> Result<(), UiError> {
    let mut renderers: Vec<eframe::Renderer> = match chosen(options.renderer)? {
        Renderer::Auto => vec![eframe::Renderer::Glow, eframe::Renderer::Wgpu],
        Renderer::Glow => vec![eframe::Renderer::Glow],
        Renderer::Wgpu => vec![eframe::Renderer::Wgpu],
    };
    let mut comebacks = Comebacks::default();
    let mut place = options.place.clone();
    loop {
        let will = LastWill::default();
        let window = Window { console, options, place: place.clone(), will: will.clone() };
        let is_wanted = match window.first_that_paints(&renderers) {
            Ok((Ending::Quit, _)) => return Ok(()),
            Ok((Ending::Background, renderer)) => {
                renderers = vec![renderer];
                life::release(console);
                tracing::info!("{}", words::GOES_ON);
                life::wait(console.shown())
            }
            Err(Failure::Never(error)) => return Err(error),
            Err(Failure::Broke(renderer)) => {
                renderers = vec![renderer];
                if comebacks.allow(options.clock.monotonic()) {
                    tracing::warn!("{}", words::COMES_BACK);
                    true
                } else {
                    life::release(console);
                    tracing::error!("{}", words::STAYS_AWAY);
                    life::wait(console.shown())
                }
            }
        };
        if !is_wanted {
            return Ok(());
        }
        place = match will.get() {
            Some(_) => will.place().or(place),
            None => life::after_break(will.place().or(place)),
        };
    }
}

/// Why there is no window any more.
enum Failure {
    /// There never was one.
    Never(UiError),
    /// It broke while it was shown by this renderer.
    Broke(eframe::Renderer),
}

/// One window, from its beginning to its end.
struct Window<'a> {
    console: &'a Console,
    options: &'a UiOptions,
    place: Option<WindowPlace>,
    will: LastWill,
}

impl Window<'_> {
    fn first_that_paints(
        &self,
        renderers: &[eframe::Renderer],
    ) -> Result<(Ending, eframe::Renderer), Failure> {
        let mut failures = Vec::new();
        for renderer in renderers {
            let came_up = Rc::new(Cell::new(false));
            let open = || self.open(*renderer, Rc::clone(&came_up));
            let why = match catch_unwind(AssertUnwindSafe(open)) {
                Ok(Ok(())) => return Ok((self.will.get().unwrap_or(Ending::Quit), *renderer)),
                Ok(Err(error)) if is_no_display(&error) && !came_up.get() => {
                    return Err(Failure::Never(UiError::NoDisplay));
                }
                Ok(Err(error)) => error.to_string(),
                Err(_panic) => words::RENDERER_BROKE.into(),
            };
            tracing::warn!(%renderer, %why, "the window is not shown");
            if came_up.get() {
                return Err(Failure::Broke(*renderer));
            }
            failures.push(format!("{renderer}: {why}"));
        }
        Err(Failure::Never(UiError::NoRenderer(failures.join("; "))))
    }

    fn open(
        &self,
        renderer: eframe::Renderer,
        came_up: Rc<Cell<bool>>,
    ) -> Result<(), eframe::Error> {
        let native = eframe::NativeOptions {
            viewport: self.viewport(),
            renderer,
            ..eframe::NativeOptions::default()
        };
        let (console, clock) = (self.console.clone(), Arc::clone(&self.options.clock));
        let (kiosk, place) = (self.is_kiosk(), self.place.clone());
        let will = self.will.clone();
        let create = move |cc: &eframe::CreationContext<'_>| {
            came_up.set(true);
            bring_back(cc, place.as_ref());
            let mut app = App::new(cc, console, clock);
            app.take_over(place.as_ref(), will);
            if kiosk {
                app.set_kiosk();
            }
            Ok(Box::new(app) as Box<dyn eframe::App>)
        };
        eframe::run_native(&self.options.title, native, Box::new(create))
    }

    /// One that comes back is a kiosk again, also when somebody had left it: nobody may be there.
    fn is_kiosk(&self) -> bool {
        let snapshot = self.console.shown().snapshot.get();
        self.options.kiosk || snapshot.is_some_and(|snapshot| snapshot.settings.kiosk.start)
    }

    fn viewport(&self) -> egui::ViewportBuilder {
        let size = self.place.as_ref().map_or(Vec2::from(SIZE), |place| place.size.into());
        let builder = egui::ViewportBuilder::default()
            .with_title(&self.options.title)
            .with_app_id("watchkeeper")
            .with_icon(icon())
            .with_inner_size(size.max(Vec2::from(MIN_SIZE)))
            .with_min_inner_size(MIN_SIZE)
            .with_maximized(self.place.as_ref().is_some_and(|place| place.is_maximised))
            .with_fullscreen(self.is_kiosk())
            .with_decorations(!self.is_kiosk());
        match self.place.as_ref().and_then(|place| place.position) {
            Some((x, y)) => builder.with_position(Pos2::new(x, y)),
            None => builder,
        }
    }
}

/// A window that was on a monitor that is gone comes to one that is there.
fn bring_back(cc: &eframe::CreationContext<'_>, place: Option<&WindowPlace>) {
    let Some(window) = cc.winit_window() else { return };
    let Some(WindowPlace { position: Some(position), size, .. }) = place else { return };
    let scale = window.scale_factor() as f32;
    let monitors = window.available_monitors().map(|monitor| {
        let (at, size) = (monitor.position(), monitor.size());
        let min = Pos2::new(at.x as f32, at.y as f32) / scale;
        Rect::from_min_size(min, Vec2::new(size.width as f32, size.height as f32) / scale)
    });
    let monitors: Vec<Rect> = monitors.collect();
    let at = Pos2::new(position.0, position.1);
    if let Some(better) = place::corrected(at, (*size).into(), &monitors) {
        cc.egui_ctx.send_viewport_cmd(ViewportCommand::OuterPosition(better));
    }
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
