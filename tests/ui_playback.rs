//! The Playback page as an operator meets it: every key and button, and what it looks like in its states.
//!
//! Pictures are compared with `tests/snapshots`; `UPDATE_SNAPSHOTS=1` writes them anew, and then a person looks
//! at them.

mod ui_fixture;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::kittest::Queryable;
use ui_fixture as fixture;
use ui_fixture::desk::{Desk, playhead, seeks, step};
use watchkeeper::model::{Bookmark, WallSpan};
use watchkeeper::protocol::{
    CameraView, Command, ExportGaps, MarkChange, PictureFormat, PlaybackCommand, Speed, ViewState,
};

#[test]
fn playback_shows_pictures_calendar_and_timeline() {
    let mut desk = Desk::in_playback();
    desk.harness.snapshot("playback");
}

#[test]
fn playback_says_why_there_is_no_picture() {
    let mut desk = Desk::in_playback();
    for name in ["Front door", "Reception", "Gate"] {
        desk.harness.get_by_role_and_label(Role::CheckBox, name).click();
        desk.harness.run();
    }
    desk.answer();
    let lanes = desk.lanes();
    desk.harness.hover_at(egui::pos2(lanes.right() - 200.0, lanes.bottom() - 20.0));
    desk.harness.run();
    desk.harness.snapshot("playback_gap");
}

#[test]
fn playback_asks_once_and_begins_at_the_live_edge() {
    let mut desk = Desk::with_cameras(9);
    desk.take();
    desk.click("Playback");
    let commands = desk.take();
    let count = |what: fn(&Command) -> bool| commands.iter().filter(|c| what(c)).count();
    assert_eq!(count(|c| matches!(c, Command::QueryTimeline(q) if q.cameras.len() == 4)), 1);
    assert_eq!(count(|c| matches!(c, Command::QueryMonth(q) if q.days.len() == 42)), 1);
    assert_eq!(
        count(|c| matches!(c, Command::Playback(PlaybackCommand::Show(v)) if v.len() == 4)),
        1
    );
    assert_eq!(count(|c| matches!(c, Command::Playback(PlaybackCommand::GoLive))), 1);
    desk.harness.run_steps(10);
    assert!(desk.take().is_empty(), "nothing is asked twice");
    desk.click("Live");
    let ended =
        |c: &Command| matches!(c, Command::Playback(PlaybackCommand::Show(v)) if v.is_empty());
    assert!(desk.take().iter().any(ended), "decoders are given back");
}

#[test]
fn keys_drive_the_transport() {
    use PlaybackCommand::{Event, Play, SetReverse, SetSpeed};
    let mut desk = Desk::in_playback();
    for (key, commands) in [
        (Key::Space, vec![Play]),
        (Key::K, vec![Play]),
        (Key::ArrowRight, vec![step(1)]),
        (Key::ArrowLeft, vec![step(-1)]),
        (Key::L, vec![Play]),
        (Key::J, vec![SetReverse(true), Play]),
        (Key::N, vec![Event { forward: true }]),
        (Key::P, vec![Event { forward: false }]),
    ] {
        desk.press(key);
        assert_eq!(desk.playback_commands(), commands, "{key:?}");
    }
    desk.playing(|now| now.speed = Speed::Double);
    desk.press(Key::L);
    assert_eq!(desk.playback_commands(), [SetSpeed(Speed::Four)], "again: twice as fast");
    desk.press(Key::J);
    assert_eq!(desk.playback_commands(), [SetReverse(true), SetSpeed(Speed::Normal)]);
    desk.playing(|now| now.reverse = true);
    desk.press(Key::J);
    assert_eq!(desk.playback_commands(), [SetSpeed(Speed::Double)]);
    desk.press(Key::Space);
    assert_eq!(desk.playback_commands(), [PlaybackCommand::Pause]);
}

#[test]
fn keys_jump() {
    let mut desk = Desk::in_playback();
    desk.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    assert_eq!(sought, [(playhead().plus_micros(10_000_000), true)]);
    desk.shown.playback.set(fixture::playback(playhead(), Vec::new()));
    desk.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    assert_eq!(sought, [(playhead().plus_micros(-10_000_000), true)]);
    desk.press(Key::Home);
    let midnight = fixture::at("2026-03-03T00:00:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(midnight, true)]);
    desk.press(Key::End);
    assert_eq!(seeks(&desk.playback_commands()), [(fixture::now(), true)], "not past now");
}

#[test]
fn plus_and_minus_zoom_at_the_playhead() {
    let mut desk = Desk::in_playback();
    let before = desk.view_span();
    for _ in 0..4 {
        desk.write("+");
    }
    let closer = desk.view_span();
    assert!(closer < before / 2.0, "{closer} after {before}");
    for _ in 0..8 {
        desk.write("-");
    }
    let wider = desk.view_span();
    assert!(wider > before * 2.0, "{wider} after {before}");
}

#[test]
fn digits_pick_a_camera_for_the_keys() {
    let mut desk = Desk::in_playback();
    desk.press(Key::Num2);
    desk.press(Key::ArrowRight);
    let camera = fixture::id(1);
    assert_eq!(desk.playback_commands(), [PlaybackCommand::Step { camera, frames: 1 }]);
}

#[test]
fn buttons_drive_the_transport() {
    use PlaybackCommand::{Event, GoLive, Play, SetReverse, SetSpeed, SkipGaps, SkipToEvents};
    let mut desk = Desk::in_playback();
    for (name, commands) in [
        ("Play", vec![Play]),
        ("Play backward", vec![SetReverse(true), Play]),
        ("One frame on", vec![step(1)]),
        ("One frame back", vec![step(-1)]),
        ("Next event", vec![Event { forward: true }]),
        ("Previous event", vec![Event { forward: false }]),
        ("Skip time without recordings", vec![SkipGaps(true)]),
        ("Play motion only", vec![SkipToEvents(true)]),
        ("Live edge", vec![GoLive]),
    ] {
        desk.click(name);
        assert_eq!(desk.playback_commands(), commands, "{name}");
    }
    for speed in Speed::ALL {
        desk.click("Speed, now 1x");
        desk.click(&format!("Speed: {}", speed.label()));
        assert_eq!(desk.playback_commands(), [SetSpeed(speed)]);
    }
}

#[test]
fn a_wide_window_has_all_speeds_side_by_side() {
    let mut desk = Desk::in_playback();
    desk.harness.set_size(Vec2::new(1920.0, 1080.0));
    desk.harness.run();
    desk.take();
    desk.click("Speed: 0.25x");
    let speed = PlaybackCommand::SetSpeed(Speed::Quarter);
    assert!(desk.playback_commands().contains(&speed));
}

#[test]
fn a_snapshot_is_saved_as_chosen() {
    let mut desk = Desk::in_playback();
    desk.press(Key::S);
    let shown = fixture::now();
    let png = Command::SaveSnapshot {
        camera: fixture::id(0),
        at: Some(shown),
        format: PictureFormat::Png,
        caption: false,
    };
    assert_eq!(format!("{:?}", desk.take()), format!("{:?}", [png]));
    desk.click("How snapshots are saved");
    desk.click_any("JPEG, small");
    desk.click_any("With camera and time in the picture");
    desk.press(Key::Escape);
    desk.take();
    desk.click("Snapshot");
    let commands = desk.take();
    let as_chosen = |command: &Command| {
        matches!(command, Command::SaveSnapshot { format: PictureFormat::Jpeg, caption: true, .. })
    };
    assert!(commands.iter().any(as_chosen), "{commands:?}");
}

#[test]
fn a_moment_is_bookmarked_with_a_note() {
    let mut desk = Desk::in_playback();
    desk.press(Key::M);
    desk.write("van");
    desk.press(Key::Enter);
    let expected = Bookmark { camera: fixture::id(0), at: fixture::now(), note: "van".into() };
    let commands = desk.take();
    assert!(
        matches!(commands.as_slice(), [Command::Mark(MarkChange::AddBookmark(mark))] if *mark == expected),
        "{commands:?}"
    );
    assert!(desk.harness.query_by_label("Save bookmark").is_none(), "the sheet is closed");
    desk.click("Bookmark this moment");
    desk.press(Key::Escape);
    assert!(desk.take().is_empty());
}

#[test]
fn a_range_is_set_by_keys_and_locked() {
    let mut desk = Desk::in_playback();
    desk.write("[");
    let later = playhead().plus_micros(60_000_000);
    desk.shown.playback.set(fixture::playback(later, vec![fixture::showing(0, 10, 320, 180)]));
    desk.harness.run();
    desk.write("]");
    desk.take();
    desk.press(Key::X);
    desk.write("theft");
    desk.press(Key::Enter);
    let locked: Vec<_> = desk
        .take()
        .into_iter()
        .filter_map(
            |c| if let Command::Mark(MarkChange::Lock(lock)) = c { Some(lock) } else { None },
        )
        .collect();
    assert_eq!(locked.len(), 4, "each camera that is shown");
    let span = WallSpan::new(playhead(), later);
    assert!(locked.iter().all(|lock| lock.span == span && lock.note == "theft"), "{locked:?}");
    desk.press(Key::Escape);
    desk.press(Key::X);
    let text =
        "Front door, 14:01:07 to 14:11:07 (10 min). No rule deletes it until it is unlocked.";
    assert!(desk.harness.query_by_label(text).is_some(), "without a range: around the playhead");
}

#[test]
fn a_typed_time_is_gone_to() {
    let mut desk = Desk::in_playback();
    desk.press(Key::G);
    desk.write("25:99");
    desk.press(Key::Enter);
    let problem = "Write a time such as 14:05, 14:05:07 or 2 Mar 14:05.";
    assert!(desk.harness.query_by_label(problem).is_some());
    assert!(desk.take().is_empty());
    desk.press(Key::Escape);
    desk.click("Go to a time");
    desk.write("yesterday 14:05");
    desk.press(Key::Enter);
    let expected = fixture::at("2026-03-02T14:05:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(expected, true)]);
}

#[test]
fn events_are_listed_and_lead_to_their_moment() {
    let mut desk = Desk::in_playback();
    desk.click("Events, bookmarks, locks, the day, export");
    desk.answer();
    desk.answer();
    desk.harness.snapshot("playback_events");
    desk.take();
    desk.click("10:02:11 Front door, 12 s");
    let start = fixture::at("2026-03-03T10:02:11+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(start, true)]);
    desk.press(Key::Escape);
    assert!(desk.harness.query_by_label("10:02:11 Front door, 12 s").is_none());
}

#[test]
fn the_day_in_pictures_leads_to_its_hours() {
    let mut desk = Desk::in_playback();
    desk.click("Events, bookmarks, locks, the day, export");
    desk.click("The day in pictures");
    desk.answer();
    desk.take();
    desk.click("10:00, Front door");
    let most = fixture::at("2026-03-03T10:01:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(most, true)], "where most moved");
}

#[test]
fn bookmarks_and_locks_are_found_and_removed() {
    let mut desk = Desk::in_playback();
    desk.shown.marks.set(fixture::marks());
    desk.click("Events, bookmarks, locks, the day, export");
    desk.click("Bookmarks");
    desk.take();
    desk.harness.get_by_label("Find a bookmark").focus();
    desk.harness.run();
    desk.write("gate");
    assert!(desk.harness.query_by_label_contains("White van leaves, Front door").is_none());
    desk.click("Bookmark, Gate, 09:20:30");
    let at = fixture::at("2026-03-03T09:20:30+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(at, true)]);
    desk.click("Remove the bookmark Bookmark");
    let commands = desk.take();
    assert!(
        commands
            .iter()
            .any(|c| matches!(c, Command::Mark(MarkChange::RemoveBookmark(mark)) if mark.at == at)),
        "{commands:?}"
    );
    desk.click("Locks");
    desk.harness.get_by_label("Find a lock").focus();
    desk.harness.run();
    for _ in 0..4 {
        desk.press(Key::Backspace);
    }
    desk.take();
    desk.click("Unlock Theft, for the police");
    assert!(desk.take().is_empty(), "asked first");
    desk.click("Unlock");
    let commands = desk.take();
    assert!(
        matches!(commands.as_slice(), [Command::Mark(MarkChange::Unlock { .. })]),
        "{commands:?}"
    );
}

#[test]
fn the_time_before_the_playhead_is_a_click_away_in_the_export_tray() {
    for (label, minutes) in [("Last 5 min", 5), ("30 min", 30), ("1 h", 60)] {
        let mut desk = Desk::in_playback();
        desk.press(Key::E);
        desk.take();
        desk.click(label);
        desk.harness.run_steps(4);
        let asked = desk.take().into_iter().find_map(|command| match command {
            Command::QueryExport(query) => Some(query.span),
            _ => None,
        });
        let start = playhead().plus_micros(-minutes * fixture::MINUTE);
        assert_eq!(asked, Some(WallSpan::new(start, playhead())), "{label}");
        assert!(desk.harness.query_by_label(label).is_none(), "there is a range now");
        desk.click("Clear");
        assert!(desk.harness.query_by_label(label).is_some());
    }
}

#[test]
fn the_export_tray_takes_the_range_out() {
    let mut desk = Desk::in_playback();
    desk.shown.exports.set(fixture::exports());
    desk.press(Key::E);
    desk.write("[");
    let later = playhead().plus_micros(54 * fixture::MINUTE);
    desk.shown.playback.set(fixture::playback(later, vec![fixture::showing(0, 10, 320, 180)]));
    desk.harness.run();
    desk.click("Out");
    desk.harness.run_steps(4);
    desk.answer();
    desk.harness.snapshot("playback_export");
    desk.click_any("Reception");
    desk.click("Gaps: Kept");
    desk.harness.run_steps(4);
    desk.answer();
    desk.take();
    desk.click("Export now");
    let commands = desk.take();
    let [Command::Export(request)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(request.span, WallSpan::new(playhead(), later));
    assert_eq!(request.cameras, [fixture::id(0), fixture::id(2), fixture::id(3)]);
    assert_eq!((request.gaps, &request.folder), (ExportGaps::Kept, &None));
    desk.click("Clear");
    desk.take();
    desk.click("Cancel the export of 2 cameras, 13:26:00");
    desk.click("Open the folder of Front door, 13:26:00");
    desk.click("Take the export of Front door, 13:26:00 off the list");
    let commands = desk.take();
    assert!(
        matches!(
            commands.as_slice(),
            [Command::CancelExport(2), Command::OpenFolder(_), Command::ForgetExport(1)]
        ),
        "{commands:?}"
    );
}

#[test]
fn the_wheel_looks_closer_into_a_picture() {
    let mut desk = Desk::in_playback();
    let tile = desk.harness.get_by_role_and_label(Role::Button, "1 Front door").rect();
    desk.wheel(tile.center(), Vec2::new(0.0, 150.0), Modifiers::NONE);
    desk.harness.run_steps(4);
    let closer = |commands: &[PlaybackCommand]| {
        commands.iter().rev().find_map(|c| match c {
            PlaybackCommand::Show(tiles) => tiles.first().map(|(_, size)| size.0),
            _ => None,
        })
    };
    let size = closer(&desk.playback_commands()).expect("a larger picture is asked for");
    let twice = 2.0 * tile.width();
    assert!((size as f32 - twice).abs() < 20.0, "{size} for {twice}");
    assert!(desk.harness.query_by_label_contains("Wall").is_none());
    let centre = tile.center();
    desk.harness.drag_at(centre);
    desk.harness.step();
    desk.harness.hover_at(centre + Vec2::new(60.0, 20.0));
    desk.harness.step();
    desk.harness.drop_at(centre + Vec2::new(60.0, 20.0));
    desk.harness.run();
    desk.harness.snapshot("playback_zoom");
}

#[test]
fn a_group_folds() {
    let mut desk = Desk::in_playback();
    desk.click("Yard");
    let row =
        |desk: &Desk, name| desk.harness.query_by_role_and_label(Role::CheckBox, name).is_some();
    assert!(!row(&desk, "Gate") && row(&desk, "Front door"));
    desk.click("Yard");
    assert!(row(&desk, "Gate"));
}

#[test]
fn what_is_not_there_yet_is_told() {
    let mut desk = Desk::in_playback();
    let loading = |n| CameraView { camera: fixture::id(n), state: ViewState::Loading };
    desk.shown.playback.set(fixture::playback(playhead(), (0..4).map(loading).collect()));
    desk.harness.run();
    desk.harness.snapshot("playback_loading");
}

#[test]
fn what_cannot_be_shown_is_told() {
    let mut desk = Desk::in_playback();
    let why = "the segment yard/14.mp4 cannot be opened: no such file";
    let failed = CameraView { camera: fixture::id(2), state: ViewState::Failed(why.into()) };
    let CameraView { camera, state: ViewState::Showing { picture, .. } } =
        fixture::showing(1, 20, 320, 180)
    else {
        panic!("a picture")
    };
    let state = ViewState::Showing { picture, exact: true, damaged: true };
    let damaged = CameraView { camera, state };
    let first = fixture::showing(0, 10, 320, 180);
    let views = vec![first, damaged, failed, fixture::no_footage(3)];
    desk.shown.playback.set(fixture::playback(playhead(), views));
    desk.harness.run();
    desk.harness.snapshot("playback_error");
}

#[test]
fn the_live_edge_is_marked() {
    let mut desk = Desk::in_playback();
    let views = (0..3).map(|n| fixture::showing(n, 40, 320, 180)).collect();
    let mut edge = fixture::playback(fixture::now(), views);
    (edge.playing, edge.live) = (true, true);
    (edge.key_frames_only, edge.pictures_per_second) = (true, 12.0);
    desk.shown.playback.set(edge);
    desk.harness.run();
    desk.harness.snapshot("playback_live");
}

#[test]
fn without_a_camera_chosen_the_page_says_what_to_do() {
    let mut desk = Desk::in_playback();
    for name in ["Front door", "Reception", "Gate", "Loading dock"] {
        desk.harness.get_by_role_and_label(Role::CheckBox, name).click();
        desk.harness.run();
    }
    desk.answer();
    desk.harness.snapshot("playback_empty");
}

#[test]
fn a_click_on_the_timeline_wants_the_exact_picture() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    desk.harness.drag_at(at);
    desk.harness.drop_at(at);
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    assert_eq!(sought.len(), 1);
    assert!(sought[0].1);
    // The middle of 08:06:09 to 18:06:09.
    let middle = fixture::at("2026-03-03T13:06:09+01:00");
    assert!(sought[0].0.micros_since(middle).abs() < 2 * fixture::MINUTE, "{}", sought[0].0);
}

#[test]
fn a_drag_on_the_ruler_scrubs_and_its_end_is_exact() {
    let mut desk = Desk::in_playback();
    let lanes = desk.lanes();
    let from = egui::pos2(lanes.left() + 300.0, lanes.top() + 8.0);
    desk.harness.drag_at(from);
    desk.harness.step();
    for step in 1..=5 {
        desk.harness.hover_at(from + egui::vec2(20.0 * step as f32, 0.0));
        desk.harness.step();
    }
    desk.harness.drop_at(from + egui::vec2(100.0, 0.0));
    desk.harness.run();
    let sought = seeks(&desk.playback_commands());
    let (last, drag) = sought.split_last().expect("seeks");
    assert!(drag.len() >= 3 && drag.iter().all(|(_, exact)| !exact), "{sought:?}");
    assert!(last.1, "the exact picture on release");
    assert!(drag.windows(2).all(|w| w[0].0 < w[1].0));
    assert_eq!(drag.last().map(|d| d.0), Some(last.0));
}

#[test]
fn the_wheel_zooms_and_asks_for_finer_coverage() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    desk.wheel(at, Vec2::new(0.0, 450.0), Modifiers::NONE);
    let queries: Vec<_> = desk
        .take()
        .into_iter()
        .filter_map(|c| if let Command::QueryTimeline(q) = c { Some(q) } else { None })
        .collect();
    let last = queries.last().expect("a question");
    // Ten hours became about an eighth; the question has a margin on both sides.
    let hours = last.span.micros() as f64 / fixture::HOUR as f64;
    assert!((3.0..9.0).contains(&hours), "{hours}");
    assert!(queries.len() <= 3, "not one for each frame: {}", queries.len());
}

#[test]
fn panning_moves_the_view_and_sends_no_seek() {
    let mut desk = Desk::in_playback();
    let at = desk.lanes().center();
    for _ in 0..4 {
        desk.wheel(at, Vec2::new(600.0, 0.0), Modifiers::NONE);
    }
    let commands = desk.take();
    assert!(commands.iter().any(|c| matches!(c, Command::QueryTimeline(_))));
    assert!(!commands.iter().any(|c| matches!(c, Command::Playback(_))));
}

#[test]
fn a_gap_offers_the_footage_around_it() {
    let mut desk = Desk::in_playback();
    desk.click("Footage after the gap");
    let after = fixture::at("2026-03-03T15:00:00+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(after, true)]);
    desk.click("Footage before the gap");
    let before = fixture::at("2026-03-03T13:12:40+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(before, true)]);
}

#[test]
fn a_day_of_the_calendar_keeps_the_time_of_day() {
    let mut desk = Desk::in_playback();
    let day = desk.harness.get_by_label_contains("Mon 2 Mar 2026");
    day.click();
    desk.harness.run();
    let expected = fixture::at("2026-03-02T14:05:07.240+01:00");
    assert_eq!(seeks(&desk.playback_commands()), [(expected, true)]);
}

#[test]
fn turning_a_page_of_the_calendar_asks_for_that_month() {
    let mut desk = Desk::in_playback();
    desk.press(Key::PageUp);
    let months: Vec<_> = desk
        .take()
        .into_iter()
        .filter_map(|c| if let Command::QueryMonth(q) = c { Some(q) } else { None })
        .collect();
    assert_eq!(months.len(), 1);
    assert_eq!(months[0].days[0].start, fixture::at("2026-01-26T00:00:00+01:00"));
    assert!(desk.harness.query_by_label("February 2026").is_some());
}

#[test]
fn the_search_narrows_the_list_and_takes_no_shortcuts() {
    let mut desk = Desk::in_playback();
    desk.write("/");
    desk.harness.run();
    desk.harness.get_by_label("Find a camera").type_text("park");
    desk.harness.run();
    desk.press(Key::K);
    assert!(desk.playback_commands().is_empty(), "letters belong to the field");
    let row = |name| desk.harness.query_by_role_and_label(Role::CheckBox, name).is_some();
    assert!(row("Parking north") && row("Parking south") && !row("Gate"));
}
