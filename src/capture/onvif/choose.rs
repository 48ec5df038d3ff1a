//! Which of a device's streams are recorded and shown; pure.
//!
//! Must not do: ask a device.

/// What can be recorded, as [`Profile::encoding`] calls it.
pub const RECORDED: &str = "H.264";

/// A stream that a device offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// By which it is asked for.
    pub token: String,
    /// What the device calls it.
    pub name: String,
    /// The sensor or channel whose view it shows; empty when the device does not tell.
    pub source: String,
    /// Its encoder: two profiles with the same one are the same stream.
    pub encoder: String,
    /// `H.264`, `H.265`, ...
    pub encoding: String,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Frames a second at most, 0 when not told.
    pub frame_rate: u32,
    /// Kilobits a second at most, 0 when not told.
    pub bit_rate_kbit: u32,
}

impl Profile {
    /// Whether it can be recorded.
    #[must_use]
    pub fn is_recordable(&self) -> bool {
        self.encoding == RECORDED
    }

    fn area(&self) -> u64 {
        self.size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
    }

    fn is_same_stream(&self, other: &Self) -> bool {
        self.token == other.token || (!self.encoder.is_empty() && self.encoder == other.encoder)
    }
}

/// Main and sub among `profiles`: the largest that can be recorded, the first of equal ones; and the smallest
/// of the same view, if it is smaller.
#[must_use]
pub fn main_and_sub(profiles: &[Profile]) -> Option<(usize, Option<usize>)> {
    let recordable = || profiles.iter().enumerate().filter(|(_, p)| p.is_recordable());
    let rank = |p: &Profile| (p.area(), p.frame_rate, p.bit_rate_kbit);
    // `max_by_key` takes the last of equal ones.
    let (main, best) = recordable().rev().max_by_key(|(_, p)| rank(p))?;
    let smaller = recordable().filter(|(_, p)| {
        p.source == best.source && !p.is_same_stream(best) && p.area() > 0 && p.area() < best.area()
    });
    Some((main, smaller.min_by_key(|(_, p)| rank(p)).map(|(sub, _)| sub)))
}

/// The codecs of `profiles`, as a sentence names them.
#[must_use]
pub fn codecs(profiles: &[Profile]) -> String {
    let mut names: Vec<&str> = profiles.iter().map(|profile| profile.encoding.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(token: &str, encoding: &str, size: (u32, u32)) -> Profile {
        Profile {
            token: token.into(),
            encoder: format!("encoder of {token}"),
            encoding: encoding.into(),
            size: Some(size),
            ..Profile::default()
        }
    }

    #[test]
    fn the_largest_and_the_smallest_are_taken() {
        let mut all = vec![
            profile("a", "H.264", (704, 576)),
            profile("b", "H.265", (3840, 2160)),
            profile("c", "H.264", (1920, 1080)),
            profile("d", "H.264", (352, 288)),
            profile("e", "H.264", (1920, 1080)),
        ];
        assert_eq!(main_and_sub(&all), Some((2, Some(3))));
        all[3].source = "another view".into();
        assert_eq!(main_and_sub(&all), Some((2, Some(0))));
        all[0].encoder = all[2].encoder.clone();
        assert_eq!(main_and_sub(&all), Some((2, None)), "an equal one is no sub stream");
    }

    #[test]
    fn without_h264_there_is_nothing() {
        let all = [profile("a", "H.265", (9, 9)), profile("b", "Motion JPEG", (9, 9))];
        assert_eq!((main_and_sub(&all), codecs(&all).as_str()), (None, "H.265 and Motion JPEG"));
        let unsized_one = Profile { size: None, ..profile("a", "H.264", (0, 0)) };
        assert_eq!(main_and_sub(&[unsized_one]), Some((0, None)));
    }
}
