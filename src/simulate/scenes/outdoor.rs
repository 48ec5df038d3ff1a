//! Places under the sky: two streets, a gate, two car parks.
//!
//! Must not do: anything but paint.

use super::{Scene, bystander, car, during, mix, walker};
use crate::simulate::props::{Actor, Kind, lamp, tree};
use crate::simulate::raster::Colour;
use crate::simulate::view::{Stage, View, at};

const QUARTER: f32 = std::f32::consts::FRAC_PI_2;

/// Colours of a street and its houses.
struct StreetColours {
    sky: (Colour, Colour),
    lawn: Colour,
    road: Colour,
    kerb: Colour,
    line: Colour,
    wall: Colour,
    roof: Colour,
    far_wall: Colour,
    window: Colour,
    lit_window: Colour,
    leaves: Colour,
    night: bool,
}

const DAY: StreetColours = StreetColours {
    sky: (Colour::rgb(0x7fa3c4), Colour::rgb(0xc9d6dd)),
    lawn: Colour::rgb(0x6c7d50),
    road: Colour::rgb(0x5d6166),
    kerb: Colour::rgb(0xa6a6a0),
    line: Colour::rgb(0xd8d8d2),
    wall: Colour::rgb(0xb9a890),
    roof: Colour::rgb(0x7a4b3d),
    far_wall: Colour::rgb(0x939b9f),
    window: Colour::rgb(0x4a5c69),
    lit_window: Colour::rgb(0xe2c886),
    leaves: Colour::rgb(0x5c7a45),
    night: false,
};

const NIGHT: StreetColours = StreetColours {
    sky: (Colour::rgb(0x1a2439), Colour::rgb(0x3b4862)),
    lawn: Colour::rgb(0x2d3a31),
    road: Colour::rgb(0x363b44),
    kerb: Colour::rgb(0x545a63),
    line: Colour::rgb(0x8b8e90),
    wall: Colour::rgb(0x5e616c),
    roof: Colour::rgb(0x3c393f),
    far_wall: Colour::rgb(0x404a58),
    window: Colour::rgb(0x202935),
    lit_window: Colour::rgb(0xf0c974),
    leaves: Colour::rgb(0x35493a),
    night: true,
};

pub(super) fn front_door() -> Scene {
    let view = View {
        eye: 4.2,
        turn: 0.16,
        focal: 1150.0,
        horizon: 250.0,
        ambient: 0.62,
        sun: 0.5,
        haze: Colour::rgb(0xbecbd2),
        haze_depth: 130.0,
    };
    Scene {
        name: "Front door",
        group: "Entrance",
        view,
        still: |stage| street(stage, &DAY),
        actors: front_door_actors,
        noise: 2,
    }
}

pub(super) fn back_street() -> Scene {
    let view = View {
        eye: 4.6,
        turn: -0.2,
        focal: 1080.0,
        horizon: 230.0,
        ambient: 0.62,
        sun: 0.26,
        haze: Colour::rgb(0x2f3a4e),
        haze_depth: 70.0,
    };
    Scene {
        name: "Back street",
        group: "Yard",
        view,
        still: |stage| street(stage, &NIGHT),
        actors: back_street_actors,
        noise: 3,
    }
}

/// A road across the view between two pavements, houses behind it, a garden path in front.
fn street(stage: &mut Stage<'_>, c: &StreetColours) {
    const WIDE: (f32, f32) = (-90.0, 90.0);
    stage.backdrop(c.sky, c.lawn);
    for (x, width, height) in [
        (-48.0, 14.0, 11.0),
        (-30.0, 12.0, 8.0),
        (6.0, 16.0, 13.0),
        (26.0, 12.0, 9.0),
        (42.0, 18.0, 12.0),
    ] {
        stage.cuboid((x, x + width), (0.0, height), (46.0, 58.0), c.far_wall);
        for floor in 0..3 {
            for column in 0..4 {
                let left = x + 1.4 + column as f32 * 3.0;
                let low = 1.4 + floor as f32 * 3.1;
                let lit = c.night && (column * 5 + floor * 3 + x as i32).rem_euclid(4) == 0;
                if low + 1.6 < height && left + 1.4 < x + width {
                    stage.panel(
                        (left, left + 1.4),
                        (low, low + 1.5),
                        45.95,
                        if lit { c.lit_window } else { c.window },
                    );
                }
            }
        }
    }
    for (x, z, height) in
        [(-20.0, 40.0, 9.0), (-2.0, 41.0, 8.0), (19.0, 40.0, 8.5), (36.0, 41.0, 9.5)]
    {
        tree(stage, x, z, height, c.leaves);
    }
    house(stage, c, -17.0, 27.0);
    house(stage, c, 12.0, 28.0);
    stage.ground(WIDE, (22.5, 25.0), c.kerb.shade(0.86));
    stage.ground(WIDE, (14.0, 22.5), c.road);
    stage.ground(WIDE, (22.35, 22.6), c.kerb);
    for dash in -14..16 {
        let x = dash as f32 * 5.0;
        stage.ground((x, x + 2.4), (18.1, 18.3), c.line);
    }
    stage.ground(WIDE, (11.2, 14.0), c.kerb.shade(0.86));
    stage.ground(WIDE, (13.85, 14.05), c.kerb);
    stage.ground((-1.4, 1.4), (2.0, 11.2), c.kerb.shade(0.78));
    hedge(stage, c);
    tree(stage, -8.6, 25.6, 6.4, c.leaves);
    tree(stage, 25.0, 25.4, 7.0, c.leaves);
    lamp(stage, 5.5, 23.6, -1.6, c.night);
    lamp(stage, -22.0, 23.6, 1.6, c.night);
}

fn hedge(stage: &mut Stage<'_>, c: &StreetColours) {
    for x in [(-14.0, -1.8), (1.8, 14.0)] {
        stage.cuboid(x, (0.0, 0.8), (10.2, 10.9), c.leaves.shade(0.85));
    }
    for x in [-1.65, 1.65] {
        stage.cuboid((x - 0.18, x + 0.18), (0.0, 1.25), (10.3, 10.7), c.wall);
    }
}

fn house(stage: &mut Stage<'_>, c: &StreetColours, x: f32, z: f32) {
    let (wide, deep, high) = (10.0, 8.0, 5.4);
    stage.cuboid((x, x + wide), (0.0, high), (z, z + deep), c.wall);
    let (left, right) = (x - 0.5, x + wide + 0.5);
    let slope = [
        at(left, high, z - 0.5),
        at(right, high, z - 0.5),
        at(right - 1.2, high + 2.8, z + deep / 2.0),
        at(left + 1.2, high + 2.8, z + deep / 2.0),
    ];
    let light = stage.view.ambient + stage.view.sun * 0.8;
    stage.face(&slope, c.roof.shade(light));
    for (index, left) in [0.9, 3.1, 7.4].into_iter().enumerate() {
        let pane = if index == 1 { c.lit_window } else { c.window };
        stage.panel((x + left - 0.1, x + left + 1.5), (3.2, 4.8), z - 0.02, c.kerb);
        stage.panel((x + left, x + left + 1.4), (3.3, 4.7), z - 0.04, pane);
    }
    stage.panel(
        (x + 0.9, x + 3.6),
        (0.8, 2.3),
        z - 0.03,
        if c.night { c.lit_window.shade(0.8) } else { c.window },
    );
    stage.panel((x + 5.2, x + 6.5), (0.0, 2.4), z - 0.03, c.roof.shade(0.7));
    stage.panel((x + 7.4, x + 9.2), (0.8, 2.3), z - 0.03, c.window);
}

fn front_door_actors(t: f32) -> Vec<Actor> {
    vec![
        car(0x3d5f8c, 9.0, 21.4, 0.0),
        car(0xa32d2a, mix(-24.0, 30.0, during(t, 0.05, 0.8)), 16.0, 0.0),
        walker(0x2c5b7d, (19.0, 12.5), (-14.0, 12.5), t, 14.0),
    ]
}

fn back_street_actors(t: f32) -> Vec<Actor> {
    let mut driving =
        car(0x6d747d, mix(30.0, -38.0, during(t, 0.1, 0.75)), 20.3, std::f32::consts::PI);
    driving.kind = Kind::Car { colour: Colour::rgb(0x6d747d), lights: true };
    vec![
        driving,
        car(0x5a2a2c, -6.0, 15.2, 0.0),
        walker(0x6a5a3c, (-22.0, 12.4), (13.0, 12.4), t, 15.0),
    ]
}

pub(super) fn gate() -> Scene {
    let view = View {
        eye: 5.0,
        turn: -0.08,
        focal: 1180.0,
        horizon: 210.0,
        ambient: 0.7,
        sun: 0.3,
        haze: Colour::rgb(0xbbb8a4),
        haze_depth: 90.0,
    };
    Scene { name: "Gate", group: "Yard", view, still: gate_still, actors: gate_actors, noise: 2 }
}

/// A drive away from the camera through a fence, with a barrier and a guard's booth.
fn gate_still(stage: &mut Stage<'_>) {
    let earth = Colour::rgb(0x8a8366);
    let asphalt = Colour::rgb(0x6b6962);
    let steel = Colour::rgb(0x5b6060);
    stage.backdrop((Colour::rgb(0x9aa4a3), Colour::rgb(0xcfccb8)), earth);
    for (x, width, height, colour) in
        [(-44.0, 22.0, 8.0, 0x8c8873), (-14.0, 12.0, 6.0, 0x9a917a), (14.0, 30.0, 9.5, 0x7e8078)]
    {
        stage.cuboid((x, x + width), (0.0, height), (55.0, 70.0), Colour::rgb(colour));
    }
    for x in [-26.0, -9.0, 10.5, 31.0] {
        tree(stage, x, 50.0, 7.5, Colour::rgb(0x6f754a));
    }
    stage.ground((-4.2, 4.2), (1.0, 52.0), asphalt);
    stage.ground((-60.0, 60.0), (42.0, 50.0), asphalt);
    for dash in 0..9 {
        let z = 3.0 + dash as f32 * 4.4;
        stage.ground((-0.08, 0.08), (z, z + 2.0), Colour::rgb(0xd9d6c8));
    }
    for x in [(-4.35, -4.1), (4.1, 4.35)] {
        stage.ground(x, (1.0, 42.0), Colour::rgb(0xb8b39e));
    }
    for (from, to) in [(-40.0_f32, -5.4_f32), (8.6, 40.0)] {
        for post in 0..12 {
            let x = mix(from, to, post as f32 / 11.0);
            stage.cuboid((x - 0.07, x + 0.07), (0.0, 2.2), (24.0, 24.1), steel);
        }
        for y in [0.4, 0.9, 1.4, 2.0] {
            stage.panel((from, to), (y, y + 0.06), 24.0, steel.shade(0.9));
        }
    }
    booth(stage);
    stage.cuboid((-5.0, -4.5), (0.0, 1.15), (19.7, 20.2), Colour::rgb(0xc95a22));
}

fn booth(stage: &mut Stage<'_>) {
    stage.pool((6.9, 20.3), (2.8, 2.2), Colour::rgb(0x1c1b16), 0.4);
    stage.cuboid((5.3, 8.1), (0.0, 2.7), (19.0, 21.6), Colour::rgb(0xd6d0ba));
    stage.cuboid((5.0, 8.4), (2.7, 2.95), (18.7, 21.9), Colour::rgb(0x4e5556));
    stage.panel((5.7, 7.7), (1.1, 2.3), 18.97, Colour::rgb(0x3c4a4f));
    stage.side(5.28, (1.1, 2.3), (19.5, 21.2), Colour::rgb(0x48585c));
}

/// The barrier opens for the van and closes behind it.
fn gate_actors(t: f32) -> Vec<Actor> {
    let out = during(t, 0.1, 0.95);
    let open = during(t, 0.12, 0.35) - during(t, 0.84, 0.99);
    let arm = Kind::Barrier { length: 9.2, open };
    let van = Kind::Van { colour: Colour::rgb(0xe4e2d8) };
    vec![
        Actor { kind: van, x: 2.1, z: mix(50.0, -6.0, out), heading: -QUARTER },
        Actor { kind: arm, x: -4.75, z: 19.95, heading: 0.0 },
        car(0x5c6a4c, -9.5, 15.5, 0.35),
        walker(0xb0621f, (-17.0, 26.5), (21.0, 28.5), t, 13.0),
        bystander(0x283858, 4.75, 17.6),
    ]
}

/// Colours and light of a car park.
struct ParkColours {
    sky: (Colour, Colour),
    ground: Colour,
    line: Colour,
    wall: Colour,
    leaves: Colour,
    night: bool,
}

pub(super) fn parking_north() -> Scene {
    let view = View {
        eye: 6.2,
        turn: 0.22,
        focal: 1050.0,
        horizon: 150.0,
        ambient: 0.66,
        sun: 0.45,
        haze: Colour::rgb(0xb4c0c4),
        haze_depth: 120.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = ParkColours {
            sky: (Colour::rgb(0x8ba9be), Colour::rgb(0xc6d2d4)),
            ground: Colour::rgb(0x6f7470),
            line: Colour::rgb(0xe0ded4),
            wall: Colour::rgb(0x9c6e54),
            leaves: Colour::rgb(0x567a4c),
            night: false,
        };
        park(stage, &colours);
    };
    Scene {
        name: "Parking north",
        group: "Yard",
        view,
        still,
        actors: parking_north_actors,
        noise: 2,
    }
}

pub(super) fn parking_south() -> Scene {
    let view = View {
        eye: 5.6,
        turn: -0.3,
        focal: 1000.0,
        horizon: 170.0,
        ambient: 0.62,
        sun: 0.26,
        haze: Colour::rgb(0x3a344a),
        haze_depth: 60.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = ParkColours {
            sky: (Colour::rgb(0x241e36), Colour::rgb(0x52465f)),
            ground: Colour::rgb(0x413e49),
            line: Colour::rgb(0xa19c9c),
            wall: Colour::rgb(0x5c5268),
            leaves: Colour::rgb(0x3d4a3f),
            night: true,
        };
        park(stage, &colours);
    };
    Scene {
        name: "Parking south",
        group: "Yard",
        view,
        still,
        actors: parking_south_actors,
        noise: 3,
    }
}

/// Two rows of bays along a lane, a building behind.
fn park(stage: &mut Stage<'_>, c: &ParkColours) {
    stage.backdrop(c.sky, c.ground);
    stage.cuboid((-40.0, 46.0), (0.0, 7.0), (38.0, 48.0), c.wall);
    for bay in 0..16 {
        let x = -38.0 + bay as f32 * 5.2;
        let lit = c.night && bay % 5 == 2;
        let glass = if lit { Colour::rgb(0xe8c884) } else { Colour::rgb(0x34424c) };
        stage.panel((x, x + 3.4), (3.6, 5.8), 37.95, glass);
        stage.panel((x, x + 3.4), (0.9, 2.6), 37.95, glass.shade(0.85));
    }
    stage.ground((-60.0, 60.0), (33.0, 36.0), c.leaves.shade(0.9));
    for x in [-24.0, -11.0, 4.0, 19.0, 33.0] {
        tree(stage, x, 35.0, 5.2, c.leaves);
    }
    for line in -14..16 {
        let x = line as f32 * 2.7;
        stage.ground((x - 0.06, x + 0.06), (26.0, 31.0), c.line);
        stage.ground((x - 0.06, x + 0.06), (10.6, 15.6), c.line);
    }
    stage.ground((-40.0, 43.0), (31.0, 31.12), c.line);
    stage.ground((-40.0, 43.0), (10.5, 10.62), c.line);
    for x in [-12.0_f32, 0.0, 12.0] {
        let arrow = [
            at(x, 0.0, 20.5),
            at(x + 1.6, 0.0, 20.5),
            at(x + 1.6, 0.0, 20.1),
            at(x + 2.5, 0.0, 20.75),
            at(x + 1.6, 0.0, 21.4),
            at(x + 1.6, 0.0, 21.0),
            at(x, 0.0, 21.0),
        ];
        stage.face(&arrow, c.line.shade(0.85));
    }
    for x in [-13.0, 14.0] {
        lamp(stage, x, 32.2, 0.9, c.night);
    }
}

/// Parked cars: bays are 2.7 m apart, the far row is at z 28.5, the near one at 13.1.
fn parked(far: &[(i8, u32)], near: &[(i8, u32)]) -> Vec<Actor> {
    let row = |bays: &[(i8, u32)], z: f32, heading: f32| -> Vec<Actor> {
        let place = |bay: i8| f32::from(bay) * 2.7 + 1.35;
        bays.iter().map(|(bay, colour)| car(*colour, place(*bay), z, heading)).collect()
    };
    let mut all = row(far, 28.5, QUARTER);
    all.extend(row(near, 13.1, -QUARTER));
    all
}

fn parking_north_actors(t: f32) -> Vec<Actor> {
    let mut all = parked(
        &[
            (-5, 0x2f4a6d),
            (-3, 0xb9bcbd),
            (-2, 0x7c2224),
            (0, 0x3a3d40),
            (2, 0xd6d4cc),
            (3, 0x2d5348),
            (5, 0x8e9398),
            (8, 0x5b2a46),
        ],
        &[(-2, 0x40618e), (0, 0xc7c9c9), (4, 0x2b2c30), (6, 0xa03a2a)],
    );
    all.push(car(0xd0a030, mix(-20.0, 34.0, during(t, 0.0, 0.85)), 18.8, 0.0));
    all.push(walker(0x7a2c50, (22.0, 24.0), (-9.0, 22.4), t, 12.0));
    all
}

fn parking_south_actors(t: f32) -> Vec<Actor> {
    let mut all = parked(
        &[(-9, 0x4a5058), (-7, 0x6a2e30), (-4, 0x3a4a60), (-1, 0x74787c), (2, 0x2e3036)],
        &[(-6, 0x585e66), (-3, 0x382c44), (1, 0x6c624a)],
    );
    let mut driving = car(0, mix(22.0, -42.0, during(t, 0.08, 0.9)), 21.5, std::f32::consts::PI);
    driving.kind = Kind::Car { colour: Colour::rgb(0x888e96), lights: true };
    all.push(driving);
    all.push(walker(0x3f6270, (-24.0, 17.4), (8.0, 17.9), t, 12.0));
    all
}
