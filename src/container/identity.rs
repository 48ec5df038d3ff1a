//! What a segment's file says of itself, in a `uuid` box inside `moov` (ISO/IEC 14496-12, 4.2 and 11.1).
//!
//! Must not do: guess. A file without the box has no identity.

use super::bytes::{Fields, enclose, put_u64};
use super::error::ContainerError;
use crate::model::{MediaTime, RunId, SegmentIdentity, StreamId, StreamKind, WallTime};

/// The box's extended type: 16 random bytes that mean "identity of a Watchkeeper segment".
pub(super) const USER_TYPE: [u8; 16] = [
    0x8e, 0x1d, 0x52, 0xc4, 0x3b, 0x0a, 0x4f, 0x97, 0xb6, 0x63, 0x5f, 0x0e, 0xd2, 0x71, 0xa9, 0x18,
];

/// Version of the layout below. A later one may only append fields, so that this one can be read on.
const VERSION: u8 = 1;

const MAIN: u8 = 0;
const SUB: u8 = 1;

/// Appends the box: version, stream kind, start, run, run offset, and the camera as counted text.
pub(super) fn put_identity(out: &mut Vec<u8>, identity: &SegmentIdentity) {
    enclose(out, b"uuid", |out| {
        out.extend_from_slice(&USER_TYPE);
        out.push(VERSION);
        out.push(match identity.stream.kind {
            StreamKind::Main => MAIN,
            StreamKind::Sub => SUB,
        });
        put_u64(out, identity.start.as_micros().cast_unsigned());
        put_u64(out, identity.run.0.cast_unsigned());
        put_u64(out, identity.run_offset.ticks().cast_unsigned());
        let camera = identity.stream.camera.as_str().as_bytes();
        let length = u8::try_from(camera.len());
        assert!(length.is_ok(), "a camera identity is at most 48 characters long");
        out.push(length.unwrap_or_default());
        out.extend_from_slice(camera);
    });
}

/// Reads the box. None when it is somebody else's `uuid`.
pub(super) fn take_identity(
    mut fields: Fields<'_>,
) -> Result<Option<SegmentIdentity>, ContainerError> {
    if fields.left() < USER_TYPE.len() || fields.bytes(USER_TYPE.len())? != USER_TYPE {
        return Ok(None);
    }
    if fields.u8()? == 0 {
        return Err(fields.error("there is no version 0 of the identity"));
    }
    let kind = match fields.u8()? {
        MAIN => StreamKind::Main,
        SUB => StreamKind::Sub,
        _ => return Err(fields.error("a stream is main or sub")),
    };
    let start = WallTime::from_micros(fields.i64()?);
    let run = RunId(fields.i64()?);
    let run_offset = MediaTime::from_ticks(fields.i64()?);
    let length = usize::from(fields.u8()?);
    let camera = std::str::from_utf8(fields.bytes(length)?)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| fields.error("this is not a camera identity"))?;
    Ok(Some(SegmentIdentity { stream: StreamId::new(camera, kind), start, run, run_offset }))
}

#[cfg(test)]
mod tests {
    use super::super::bytes::HEADER;
    use super::super::error::BoxName;
    use super::*;
    use crate::model::CameraId;

    fn identity() -> SegmentIdentity {
        SegmentIdentity {
            stream: StreamId::new(CameraId::from_name("Yard"), StreamKind::Sub),
            start: WallTime::from_micros(-5),
            run: RunId(i64::MIN),
            run_offset: MediaTime::from_ticks(i64::MAX),
        }
    }

    fn take(bytes: &[u8]) -> Result<Option<SegmentIdentity>, ContainerError> {
        take_identity(Fields::new(BoxName(*b"uuid"), 0, bytes, HEADER))
    }

    #[test]
    fn an_identity_survives() {
        let mut bytes = Vec::new();
        put_identity(&mut bytes, &identity());
        assert_eq!(take(&bytes).expect("sound"), Some(identity()));
        bytes[HEADER + 16] = 9;
        bytes.push(77);
        assert_eq!(take(&bytes).expect("a later version appends"), Some(identity()));
    }

    #[test]
    fn a_strange_uuid_is_no_identity_and_a_torn_one_is_an_error() {
        let mut bytes = Vec::new();
        put_identity(&mut bytes, &identity());
        for length in HEADER + 16..bytes.len() {
            assert!(take(&bytes[..length]).is_err(), "{length}");
        }
        bytes[HEADER] ^= 1;
        assert_eq!(take(&bytes).expect("foreign"), None);
    }
}
