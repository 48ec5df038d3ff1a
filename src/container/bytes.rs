//! Writing boxes into memory, and taking them apart again within bounds.
//!
//! Must not do: know what a box means. Nothing here panics on hostile input: every field is checked
//! against what is left of its box.

use mp4::WriteBox;

use super::error::{BoxName, ContainerError};

/// Size and name.
pub(super) const HEADER: usize = 8;

/// Appends a box called `name` whose content `body` appends.
pub(super) fn enclose(out: &mut Vec<u8>, name: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(name);
    body(out);
    let size = u32::try_from(out.len() - start);
    assert!(size.is_ok(), "a box of ours is far below 4 GiB");
    out[start..start + 4].copy_from_slice(&size.unwrap_or_default().to_be_bytes());
}

/// Appends a box with version and flags (`FullBox`, ISO/IEC 14496-12, 4.2).
pub(super) fn enclose_full(
    out: &mut Vec<u8>,
    name: &[u8; 4],
    version: u8,
    flags: u32,
    body: impl FnOnce(&mut Vec<u8>),
) {
    enclose(out, name, |out| {
        put_u32(out, u32::from(version) << 24 | flags);
        body(out);
    });
}

/// Appends a leaf box of the mp4 crate.
pub(super) fn leaf<B>(out: &mut Vec<u8>, leaf: &B)
where
    B: for<'a> WriteBox<&'a mut Vec<u8>>,
{
    let written = leaf.write_box(out);
    assert!(written.is_ok(), "memory takes every byte and the versions are known ones");
}

/// Appends 4 bytes.
pub(super) fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// Appends 8 bytes.
pub(super) fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// What is left of a box in memory.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Its name.
    pub name: BoxName,
    /// Where it begins in the file.
    pub offset: u64,
    /// Its bytes from the header on.
    whole: &'a [u8],
    /// The part that has not been taken.
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The box that `whole` holds, header included; `header` bytes of it are the header.
    pub fn new(name: BoxName, offset: u64, whole: &'a [u8], header: usize) -> Self {
        Self { name, offset, whole, rest: whole.get(header..).unwrap_or_default() }
    }

    /// The box from its header on.
    pub fn whole(&self) -> &'a [u8] {
        self.whole
    }

    /// Bytes that have not been taken.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// An error of this box.
    pub fn error(&self, what: &'static str) -> ContainerError {
        ContainerError::Malformed { name: self.name, offset: self.offset, what }
    }

    /// Takes `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], ContainerError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or_else(|| self.error("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ContainerError> {
        let (taken, rest) =
            self.rest.split_first_chunk().ok_or_else(|| self.error("it ends too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Takes 1 byte.
    pub fn u8(&mut self) -> Result<u8, ContainerError> {
        self.array().map(u8::from_be_bytes)
    }

    /// Takes 4 bytes.
    pub fn u32(&mut self) -> Result<u32, ContainerError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Takes 4 bytes with a sign.
    pub fn i32(&mut self) -> Result<i32, ContainerError> {
        self.array().map(i32::from_be_bytes)
    }

    /// Takes 8 bytes.
    pub fn u64(&mut self) -> Result<u64, ContainerError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Takes 8 bytes with a sign.
    pub fn i64(&mut self) -> Result<i64, ContainerError> {
        self.array().map(i64::from_be_bytes)
    }

    /// Takes 8 bytes where `version` is 1, else 4.
    pub fn u32_or_u64(&mut self, version: u8) -> Result<u64, ContainerError> {
        if version == 1 { self.u64() } else { self.u32().map(u64::from) }
    }

    /// Takes version and flags.
    pub fn version_and_flags(&mut self) -> Result<(u8, u32), ContainerError> {
        self.u32().map(|word| (word.to_be_bytes()[0], word & 0x00ff_ffff))
    }

    /// Takes a count of entries of `size` bytes each and then the entries.
    pub fn entries<const N: usize>(&mut self) -> Result<&'a [[u8; N]], ContainerError> {
        let count = self.u32()? as usize;
        let (entries, _) = self.rest.as_chunks::<N>();
        let entries = entries.get(..count);
        entries.ok_or_else(|| self.error("it counts more entries than it holds"))
    }

    /// The boxes inside.
    pub fn children(&self) -> Children<'a> {
        let position = self.whole.len() - self.rest.len();
        Children { parent: *self, offset: self.offset + position as u64 }
    }
}

/// Steps over the boxes inside a box; ends after the first error.
pub(super) struct Children<'a> {
    parent: Fields<'a>,
    offset: u64,
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<Fields<'a>, ContainerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.parent.rest;
        // Fewer bytes than a header: padding, as QuickTime leaves it.
        let (&[a, b, c, d, n0, n1, n2, n3], _) = rest.split_first_chunk::<HEADER>()?;
        let name = BoxName([n0, n1, n2, n3]);
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (HEADER, Some(rest.len())),
            1 => {
                let large = rest.get(HEADER..16).and_then(|b| b.try_into().ok());
                (16, large.and_then(|b| usize::try_from(u64::from_be_bytes(b)).ok()))
            }
            size => (HEADER, usize::try_from(size).ok()),
        };
        let offset = self.offset;
        match size.filter(|size| *size >= header).and_then(|size| rest.split_at_checked(size)) {
            Some((whole, after)) => {
                self.parent.rest = after;
                self.offset += whole.len() as u64;
                Some(Ok(Fields::new(name, offset, whole, header)))
            }
            None => {
                self.parent.rest = &[];
                let what = "its size does not fit into the box around it";
                Some(Err(ContainerError::Malformed { name, offset, what }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outer(content: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        enclose(&mut out, b"moov", |out| out.extend_from_slice(content));
        out
    }

    #[test]
    fn boxes_nest_and_come_apart() {
        let mut inner = Vec::new();
        enclose_full(&mut inner, b"tfdt", 1, 0, |out| put_u64(out, 7));
        enclose(&mut inner, b"free", |_| ());
        let bytes = outer(&inner);
        let movie = Fields::new(BoxName(*b"moov"), 100, &bytes, HEADER);
        let children: Vec<_> = movie.children().map(|c| c.expect("sound")).collect();
        assert_eq!(children.len(), 2);
        assert_eq!((children[0].offset, children[1].offset), (108, 128));
        let mut tfdt = children[0];
        assert_eq!(tfdt.version_and_flags().expect("there"), (1, 0));
        assert_eq!(tfdt.u64().expect("there"), 7);
        assert!(tfdt.u8().is_err());
    }

    #[test]
    fn a_child_that_is_too_large_is_an_error_with_its_place() {
        let bytes = outer(&[0, 0, 0, 9, b't', b'r', b'a', b'k']);
        let movie = Fields::new(BoxName(*b"moov"), 32, &bytes, HEADER);
        let errors: Vec<_> = movie.children().map(|c| c.err().map(|e| e.to_string())).collect();
        let text = "trak box at offset 40: its size does not fit into the box around it";
        assert_eq!(errors, [Some(text.to_owned())]);
    }

    #[test]
    fn a_count_larger_than_the_box_allocates_nothing() {
        let mut bytes = outer(&u32::MAX.to_be_bytes());
        bytes.extend_from_slice(&[0; 64]);
        let mut fields = Fields::new(BoxName(*b"stsz"), 0, &bytes, HEADER);
        assert!(fields.entries::<4>().is_err());
    }
}
