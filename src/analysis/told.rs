//! Motion that a camera tells itself, by ONVIF metadata.
//!
//! Must not do: parse; `capture` does.

use super::board::{Motion, Watched};
use crate::capture::CameraMotionState;
use crate::index::Change;
use crate::model::event::WHOLE;
use crate::model::{Area, CameraId, MotionEvent, WallSpan, WallTime};
use crate::runtime::Now;

/// Cameras tell all their motion rules when a session begins, within seconds.
const SILENT_MICROS: i64 = 60_000_000;

/// What one camera has told.
pub(super) struct Told {
    camera: CameraId,
    /// From the first to the last moment of the motion that goes on.
    moving: Option<(Now, Now)>,
    /// The latest moment of motion that it told and that has been taken: a pulse may be over already.
    taken: Option<WallTime>,
    motion: Motion,
}

impl Told {
    pub fn new(camera: CameraId) -> Self {
        Self { camera, moving: None, taken: None, motion: Motion::Still }
    }

    /// Takes what the camera says now; none while it is not connected. An event that ended goes to `out`.
    pub fn look(
        &mut self,
        state: Option<CameraMotionState>,
        now: Now,
        out: &mut Vec<Change>,
    ) -> Watched {
        let active_at = state.as_ref().and_then(|state| state.last_active);
        let pulse = active_at > self.taken;
        self.taken = active_at;
        match state {
            Some(state) if !state.offered || state.refused.is_some() => {
                self.finish(out);
                let none = "The camera offers no motion detection of its own";
                let why = state.refused.as_deref().unwrap_or(none);
                self.motion = Motion::Blind(why.into());
            }
            Some(state) if !state.told && now.wall.micros_since(state.since) > SILENT_MICROS => {
                self.finish(out);
                let why = "The camera has not said a word about motion in its metadata";
                self.motion = Motion::Blind(why.into());
            }
            Some(state) if state.active || pulse => {
                let since = self.moving.map_or(now, |(since, _)| since);
                self.moving = Some((since, now));
                self.motion = Motion::Moving { since, last: now };
            }
            _ => {
                self.finish(out);
                if matches!(self.motion, Motion::Blind(_)) {
                    self.motion = Motion::Still;
                }
            }
        }
        let level = if self.moving.is_some() { WHOLE } else { 0 };
        Watched { motion: self.motion.clone(), level }
    }

    /// Ends the event that is open.
    pub fn finish(&mut self, out: &mut Vec<Change>) {
        if let Some((since, last)) = self.moving.take() {
            let event = MotionEvent {
                camera: self.camera.clone(),
                span: WallSpan::new(since.wall, last.wall),
                peak: WHOLE,
                area: Area::WHOLE,
                best: since.wall,
            };
            out.push(Change::PutEvent { event, picture: None });
        }
    }
}
