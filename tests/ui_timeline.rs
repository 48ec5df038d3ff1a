//! The timeline and the calendar under an operator's hand: what each gesture does, and how they look.
//!
//! Pictures are compared with `tests/snapshots`, as in `ui.rs`.

mod ui_fixture;

use std::sync::Arc;

use eframe::egui;
use egui::accesskit::Role;
use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase,
    Vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use watchkeeper::model::{CameraId, Picture, WallSpan, WallTime};
use watchkeeper::protocol::{MonthAnswer, TimelineAnswer};
use watchkeeper::ui::playback::calendar::Calendar;
use watchkeeper::ui::texture::{Place, Textures};
use watchkeeper::ui::theme;
use watchkeeper::ui::timeline::interact::Wish;
use watchkeeper::ui::timeline::{LaneHead, NAMES, Timeline, View};
use watchkeeper::ui::zone::Zone;

/// A page that has nothing but a timeline, and does what it wishes.
struct Page {
    answer: TimelineAnswer,
    span: WallSpan,
    playhead: WallTime,
    now: WallTime,
    zone: Zone,
    cameras: Vec<(CameraId, String)>,
    selected: Option<usize>,
    range: Option<WallSpan>,
    note: &'static str,
    picture: Option<Arc<Picture>>,
    textures: Textures,
    wishes: Vec<Wish>,
    picked: Option<usize>,
    hovered: Option<(CameraId, WallTime)>,
}

impl Page {
    fn new(cameras: usize) -> Self {
        let name = |n: usize| fixture::NAMES.get(n).map_or(format!("Camera {n}"), |n| (*n).into());
        let cameras: Vec<_> =
            (0..cameras).map(name).map(|name| (CameraId::from_name(&name), name)).collect();
        let ids: Vec<_> = cameras.iter().map(|(id, _)| id.clone()).collect();
        Self {
            answer: fixture::timeline(1, &ids),
            span: day("08:00:00", "20:00:00"),
            playhead: time("14:05:07.240"),
            now: fixture::now(),
            zone: Zone::named("Europe/Berlin"),
            cameras,
            selected: Some(0),
            range: None,
            note: "",
            picture: None,
            textures: Textures::default(),
            wishes: Vec::new(),
            picked: None,
            hovered: None,
        }
    }
}

impl eframe::App for Page {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.textures.begin();
        let camera = &self.cameras[0].0;
        let thumbnail = self
            .picture
            .as_ref()
            .and_then(|picture| self.textures.show(ui, Place::Timeline, camera, picture));
        let heads: Vec<_> =
            self.cameras.iter().map(|(camera, name)| LaneHead { camera, name }).collect();
        let view = View {
            span: self.span,
            playhead: self.playhead,
            now: self.now,
            zone: &self.zone,
            lanes: &heads,
            selected: self.selected,
            range: self.range,
            range_note: self.note,
            thumbnail,
        };
        let frame =
            egui::Frame::new().fill(theme::panel()).inner_margin(egui::Margin::symmetric(12, 0));
        let output = egui::Panel::bottom("dock")
            .frame(frame)
            .show(ui, |ui| Timeline::new(&self.answer, view).ui(ui))
            .inner;
        egui::CentralPanel::default().show(ui, |_| {});
        for wish in output.wishes {
            match wish {
                Wish::View(span) => self.span = span,
                Wish::FitDay(at) => self.span = self.zone.day_span(at),
                Wish::Range(range) => self.range = range,
                Wish::Seek { at, .. } => self.playhead = at,
            }
            self.wishes.push(wish);
        }
        self.picked = output.picked.or(self.picked);
        self.hovered = output.hovered;
        self.textures.end();
    }
}

struct Desk {
    harness: Harness<'static, Page>,
}

impl Desk {
    fn new(page: Page) -> Self {
        let harness = Harness::builder()
            .with_size(Vec2::new(1280.0, 420.0))
            .with_step_dt(0.02)
            .with_max_steps(60)
            .with_render_cursor(false)
            .wgpu()
            .build_eframe(|cc| {
                theme::apply(&cc.egui_ctx);
                page
            });
        let mut desk = Self { harness };
        desk.harness.run();
        desk
    }

    fn page(&mut self) -> &mut Page {
        self.harness.state_mut()
    }

    fn rect(&self) -> Rect {
        self.harness.get_by_role_and_label(Role::Slider, "Recording timeline").rect()
    }

    /// A moment of 3 March on the screen, `y` points below the top of the timeline.
    fn at(&self, text: &str, y: f32) -> Pos2 {
        let rect = self.rect();
        let span = self.harness.state().span;
        let part = time(text).micros_since(span.start) as f32 / span.micros() as f32;
        Pos2::new(rect.left() + NAMES + part * (rect.width() - NAMES), rect.top() + y)
    }

    fn drag(&mut self, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.press(from, button, modifiers);
        let middle = from + (to - from) / 2.0;
        for at in [middle, to] {
            self.harness.hover_at(at);
            self.harness.run();
        }
        self.button(to, button, false, modifiers);
    }

    fn press(&mut self, at: Pos2, button: PointerButton, modifiers: Modifiers) {
        self.harness.hover_at(at);
        self.harness.run();
        self.page().wishes.clear();
        self.button(at, button, true, modifiers);
    }

    fn button(&mut self, pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        self.harness
            .event_modifiers(Event::PointerButton { pos, button, pressed, modifiers }, modifiers);
        self.harness.run();
    }

    fn click(&mut self, at: Pos2) {
        self.press(at, PointerButton::Primary, Modifiers::NONE);
        self.button(at, PointerButton::Primary, false, Modifiers::NONE);
    }

    fn wheel(&mut self, at: Pos2, delta: Vec2, source: MouseWheelSource, modifiers: Modifiers) {
        self.harness.hover_at(at);
        self.harness.run();
        self.page().wishes.clear();
        let unit = MouseWheelUnit::Point;
        let phase = TouchPhase::Move;
        self.harness.event_modifiers(
            Event::MouseWheel { unit, delta, phase, source, modifiers },
            modifiers,
        );
        self.harness.run();
    }

    fn seeks(&self) -> Vec<(WallTime, bool)> {
        let seek = |wish: &Wish| match wish {
            Wish::Seek { at, exact } => Some((*at, *exact)),
            _ => None,
        };
        self.harness.state().wishes.iter().filter_map(seek).collect()
    }

    fn tells(&self, text: &str) -> bool {
        self.harness.query_by_label_contains(text).is_some()
    }
}

fn time(text: &str) -> WallTime {
    fixture::at(&format!("2026-03-03T{text}+01:00"))
}

fn day(from: &str, to: &str) -> WallSpan {
    WallSpan::new(time(from), time(to))
}

/// A pixel is 38 s in the view of twelve hours.
fn near(a: WallTime, b: WallTime) -> bool {
    a.micros_since(b).abs() < fixture::MINUTE
}

const LANE: f32 = 40.0;
const RULER: f32 = 12.0;
const PLAIN: Modifiers = Modifiers::NONE;

#[test]
fn a_click_jumps_to_the_exact_picture_also_in_a_gap() {
    let mut desk = Desk::new(Page::new(4));
    desk.click(desk.at("10:00:00", LANE));
    let seeks = desk.seeks();
    assert!(matches!(seeks[..], [(at, true)] if near(at, time("10:00:00"))), "{seeks:?}");
    assert_eq!(desk.page().picked, Some(0));
    desk.click(desk.at("14:00:00", 115.0));
    let seeks = desk.seeks();
    assert!(matches!(seeks[..], [(at, true)] if near(at, time("14:00:00"))), "{seeks:?}");
    assert_eq!(desk.page().picked, Some(3));
}

#[test]
fn the_ruler_scrubs_and_its_end_is_exact() {
    let mut desk = Desk::new(Page::new(4));
    let (from, to) = (desk.at("09:00:00", RULER), desk.at("11:00:00", RULER));
    desk.drag(from, to, PointerButton::Primary, PLAIN);
    let seeks = desk.seeks();
    let (last, before) = seeks.split_last().expect("seeks");
    assert!(last.1 && near(last.0, time("11:00:00")), "{seeks:?}");
    assert!(!before.is_empty() && before.iter().all(|(_, exact)| !exact), "{seeks:?}");
    assert!(desk.page().wishes.iter().all(|wish| matches!(wish, Wish::Seek { .. })));
}

#[test]
fn shift_and_a_drag_choose_a_range_whose_ends_can_be_moved() {
    let mut desk = Desk::new(Page::new(4));
    let (from, to) = (desk.at("14:20:00", LANE), desk.at("13:26:00", LANE));
    desk.drag(from, to, PointerButton::Primary, Modifiers::SHIFT);
    let range = desk.page().range.expect("a range");
    assert!(near(range.start, time("13:26:00")) && near(range.end, time("14:20:00")), "{range:?}");
    assert_eq!(desk.seeks(), []);
    let from = desk.at("14:20:00", LANE);
    desk.press(from, PointerButton::Primary, PLAIN);
    desk.harness.hover_at(desk.at("15:00:00", LANE));
    desk.harness.run();
    assert!(desk.tells("Out") && desk.tells("In"), "the exact ends are told");
    desk.button(desk.at("15:00:00", LANE), PointerButton::Primary, false, PLAIN);
    let moved = desk.page().range.expect("a range");
    assert_eq!(moved.start, range.start);
    assert!(near(moved.end, time("15:00:00")), "{moved:?}");
    assert_eq!(desk.seeks(), []);
}

#[test]
fn a_range_stays_when_its_end_is_moved_past_the_other() {
    let mut page = Page::new(2);
    page.range = Some(day("10:00:00", "11:00:00"));
    let mut desk = Desk::new(page);
    let (from, to) = (desk.at("10:00:00", LANE), desk.at("12:00:00", LANE));
    desk.drag(from, to, PointerButton::Primary, PLAIN);
    let range = desk.page().range.expect("a range");
    assert_eq!(range.start, time("11:00:00"));
    assert!(near(range.end, time("12:00:00")), "{range:?}");
}

#[test]
fn the_middle_button_and_a_drag_of_the_lanes_take_the_time_along() {
    for (button, y) in [(PointerButton::Middle, RULER), (PointerButton::Primary, LANE)] {
        let mut desk = Desk::new(Page::new(4));
        let (from, to) = (desk.at("12:00:00", y), desk.at("10:00:00", y));
        desk.drag(from, to, button, PLAIN);
        let span = desk.page().span;
        assert!(near(span.start, time("10:00:00")), "{span:?}");
        assert_eq!(span.micros(), 12 * fixture::HOUR);
        assert_eq!(desk.seeks(), []);
    }
}

#[test]
fn the_wheel_zooms_at_the_pointer_and_pans_with_ctrl() {
    let mut desk = Desk::new(Page::new(4));
    let pos = desk.at("10:00:00", LANE);
    desk.wheel(pos, Vec2::new(0.0, 150.0), MouseWheelSource::Unknown, PLAIN);
    let span = desk.page().span;
    assert!(span.micros() < 7 * fixture::HOUR, "{span:?}");
    let after = desk.at("10:00:00", LANE);
    assert!((after.x - pos.x).abs() < 1.0, "{after:?} {pos:?}");
    desk.wheel(pos, Vec2::new(0.0, 60.0), MouseWheelSource::Unknown, Modifiers::COMMAND);
    let panned = desk.page().span;
    assert_eq!(panned.micros(), span.micros());
    assert!(panned.start < span.start, "{panned:?}");
}

#[test]
fn two_fingers_pan() {
    for delta in [Vec2::new(-80.0, 3.0), Vec2::new(0.0, -80.0)] {
        let mut desk = Desk::new(Page::new(4));
        let before = desk.page().span;
        desk.wheel(desk.at("10:00:00", LANE), delta, MouseWheelSource::Trackpad, PLAIN);
        let span = desk.page().span;
        assert_eq!(span.micros(), before.micros(), "{delta:?}");
        assert!(span.start > before.start, "{delta:?} {span:?}");
    }
}

#[test]
fn a_double_click_fits_the_day() {
    let mut desk = Desk::new(Page::new(4));
    let at = desk.at("10:00:00", LANE);
    desk.click(at);
    desk.click(at);
    let fitted = desk.page().zone.day_span(time("10:00:00"));
    assert_eq!(desk.page().span, fitted);
}

#[test]
fn the_frame_of_the_minimap_is_dragged_and_a_press_beside_it_brings_it() {
    let mut desk = Desk::new(Page::new(4));
    let rect = desk.rect();
    let left = rect.left() + NAMES;
    let place = |part: f32| Pos2::new(left + part * (rect.width() - NAMES), rect.bottom() - 11.0);
    let archive = desk.page().answer.archive.expect("an archive");
    let middle = archive.start.plus_micros(archive.micros() / 2);
    desk.click(place(0.5));
    let span = desk.page().span;
    assert!((span.start.plus_micros(span.micros() / 2)).micros_since(middle).abs() < fixture::HOUR);
    assert_eq!(desk.seeks(), []);
    desk.drag(place(0.503), place(0.603), PointerButton::Primary, PLAIN);
    let moved = desk.page().span.start.micros_since(span.start);
    assert!((moved - archive.micros() / 10).abs() < fixture::HOUR, "{moved}");
    assert_eq!(desk.page().span.micros(), span.micros());
}

#[test]
fn hovering_names_the_moment_the_camera_and_what_is_there() {
    let mut desk = Desk::new(Page::new(4));
    desk.harness.hover_at(desk.at("09:30:00", LANE));
    desk.harness.run();
    assert!(desk.tells("+01:00") && desk.tells("Front door") && desk.tells("motion 0."));
    assert!(desk.tells("Locked"));
    let (camera, at) = desk.page().hovered.clone().expect("hovered");
    assert_eq!(camera, fixture::id(0));
    assert!(near(at, time("09:30:00")), "{at}");
    desk.harness.hover_at(desk.at("16:20:00", LANE));
    desk.harness.run();
    assert!(desk.tells("Van at the gate"));
    desk.harness.hover_at(desk.at("18:20:00", LANE));
    desk.harness.run();
    assert!(desk.tells("In the future"));
    assert_eq!(desk.page().hovered, None, "there is no picture of the future");
}

#[test]
fn a_small_movement_asks_for_no_other_picture() {
    let mut page = Page::new(1);
    page.span = WallSpan::new(time("10:00:00"), time("10:00:05"));
    let mut desk = Desk::new(page);
    let at = desk.at("10:00:01.020", LANE);
    desk.harness.hover_at(at);
    desk.harness.run();
    let first = desk.page().hovered.clone();
    desk.harness.hover_at(at + Vec2::new(3.0, 0.0));
    desk.harness.run();
    assert_eq!(desk.page().hovered, first);
    assert_eq!(first.map(|(_, at)| at), Some(time("10:00:01.000")));
}

#[test]
fn a_card_over_a_gap_names_its_reason() {
    let mut page = Page::new(4);
    page.picture = Some(fixture::picture(1, 20, 320, 180));
    let mut desk = Desk::new(page);
    desk.harness.hover_at(desk.at("11:30:00", 70.0));
    desk.harness.run();
    assert!(desk.tells("Camera offline"));
    desk.harness.snapshot("timeline_gap");
}

#[test]
fn a_timeline_looks_like_this() {
    let mut page = Page::new(4);
    page.range = Some(day("13:26:00", "14:20:00"));
    page.note = "54 min · 1.6 GB";
    page.picture = Some(fixture::picture(0, 20, 320, 180));
    let mut desk = Desk::new(page);
    desk.harness.hover_at(desk.at("10:02:12", LANE));
    desk.harness.run();
    desk.harness.snapshot("timeline");
}

#[test]
fn a_night_that_goes_soon_is_hatched() {
    let mut page = Page::new(2);
    page.span = day("00:00:00", "04:00:00");
    page.playhead = time("03:00:00");
    let mut desk = Desk::new(page);
    desk.harness.hover_at(desk.at("01:00:00", LANE));
    desk.harness.run();
    assert!(desk.tells("deleted within 24 hours"));
    desk.harness.snapshot("timeline_going");
}

/// A whole local day with footage until noon, and the pointer so many hours after its beginning.
fn whole_day(date: &str, hours: f32) -> Desk {
    let mut page = Page::new(2);
    let noon = fixture::at(&format!("{date}T12:00:00Z"));
    page.span = page.zone.day_span(noon);
    (page.now, page.playhead) = (noon.plus_micros(8 * fixture::HOUR), noon);
    let footage = WallSpan::new(page.span.start, noon);
    for lane in &mut page.answer.lanes {
        lane.motion.clear();
        lane.gaps.clear();
        lane.coverage.truncate(1);
        lane.coverage[0].span = footage;
    }
    page.answer.union = vec![footage];
    let mut desk = Desk::new(page);
    let rect = desk.rect();
    let all = (desk.page().span.micros() / fixture::HOUR) as f32;
    // A point further, so that rounding does not fall short of the minute.
    let x = NAMES + (rect.width() - NAMES) * hours / all + 0.2;
    desk.harness.hover_at(Pos2::new(rect.left() + x, rect.top() + LANE));
    desk.harness.run();
    desk
}

#[test]
fn a_day_of_23_hours_has_a_break_and_no_missing_hour() {
    let mut desk = whole_day("2026-03-29", 2.5);
    assert_eq!(desk.page().span.micros(), 23 * fixture::HOUR);
    assert!(desk.tells("03:30:") && desk.tells("+02:00"));
    desk.harness.snapshot("timeline_spring");
}

#[test]
fn a_day_of_25_hours_tells_the_repeated_hour_apart() {
    let mut desk = whole_day("2026-10-25", 3.5);
    assert_eq!(desk.page().span.micros(), 25 * fixture::HOUR);
    assert!(desk.tells("02:30:") && desk.tells("B") && desk.tells("+01:00"));
    desk.harness.snapshot("timeline_autumn");
}

#[test]
fn many_lanes_fit() {
    let mut page = Page::new(32);
    page.selected = Some(5);
    let mut desk = Desk::new(page);
    assert!(desk.rect().height() < 220.0);
    desk.harness.snapshot("timeline_many");
}

/// A page that has nothing but a calendar.
struct MonthPage {
    calendar: Calendar,
    playhead: WallTime,
    now: WallTime,
    zone: Zone,
    chosen: Option<chrono::NaiveDate>,
}

impl eframe::App for MonthPage {
    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        if let Some(question) = self.calendar.question(&self.zone, &[], self.now) {
            let answer: MonthAnswer = fixture::month(question.generation, &question.days);
            self.calendar.asked(question, self.now);
            self.calendar.answer(&answer);
        }
        let frame = egui::Frame::new().fill(theme::panel()).inner_margin(egui::Margin::same(12));
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            let chosen = self.calendar.ui(ui, &self.zone, self.playhead, self.now);
            self.chosen = chosen.or(self.chosen);
        });
    }
}

fn month(playhead: WallTime, now: WallTime) -> Harness<'static, MonthPage> {
    let mut harness = Harness::builder()
        .with_size(Vec2::new(256.0, 320.0))
        .with_max_steps(30)
        .wgpu()
        .build_eframe(move |cc| {
            theme::apply(&cc.egui_ctx);
            let zone = Zone::named("Europe/Berlin");
            MonthPage { calendar: Calendar::default(), playhead, now, zone, chosen: None }
        });
    harness.run();
    harness
}

#[test]
fn the_calendar_tells_hours_motion_and_what_is_missing() {
    let now = fixture::now();
    let mut harness = month(now.plus_micros(-fixture::DAY), now);
    assert!(harness.query_by_label_contains("1 Mar 2026, 24 h 00 min recorded, motion").is_some());
    assert!(harness.query_by_label_contains("incomplete: footage is missing").is_some());
    harness.snapshot("calendar");
    harness.key_press(Key::PageUp);
    harness.run();
    assert!(harness.query_by_label("February 2026").is_some());
    harness.key_press(Key::PageDown);
    harness.key_press(Key::PageDown);
    harness.run();
    assert!(harness.query_by_label_contains("a day of 23 hours").is_none(), "that is in March");
    assert!(harness.query_by_label("April 2026").is_some());
}

#[test]
fn days_of_the_calendar_are_chosen_by_click_and_arrows() {
    let now = fixture::now();
    let mut harness = month(now, now);
    let date = |day| chrono::NaiveDate::from_ymd_opt(2026, 3, day);
    harness.get_by_label_contains("Mon 2 Mar 2026").click();
    harness.run();
    assert_eq!(harness.state().chosen, date(2));
    harness.get_by_label_contains("Mon 2 Mar 2026").focus();
    harness.run();
    harness.key_press(Key::ArrowLeft);
    harness.run();
    assert_eq!(harness.state().chosen, date(1));
}
