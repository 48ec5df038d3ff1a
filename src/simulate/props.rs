//! Things that stand or move in a scene: cars, vans, people, forklifts, trees, lamps.
//!
//! Must not do: decide where they are; `scenes` does.

use super::raster::Colour;
use super::view::{Spot, Stage, at, circle};

const GLASS: Colour = Colour::rgb(0x1b252d);
const TYRE: Colour = Colour::rgb(0x16171a);
const SHADOW: Colour = Colour::rgb(0x080a0d);
const LAMP: Colour = Colour::rgb(0xfff1cc);
const TAIL: Colour = Colour::rgb(0xc02020);

/// What an actor is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A passenger car.
    Car { colour: Colour, lights: bool },
    /// A delivery van.
    Van { colour: Colour },
    /// A forklift with a crate.
    Forklift,
    /// The arm of a barrier, hinged at its left end; `open` is 0 when it lies across the drive.
    Barrier { length: f32, open: f32 },
    /// A person in a coat; `step` counts paces, a whole number apart when standing.
    Person { coat: Colour, step: f32 },
}

/// Something that is painted anew in every picture, because it moves or may hide what moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Actor {
    pub(super) kind: Kind,
    /// Where it stands, in metres.
    pub(super) x: f32,
    pub(super) z: f32,
    /// Where it looks, in radians: 0 is to the right, a quarter turn is away from the camera.
    pub(super) heading: f32,
}

impl Actor {
    /// Paints it.
    pub(super) fn paint(&self, stage: &mut Stage<'_>) {
        match self.kind {
            Kind::Car { colour, lights } => car(stage, &Body::of(self), colour, lights),
            Kind::Van { colour } => van(stage, &Body::of(self), colour),
            Kind::Forklift => forklift(stage, &Body::of(self)),
            Kind::Barrier { length, open } => barrier(stage, self, length, open),
            Kind::Person { coat, step } => person(stage, self, coat, step),
        }
    }

    /// Distance from the camera.
    pub(super) fn depth(&self, stage: &Stage<'_>) -> f32 {
        stage.depth(at(self.x, 0.0, self.z))
    }
}

/// A vehicle's own axes: `along` from tail to nose, `across` to its left.
struct Body {
    x: f32,
    z: f32,
    sin: f32,
    cos: f32,
}

impl Body {
    fn of(actor: &Actor) -> Self {
        let (sin, cos) = actor.heading.sin_cos();
        Self { x: actor.x, z: actor.z, sin, cos }
    }

    fn spot(&self, along: f32, across: f32, y: f32) -> Spot {
        at(
            self.x + along * self.cos - across * self.sin,
            y,
            self.z + along * self.sin + across * self.cos,
        )
    }

    fn ring(&self, along: (f32, f32), half: f32, y: f32) -> [Spot; 4] {
        [
            self.spot(along.0, -half, y),
            self.spot(along.1, -half, y),
            self.spot(along.1, half, y),
            self.spot(along.0, half, y),
        ]
    }

    fn shade(&self, stage: &mut Stage<'_>, along: (f32, f32), half: f32) {
        for (grow, alpha) in [(0.25, 0.16), (0.12, 0.2), (0.0, 0.3)] {
            let ring = self.ring((along.0 - grow, along.1 + grow), half + grow, 0.0);
            stage.sheer(&ring, SHADOW, alpha);
        }
    }

    fn wheels(&self, stage: &mut Stage<'_>, along: [f32; 2], half: f32, radius: f32) {
        let middle = self.spot(0.0, 0.0, radius);
        for side in [-half, half] {
            for place in along {
                let disc = |r: f32| -> Vec<Spot> {
                    circle(18)
                        .map(|(c, s)| self.spot(place + r * c, side, radius + r * s))
                        .collect()
                };
                stage.lit_face(&disc(radius), middle, TYRE);
                stage.lit_face(&disc(radius * 0.5), middle, Colour::rgb(0x8d9399));
            }
        }
    }

    /// Two small rectangles on the nose (`along` positive) or the tail.
    fn lamps(&self, stage: &mut Stage<'_>, along: f32, half: f32, y: (f32, f32), colour: Colour) {
        let toward = self.spot(along, 0.0, 0.0);
        let (dx, dz) = (toward.x - self.x, toward.z - self.z);
        if dx * toward.x + dz * toward.z >= 0.0 {
            return;
        }
        for (inner, outer) in [(half * 0.55, half * 0.95), (-half * 0.95, -half * 0.55)] {
            let spots = [
                self.spot(along, inner, y.0),
                self.spot(along, outer, y.0),
                self.spot(along, outer, y.1),
                self.spot(along, inner, y.1),
            ];
            stage.face(&spots, colour);
        }
    }
}

fn car(stage: &mut Stage<'_>, body: &Body, colour: Colour, lights: bool) {
    if lights {
        for reach in [4.0, 5.5, 7.0] {
            let ahead = body.spot(1.5 + reach, 0.0, 0.0);
            stage.pool((ahead.x, ahead.z), (reach * 0.55, reach * 0.4), LAMP, 0.16);
        }
    }
    body.shade(stage, (-2.15, 2.15), 0.88);
    body_shell(stage, body, colour);
    body.wheels(stage, [-1.35, 1.35], 0.9, 0.34);
    let (front, back) = if lights { (LAMP, TAIL.shade(1.3)) } else { (LAMP.shade(0.75), TAIL) };
    body.lamps(stage, 2.16, 0.85, (0.55, 0.72), front);
    body.lamps(stage, -2.16, 0.85, (0.58, 0.75), back);
    if lights {
        for side in [-0.65, 0.65] {
            for (radius, alpha) in [(0.5, 0.1), (0.34, 0.2), (0.2, 0.5)] {
                stage.disc(body.spot(2.2, side, 0.62), radius, LAMP, alpha);
            }
        }
    }
}

fn body_shell(stage: &mut Stage<'_>, body: &Body, colour: Colour) {
    let dark = colour.shade(0.8);
    stage.solid(body.ring((-2.1, 2.1), 0.86, 0.22), body.ring((-2.16, 2.16), 0.9, 0.6), dark, dark);
    stage.solid(
        body.ring((-2.16, 2.16), 0.9, 0.6),
        body.ring((-2.08, 2.02), 0.82, 0.88),
        colour,
        colour,
    );
    stage.solid(
        body.ring((-1.75, 1.05), 0.8, 0.88),
        body.ring((-1.3, 0.4), 0.66, 1.42),
        GLASS,
        colour,
    );
    // The pillars between the windows.
    let middle = body.spot(-0.4, 0.0, 1.1);
    for side in [-1.0, 1.0] {
        let post = [
            body.spot(-0.5, side * 0.802, 0.88),
            body.spot(-0.36, side * 0.802, 0.88),
            body.spot(-0.38, side * 0.665, 1.41),
            body.spot(-0.5, side * 0.665, 1.41),
        ];
        stage.lit_face(&post, middle, colour.shade(0.85));
    }
}

fn van(stage: &mut Stage<'_>, body: &Body, colour: Colour) {
    body.shade(stage, (-2.9, 2.9), 1.05);
    stage.solid(
        body.ring((1.5, 2.95), 1.0, 0.35),
        body.ring((1.5, 2.9), 1.0, 1.25),
        colour,
        colour,
    );
    stage.solid(
        body.ring((1.5, 2.75), 0.95, 1.25),
        body.ring((1.5, 1.95), 0.9, 2.1),
        GLASS,
        colour,
    );
    let trim = colour.shade(0.78);
    stage.solid(body.ring((-2.9, 1.5), 1.0, 0.35), body.ring((-2.9, 1.5), 1.02, 0.8), trim, trim);
    stage.solid(
        body.ring((-2.9, 1.5), 1.02, 0.8),
        body.ring((-2.85, 1.5), 0.98, 2.45),
        colour,
        colour,
    );
    body.wheels(stage, [-1.8, 2.0], 1.03, 0.4);
    body.lamps(stage, 2.96, 0.95, (0.7, 0.95), LAMP.shade(0.8));
    body.lamps(stage, -2.91, 0.95, (0.85, 1.2), TAIL);
}

fn forklift(stage: &mut Stage<'_>, body: &Body) {
    const YELLOW: Colour = Colour::rgb(0xd99a1c);
    const STEEL: Colour = Colour::rgb(0x2a2e33);
    const CRATE: Colour = Colour::rgb(0x9c7a50);
    body.shade(stage, (-1.3, 2.3), 0.65);
    let crate_box = |stage: &mut Stage<'_>| {
        stage.solid(
            body.ring((1.3, 2.4), 0.55, 0.3),
            body.ring((1.3, 2.4), 0.55, 1.2),
            CRATE,
            CRATE.shade(1.1),
        );
    };
    let away = body.sin > 0.3;
    if away {
        crate_box(stage);
    }
    stage.solid(
        body.ring((-1.3, 0.9), 0.6, 0.25),
        body.ring((-1.25, 0.9), 0.58, 0.95),
        YELLOW,
        YELLOW,
    );
    stage.solid(
        body.ring((-0.5, 0.2), 0.3, 0.95),
        body.ring((-0.45, 0.1), 0.25, 1.75),
        Colour::rgb(0x2c4466),
        Colour::rgb(0x8a6240),
    );
    for along in [-0.95, 0.75] {
        for side in [-0.52, 0.52] {
            let post = |y| {
                let s = body.ring((along - 0.05, along + 0.05), 0.05, y);
                s.map(|p| at(p.x - side * body.sin, p.y, p.z + side * body.cos))
            };
            stage.solid(post(0.95), post(2.1), STEEL, STEEL);
        }
    }
    stage.solid(
        body.ring((-1.05, 0.85), 0.58, 2.1),
        body.ring((-1.0, 0.8), 0.56, 2.17),
        STEEL,
        STEEL,
    );
    stage.solid(
        body.ring((1.05, 1.2), 0.45, 0.15),
        body.ring((1.05, 1.2), 0.45, 2.3),
        STEEL,
        STEEL,
    );
    body.wheels(stage, [-0.85, 0.7], 0.62, 0.28);
    if !away {
        crate_box(stage);
    }
}

fn barrier(stage: &mut Stage<'_>, actor: &Actor, length: f32, open: f32) {
    const FIELDS: u16 = 8;
    const HINGE: f32 = 1.0;
    let (sin, cos) = (open * 1.35).sin_cos();
    let spot = |along: f32, up: f32| {
        at(actor.x + along * cos - up * sin, HINGE + along * sin + up * cos, actor.z)
    };
    for field in 0..FIELDS {
        let from = length * f32::from(field) / f32::from(FIELDS);
        let to = length * f32::from(field + 1) / f32::from(FIELDS);
        let colour = if field % 2 == 0 { Colour::rgb(0xb82c26) } else { Colour::rgb(0xe8e6de) };
        stage.face(&[spot(from, -0.09), spot(to, -0.09), spot(to, 0.09), spot(from, 0.09)], colour);
    }
}

/// A flat figure that faces the camera, 1.78 m tall.
fn person(stage: &mut Stage<'_>, actor: &Actor, coat: Colour, step: f32) {
    const SKIN: Colour = Colour::rgb(0xc99a78);
    const TROUSERS: Colour = Colour::rgb(0x222733);
    let light = (stage.view.ambient + stage.view.sun * 0.5).min(1.05);
    let (rx, rz) = stage.right();
    let swing = (step * std::f32::consts::TAU).sin();
    // Legs swing across the picture as far as the person walks across it.
    let across = actor.heading.cos() * rx + actor.heading.sin() * rz;
    let reach = 0.30 * swing * if across.abs() < 0.25 { 0.25 } else { across.signum() };
    let spot = |dx: f32, y: f32| at(actor.x + dx * rx, y, actor.z + dx * rz);
    let quad =
        |stage: &mut Stage<'_>, top: (f32, f32), bottom: (f32, f32), w: (f32, f32), c: Colour| {
            let spots = [
                spot(top.0 - w.0, top.1),
                spot(top.0 + w.0, top.1),
                spot(bottom.0 + w.1, bottom.1),
                spot(bottom.0 - w.1, bottom.1),
            ];
            stage.face(&spots, c.shade(light));
        };
    stage.pool((actor.x + 0.1, actor.z), (0.5, 0.28), SHADOW, 0.6);
    let apart = 0.07;
    quad(stage, (-apart, 0.88), (-apart - reach, 0.03), (0.1, 0.075), TROUSERS.shade(0.8));
    quad(stage, (apart, 0.88), (apart + reach, 0.03), (0.1, 0.075), TROUSERS);
    quad(stage, (0.13, 1.4), (0.16 - reach * 0.8, 0.85), (0.06, 0.05), coat.shade(0.75));
    quad(stage, (0.0, 1.5), (0.0, 0.78), (0.2, 0.2), coat);
    quad(stage, (-0.16, 1.42), (-0.17 + reach * 0.8, 0.85), (0.06, 0.055), coat.shade(0.88));
    quad(stage, (0.0, 1.56), (0.0, 1.46), (0.055, 0.06), SKIN.shade(0.85));
    stage.disc(spot(0.0, 1.66), 0.125, SKIN.shade(light), 1.0);
    quad(stage, (0.0, 1.8), (0.0, 1.7), (0.08, 0.125), Colour::rgb(0x33261e));
}

/// A leafy tree.
pub(super) fn tree(stage: &mut Stage<'_>, x: f32, z: f32, height: f32, leaves: Colour) {
    stage.pool((x + height * 0.1, z), (height * 0.3, height * 0.2), SHADOW, 0.45);
    let trunk = height * 0.035;
    stage.cuboid(
        (x - trunk, x + trunk),
        (0.0, height * 0.5),
        (z - trunk, z + trunk),
        Colour::rgb(0x4b3d31),
    );
    let tufts = [
        (-0.17, 0.52, 0.19, 0.72),
        (0.18, 0.5, 0.2, 0.7),
        (0.0, 0.58, 0.24, 0.84),
        (-0.13, 0.7, 0.19, 0.95),
        (0.14, 0.72, 0.18, 0.98),
        (0.0, 0.84, 0.17, 1.06),
        (-0.1, 0.8, 0.1, 1.15),
    ];
    let light = stage.view.ambient + stage.view.sun * 0.6;
    for (dx, y, radius, shade) in tufts {
        let centre = at(x + dx * height, y * height, z);
        stage.disc(centre, radius * height, leaves.shade(light * shade), 1.0);
    }
}

/// A street lamp whose arm reaches `arm` metres to the right; lit when it is night.
pub(super) fn lamp(stage: &mut Stage<'_>, x: f32, z: f32, arm: f32, lit: bool) {
    const POST: Colour = Colour::rgb(0x3a4046);
    const HEIGHT: f32 = 6.0;
    if lit {
        stage.pool((x + arm, z), (6.5, 4.2), Colour::rgb(0xffd996), 0.5);
    }
    stage.cuboid((x - 0.06, x + 0.06), (0.0, HEIGHT), (z - 0.06, z + 0.06), POST);
    let (low, high) = (x.min(x + arm), x.max(x + arm));
    stage.cuboid((low, high), (HEIGHT - 0.1, HEIGHT), (z - 0.05, z + 0.05), POST);
    let head = x + arm;
    stage.cuboid(
        (head - 0.35, head + 0.35),
        (HEIGHT - 0.22, HEIGHT - 0.1),
        (z - 0.15, z + 0.15),
        POST,
    );
    if lit {
        for (radius, alpha) in [(1.5, 0.06), (1.0, 0.09), (0.6, 0.16), (0.32, 0.45), (0.18, 1.0)] {
            stage.disc(at(head, HEIGHT - 0.25, z - 0.1), radius, Colour::rgb(0xffe8bc), alpha);
        }
    }
}

/// A plant in a pot, for indoors.
pub(super) fn plant(stage: &mut Stage<'_>, x: f32, z: f32) {
    stage.pool((x, z), (0.6, 0.4), SHADOW, 0.5);
    stage.cuboid((x - 0.25, x + 0.25), (0.0, 0.5), (z - 0.25, z + 0.25), Colour::rgb(0xb9b3a8));
    let blades = [(-0.55, 1.1), (-0.35, 1.5), (-0.1, 1.75), (0.15, 1.65), (0.4, 1.4), (0.58, 1.05)];
    for (index, (lean, height)) in blades.into_iter().enumerate() {
        let green = Colour::rgb(0x3f6b43).shade(0.8 + 0.09 * index as f32);
        let spots = [
            at(x + lean * 0.1 - 0.05, 0.45, z),
            at(x + lean * 0.6 - 0.13, height * 0.7, z),
            at(x + lean, height, z),
            at(x + lean * 0.6 + 0.13, height * 0.72, z),
            at(x + lean * 0.1 + 0.05, 0.45, z),
        ];
        stage.face(&spots, green);
    }
}
