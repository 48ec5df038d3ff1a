//! Plans of exports: every picture of what is asked for exactly once and in order, whatever the segments are.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use watchkeeper::container::{SampleInfo, SampleTable};
use watchkeeper::media::StreamParameters;
use watchkeeper::media::sps::VideoInfo;
use watchkeeper::model::time::ticks_to_micros;
use watchkeeper::model::{
    CameraId, MediaTime, RunId, SegmentRow, SegmentState, StreamId, StreamKind, VolumeId, WallSpan,
    WallTime,
};
use watchkeeper::playback::GopWalk;
use watchkeeper::playback::export::{FilmPlan, Planner, Stretch, stretches};
use watchkeeper::protocol::ExportGaps;

/// Ticks from one picture to the next.
const FRAME: i64 = 3_600;

/// A segment: time without footage before it, pictures, pictures in a GOP, whether they are reordered, and how
/// much larger than its media its wall time is, in ppm.
#[derive(Clone, Debug)]
struct Piece {
    pause: i64,
    pictures: usize,
    gop: usize,
    reordered: bool,
    drift: i64,
}

fn piece() -> impl Strategy<Value = Piece> {
    let pause = prop_oneof![Just(0), 1_i64..20_000_000];
    (pause, 1_usize..60, 1_usize..20, any::<bool>(), -500_i64..500).prop_map(
        |(pause, pictures, gop, reordered, drift)| Piece { pause, pictures, gop, reordered, drift },
    )
}

fn parameters() -> StreamParameters {
    StreamParameters {
        sample_entry: b"\0\0\0\x08avc1".to_vec(),
        sps: vec![0x67],
        pps: vec![0x68],
        video: VideoInfo {
            width: 64,
            height: 36,
            profile_idc: 77,
            level_idc: 30,
            chroma_format_idc: 1,
            bit_depth: 8,
            progressive: true,
            may_reorder: true,
            full_range: false,
            matrix_coefficients: 1,
            sample_aspect: (1, 1),
            frame_rate_milli: 25_000,
        },
    }
}

/// In reordered GOPs each pair of pictures changes places, the first one excepted: I P B P B ...
fn table(piece: &Piece) -> SampleTable {
    let mut samples = Vec::new();
    for n in 0..piece.pictures {
        let (place, start) = (n % piece.gop, n - n % piece.gop);
        let length = piece.gop.min(piece.pictures - start);
        let shown = match place {
            _ if !piece.reordered || place == 0 => place,
            _ if place % 2 == 1 && place + 1 < length => place + 1,
            _ if place % 2 == 0 => place - 1,
            _ => place,
        };
        samples.push(SampleInfo {
            offset: 1_000 + 10 * n as u64,
            size: 10,
            dts: n as i64 * FRAME,
            pts: (start + shown) as i64 * FRAME,
            random_access: place == 0,
        });
    }
    SampleTable { samples, duration: piece.pictures as i64 * FRAME }
}

fn rows(pieces: &[Piece]) -> Vec<SegmentRow> {
    let mut end = 0;
    let row = |(n, piece): (usize, &Piece)| {
        let start = end + piece.pause;
        let media = piece.pictures as i64 * FRAME;
        let micros = ticks_to_micros(media);
        end = start + micros + micros * piece.drift / 1_000_000;
        SegmentRow {
            stream: StreamId::new(CameraId::from_name("yard"), StreamKind::Main),
            start: WallTime::from_micros(start),
            end: WallTime::from_micros(end),
            media_duration: media,
            frames: piece.pictures as u64,
            bytes: 10 * piece.pictures as u64,
            run: RunId(start),
            run_offset: MediaTime::default(),
            volume: VolumeId(0),
            path: n.to_string(),
            state: SegmentState::Finished,
        }
    };
    pieces.iter().enumerate().map(row).collect()
}

fn plan(pieces: &[Piece], rows: &[SegmentRow], span: WallSpan, gaps: ExportGaps) -> Vec<FilmPlan> {
    let parameters = parameters();
    let mut planner = Planner::new(gaps);
    for (n, part) in stretches(rows, span) {
        let table = table(&pieces[n]);
        let duration = table.duration;
        let walk = GopWalk::new(table);
        let row = &rows[n];
        planner.add(&Stretch { row, parameters: &parameters, walk: &walk, duration, span: part });
    }
    planner.finish()
}

/// The pictures that are to be shown, as segment and offset in its file: those that begin in the span, and
/// those that stand at a stretch's beginning.
fn expected(pieces: &[Piece], rows: &[SegmentRow], span: WallSpan) -> Vec<(usize, u64)> {
    let mut wanted = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let part = row.span().intersect(span);
        if part.is_empty() {
            continue;
        }
        let mut samples = table(&pieces[n]).samples;
        samples.sort_by_key(|sample| sample.pts);
        let (from, to) = (row.ticks_at(part.start), row.ticks_at(part.end));
        let whole = part.end == row.end;
        let shown =
            samples.iter().filter(|sample| sample.pts + FRAME > from && (whole || sample.pts < to));
        wanted.extend(shown.map(|sample| (n, sample.offset)));
    }
    wanted
}

/// The pictures that a film shows, in order, by where their bytes are.
fn shown(film: &FilmPlan) -> Vec<(usize, u64)> {
    let mut places = Vec::new();
    for range in &film.ranges {
        let n = film.segments[range.segment].path.parse().expect("a number");
        places.extend((0..range.length / 10).map(|k| (n, range.offset + 10 * k)));
    }
    let mut pictures: Vec<(i64, (usize, u64))> = film
        .table
        .samples
        .iter()
        .zip(places)
        .filter(|(sample, _)| (film.shown.0..film.shown.1).contains(&sample.pts))
        .map(|(sample, place)| (sample.pts, place))
        .collect();
    pictures.sort_by_key(|(pts, _)| *pts);
    pictures.into_iter().map(|(_, place)| place).collect()
}

proptest! {
    #[test]
    fn every_picture_is_there_once_and_in_order(
        pieces in proptest::collection::vec(piece(), 1..6),
        (from, length) in (0_i64..8_000_000, 1_i64..30_000_000),
        kept in any::<bool>(),
    ) {
        let rows = rows(&pieces);
        let from = WallTime::from_micros(from);
        let span = WallSpan::new(from, from.plus_micros(length));
        let gaps = if kept { ExportGaps::Kept } else { ExportGaps::Closed };
        let films = plan(&pieces, &rows, span, gaps);
        let wanted = expected(&pieces, &rows, span);
        prop_assert_eq!(films.len(), usize::from(!wanted.is_empty()));
        let Some(film) = films.first() else { return Ok(()) };
        prop_assert_eq!(film.pictures as usize, wanted.len());
        prop_assert_eq!(shown(film), wanted);
        let longest = pieces.iter().map(|piece| piece.gop as i64).max().unwrap_or(0);
        prop_assert!(film.surplus < ticks_to_micros(longest * FRAME));
        prop_assert!(film.table.samples[0].random_access && film.table.samples[0].dts == 0);
        prop_assert!(film.table.samples.is_sorted_by(|a, b| a.dts < b.dts));
        prop_assert!(film.media_bytes() == 10 * film.table.samples.len() as u64);
        // What is shown lasts as long as the footage, with its gaps or without.
        let lasts = ticks_to_micros(film.shown.1 - film.shown.0);
        let covered: i64 = stretches(&rows, film.span).iter().map(|(_, part)| part.micros()).sum();
        let real = if kept { film.span.micros() } else { covered };
        prop_assert!((lasts - real).abs() <= 10_000 + real / 1_000, "{} {}", lasts, real);
    }
}
