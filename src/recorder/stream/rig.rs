//! What the tests of one stream's recording share: where it is written, and the pictures that it is fed with.
//!
//! Must not do: touch a disk, or wait.

use std::sync::Arc;

use bytes::Bytes;

use super::WriteContext;
use crate::media::AccessUnit;
use crate::model::{MediaTime, VolumeId};
use crate::recorder::{Limits, OpenSegments};
use crate::runtime::Now;
use crate::storage::FaultyVolume;

/// Ticks from one picture to the next, at 25 pictures a second.
pub(super) const FRAME: i64 = 3_600;

/// Files of an hour.
pub(super) fn context(volume: &FaultyVolume, open: &OpenSegments) -> WriteContext {
    WriteContext {
        volume: Arc::new(volume.clone()),
        volume_id: VolumeId(0),
        zone: chrono_tz::UTC,
        limits: Limits { minutes: 60, bytes: None },
        open: open.clone(),
    }
}

/// Picture `number`, of 1 kB, received `now`; each `gop`th is a random access point.
pub(super) fn unit(number: i64, gop: i64, now: Now) -> AccessUnit {
    AccessUnit {
        pts: MediaTime::from_ticks(number * FRAME),
        random_access: number % gop == 0,
        received: now,
        data: Bytes::from(vec![1; 1_000]),
    }
}
