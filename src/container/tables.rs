//! The sample tables of a finished file (`stbl`, ISO/IEC 14496-12, 8.5 to 8.7), turned into a [`SampleTable`].
//!
//! Must not do: allocate by a count that was not compared with the bytes behind it.

use super::bytes::Fields;
use super::error::ContainerError;
use super::table::{SampleInfo, SampleTable};
use super::track::{MAX_TIME, Track, child, need, sample_limit};

/// The tables as they lie in memory.
pub(super) struct Tables<'a> {
    stbl: Fields<'a>,
    times: &'a [[u8; 8]],
    compositions: &'a [[u8; 8]],
    /// Numbers of the random access points; none when every sample is one.
    random_access: Option<&'a [[u8; 4]]>,
    groups: &'a [[u8; 12]],
    /// Size of every sample when it is not 0.
    common_size: u32,
    count: usize,
    sizes: &'a [[u8; 4]],
    offsets: Offsets<'a>,
}

#[derive(Clone, Copy)]
enum Offsets<'a> {
    Short(&'a [[u8; 4]]),
    Long(&'a [[u8; 8]]),
}

impl Offsets<'_> {
    fn get(&self, index: usize) -> Option<u64> {
        match self {
            Self::Short(list) => list.get(index).map(|b| u64::from(u32::from_be_bytes(*b))),
            Self::Long(list) => list.get(index).map(|b| u64::from_be_bytes(*b)),
        }
    }
}

/// An entry of two numbers.
fn pair(entry: &[u8; 8]) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = *entry;
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

fn take_entries<'a, const N: usize>(
    stbl: &Fields<'a>,
    name: &[u8; 4],
) -> Result<Option<&'a [[u8; N]]>, ContainerError> {
    let Some(mut fields) = child(stbl, name)? else { return Ok(None) };
    fields.version_and_flags()?;
    fields.entries().map(Some)
}

impl<'a> Tables<'a> {
    /// Finds the tables in `stbl`.
    pub fn take(stbl: &Fields<'a>) -> Result<Self, ContainerError> {
        let mut stsz = need(stbl, b"stsz")?;
        stsz.version_and_flags()?;
        let common_size = stsz.u32()?;
        let (count, sizes) = if common_size == 0 {
            let sizes = stsz.entries::<4>()?;
            (sizes.len(), sizes)
        } else {
            (stsz.u32()? as usize, [].as_slice())
        };
        let offsets = match take_entries(stbl, b"stco")? {
            Some(list) => Offsets::Short(list),
            None => Offsets::Long(take_entries(stbl, b"co64")?.unwrap_or_default()),
        };
        Ok(Self {
            stbl: *stbl,
            times: take_entries(stbl, b"stts")?.unwrap_or_default(),
            compositions: take_entries(stbl, b"ctts")?.unwrap_or_default(),
            random_access: take_entries(stbl, b"stss")?,
            groups: take_entries(stbl, b"stsc")?.unwrap_or_default(),
            common_size,
            count,
            sizes,
            offsets,
        })
    }

    /// One row for each sample. The bytes of every sample must lie inside the file.
    pub fn build(&self, track: &Track, file_length: u64) -> Result<SampleTable, ContainerError> {
        if self.count > sample_limit(file_length) {
            return Err(self.stbl.error("it counts more samples than the file can hold"));
        }
        let mut samples = Vec::with_capacity(self.count);
        self.put_places(&mut samples, file_length)?;
        let duration = self.put_times(&mut samples, track)?;
        self.mark_random_access(&mut samples);
        Ok(SampleTable { samples, duration: track.dts(duration) })
    }

    fn size(&self, index: usize) -> u32 {
        self.sizes.get(index).map_or(self.common_size, |size| u32::from_be_bytes(*size))
    }

    /// Offsets and sizes.
    fn put_places(
        &self,
        samples: &mut Vec<SampleInfo>,
        file_length: u64,
    ) -> Result<(), ContainerError> {
        let mut groups = self.groups.iter().peekable();
        let mut per_group = 0;
        for index in 0.. {
            if samples.len() == self.count {
                break;
            }
            let number = index as u64 + 1;
            while let Some(group) = groups.next_if(|g| first_group(g) <= number) {
                per_group = samples_in_group(group);
            }
            let mut offset = self
                .offsets
                .get(index)
                .ok_or_else(|| self.stbl.error("it places fewer samples than it has sizes for"))?;
            for _ in 0..per_group.min(self.count - samples.len()) {
                let size = self.size(samples.len());
                samples.push(SampleInfo { offset, size, dts: 0, pts: 0, random_access: true });
                offset = offset
                    .checked_add(u64::from(size))
                    .filter(|end| *end <= file_length)
                    .ok_or_else(|| self.stbl.error("a sample lies beyond the end of the file"))?;
            }
        }
        Ok(())
    }

    /// Times; returns where the last sample ends in the media.
    fn put_times(&self, samples: &mut [SampleInfo], track: &Track) -> Result<i64, ContainerError> {
        let mut media: i64 = 0;
        let mut times = self.times.iter().map(pair).filter(|(count, _)| *count > 0);
        let mut compositions = self.compositions.iter().map(pair).filter(|(count, _)| *count > 0);
        let (mut steps_left, mut step) = (0, 0);
        let (mut offsets_left, mut offset) = (0, 0);
        for sample in samples {
            if steps_left == 0 {
                let what = "it has fewer times than samples";
                (steps_left, step) = times.next().ok_or_else(|| self.stbl.error(what))?;
            }
            if offsets_left == 0 {
                (offsets_left, offset) = compositions.next().unwrap_or((u32::MAX, 0));
            }
            sample.dts = track.dts(media);
            // Version 0 says unsigned, yet writers put negative offsets there and no sane one is so large.
            sample.pts = track.pts(media, i64::from(offset.cast_signed()));
            media += i64::from(step);
            if media > MAX_TIME {
                return Err(self.stbl.error("it is longer than any footage"));
            }
            steps_left -= 1;
            offsets_left -= 1;
        }
        Ok(media)
    }

    fn mark_random_access(&self, samples: &mut [SampleInfo]) {
        let Some(numbers) = self.random_access else { return };
        for sample in samples.iter_mut() {
            sample.random_access = false;
        }
        for number in numbers {
            let index = (u32::from_be_bytes(*number) as usize).checked_sub(1);
            if let Some(sample) = index.and_then(|index| samples.get_mut(index)) {
                sample.random_access = true;
            }
        }
    }
}

/// Number of the first `stco` entry that a `stsc` entry speaks of.
fn first_group(entry: &[u8; 12]) -> u64 {
    entry.first_chunk::<4>().map_or(0, |b| u64::from(u32::from_be_bytes(*b)))
}

/// How many samples each of them holds.
fn samples_in_group(entry: &[u8; 12]) -> usize {
    let [_, _, _, _, a, b, c, d, ..] = *entry;
    u32::from_be_bytes([a, b, c, d]) as usize
}
