//! The head of an exported film: an ordinary MP4 of one video track, with its `moov` in front of the media
//! data, so that a player can begin before it has all of it.
//!
//! ```text
//! ftyp | moov (edit list: what is shown) | mdat (64-bit size) ...
//! ```
//!
//! Must not do: any I/O, or look inside a sample.

use super::bytes::{put_u32, put_u64};
use super::finish::{Group, adjoins, put_places, put_times};
use super::movie::{Edit, Movie, put_ftyp, put_movie};
use super::table::{SampleInfo, SampleTable};
use crate::model::WallTime;

/// Size 1, name, 64-bit size.
const DATA_HEADER: u64 = 16;

/// Media data from this size on gets 64-bit offsets: 4 GiB less room for the longest `moov`.
const WIDE_FROM: u64 = (1 << 32) - (512 << 20);

/// What a film is made of.
#[derive(Clone, Copy, Debug)]
pub struct Film<'a> {
    /// The sample entries (`avc1` with `avcC` inside), as bytes.
    pub sample_entries: &'a [Vec<u8>],
    /// `(sample, entry)`: from this sample on, this sample entry holds, both counted from 0. Ordered; the first
    /// is for sample 0.
    pub changes: &'a [(usize, usize)],
    /// Visible width in pixels.
    pub width: u32,
    /// Visible height in pixels.
    pub height: u32,
    /// When the first picture that is shown was taken.
    pub created: WallTime,
    /// In decoding order, with offsets in the media data. Times are in 90 kHz ticks from the first sample's
    /// decoding time.
    pub table: &'a SampleTable,
    /// What players show: from the first of these ticks until the second.
    pub shown: (i64, i64),
}

/// Everything in front of the media data, which follows as the table says and has as many bytes as all its
/// samples together.
#[must_use]
pub fn film_head(film: &Film<'_>) -> Vec<u8> {
    let bytes = film.table.samples.iter().map(|sample| u64::from(sample.size)).sum::<u64>();
    let mut out = Vec::with_capacity(2_048 + 16 * film.table.samples.len());
    put_ftyp(&mut out, &[*b"isom", *b"iso2", *b"avc1", *b"mp41"]);
    let ftyp = out.len();
    // As long with the right offsets as with these.
    put_moov(&mut out, film, bytes, 0);
    let base = out.len() as u64 + DATA_HEADER;
    out.truncate(ftyp);
    put_moov(&mut out, film, bytes, base);
    put_u32(&mut out, 1);
    out.extend_from_slice(b"mdat");
    put_u64(&mut out, bytes + DATA_HEADER);
    out
}

fn put_moov(out: &mut Vec<u8>, film: &Film<'_>, bytes: u64, base: u64) {
    let table = film.table;
    let shift = table.shift();
    let (start, end) = film.shown;
    let edit = Edit { duration: end - start, media_time: start + shift };
    let whole = edit.media_time == 0 && end == table.duration;
    let movie = Movie {
        sample_entries: film.sample_entries.iter().map(Vec::as_slice).collect(),
        width: film.width,
        height: film.height,
        created: film.created,
        identity: None,
        duration: end - start,
        // GStreamer (1.22) shows nothing of a movie that is not longer than what its edit list hides first.
        movie_duration: (end - start).max(edit.media_time + 1),
        media_duration: table.duration + shift,
        edit: (!whole).then_some(edit),
        fragmented: false,
    };
    let groups = groups(film, base);
    put_movie(out, &movie, |out| {
        put_times(out, table, shift);
        put_places(out, table, &groups, bytes >= WIDE_FROM);
    });
}

/// A group of samples for each GOP and each sample entry.
fn groups(film: &Film<'_>, base: u64) -> Vec<Group> {
    let mut groups = Vec::new();
    let ends = film.changes.iter().skip(1).map(|(sample, _)| *sample);
    let ends = ends.chain([film.table.samples.len()]);
    for (&(first, entry), end) in film.changes.iter().zip(ends) {
        let samples = film.table.samples.get(first..end).unwrap_or_default();
        let together = |a: &SampleInfo, b: &SampleInfo| adjoins(a, b) && !b.random_access;
        groups.extend(samples.chunk_by(together).map(|group| Group {
            offset: base + group.first().map_or(0, |sample| sample.offset),
            samples: group.len() as u32,
            entry: entry as u32 + 1,
        }));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::bytes::enclose;
    use crate::container::read;

    fn entry(mark: u8) -> Vec<u8> {
        let mut out = Vec::new();
        enclose(&mut out, b"avc1", |out| out.extend_from_slice(&[mark; 78]));
        out
    }

    /// I P B B at 10 ticks a picture, twice, with another sample entry for the second GOP.
    fn table() -> SampleTable {
        let order = [0, 3, 1, 2];
        let samples = (0..8i64).map(|n| SampleInfo {
            offset: 100 * n as u64,
            size: 100,
            dts: 10 * n,
            pts: 40 * (n / 4) + 10 * order[n as usize % 4],
            random_access: n % 4 == 0,
        });
        SampleTable { samples: samples.collect(), duration: 80 }
    }

    #[test]
    fn a_film_reads_back_with_its_edit_list() {
        let (entries, table) = ([entry(1), entry(2)], table());
        let mut film = Film {
            sample_entries: &entries,
            changes: &[(0, 0), (4, 1)],
            width: 320,
            height: 180,
            created: WallTime::from_micros(0),
            table: &table,
            shown: (20, 70),
        };
        for shown in [(20, 70), (0, 80)] {
            film.shown = shown;
            let mut bytes = film_head(&film);
            let base = bytes.len() as u64;
            bytes.extend((0..8u8).flat_map(|n| [n; 100]));
            let opened = read(&bytes).expect("an MP4");
            assert!(opened.finished && opened.sample_entry == entries[0]);
            for (found, sent) in opened.table.samples.iter().zip(&table.samples) {
                assert_eq!((found.offset, found.size), (base + sent.offset, sent.size));
                assert_eq!(found.pts, sent.pts - shown.0);
                assert_eq!(found.random_access, sent.random_access);
            }
        }
    }

    #[test]
    fn offsets_beyond_four_gigabytes_are_written_in_full() {
        let mut table = table();
        for (n, sample) in (0..).zip(&mut table.samples) {
            (sample.size, sample.offset) = (1 << 30, n << 30);
        }
        let film = Film {
            sample_entries: &[entry(1)],
            changes: &[(0, 0)],
            width: 320,
            height: 180,
            created: WallTime::from_micros(0),
            table: &table,
            shown: (0, 80),
        };
        let head = film_head(&film);
        let co64 = head.windows(4).position(|name| name == b"co64").expect("64-bit offsets");
        let last = head[co64 + 12..].as_chunks::<8>().0[1];
        assert_eq!(u64::from_be_bytes(last), head.len() as u64 + (4 << 30));
    }
}
