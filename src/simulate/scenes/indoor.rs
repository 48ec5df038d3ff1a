//! Places under a roof: a reception, a loading dock, a warehouse aisle, a cold store.
//!
//! Must not do: anything but paint.

use super::{Scene, bystander, during, mix, walker};
use crate::simulate::props::{Actor, Kind, plant};
use crate::simulate::raster::Colour;
use crate::simulate::view::{Stage, View, at};

const QUARTER: f32 = std::f32::consts::FRAC_PI_2;
const DARK: Colour = Colour::rgb(0x101215);

pub(super) fn reception() -> Scene {
    let view = View {
        eye: 3.1,
        turn: 0.2,
        focal: 1000.0,
        horizon: 250.0,
        ambient: 0.78,
        sun: 0.25,
        haze: Colour::rgb(0xcfc6b8),
        haze_depth: 160.0,
    };
    Scene {
        name: "Reception",
        group: "Entrance",
        view,
        still: reception_still,
        actors: reception_actors,
        noise: 2,
    }
}

fn reception_still(stage: &mut Stage<'_>) {
    let wall = Colour::rgb(0xd8d0c2);
    stage.backdrop((Colour::rgb(0xe9e6de), Colour::rgb(0xe2ddd2)), Colour::rgb(0xb5a894));
    for row in 0..12 {
        for column in -8..22 {
            let (x, z) = (column as f32 * 1.2, 1.0 + row as f32 * 1.2);
            let tile =
                if (row + column) % 2 == 0 { Colour::rgb(0xb9ad9a) } else { Colour::rgb(0xaea18d) };
            stage.ground((x, x + 1.2), (z, z + 1.2), tile);
        }
    }
    stage.panel((-9.0, 40.0), (0.0, 3.6), 14.0, wall);
    stage.panel((-9.0, 40.0), (0.0, 0.14), 13.98, Colour::rgb(0x6d5e4c));
    stage.side(-5.2, (0.0, 3.6), (1.0, 14.0), wall.shade(0.9));
    stage.side(-5.18, (0.0, 0.14), (1.0, 14.0), Colour::rgb(0x6d5e4c));
    // A glass front with the street's light behind it.
    for pane in 0..4 {
        let z = 3.2 + pane as f32 * 2.4;
        stage.side(-5.17, (0.3, 3.1), (z, z + 2.2), Colour::rgb(0xb9cdd8));
        stage.side(-5.16, (0.3, 1.1), (z, z + 2.2), Colour::rgb(0x9db0a4));
    }
    // Doors of two lifts and the board between them.
    for x in [5.6, 9.0] {
        stage.panel((x - 0.15, x + 2.15), (0.0, 2.5), 13.97, Colour::rgb(0x7c8084));
        stage.panel((x, x + 0.98), (0.0, 2.35), 13.95, Colour::rgb(0xa9aeb2));
        stage.panel((x + 1.02, x + 2.0), (0.0, 2.35), 13.95, Colour::rgb(0xa2a7ab));
    }
    stage.panel((0.2, 3.6), (1.2, 2.9), 13.96, Colour::rgb(0x2f556e));
    stage.panel((0.5, 2.4), (2.2, 2.4), 13.94, Colour::rgb(0xdde6ea));
    stage.panel((0.5, 3.1), (1.8, 1.92), 13.94, Colour::rgb(0x9fb8c4));
    stage.panel((0.5, 2.8), (1.5, 1.62), 13.94, Colour::rgb(0x9fb8c4));
    stage.pool((2.2, 10.6), (2.8, 1.2), DARK, 0.35);
    stage.cuboid((0.1, 4.3), (0.0, 1.08), (10.0, 11.0), Colour::rgb(0x865f40));
    stage.cuboid((0.0, 4.4), (1.08, 1.16), (9.9, 11.1), Colour::rgb(0xe3ded2));
    stage.cuboid((2.9, 3.6), (1.16, 1.62), (10.6, 10.7), Colour::rgb(0x202428));
    plant(stage, -4.4, 12.9);
    plant(stage, 12.4, 13.2);
    for x in [8.4, 10.0] {
        stage.pool((x + 0.5, 7.9), (1.0, 0.6), DARK, 0.3);
        stage.cuboid((x, x + 1.1), (0.2, 0.48), (7.4, 8.4), Colour::rgb(0x466a72));
        stage.cuboid((x, x + 1.1), (0.48, 1.0), (8.2, 8.4), Colour::rgb(0x3d5d65));
    }
}

fn reception_actors(t: f32) -> Vec<Actor> {
    vec![
        bystander(0x7c333a, 1.5, 11.6),
        walker(0x2d4f7c, (-2.8, 4.4), (14.5, 11.2), during(t, 0.02, 0.98), 11.0),
        walker(0x4a4d52, (13.5, 12.7), (-6.8, 8.6), during(t, 0.1, 1.0), 12.0),
    ]
}

pub(super) fn loading_dock() -> Scene {
    let view = View {
        eye: 4.8,
        turn: -0.18,
        focal: 1250.0,
        horizon: 250.0,
        ambient: 0.66,
        sun: 0.32,
        haze: Colour::rgb(0x8d9598),
        haze_depth: 150.0,
    };
    Scene {
        name: "Loading dock",
        group: "Yard",
        view,
        still: loading_dock_still,
        actors: loading_dock_actors,
        noise: 2,
    }
}

fn loading_dock_still(stage: &mut Stage<'_>) {
    let wall = Colour::rgb(0x7b868c);
    let yellow = Colour::rgb(0xd8b02c);
    stage.backdrop((Colour::rgb(0x394045), Colour::rgb(0x555d62)), Colour::rgb(0x8a8b86));
    stage.panel((-45.0, 36.0), (0.0, 9.0), 24.0, wall);
    for rib in 0..54 {
        let x = -45.0 + rib as f32 * 1.5;
        stage.panel((x, x + 0.08), (0.0, 9.0), 23.99, wall.shade(0.88));
    }
    for (index, x) in [-19.0_f32, -12.6, -6.2, 0.2, 6.6].into_iter().enumerate() {
        stage.panel((x - 0.5, x + 4.3), (0.0, 4.6), 23.97, Colour::rgb(0x2a2f33));
        let open = index == 2;
        let door = if open { Colour::rgb(0x181b1e) } else { Colour::rgb(0xb9bebd) };
        stage.panel((x, x + 3.8), (0.0, 4.1), 23.95, door);
        for slat in 1..8 {
            let y = slat as f32 * 0.52;
            if !open {
                stage.panel((x, x + 3.8), (y, y + 0.05), 23.93, door.shade(0.8));
            }
        }
        stage.panel((x + 1.4, x + 2.4), (4.9, 5.7), 23.93, Colour::rgb(0x2f668a));
        for post in [x - 0.75, x + 4.4] {
            stage.cuboid((post, post + 0.25), (0.0, 1.1), (23.2, 23.5), yellow);
        }
        stage.ground((x - 0.9, x - 0.75), (14.0, 23.0), yellow.shade(0.9));
    }
    stage.ground((-40.0, 30.0), (13.6, 13.8), yellow.shade(0.9));
    // A walkway across the yard in front.
    for z in [(6.4, 6.5), (8.6, 8.7)] {
        stage.ground((-30.0, 30.0), z, Colour::rgb(0xe2e2da));
    }
    for stripe in -14..14 {
        let x = stripe as f32 * 1.1;
        stage.ground((x, x + 0.5), (6.6, 8.5), Colour::rgb(0xd6d6cd));
    }
    for (x, z, high) in [(-15.2, 20.6, 1.5), (-13.6, 21.2, 1.1), (7.0, 20.4, 1.7), (8.6, 20.8, 1.2)]
    {
        stage.pool((x + 0.6, z + 0.4), (1.0, 0.7), DARK, 0.4);
        stage.cuboid((x, x + 1.2), (0.0, 0.15), (z, z + 1.0), Colour::rgb(0x6a5238));
        stage.cuboid((x + 0.05, x + 1.15), (0.15, high), (z, z + 0.95), Colour::rgb(0xa88558));
        stage.panel(
            (x + 0.05, x + 1.15),
            (high * 0.5, high * 0.5 + 0.06),
            z - 0.01,
            Colour::rgb(0xd9c89c),
        );
    }
}

fn loading_dock_actors(t: f32) -> Vec<Actor> {
    let truck = Kind::Van { colour: Colour::rgb(0xcfd6da) };
    vec![
        Actor { kind: truck, x: -10.7, z: 20.5, heading: -QUARTER },
        Actor {
            kind: Kind::Forklift,
            x: mix(-20.0, 14.0, during(t, 0.05, 0.9)),
            z: 15.8,
            heading: 0.0,
        },
        walker(0xe08a1e, (10.0, 18.4), (-17.0, 18.0), t, 12.0),
        bystander(0x3a5c3c, 4.9, 20.6),
    ]
}

/// Colours of a room with shelves on both sides.
struct AisleColours {
    floor: Colour,
    ceiling: (Colour, Colour),
    frame: Colour,
    beam: Colour,
    goods: [Colour; 5],
    back: Colour,
    stripe: Colour,
}

pub(super) fn aisle() -> Scene {
    let view = View {
        eye: 4.2,
        turn: 0.0,
        focal: 980.0,
        horizon: 330.0,
        ambient: 0.68,
        sun: 0.3,
        haze: Colour::rgb(0x6d665a),
        haze_depth: 75.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = AisleColours {
            floor: Colour::rgb(0x9a9488),
            ceiling: (Colour::rgb(0x2c2e30), Colour::rgb(0x6a665c)),
            frame: Colour::rgb(0x2d4f86),
            beam: Colour::rgb(0xd06a22),
            goods: [0xb08a5a, 0x96744c, 0xc4a270, 0x7c868a, 0xa85c42].map(Colour::rgb),
            back: Colour::rgb(0x5c5850),
            stripe: Colour::rgb(0xd8b438),
        };
        shelves(stage, &colours);
    };
    Scene { name: "Aisle 1", group: "Warehouse", view, still, actors: aisle_actors, noise: 2 }
}

pub(super) fn cold_store() -> Scene {
    let view = View {
        eye: 3.4,
        turn: 0.3,
        focal: 900.0,
        horizon: 310.0,
        ambient: 0.74,
        sun: 0.22,
        haze: Colour::rgb(0x9fbcc6),
        haze_depth: 42.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = AisleColours {
            floor: Colour::rgb(0x8fa6ae),
            ceiling: (Colour::rgb(0x8ba2ac), Colour::rgb(0xb4c9d0)),
            frame: Colour::rgb(0x6f7e86),
            beam: Colour::rgb(0xb6c2c8),
            goods: [0xd3dee2, 0x5f92a8, 0xb9cfd6, 0x3f6f8c, 0xe6eae6].map(Colour::rgb),
            back: Colour::rgb(0x9ab2bc),
            stripe: Colour::rgb(0x3f82a0),
        };
        shelves(stage, &colours);
    };
    Scene {
        name: "Cold store",
        group: "Warehouse",
        view,
        still,
        actors: cold_store_actors,
        noise: 2,
    }
}

/// Shelves to the left and right of an aisle, filled with goods, painted from far to near.
fn shelves(stage: &mut Stage<'_>, c: &AisleColours) {
    const BAYS: i32 = 12;
    stage.backdrop(c.ceiling, c.floor);
    stage.panel((-14.0, 14.0), (0.0, 7.5), 38.0, c.back);
    stage.panel((-1.6, 1.6), (0.0, 3.0), 37.9, c.back.shade(0.7));
    for z in [6.0, 12.0, 18.0, 24.0, 30.0] {
        let strip =
            [at(-0.35, 7.4, z), at(0.35, 7.4, z), at(0.35, 7.4, z + 2.6), at(-0.35, 7.4, z + 2.6)];
        stage.face(&strip, Colour::rgb(0xf2f2e6));
        stage.pool((0.0, z + 1.3), (1.6, 1.8), Colour::rgb(0xfffff4), 0.1);
    }
    for x in [-2.45, 2.35] {
        stage.ground((x, x + 0.1), (1.0, 38.0), c.stripe);
    }
    for bay in (0..BAYS).rev() {
        let z = -2.6 + bay as f32 * 3.3;
        for side in [-1.0_f32, 1.0] {
            bay_of_shelves(stage, c, side, z, bay);
        }
    }
}

/// One bay, 3.3 m long: four levels of goods behind a frame.
fn bay_of_shelves(stage: &mut Stage<'_>, c: &AisleColours, side: f32, z: f32, bay: i32) {
    let depth = |near: f32, far: f32| {
        let (a, b) = (side * near, side * far);
        (a.min(b), a.max(b))
    };
    stage.side(side * 4.2, (0.0, 6.4), (z, z + 3.3), DARK.mix(c.back, 0.35));
    for level in 0..4 {
        let low = level as f32 * 1.6;
        for slot in (0..3).rev() {
            let pick = (bay * 7 + level * 5 + slot * 3 + side as i32).rem_euclid(11);
            if pick == 0 {
                continue;
            }
            let near = z + 0.2 + slot as f32 * 1.02;
            let high = low + 0.75 + 0.09 * (pick % 6) as f32;
            let goods = c.goods[(pick % 5) as usize];
            stage.cuboid(depth(3.0, 4.1), (low + 0.12, high), (near, near + 0.9), goods);
        }
        let beam = (low, low + 0.12);
        stage.cuboid(depth(2.85, 4.2), beam, (z, z + 3.3), c.beam);
    }
    stage.cuboid(depth(2.8, 2.92), (0.0, 6.4), (z - 0.06, z + 0.06), c.frame);
}

fn aisle_actors(t: f32) -> Vec<Actor> {
    vec![
        walker(0x2f5f8a, (-0.9, 37.0), (-1.1, -1.0), t, 22.0),
        walker(0xcf8a24, (1.2, -1.0), (1.0, 37.0), (t + 0.35).fract(), 22.0),
        bystander(0x5a3a52, 2.05, 13.5),
    ]
}

fn cold_store_actors(t: f32) -> Vec<Actor> {
    vec![walker(0xd26a26, (0.4, 34.0), (1.6, -1.0), t, 20.0), bystander(0x2c486e, -1.6, 12.0)]
}
