//! The application: the present page, the frame from begin to end, and what every page shares.
//!
//! Must not do: know what is on a page. A frame reads the newest snapshots, paints, and sends commands.

mod pages;
mod steer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

pub use pages::{Go, Page};

use egui::{Ui, ViewportCommand};

use crate::model::WallTime;
use crate::model::settings::ThemeChoice;
use crate::protocol::{Command, Console, Snapshot, WindowPlace, WindowTimes};
use crate::runtime::Clock;
use crate::ui::breaking::Breaking;
use crate::ui::closing::Closing;
use crate::ui::desk::{Desk, Stage};
use crate::ui::frame_times::FrameTimes;
use crate::ui::kiosk::Kiosk;
use crate::ui::life::LastWill;
use crate::ui::live::LivePage;
use crate::ui::notices::{Notices, Told};
use crate::ui::pace::Pace;
use crate::ui::place::{self, Place};
use crate::ui::playback::PlaybackPage;
use crate::ui::setup::{FirstStart, SetupPages};
use crate::ui::texture::Textures;
use crate::ui::theme::Look;
use crate::ui::unlock::Unlock;
use crate::ui::words::shell as words;
use crate::ui::zone::Zone;
use crate::ui::{keys, shell, theme};

/// The console.
pub struct App {
    desk: Desk,
    clock: Arc<dyn Clock>,
    frame_times: FrameTimes,
    pace: Arc<Pace>,
    zone: Zone,
    textures: Textures,
    page: Page,
    live: LivePage,
    playback: PlaybackPage,
    setup: SetupPages,
    first_start: FirstStart,
    notices: Notices,
    closing: Closing,
    unlock: Unlock,
    place: Place,
    breaking: Breaking,
    kiosk: Option<Kiosk>,
    /// Whether somebody makes another window when a page of this one breaks.
    is_watched: bool,
    is_broken: bool,
    keys_open: bool,
    fullscreen: bool,
    reported_fullscreen: Option<bool>,
}

impl App {
    /// Over the console's end, telling the time by `clock`.
    #[must_use]
    pub fn new(cc: &eframe::CreationContext<'_>, console: Console, clock: Arc<dyn Clock>) -> Self {
        theme::apply(&cc.egui_ctx);
        cc.egui_ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let pace = Arc::new(Pace::default());
        let (ctx, rhythm, time) = (cc.egui_ctx.clone(), Arc::clone(&pace), Arc::clone(&clock));
        console.shown().on_change(Arc::new(move || {
            ctx.request_repaint_after(rhythm.wait(time.monotonic()));
        }));
        Self {
            desk: Desk::new(console),
            clock,
            frame_times: FrameTimes::default(),
            pace,
            zone: Zone::named("UTC"),
            textures: Textures::default(),
            page: Page::Live,
            live: LivePage::default(),
            playback: PlaybackPage::default(),
            setup: SetupPages::new(renderer(cc)),
            first_start: FirstStart::default(),
            notices: Notices::default(),
            closing: Closing::default(),
            unlock: Unlock::default(),
            place: Place::default(),
            breaking: Breaking::default(),
            kiosk: None,
            is_watched: false,
            is_broken: false,
            keys_open: false,
            fullscreen: false,
            reported_fullscreen: None,
        }
    }

    /// Makes it a kiosk, until somebody leaves that.
    pub fn set_kiosk(&mut self) {
        self.kiosk = Some(Kiosk::new());
        self.notices.alarms_only(true);
        self.desk.shown().set_kiosk(true);
        self.fullscreen = true;
    }

    /// Whether it is a kiosk.
    #[must_use]
    pub const fn is_kiosk(&self) -> bool {
        self.kiosk.is_some()
    }

    /// Goes on where the last window was, and tells `will` how this one ends.
    pub(super) fn take_over(&mut self, remembered: Option<&WindowPlace>, will: LastWill) {
        self.place = Place::new(remembered, will.clone());
        self.closing = Closing::new(will);
        self.is_watched = true;
        if let Some(page) = remembered.and_then(|place| place::page_called(&place.page)) {
            self.page = page;
        }
    }

    /// The page that is shown.
    #[must_use]
    pub const fn page(&self) -> Page {
        self.page
    }

    /// Textures of camera pictures, for tests.
    #[must_use]
    pub const fn textures(&self) -> &Textures {
        &self.textures
    }

    fn page_ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, now: WallTime) -> Option<Go> {
        let shown = Arc::clone(self.desk.shown());
        let mut stage = Stage {
            // Playback needs its bars in the kiosk too; the wall has the kiosk's own.
            bare: self.fullscreen && (self.kiosk.is_none() || self.page == Page::Live),
            kiosk: self.kiosk.is_some(),
            ..Stage::new(snapshot, now, &self.zone, &shown, &mut self.textures, &mut self.desk)
        };
        if self.page != Page::Live {
            self.live.leave(&mut stage);
        }
        if self.page != Page::Playback {
            self.playback.leave(&mut stage);
        }
        if self.page != Page::Devices {
            self.setup.leave(&mut stage);
        }
        match self.page {
            Page::Live => self.live.ui(ui, &mut stage),
            Page::Playback => self.playback.ui(ui, &mut stage),
            Page::Devices | Page::Recording | Page::System => {
                self.setup.ui(ui, &mut stage, self.page)
            }
        }
    }

    fn whole_frame(&mut self, ui: &mut Ui) {
        self.breaking.frame(self.page);
        self.textures.begin();
        self.frame(ui);
        if self.textures.end() {
            ui.request_repaint();
        }
    }

    fn frame(&mut self, ui: &mut Ui) {
        let now = self.clock.wall();
        let newest = self.desk.shown().snapshot.get();
        let started = newest.is_some();
        let snapshot = newest.unwrap_or_default();
        let dates = snapshot.settings.console.dates;
        if !snapshot.zone.is_empty()
            && (snapshot.zone != self.zone.name() || dates != self.zone.dates())
        {
            self.zone = Zone::named(&snapshot.zone).with_dates(dates);
        }
        self.wear(ui, &snapshot);
        self.notices.update(ui, &snapshot.notices);
        self.follow_window(ui);
        let busy = self.keys_open
            || self.setup.is_open()
            || self.first_start.is_open()
            || self.live.is_open()
            || self.unlock.is_open()
            || self.closing.is_open()
            || self.kiosk.as_ref().is_some_and(Kiosk::is_open);
        if !busy {
            self.global_keys(ui);
        }
        let bare = self.fullscreen && matches!(self.page, Page::Live | Page::Playback);
        let mut go = None;
        if self.kiosk.is_some() {
            if started {
                self.in_kiosk(ui, &snapshot, now);
            }
        } else if !bare {
            go = self.shell(ui, &snapshot, now);
        }
        let wanted = egui::CentralPanel::no_frame()
            .frame(egui::Frame::new().fill(theme::window()))
            .show(ui, |ui| if started { self.page_ui(ui, &snapshot, now) } else { starting(ui) })
            .inner;
        if let Some(go) = go.or(wanted) {
            self.go(ui, go);
        }
        self.over_the_page(ui, &snapshot, started, now);
        if !busy {
            self.escape(ui);
        }
    }

    /// Tells how long the last frame took, in seconds, and how many pictures a second the window can paint.
    fn tell_times(&mut self, work: Option<f32>) {
        let now = self.clock.monotonic();
        self.pace.frame(now, work.map(Duration::from_secs_f32));
        let live = &self.desk.shown().live_show;
        live.set_pace(self.pace.per_second());
        if let Some(times) = self.frame_times.note(work, now) {
            live.window.set(WindowTimes { uploads: self.textures.uploads(), ..times });
        }
    }

    /// Looks as the settings say.
    fn wear(&self, ui: &Ui, snapshot: &Snapshot) {
        let console = &snapshot.settings.console;
        let look = match console.theme {
            ThemeChoice::Dark => Look::Dark,
            ThemeChoice::Light => Look::Light,
            ThemeChoice::System => match ui.system_theme() {
                Some(egui::Theme::Light) => Look::Light,
                Some(egui::Theme::Dark) | None => Look::Dark,
            },
        };
        if look != theme::look() {
            theme::wear(ui, look);
            ui.request_repaint();
        }
        ui.set_zoom_factor(f32::from(console.scale_percent.0) / 100.0);
    }

    fn shell(&mut self, ui: &mut Ui, snapshot: &Snapshot, now: WallTime) -> Option<Go> {
        shell::status_bar(ui, snapshot, &self.zone, now);
        let unread = snapshot.notices.len();
        match shell::rail(ui, self.page, unread, snapshot.demo)? {
            shell::Choice::Page(page) => Some(Go::To(page)),
            shell::Choice::Notices => {
                self.notices.toggle();
                None
            }
            shell::Choice::Keys => {
                self.keys_open = true;
                None
            }
        }
    }

    /// The kiosk's own bar, its first page, and the pages of the wall one after the other.
    fn in_kiosk(&mut self, ui: &mut Ui, snapshot: &Snapshot, now: WallTime) {
        let Some(kiosk) = &mut self.kiosk else { return };
        let settings = &snapshot.settings.kiosk;
        self.page = kiosk.begin(settings).unwrap_or(self.page);
        let shown = Arc::clone(self.desk.shown());
        let stage = Stage {
            bare: true,
            kiosk: true,
            ..Stage::new(snapshot, now, &self.zone, &shown, &mut self.textures, &mut self.desk)
        };
        if self.page == Page::Live && kiosk.turns(ui, settings) {
            self.live.turn(&stage);
        }
        self.page = kiosk.bar(ui, &stage, self.page, &mut self.live).unwrap_or(self.page);
    }

    /// The sheet that asks before the kiosk is left.
    fn ask_to_leave(&mut self, ui: &Ui, snapshot: &Snapshot, now: WallTime) {
        let Some(kiosk) = &mut self.kiosk else { return };
        if kiosk.sheet(ui, snapshot, now, &mut self.desk) {
            self.kiosk = None;
            self.fullscreen = false;
            self.notices.alarms_only(false);
            self.desk.shown().set_kiosk(false);
        }
    }

    /// Sheets, toasts and the list of keys.
    fn over_the_page(&mut self, ui: &mut Ui, snapshot: &Snapshot, started: bool, now: WallTime) {
        if self.keys_open && keys::show_list(ui, self.page.title()) {
            self.keys_open = false;
        }
        self.ask_to_leave(ui, snapshot, now);
        let console = started && self.kiosk.is_none();
        let first = console && snapshot.cameras.is_empty() && !self.setup.is_open();
        if let Some(go) = self.first_start.ui(ui, first, &mut self.desk) {
            self.go(ui, go);
        }
        // Nobody is to try passphrases in front of a kiosk.
        if self.kiosk.is_none() {
            self.unlock.ui(ui, snapshot, &mut self.desk);
        }
        self.closing.ui(ui, snapshot, &mut self.desk);
        if self.desk.take_refused() {
            self.notices.refused(ui, words::BUSY);
        }
        if let Some(why) = self.live.take_refused() {
            self.notices.refused(ui, &why);
        }
        let history = self.desk.shown().history.get().unwrap_or_default();
        let told = Told { snapshot, history: &history, zone: &self.zone, now };
        if let Some(go) = self.notices.ui(ui, &told, &mut self.desk) {
            self.go(ui, go);
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.tell_times(frame.info().cpu_usage);
        if self.is_broken {
            return;
        }
        let shown = Arc::clone(self.desk.shown());
        if shown.take_raise() {
            ctx.send_viewport_cmd(ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
        }
        let (page, now) = (self.page, self.clock.monotonic());
        let tell = |place| self.desk.try_send(Command::RememberWindow(place));
        let snapshot = shown.snapshot.get().unwrap_or_default();
        if let Some(kiosk) = self.kiosk.as_mut().filter(|_| !shown.is_quitting()) {
            let settings = shown.snapshot.get();
            kiosk.logic(ctx, settings.as_ref().map(|s| &s.settings.kiosk), &self.desk);
            return;
        }
        match self.closing.logic(ctx, &snapshot, shown.is_quitting()) {
            true => self.place.leave(ctx, page, tell),
            false => self.place.follow(ctx, page, now, tell),
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if self.is_broken {
            return;
        }
        match self.is_watched {
            false => self.whole_frame(ui),
            // Unwinding through the system's event loop would leave that without a window for ever.
            true => {
                let painted = catch_unwind(AssertUnwindSafe(|| self.whole_frame(ui)));
                self.is_broken = painted.is_err();
            }
        }
        if self.is_broken {
            self.closing.broke(ui);
            return;
        }
        // Only the clock in the status bar moves by itself.
        let micros = self.clock.wall().as_micros().rem_euclid(1_000_000).unsigned_abs();
        ui.request_repaint_after(Duration::from_micros(1_000_000 - micros));
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        theme::window().to_normalized_gamma_f32()
    }
}

fn starting(ui: &mut Ui) -> Option<Go> {
    ui.centered_and_justified(|ui| ui.label(super::widgets::soft(words::STARTING)));
    None
}

/// What paints this window, in words.
fn renderer(cc: &eframe::CreationContext<'_>) -> String {
    if let Some(state) = &cc.wgpu_render_state {
        let info = state.adapter.get_info();
        return words::wgpu(&format!("{:?}", info.backend), &info.name);
    }
    if cc.gl.is_some() { words::GLOW } else { words::NO_RENDERER }.to_owned()
}
