//! NAL units behind 4-byte lengths (ISO/IEC 14496-15, 5.3.3), the form in which access units travel.
//!
//! Must not do: interpret what is inside a NAL unit beyond its type.

/// Bytes of the length in front of each NAL unit.
const LENGTH_BYTES: usize = 4;

/// `nal_unit_type` of a slice of a non-IDR picture (ITU-T H.264, table 7-1).
pub const SLICE: u8 = 1;
/// `nal_unit_type` of a slice of an IDR picture.
pub const IDR_SLICE: u8 = 5;
/// `nal_unit_type` of a sequence parameter set.
pub const SPS: u8 = 7;
/// `nal_unit_type` of a picture parameter set.
pub const PPS: u8 = 8;

/// Bytes that are not NAL units behind lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NalError {
    /// Fewer than 4 bytes are left where a length should be.
    #[error("the access unit ends inside the length at byte {0}")]
    TornLength(usize),
    /// The length points behind the end.
    #[error("the NAL unit at byte {offset} is {length} bytes long, but only {left} are left")]
    TooLong {
        /// Where its length is.
        offset: usize,
        /// What the length says.
        length: usize,
        /// What there is.
        left: usize,
    },
    /// A length of zero.
    #[error("the NAL unit at byte {0} is empty")]
    Empty(usize),
}

/// The NAL units of `data` in order, without their lengths. The first error ends the iteration.
pub fn units(data: &[u8]) -> impl Iterator<Item = Result<&[u8], NalError>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        if offset >= data.len() {
            return None;
        }
        let unit = unit_at(data, offset);
        offset = match unit {
            Ok(nal) => offset + LENGTH_BYTES + nal.len(),
            Err(_) => data.len(),
        };
        Some(unit)
    })
}

fn unit_at(data: &[u8], offset: usize) -> Result<&[u8], NalError> {
    let rest = data.get(offset..).unwrap_or_default();
    let (length, rest) =
        rest.split_first_chunk::<LENGTH_BYTES>().ok_or(NalError::TornLength(offset))?;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if length == 0 {
        return Err(NalError::Empty(offset));
    }
    rest.get(..length).ok_or(NalError::TooLong { offset, length, left: rest.len() })
}

/// `nal_unit_type` of a NAL unit (ITU-T H.264, 7.3.1); 0, which is unspecified there, when it is empty.
#[must_use]
pub fn nal_type(nal: &[u8]) -> u8 {
    nal.first().map_or(0, |header| header & 0x1f)
}

/// Appends the NAL units of `data` to `out` as a byte stream with start codes (ITU-T H.264, Annex B).
/// After an error `out` holds the NAL units before it.
///
/// # Errors
/// [`NalError`] when `data` is not NAL units behind lengths.
pub fn to_annex_b(data: &[u8], out: &mut Vec<u8>) -> Result<(), NalError> {
    out.reserve(data.len());
    for nal in units(data) {
        out.extend_from_slice(&[0, 0, 0, 1]);
        out.extend_from_slice(nal?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_and_turned_into_a_byte_stream() {
        let data = [0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41];
        let found: Result<Vec<_>, _> = units(&data).collect();
        assert_eq!(found, Ok(vec![&[0x65, 1][..], &[0x41][..]]));
        assert_eq!((nal_type(&[0x65]), nal_type(&[])), (IDR_SLICE, 0));
        let mut out = Vec::new();
        assert_eq!(to_annex_b(&data, &mut out), Ok(()));
        assert_eq!(out, [0, 0, 0, 1, 0x65, 1, 0, 0, 0, 1, 0x41]);
    }

    #[test]
    fn damage_is_an_error_and_ends_the_iteration() {
        let first = |data: &'static [u8]| units(data).last();
        assert_eq!(first(&[]), None);
        assert_eq!(first(&[0, 0, 0]), Some(Err(NalError::TornLength(0))));
        assert_eq!(first(&[0, 0, 0, 0, 9]), Some(Err(NalError::Empty(0))));
        let too_long = NalError::TooLong { offset: 0, length: 9, left: 1 };
        assert_eq!(first(&[0, 0, 0, 9, 1]), Some(Err(too_long)));
        assert_eq!(units(&[0, 0, 0, 0, 0, 0, 0, 0]).count(), 1);
    }
}
