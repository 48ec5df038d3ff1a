//! What the simulated cameras see: nine places, each with something that moves and something that does
//! not, in loops without a seam.
//!
//! Must not do: know of frames, sizes or encoders. A scene is a function of `t`, the part of the loop
//! that has passed, from 0 to 1.

mod indoor;
mod outdoor;

use super::props::{Actor, Kind};
use super::raster::{Colour, Picture};
use super::view::{Stage, View};

/// How many different scenes there are; further cameras begin again at the first.
pub const SCENE_COUNT: usize = 9;

/// One place.
pub(super) struct Scene {
    /// What an operator would call the camera there.
    pub(super) name: &'static str,
    /// The part of the site that it stands in.
    group: &'static str,
    view: View,
    /// Paints what never changes.
    still: fn(&mut Stage<'_>),
    /// Who is where at `t`.
    actors: fn(f32) -> Vec<Actor>,
    /// Largest deviation that the sensor's noise adds to a sample.
    pub(super) noise: u8,
}

impl Scene {
    /// The scene of camera `number`, from 0.
    pub(super) fn of(number: usize) -> Self {
        match number % SCENE_COUNT {
            0 => outdoor::front_door(),
            1 => indoor::reception(),
            2 => outdoor::gate(),
            3 => indoor::loading_dock(),
            4 => outdoor::parking_north(),
            5 => outdoor::parking_south(),
            6 => indoor::aisle(),
            7 => indoor::cold_store(),
            _ => outdoor::back_street(),
        }
    }

    /// What never changes, painted once.
    pub(super) fn paint_still(&self, picture: &mut Picture) {
        (self.still)(&mut Stage { picture, view: &self.view });
    }

    /// Everybody at `t`, the farthest first.
    pub(super) fn paint_actors(&self, picture: &mut Picture, t: f32) {
        let mut stage = Stage { picture, view: &self.view };
        let mut actors = (self.actors)(t);
        actors.sort_by(|a, b| b.depth(&stage).total_cmp(&a.depth(&stage)));
        for actor in actors {
            actor.paint(&mut stage);
        }
    }
}

/// What operators would call the camera that looks at scene `number`.
#[must_use]
pub fn camera_name(number: usize) -> &'static str {
    Scene::of(number).name
}

/// The part of the site that the camera of scene `number` stands in.
#[must_use]
pub fn camera_group(number: usize) -> &'static str {
    Scene::of(number).group
}

/// From `a` at `part` 0 to `b` at 1.
fn mix(a: f32, b: f32, part: f32) -> f32 {
    a + (b - a) * part
}

/// Progress within the stretch `from..to` of the loop: 0 before it, 1 after it.
fn during(t: f32, from: f32, to: f32) -> f32 {
    ((t - from) / (to - from)).clamp(0.0, 1.0)
}

fn car(colour: u32, x: f32, z: f32, heading: f32) -> Actor {
    Actor { kind: Kind::Car { colour: Colour::rgb(colour), lights: false }, x, z, heading }
}

/// Somebody who walks from `from` to `to` and is `part` of the way, making `paces` double steps.
fn walker(coat: u32, from: (f32, f32), to: (f32, f32), part: f32, paces: f32) -> Actor {
    let heading = (to.1 - from.1).atan2(to.0 - from.0);
    let kind = Kind::Person { coat: Colour::rgb(coat), step: paces * part };
    Actor { kind, x: mix(from.0, to.0, part), z: mix(from.1, to.1, part), heading }
}

/// Somebody who stands.
fn bystander(coat: u32, x: f32, z: f32) -> Actor {
    Actor { kind: Kind::Person { coat: Colour::rgb(coat), step: 0.0 }, x, z, heading: 1.57 }
}
