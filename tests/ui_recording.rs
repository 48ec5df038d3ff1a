//! Setup > Recording as an operator meets it: the schedules, their weekly grid, their fields and exceptions.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

#[path = "ui_recording/fields.rs"]
mod fields;
mod ui_fixture;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Vec2};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::Desk;
use ui_fixture::hand::{self, drag, focus, keys};
use ui_fixture::week::{answer_storage, settings, snapshot};
use watchkeeper::model::Settings;
use watchkeeper::model::schedule::{ExceptionRule, Schedule};
use watchkeeper::model::settings::DateStyle;
use watchkeeper::protocol::{ChangeAnswer, Snapshot};
use watchkeeper::ui::week::ROW;

fn opened() -> Desk {
    opened_with(snapshot(), Vec2::new(1280.0, 720.0))
}

fn opened_with(snapshot: Snapshot, size: Vec2) -> Desk {
    let mut desk = Desk::sized(snapshot, size);
    desk.click("Recording");
    answer_storage(&mut desk);
    desk
}

/// Saves, and returns the schedules that were sent; all else must be as it was.
fn saved(desk: &mut Desk) -> Vec<Schedule> {
    desk.click("Save");
    let change = answer_storage(desk).expect("a change");
    assert_eq!(*change.before, settings());
    let rest = Settings { schedules: Vec::new(), ..*change.after.clone() };
    assert_eq!(rest, Settings { schedules: Vec::new(), ..settings() });
    change.after.schedules
}

/// The ranges of the first schedule after saving.
fn saved_ranges(desk: &mut Desk) -> Vec<String> {
    ranges(&saved(desk)[0])
}

fn ranges(schedule: &Schedule) -> Vec<String> {
    schedule.ranges.iter().map(ToString::to_string).collect()
}

/// Nothing can be saved, because nothing is changed.
fn is_unchanged(desk: &Desk) -> bool {
    desk.harness.query_by_label("Save").is_none()
}

/// A place on the grid; `y` is counted from the top of the row.
fn place(desk: &Desk, day: u8, hours: f32, y: f32) -> Pos2 {
    let name = desk.harness.get_all_by_role(Role::Group);
    let grid = name.map(|node| node.rect()).find(|rect| rect.height() > 6.0 * ROW).expect("a grid");
    Pos2::new(grid.left() + grid.width() * hours / 24.0, grid.top() + f32::from(day) * ROW + y)
}

/// Within the band of the edited schedule when it is the first of three.
const BAND: f32 = 12.0;
/// Below all bands.
const EMPTY: f32 = 36.0;

/// Writes into a field and ends it.
fn fill(desk: &mut Desk, name: &str, text: &str) {
    hand::fill(desk, name, text);
    desk.press(Key::Enter);
}

// How it looks

#[test]
fn the_page_is_as_drawn() {
    let mut desk = opened_with(snapshot(), Vec2::new(1600.0, 1000.0));
    let at = place(&desk, 2, 12.0, BAND);
    desk.harness.hover_at(at);
    desk.harness.run();
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    desk.harness.snapshot("recording_schedules");
}

#[test]
fn a_small_window_shows_what_cannot_be() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 2, 8.0, BAND), place(&desk, 2, 10.5, BAND));
    drag(&mut desk, from, to);
    let (from, to) = (place(&desk, 5, 13.0, BAND), place(&desk, 5, 8.0, BAND));
    drag(&mut desk, from, to);
    fill(&mut desk, "Begin of Mon, Tue, Thu, Fri 08:00–18:00", "25:00");
    desk.click("Save");
    desk.harness.snapshot("recording_refused");
}

#[test]
fn the_week_of_a_camera_tells_its_rules() {
    let mut desk = opened();
    desk.click("Show: By camera");
    desk.click("Parking south, Motion detection: Night watch, 56 h");
    desk.harness.snapshot("recording_by_camera");
}

// The grid by hand

#[test]
fn a_drag_paints_and_snaps_to_quarters() {
    let mut desk = opened();
    assert!(is_unchanged(&desk));
    let (from, to) = (place(&desk, 6, 10.05, EMPTY), place(&desk, 6, 12.2, EMPTY));
    drag(&mut desk, from, to);
    let painted = ["mon-fri 08:00-18:00", "sat 09:00-13:00", "sun 10:00-12:15"];
    assert_eq!(saved_ranges(&mut desk), painted);
}

#[test]
fn what_was_painted_has_the_keyboard() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 6, 10.0, EMPTY), place(&desk, 6, 12.0, EMPTY));
    drag(&mut desk, from, to);
    desk.press(Key::ArrowRight);
    assert_eq!(saved_ranges(&mut desk)[2], "sun 10:15-12:15");
}

#[test]
fn alt_paints_to_the_minute() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 6, 10.0, EMPTY), place(&desk, 6, 12.0 + 7.0 / 60.0, EMPTY));
    desk.harness.event(Event::ModifiersChanged(Modifiers::ALT));
    drag(&mut desk, from, to);
    desk.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    assert_eq!(saved_ranges(&mut desk)[2], "sun 10:00-12:07");
}

#[test]
fn edges_resize_and_the_middle_moves() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 5, 13.0, BAND), place(&desk, 5, 15.0, BAND));
    drag(&mut desk, from, to);
    let (from, to) = (place(&desk, 5, 9.0, BAND), place(&desk, 5, 10.0, BAND));
    drag(&mut desk, from, to);
    let (from, to) = (place(&desk, 5, 12.0, BAND), place(&desk, 6, 12.5, BAND));
    drag(&mut desk, from, to);
    assert_eq!(saved_ranges(&mut desk), ["mon-fri 08:00-18:00", "sun 10:30-15:30"]);
}

#[test]
fn a_drag_past_midnight_is_one_band_on_two_rows() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 6, 22.0, EMPTY), place(&desk, 6, 25.0, EMPTY));
    drag(&mut desk, from, to);
    assert_eq!(saved_ranges(&mut desk)[2], "sun 22:00-01:00");
    assert!(desk.harness.query_by_label("Business hours, Sun 22:00 – Mon 01:00").is_some());
}

#[test]
fn an_empty_range_is_refused_with_a_sentence() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 5, 13.0, BAND), place(&desk, 5, 8.0, BAND));
    drag(&mut desk, from, to);
    let told = desk.harness.query_by_label_contains("ends where it begins is empty");
    assert!(told.is_some() && is_unchanged(&desk));
}

#[test]
fn escape_ends_a_drag_and_nothing_is_changed() {
    let mut desk = opened();
    let (from, to) = (place(&desk, 6, 10.0, EMPTY), place(&desk, 6, 12.0, EMPTY));
    desk.harness.drag_at(from);
    desk.harness.run();
    desk.harness.hover_at(to);
    desk.harness.run();
    desk.press(Key::Escape);
    desk.harness.drop_at(to);
    desk.harness.run();
    assert!(is_unchanged(&desk));
}

#[test]
fn a_click_on_another_band_chooses_its_schedule() {
    let mut desk = opened();
    let at = place(&desk, 3, 3.0, 23.0);
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    let name = desk.harness.get_by_role_and_label(Role::TextInput, "Name");
    assert_eq!(name.value().as_deref(), Some("Night watch"));
}

#[test]
fn a_day_is_copied_from_its_menu() {
    let mut desk = opened();
    desk.click("Saturday: copy or clear");
    desk.click("Copy to every day");
    assert_eq!(saved_ranges(&mut desk), ["daily 09:00-13:00"]);
}

#[test]
fn a_day_is_cleared_from_its_menu() {
    let mut desk = opened();
    desk.click("Saturday: copy or clear");
    desk.click("Clear this day");
    assert_eq!(saved_ranges(&mut desk), ["mon-fri 08:00-18:00"]);
}

// The grid by keyboard

#[test]
fn the_arrows_move_and_resize_the_band_that_has_the_keyboard() {
    let mut desk = opened();
    focus(&mut desk, Role::Button, "Business hours, Sat 09:00 – 13:00");
    desk.press(Key::ArrowRight);
    desk.press(Key::ArrowRight);
    keys(&mut desk, Modifiers::SHIFT, Key::ArrowRight);
    keys(&mut desk, Modifiers::SHIFT, Key::ArrowUp);
    keys(&mut desk, Modifiers::ALT, Key::ArrowRight);
    keys(&mut desk, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowLeft);
    desk.press(Key::ArrowDown);
    assert_eq!(saved_ranges(&mut desk), ["mon-fri 08:00-18:00", "sun 09:16-13:45"]);
}

#[test]
fn tab_goes_from_band_to_band_and_delete_removes() {
    let mut desk = opened();
    focus(&mut desk, Role::Button, "Business hours, Thu 08:00 – 18:00");
    desk.press(Key::Tab);
    desk.press(Key::Delete);
    assert_eq!(saved_ranges(&mut desk), ["mon-thu 08:00-18:00", "sat 09:00-13:00"]);
}

#[test]
fn changes_are_taken_back_and_made_again() {
    let mut desk = opened();
    focus(&mut desk, Role::Button, "Business hours, Sat 09:00 – 13:00");
    desk.press(Key::ArrowRight);
    desk.press(Key::ArrowRight);
    keys(&mut desk, Modifiers::COMMAND, Key::Z);
    keys(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(is_unchanged(&desk), "back where it began");
    keys(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    keys(&mut desk, Modifiers::COMMAND, Key::Y);
    desk.click("Undo");
    desk.click("Redo");
    assert_eq!(saved_ranges(&mut desk)[1], "sat 09:30-13:30");
}

#[test]
fn a_day_goes_by_the_clipboard() {
    let mut desk = opened();
    focus(&mut desk, Role::Button, "Business hours, Sat 09:00 – 13:00");
    desk.harness.event(Event::Copy);
    desk.harness.step();
    let copied = desk.harness.output().platform_output.commands.iter().find_map(|command| {
        let egui::OutputCommand::CopyText(text) = command else { return None };
        Some(text.clone())
    });
    assert_eq!(copied.as_deref(), Some("09:00-13:00"));
    focus(&mut desk, Role::Button, "Sunday: copy or clear");
    desk.harness.event(Event::Paste("no times".into()));
    desk.harness.run();
    assert!(desk.harness.query_by_label_contains("holds no times of a day").is_some());
    desk.harness.event(Event::Paste("09:00-13:00".into()));
    desk.harness.run();
    assert_eq!(saved_ranges(&mut desk)[1], "sat,sun 09:00-13:00");
}

// Fields

#[test]
fn days_and_times_are_written_into_fields() {
    let mut desk = opened();
    fill(&mut desk, "Begin of Sat 09:00–13:00", "10");
    fill(&mut desk, "End of Sat 10:00–13:00", "12.30");
    desk.click("Sunday");
    assert_eq!(saved_ranges(&mut desk), ["mon-fri 08:00-18:00", "sat,sun 10:00-12:30"]);
}

#[test]
fn ranges_are_added_and_removed() {
    let mut desk = opened();
    desk.click("Remove Sat 09:00–13:00");
    desk.click("Add a time range");
    assert_eq!(saved_ranges(&mut desk), ["mon-fri 08:00-18:00", "mon-fri 19:00-20:00"]);
}

#[test]
fn the_last_range_and_the_last_day_stay() {
    let mut desk = opened();
    desk.click("Remove Sat 09:00–13:00");
    keys(&mut desk, Modifiers::COMMAND, Key::Z);
    desk.click("Deliveries, Tue, Thu 05:30–07:45, not used");
    desk.click("Remove Tue, Thu 05:30–07:45");
    let told = desk.harness.query_by_label_contains("needs at least one time range");
    assert!(told.is_some());
    desk.click("Tuesday");
    desk.click("Thursday");
    assert!(desk.harness.query_by_label_contains("needs at least one day").is_some());
    assert_eq!(ranges(&saved(&mut desk)[2]), ["thu 05:30-07:45"]);
}

#[test]
fn what_is_no_time_stays_in_its_field_and_nothing_is_sent() {
    let mut desk = opened();
    for (text, sentence) in [
        ("25:00", "\"25:00\" is no time of day; one is 08:00, the last is 24:00."),
        (
            "18:00",
            "A time range that ends where it begins is empty; a whole day is 00:00 to 24:00.",
        ),
    ] {
        fill(&mut desk, "Begin of Mon–Fri 08:00–18:00", text);
        assert!(desk.harness.query_by_label(sentence).is_some(), "{text}");
        desk.click("Save");
        assert!(answer_storage(&mut desk).is_none(), "{text} was sent");
        let told = "Nothing was saved: correct the fields that are marked first.";
        assert!(desk.harness.query_by_label(told).is_some());
    }
    desk.click("Discard");
    assert!(is_unchanged(&desk));
    let field = desk.harness.get_by_role_and_label(Role::TextInput, "Begin of Mon–Fri 08:00–18:00");
    assert_eq!(field.value().as_deref(), Some("08:00"));
}

#[test]
fn a_text_that_has_not_been_ended_is_saved_too() {
    let mut desk = opened();
    focus(&mut desk, Role::TextInput, "End of Sat 09:00–13:00");
    keys(&mut desk, Modifiers::COMMAND, Key::A);
    desk.write("14:00");
    keys(&mut desk, Modifiers::COMMAND, Key::S);
    let change = answer_storage(&mut desk).expect("a change");
    assert_eq!(ranges(&change.after.schedules[0])[1], "sat 09:00-14:00");
}

// The list

#[test]
fn a_new_name_goes_wherever_the_schedule_is_used() {
    let mut desk = opened();
    desk.click("Night watch, every day 22:00–06:00, 1 camera");
    fill(&mut desk, "Name", "business HOURS");
    let taken = "Another schedule is called \"Business hours\".";
    assert!(desk.harness.query_by_label(taken).is_some());
    fill(&mut desk, "Name", "Late watch");
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    let mut expected = settings();
    expected.rename_schedule("Night watch", "Late watch");
    assert_eq!(*change.after, expected);
    keys(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(is_unchanged(&desk) || desk.harness.query_by_label("saving …").is_some());
}

#[test]
fn a_schedule_is_added_copied_and_removed() {
    let mut desk = opened();
    desk.click("Add schedule");
    let added = saved(&mut desk);
    assert_eq!((added.len(), added[3].name.as_str()), (4, "New schedule"));
    assert_eq!(ranges(&added[3]), ["mon-fri 08:00-18:00"]);

    let mut desk = opened();
    desk.click("Duplicate");
    let copied = saved(&mut desk);
    assert_eq!(copied[3].name, "Business hours copy");
    assert_eq!(copied[3].exceptions, settings().schedules[0].exceptions);

    let mut desk = opened();
    desk.click("Deliveries, Tue, Thu 05:30–07:45, not used");
    desk.click("Delete");
    assert_eq!(saved(&mut desk), settings().schedules[..2]);
}

#[test]
fn a_schedule_in_use_stays_and_its_users_are_named() {
    let mut desk = opened();
    desk.click("Delete");
    let told = "\"Business hours\" stays: it is used by Front door and Reception. Choose another schedule there first.";
    assert!(desk.harness.query_by_label(told).is_some() && is_unchanged(&desk));
    desk.click("Night watch, every day 22:00–06:00, 1 camera");
    desk.click("Delete");
    let told = "used by Parking south and the exceptions of \"Business hours\"";
    assert!(desk.harness.query_by_label_contains(told).is_some());
}

// Exceptions

#[test]
fn an_exception_is_added() {
    let mut desk = opened();
    desk.click("Date");
    desk.click("Apply");
    assert!(desk.harness.query_by_label_contains("Write a date such as").is_some());
    focus(&mut desk, Role::TextInput, "Date");
    desk.write("3 Apr");
    desk.press(Key::Enter);
    assert!(desk.harness.query_by_label_contains("has an exception already").is_some());
    focus(&mut desk, Role::TextInput, "Date");
    keys(&mut desk, Modifiers::COMMAND, Key::A);
    desk.write("1 May");
    desk.click("On this date: All day");
    desk.click("Apply");
    let exceptions = saved(&mut desk).remove(0).exceptions;
    assert_eq!(exceptions.len(), 3);
    assert_eq!(
        (exceptions[2].date.to_string().as_str(), &exceptions[2].rule),
        ("2026-05-01", &ExceptionRule::AllDay)
    );
}

#[test]
fn exceptions_are_written_as_dates_are_everywhere() {
    let mut american = settings();
    american.console.dates = DateStyle::MonthFirst;
    let snapshot = Snapshot { settings: Arc::new(american), ..snapshot() };
    let mut desk = opened_with(snapshot, Vec2::new(1280.0, 720.0));
    desk.click("Fri 04/03: nothing");
    assert_eq!(hand::value_of(&desk, "Date"), "04/03/2026");
    hand::fill(&mut desk, "Date", "4/5");
    assert!(hand::told(&desk, "Sun 04/05/2026"));
    desk.click("Apply");
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    let dates = change.after.schedules[0].exceptions.iter().map(|item| item.date.to_string());
    assert_eq!(dates.collect::<Vec<_>>(), ["2026-04-05", "2026-04-06"]);
}

#[test]
fn an_exception_is_changed_and_another_removed() {
    let mut desk = opened();
    desk.click("Fri 3 Apr: nothing");
    desk.click("On this date: Like another");
    desk.harness.get_by_role_and_label(Role::ComboBox, "Schedule for this date").click();
    desk.harness.run();
    desk.click("Deliveries");
    desk.click("Apply");
    desk.click("Remove Mon 6 Apr: as Night watch");
    let exceptions = saved(&mut desk).remove(0).exceptions;
    let rules: Vec<_> = exceptions.iter().map(|exception| exception.rule.to_string()).collect();
    assert_eq!(rules, ["use Deliveries"]);
}

// By camera, saving

#[test]
fn a_cameras_band_leads_to_its_schedule() {
    let mut desk = opened();
    desk.click("Night watch, every day 22:00–06:00, 1 camera");
    desk.click("Show: By camera");
    let at = place(&desk, 0, 12.0, ROW / 2.0);
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    let name = desk.harness.get_by_role_and_label(Role::TextInput, "Name");
    assert_eq!(name.value().as_deref(), Some("Business hours"));
    desk.click("Show: By camera");
    desk.click("Parking south, Motion detection: Night watch, 56 h");
    desk.click("Edit Night watch");
    let name = desk.harness.get_by_role_and_label(Role::TextInput, "Name");
    assert_eq!(name.value().as_deref(), Some("Night watch"));
}

#[test]
fn what_the_engine_says_is_told_and_what_it_takes_is_in_force() {
    let mut desk = opened();
    desk.click("Sunday");
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    assert!(desk.harness.query_by_label("saving …").is_some());
    let outcome = Err("the settings cannot be written".into());
    desk.shown.changed.set(ChangeAnswer { id: change.id, outcome });
    desk.harness.run();
    let told = "Not saved: The settings cannot be written.";
    assert!(desk.harness.query_by_label(told).is_some());
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    let after = Arc::new(*change.after);
    desk.shown.changed.set(ChangeAnswer { id: change.id, outcome: Ok(Arc::clone(&after)) });
    desk.shown.snapshot.set(Snapshot { settings: after, ..snapshot() });
    desk.harness.run();
    assert!(is_unchanged(&desk));
    let row = "Business hours, Mon–Fri, Sun 08:00–18:00 · Sat 09:00–13:00, 2 cameras";
    assert!(desk.harness.query_by_label(row).is_some());
}

#[test]
fn without_schedules_it_is_said_what_they_are() {
    let mut desk = opened_with(fixture::snapshot(2), Vec2::new(1280.0, 720.0));
    assert!(desk.harness.query_by_label_contains("There is no schedule yet.").is_some());
    desk.click("Add schedule");
    desk.click("Save");
    let change = answer_storage(&mut desk).expect("a change");
    assert_eq!(change.after.schedules.len(), 1);
}
