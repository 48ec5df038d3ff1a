//! What counts as motion: sensitivity, smallest size, zones.
//!
//! Must not do: look at pictures; `analysis` does.

use serde::{Deserialize, Serialize};

use super::event::WHOLE;

/// Corners of a zone at most.
pub const MAX_CORNERS: usize = 32;

/// Who detects motion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MotionSource {
    /// We, in the pictures.
    #[default]
    Picture,
    /// The camera, by ONVIF metadata in its RTSP session.
    Camera,
}

/// Whether a zone is watched or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ZoneKind {
    /// Motion counts here. Where any such zone exists, motion elsewhere does not count.
    Include,
    /// Motion does not count here, whatever else says.
    Ignore,
}

/// A part of the picture: a polygon.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MotionZone {
    /// Whether it is watched or left out.
    pub kind: ZoneKind,
    /// Corners as thousandths of the picture's width and height, in order around it.
    pub corners: Vec<(u16, u16)>,
}

impl MotionZone {
    /// Whether it is a polygon within the picture.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub fn validate(&self) -> Result<(), String> {
        if !(3..=MAX_CORNERS).contains(&self.corners.len()) {
            return Err(format!("a zone has 3 to {MAX_CORNERS} corners"));
        }
        if self.corners.iter().any(|(x, y)| *x > WHOLE || *y > WHOLE) {
            return Err(format!("a zone's corners lie between 0 and {WHOLE}"));
        }
        let twice_area: i64 = (0..self.corners.len())
            .map(|n| {
                let (a, b) = (self.corners[n], self.corners[(n + 1) % self.corners.len()]);
                i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)
            })
            .sum();
        if twice_area == 0 {
            return Err("a zone encloses no part of the picture".into());
        }
        Ok(())
    }
}

/// How motion is told from noise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MotionSettings {
    /// 1 (only strong motion) to 100 (the slightest).
    pub sensitivity: u8,
    /// Smallest moving part that counts, in thousandths of the picture's area.
    pub min_size: u16,
    /// Zones; none means the whole picture.
    pub zones: Vec<MotionZone>,
}

impl Default for MotionSettings {
    /// The middle, and the size of a person across a car park.
    fn default() -> Self {
        Self { sensitivity: 50, min_size: 2, zones: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_enclose_something_within_the_picture() {
        let valid = |corners: &[(u16, u16)]| {
            MotionZone { kind: ZoneKind::Include, corners: corners.to_vec() }.validate().is_ok()
        };
        assert!(valid(&[(0, 0), (1_000, 0), (0, 1_000)]));
        assert!(!valid(&[(0, 0), (1_000, 0)]));
        assert!(!valid(&[(0, 0), (1_001, 0), (0, 1_000)]));
        assert!(!valid(&[(0, 0), (500, 500), (1_000, 1_000)]));
    }
}
