//! The `moov` box, as it is written: the same shape while recording and at the end.
//!
//! Must not do: know where samples are; `finish` hands in the tables.

use mp4::{FixedPointU8, FixedPointU16, FtypBox, MoovBox};

use super::bytes::{enclose, enclose_full, leaf, put_u32};
use super::identity::put_identity;
use crate::model::time::TICKS_PER_SECOND;
use crate::model::{SegmentIdentity, WallTime};

/// Ticks a second of movie and media alike, so that edit lists and durations need no rounding.
pub(super) const TIMESCALE: u32 = TICKS_PER_SECOND as u32;

/// The only track.
pub(super) const TRACK_ID: u32 = 1;

/// Bytes of the `ftyp` box: header, major brand, minor version, five brands.
pub(super) const FTYP_LENGTH: u64 = 8 + 8 + 5 * 4;

/// Bytes that become the header of the final `mdat`: size 1, name, 64-bit size.
pub(super) const SLOT_LENGTH: u64 = 16;

/// How far pictures are shown after they are decoded while a file is being recorded, when the stream may
/// reorder them: half a second of composition offset, taken back by the edit list. Two reordered frames,
/// as cameras send them, fit down to 4 frames a second; beyond that offsets become negative, which
/// `trun` version 1 allows. The finished file has the exact value.
pub(super) const REORDER_DELAY: i64 = TICKS_PER_SECOND / 2;

/// Seconds from 1904, where MP4 begins to count, to 1970.
const EPOCH_1904: i64 = 2_082_844_800;

/// Enabled, and part of the movie (ISO/IEC 14496-12, 8.3.2).
const TRACK_FLAGS: u32 = 3;

/// What a file's header says besides samples.
#[derive(Clone, Copy, Debug)]
pub struct TrackHeader<'a> {
    /// The whole sample entry (`avc1` with `avcC` inside), as bytes.
    pub sample_entry: &'a [u8],
    /// Visible width in pixels.
    pub width: u32,
    /// Visible height in pixels.
    pub height: u32,
    /// What the file says of itself.
    pub identity: &'a SegmentIdentity,
    /// Whether pictures may be shown in another order than they are sent.
    pub may_reorder: bool,
}

/// The beginning of a file that is to be recorded: `ftyp`, 16 bytes of `free`, `moov` with `mvex`.
#[must_use]
pub fn init(header: &TrackHeader<'_>) -> Vec<u8> {
    let mut out = ftyp();
    enclose(&mut out, b"free", |out| out.extend_from_slice(&[0; 8]));
    let edit = header.may_reorder.then_some(Edit { duration: 0, media_time: REORDER_DELAY });
    let movie = Movie { edit, fragmented: true, ..Movie::of_segment(header) };
    put_movie(&mut out, &movie, |out| {
        for name in [b"stts", b"stsc"] {
            enclose_full(out, name, 0, 0, |out| put_u32(out, 0));
        }
        enclose_full(out, b"stsz", 0, 0, |out| out.extend_from_slice(&[0; 8]));
        enclose_full(out, b"stco", 0, 0, |out| put_u32(out, 0));
    });
    out
}

/// The `ftyp` box, the same in every state. `iso5` and `iso6` are needed for default-base-is-moof and
/// for signed composition offsets.
pub(super) fn ftyp() -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    put_ftyp(&mut out, &[*b"isom", *b"iso5", *b"iso6", *b"avc1", *b"mp41"]);
    assert_eq!(out.len() as u64, FTYP_LENGTH);
    out
}

/// Appends a `ftyp` box with these brands, the first of which is the major one.
pub(super) fn put_ftyp(out: &mut Vec<u8>, brands: &[[u8; 4]]) {
    let brand = |name: [u8; 4]| u32::from_be_bytes(name).into();
    leaf(
        out,
        &FtypBox {
            major_brand: brand(*b"isom"),
            minor_version: 0x200,
            compatible_brands: brands.iter().copied().map(brand).collect(),
        },
    );
}

/// One entry of an edit list: what is shown begins at `media_time`.
pub(super) struct Edit {
    pub duration: i64,
    pub media_time: i64,
}

/// The parts of a `moov` that differ from file to file and between the states of one.
pub(super) struct Movie<'a> {
    pub sample_entries: Vec<&'a [u8]>,
    pub width: u32,
    pub height: u32,
    /// When its first sample was taken.
    pub created: WallTime,
    pub identity: Option<&'a SegmentIdentity>,
    /// Of what is shown.
    pub duration: i64,
    /// Of the whole movie, at least that.
    pub movie_duration: i64,
    /// Up to the end of the last composition.
    pub media_duration: i64,
    pub edit: Option<Edit>,
    pub fragmented: bool,
}

impl<'a> Movie<'a> {
    /// An empty one for a segment with this header.
    pub fn of_segment(header: &TrackHeader<'a>) -> Self {
        Self {
            sample_entries: vec![header.sample_entry],
            width: header.width,
            height: header.height,
            created: header.identity.start,
            identity: Some(header.identity),
            duration: 0,
            movie_duration: 0,
            media_duration: 0,
            edit: None,
            fragmented: false,
        }
    }
}

/// Appends the `moov` box; `tables` appends what follows `stsd` inside `stbl`.
pub(super) fn put_movie(out: &mut Vec<u8>, movie: &Movie<'_>, tables: impl FnOnce(&mut Vec<u8>)) {
    let boxes = leaf_boxes(movie);
    let Some(track) = boxes.traks.first() else { return };
    enclose(out, b"moov", |out| {
        leaf(out, &boxes.mvhd);
        enclose(out, b"trak", |out| {
            leaf(out, &track.tkhd);
            if let Some(elst) = track.edts.as_ref().and_then(|edts| edts.elst.as_ref()) {
                enclose(out, b"edts", |out| leaf(out, elst));
            }
            enclose(out, b"mdia", |out| {
                leaf(out, &track.mdia.mdhd);
                leaf(out, &track.mdia.hdlr);
                enclose(out, b"minf", |out| {
                    if let Some(vmhd) = &track.mdia.minf.vmhd {
                        leaf(out, vmhd);
                    }
                    leaf(out, &track.mdia.minf.dinf);
                    enclose(out, b"stbl", |out| {
                        enclose_full(out, b"stsd", 0, 0, |out| {
                            put_u32(out, movie.sample_entries.len() as u32);
                            for entry in &movie.sample_entries {
                                out.extend_from_slice(entry);
                            }
                        });
                        tables(out);
                    });
                });
            });
        });
        if movie.fragmented {
            enclose(out, b"mvex", put_trex);
        }
        if let Some(identity) = movie.identity {
            put_identity(out, identity);
        }
    });
}

/// The leaf boxes of the mp4 crate; most of their types have no public name, but fields do.
fn leaf_boxes(movie: &Movie<'_>) -> MoovBox {
    let created = movie.created.as_micros().div_euclid(1_000_000) + EPOCH_1904;
    let created = u64::try_from(created).unwrap_or(0);
    let duration = u64::try_from(movie.duration).unwrap_or(0);
    let movie_duration = u64::try_from(movie.movie_duration).unwrap_or(0);
    let media_duration = u64::try_from(movie.media_duration).unwrap_or(0);
    let large = [created, movie_duration, media_duration].iter().any(|v| *v > u64::from(u32::MAX));
    let version = u8::from(large);

    let mut boxes = MoovBox::default();
    let mvhd = &mut boxes.mvhd;
    (mvhd.version, mvhd.timescale, mvhd.duration) = (version, TIMESCALE, movie_duration);
    (mvhd.creation_time, mvhd.modification_time) = (created, created);
    mvhd.next_track_id = TRACK_ID + 1;

    boxes.traks.push(Default::default());
    let Some(track) = boxes.traks.last_mut() else { return boxes };
    let tkhd = &mut track.tkhd;
    (tkhd.version, tkhd.flags, tkhd.track_id) = (version, TRACK_FLAGS, TRACK_ID);
    (tkhd.creation_time, tkhd.modification_time) = (created, created);
    (tkhd.duration, tkhd.volume) = (duration, FixedPointU8::new(0));
    let pixels = |n: u32| FixedPointU16::new(u16::try_from(n).unwrap_or(u16::MAX));
    (tkhd.width, tkhd.height) = (pixels(movie.width), pixels(movie.height));

    let mdhd = &mut track.mdia.mdhd;
    (mdhd.version, mdhd.timescale, mdhd.duration) = (version, TIMESCALE, media_duration);
    (mdhd.creation_time, mdhd.modification_time) = (created, created);
    track.mdia.hdlr.handler_type = u32::from_be_bytes(*b"vide").into();
    track.mdia.hdlr.name = "Watchkeeper".to_owned();
    let mut vmhd = track.mdia.minf.vmhd.take().unwrap_or_default();
    vmhd.flags = 1;
    track.mdia.minf.vmhd = Some(vmhd);

    if let Some(edit) = &movie.edit {
        let mut elst = track.edts.take().unwrap_or_default();
        let list = elst.elst.get_or_insert_default();
        list.version = 1;
        list.entries.push(Default::default());
        if let Some(entry) = list.entries.last_mut() {
            entry.segment_duration = u64::try_from(edit.duration).unwrap_or(0);
            entry.media_time = edit.media_time.cast_unsigned();
            entry.media_rate = 1;
        }
        track.edts = Some(elst);
    }
    boxes
}

/// Defaults for fragments (8.8.3); every `trun` says all that these could.
fn put_trex(out: &mut Vec<u8>) {
    enclose_full(out, b"trex", 0, 0, |out| {
        for value in [TRACK_ID, 1, 0, 0, 0] {
            put_u32(out, value);
        }
    });
}
