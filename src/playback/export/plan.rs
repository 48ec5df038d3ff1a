//! What a film is made of: which samples in which order, when each is shown, what is hidden. Pure.
//!
//! A film begins with the random access point that the first picture needs; what comes before that picture
//! is the surplus, which players do not show. Another stream or another size of picture begins another film.
//!
//! Must not do: open or read a file.

use crate::container::{Film, SampleInfo, SampleTable, film_head};
use crate::media::StreamParameters;
use crate::model::coverage::SEAM_MICROS;
use crate::model::time::{micros_to_ticks, ticks_to_micros};
use crate::model::{SegmentRow, StreamId, WallSpan};
use crate::playback::GopWalk;
use crate::protocol::ExportGaps;

/// Pictures that one export of a camera may have: at 40 bytes each, 200 MB; two days at 25 a second.
pub const MAX_PICTURES: usize = 5_000_000;

/// A longer gap is not kept: another film begins. A sample's length has 32 bits, 13 hours.
const LONGEST_KEPT_MICROS: i64 = 12 * 3_600_000_000;

/// What a segment gives to an export.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// The segment.
    pub row: &'a SegmentRow,
    /// What a decoder needs.
    pub parameters: &'a StreamParameters,
    /// Its samples.
    pub walk: &'a GopWalk,
    /// Length of the media that its file has, in ticks: less than the row says where the file is damaged, more where
    /// it has grown since.
    pub duration: i64,
    /// The part that is wanted: the picture shown at its start, and all that begin before its end.
    pub span: WallSpan,
}

/// Bytes of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Number of the segment in [`FilmPlan::segments`].
    pub segment: usize,
    /// Where they begin in its file.
    pub offset: u64,
    /// How many.
    pub length: u64,
    /// Where they begin with a random access point: the number of its parameter sets.
    group: Option<usize>,
}

/// A film that is to be written.
#[derive(Clone, Debug)]
pub struct FilmPlan {
    /// Whose footage.
    pub stream: StreamId,
    /// Visible width and height in pixels.
    pub size: (u32, u32),
    /// The segments that it is from, in order.
    pub segments: Vec<SegmentRow>,
    /// Its media data.
    pub ranges: Vec<ByteRange>,
    /// Its samples, with offsets in the media data.
    pub table: SampleTable,
    /// What is shown, in ticks.
    pub shown: (i64, i64),
    /// From the first picture that is shown until the last one ends.
    pub span: WallSpan,
    /// Microseconds of footage in front of the first picture that is shown.
    pub surplus: i64,
    /// Pictures that are shown.
    pub pictures: u64,
    entries: Vec<Vec<u8>>,
    changes: Vec<(usize, usize)>,
    /// For each sample entry, its parameter sets as NAL units behind lengths.
    parameter_sets: Vec<Vec<u8>>,
}

impl FilmPlan {
    /// Everything in front of the media data.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        film_head(&Film {
            sample_entries: &self.entries,
            changes: &self.changes,
            width: self.size.0,
            height: self.size.1,
            created: self.span.start,
            table: &self.table,
            shown: self.shown,
        })
    }

    /// Bytes of the media data.
    #[must_use]
    pub fn media_bytes(&self) -> u64 {
        self.table.samples.iter().map(|sample| u64::from(sample.size)).sum()
    }

    /// What is written in front of a range: where parameter sets change on the way, every random access point
    /// has its own before it, since some players look at the first sample entry alone.
    #[must_use]
    pub fn prefix(&self, range: &ByteRange) -> &[u8] {
        let group = range.group.filter(|_| self.entries.len() > 1);
        group.and_then(|group| self.parameter_sets.get(group)).map_or(&[], Vec::as_slice)
    }

    fn new(stretch: &Stretch<'_>, span: WallSpan) -> Self {
        let video = &stretch.parameters.video;
        Self {
            stream: stretch.row.stream.clone(),
            size: (video.width, video.height),
            segments: Vec::new(),
            ranges: Vec::new(),
            table: SampleTable::default(),
            shown: (0, 0),
            span,
            surplus: 0,
            pictures: 0,
            entries: Vec::new(),
            changes: Vec::new(),
            parameter_sets: Vec::new(),
        }
    }

    fn use_parameters(&mut self, parameters: &StreamParameters) {
        let entry = &parameters.sample_entry;
        let known = self.entries.iter().position(|known| known == entry);
        let number = known.unwrap_or_else(|| {
            self.entries.push(entry.clone());
            self.parameter_sets.push(parameters.sets_behind_lengths());
            self.entries.len() - 1
        });
        if self.changes.last().is_none_or(|(_, last)| *last != number) {
            self.changes.push((self.table.samples.len(), number));
        }
    }

    /// Gives the samples their offsets in the media data, and what is in front of them.
    fn place(&mut self) {
        let prefixes: Vec<usize> = self
            .ranges
            .iter()
            .filter(|range| range.group.is_some())
            .map(|range| self.prefix(range).len())
            .collect();
        let mut prefixes = prefixes.into_iter();
        let mut offset = 0;
        for sample in &mut self.table.samples {
            let prefix = if sample.random_access { prefixes.next().unwrap_or(0) } else { 0 };
            sample.size += prefix as u32;
            sample.offset = offset;
            offset += u64::from(sample.size);
        }
    }

    /// Adds a sample of the segment added last.
    fn push(&mut self, sample: &SampleInfo, dts: i64, pts: i64) {
        let segment = self.segments.len() - 1;
        let length = u64::from(sample.size);
        match self.ranges.last_mut() {
            Some(last)
                if last.segment == segment
                    && last.offset + last.length == sample.offset
                    && !sample.random_access =>
            {
                last.length += length;
            }
            _ => {
                let entry = self.changes.last().map(|(_, entry)| *entry);
                let group = entry.filter(|_| sample.random_access);
                self.ranges.push(ByteRange { segment, offset: sample.offset, length, group });
            }
        }
        // At a seam between two segments decoding times may touch.
        let dts = self.table.samples.last().map_or(dts, |last| dts.max(last.dts + 1));
        self.table.samples.push(SampleInfo { dts, pts, ..*sample });
    }
}

/// The samples of a stretch, as numbers of its segment's samples.
struct Cut {
    /// The random access point to begin with.
    begin: usize,
    /// The last sample needed, in decoding order.
    end: usize,
    /// Ticks in the segment at which the first picture wanted begins to be shown.
    first: i64,
    /// Ticks at which the last one does.
    last: i64,
    /// Ticks at which it ends.
    until: i64,
}

impl Cut {
    /// None when no picture is shown in the stretch.
    fn of(stretch: &Stretch<'_>) -> Option<Self> {
        let (walk, row) = (stretch.walk, stretch.row);
        let samples = walk.samples();
        let from = row.ticks_at(stretch.span.start);
        if from >= stretch.duration {
            return None;
        }
        let to = row.ticks_at(stretch.span.end).min(stretch.duration);
        let first = walk.shown_at(from).or_else(|| walk.first())?;
        let last = walk.shown_at(to - 1)?;
        let begin = walk.start_for(first)?;
        let shown = |sample: usize| samples.get(sample).map(|sample| sample.pts);
        let (first, last_shown) = (shown(first)?, shown(last)?);
        // Pictures sent later may be shown earlier, up to the next random access point.
        let group_end = walk.key_after(last).unwrap_or(samples.len());
        let end = (last..group_end).rfind(|&n| samples[n].pts <= last_shown)?;
        let cut = Self { begin, end, first, last: last_shown, until: to.max(last_shown + 1) };
        (last_shown >= first && end >= begin).then_some(cut)
    }
}

/// Puts stretches together to films.
#[derive(Debug)]
pub struct Planner {
    gaps: ExportGaps,
    films: Vec<FilmPlan>,
    pictures: usize,
}

impl Planner {
    /// Nothing yet.
    #[must_use]
    pub const fn new(gaps: ExportGaps) -> Self {
        Self { gaps, films: Vec::new(), pictures: 0 }
    }

    /// Adds the next stretch in time. The part of it that its file has pictures of; none when it has none, and
    /// nothing was added.
    pub fn add(&mut self, stretch: &Stretch<'_>) -> Option<WallSpan> {
        let cut = Cut::of(stretch)?;
        let row = stretch.row;
        let end = row.wall_at(cut.until).min(stretch.span.end);
        let is_whole = row.ticks_at(stretch.span.end) <= stretch.duration;
        let end = if is_whole { stretch.span.end } else { end };
        let span = WallSpan::new(row.wall_at(cut.first), end);
        let goes_on = self.films.last().is_some_and(|film| {
            let gap = span.start.micros_since(film.span.end);
            let video = &stretch.parameters.video;
            film.stream == row.stream
                && film.size == (video.width, video.height)
                && (self.gaps == ExportGaps::Closed || gap <= LONGEST_KEPT_MICROS)
        });
        if !goes_on {
            self.films.push(FilmPlan::new(stretch, span));
        }
        let gaps = self.gaps;
        if let Some(film) = self.films.last_mut() {
            self.pictures += append(film, stretch, &cut, span, gaps);
        }
        Some(span.intersect(stretch.span))
    }

    /// Whether there are more pictures than an export may have.
    #[must_use]
    pub const fn is_too_long(&self) -> bool {
        self.pictures > MAX_PICTURES
    }

    /// The films, in order of time.
    #[must_use]
    pub fn finish(mut self) -> Vec<FilmPlan> {
        for film in &mut self.films {
            film.place();
            // Times count from the first sample's decoding.
            let zero = film.table.samples.first().map_or(0, |sample| sample.dts);
            for sample in &mut film.table.samples {
                (sample.dts, sample.pts) = (sample.dts - zero, sample.pts - zero);
            }
            film.table.duration -= zero;
            film.shown = (film.shown.0 - zero, film.shown.1 - zero);
        }
        self.films
    }
}

/// Adds a stretch to the end of a film; returns how many samples that are.
fn append(
    film: &mut FilmPlan,
    stretch: &Stretch<'_>,
    cut: &Cut,
    span: WallSpan,
    gaps: ExportGaps,
) -> usize {
    let samples = stretch.walk.samples();
    let origin = samples[cut.begin].pts;
    let fresh = film.segments.is_empty();
    let gap = span.start.micros_since(film.span.end);
    let pause = if fresh || gaps == ExportGaps::Closed || gap <= SEAM_MICROS {
        0
    } else {
        micros_to_ticks(gap)
    };
    let base = film.table.duration + pause;
    if fresh {
        film.shown.0 = cut.first - origin;
        film.surplus = ticks_to_micros(cut.first - origin);
    }
    film.use_parameters(stretch.parameters);
    film.segments.push(stretch.row.clone());
    let first = if fresh { cut.first } else { origin };
    for sample in &samples[cut.begin..=cut.end] {
        film.push(sample, base + sample.dts - origin, base + sample.pts - origin);
        film.pictures += u64::from((first..=cut.last).contains(&sample.pts));
    }
    film.table.duration = base + cut.until - origin;
    film.shown.1 = film.table.duration;
    film.span.end = film.span.end.max(span.end);
    cut.end + 1 - cut.begin
}
