//! Lists of cameras in files, and motion watched on trial.
//!
//! Must not do: read a file, or look at a picture.

use std::path::PathBuf;

use crate::model::{CameraId, MotionSettings};

/// Asks to read a list of cameras from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportQuery {
    /// For the answer.
    pub id: u64,
    /// The file, a whole path.
    pub path: PathBuf,
    /// What becomes of cameras that are there already.
    pub known: KnownCameras,
}

/// What becomes of cameras of a list that are there already, by identity or by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownCameras {
    /// Nothing is changed at all: it is told what the list holds.
    Ask,
    /// They stay as they are.
    Skip,
    /// They become what the list says.
    Update,
}

/// What became of a list of cameras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraListAnswer {
    /// To which question.
    pub id: u64,
    /// What was done, or why nothing was, in a sentence.
    pub outcome: Result<CameraListOutcome, String>,
}

/// What was done with a list of cameras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraListOutcome {
    /// It was written.
    Exported {
        /// Where.
        path: PathBuf,
        /// How many cameras.
        cameras: usize,
    },
    /// It can be taken over; nothing was changed.
    Found(ImportSummary),
    /// It was taken over.
    Imported(ImportSummary),
}

/// What a list means for the cameras that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Names of those that are new.
    pub new: Vec<String>,
    /// Names of those that are there already, and differ.
    pub known: Vec<String>,
    /// How many are there already, and are the same.
    pub same: usize,
    /// Names of schedules that come with them.
    pub schedules: Vec<String>,
    /// Names of new ones that get another identity than the list gives them, which footage of an earlier camera has.
    pub apart: Vec<String>,
    /// Names of new ones to which footage that is here belongs, since the settings were lost.
    pub again: Vec<String>,
    /// Names of those that need a password, which no list holds.
    pub without_password: Vec<String>,
}

/// A camera to be watched for motion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotionWatch {
    /// Which.
    pub camera: CameraId,
    /// What counts, although it may not be in force.
    pub settings: MotionSettings,
}

/// What is seen on trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotionTrial {
    /// By which camera.
    pub camera: CameraId,
    /// For a meter, 0 to 1000: the motion of the last picture; 500 is the least that counts.
    pub level: u16,
    /// Why nothing can be told, in a sentence.
    pub trouble: Option<String>,
}
