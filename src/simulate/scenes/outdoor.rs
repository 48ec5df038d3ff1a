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
    sky: (Colour::rgb(0x7f_a3_c4), Colour::rgb(0xc9_d6_dd)),
    lawn: Colour::rgb(0x6c_7d_50),
    road: Colour::rgb(0x5d_61_66),
    kerb: Colour::rgb(0xa6_a6_a0),
    line: Colour::rgb(0xd8_d8_d2),
    wall: Colour::rgb(0xb9_a8_90),
    roof: Colour::rgb(0x7a_4b_3d),
    far_wall: Colour::rgb(0x93_9b_9f),
    window: Colour::rgb(0x4a_5c_69),
    lit_window: Colour::rgb(0xe2_c8_86),
    leaves: Colour::rgb(0x5c_7a_45),
    night: false,
};

const NIGHT: StreetColours = StreetColours {
    sky: (Colour::rgb(0x0d_14_22), Colour::rgb(0x24_2e_42)),
    lawn: Colour::rgb(0x1d_25_20),
    road: Colour::rgb(0x24_28_2f),
    kerb: Colour::rgb(0x3c_41_48),
    line: Colour::rgb(0x6c_6f_72),
    wall: Colour::rgb(0x3e_41_4a),
    roof: Colour::rgb(0x24_22_28),
    far_wall: Colour::rgb(0x2a_31_3c),
    window: Colour::rgb(0x14_1a_22),
    lit_window: Colour::rgb(0xf0_c9_74),
    leaves: Colour::rgb(0x24_33_28),
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
        haze: Colour::rgb(0xbe_cb_d2),
        haze_depth: 130.0,
    };
    Scene {
        name: "Front door",
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
        ambient: 0.5,
        sun: 0.22,
        haze: Colour::rgb(0x1b_23_33),
        haze_depth: 70.0,
    };
    Scene {
        name: "Back street",
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
        car(0x3d_5f_8c, 9.0, 21.4, 0.0),
        car(0xa3_2d_2a, mix(-24.0, 30.0, during(t, 0.05, 0.8)), 16.0, 0.0),
        walker(0x2c_5b_7d, (19.0, 12.5), (-14.0, 12.5), t, 14.0),
    ]
}

fn back_street_actors(t: f32) -> Vec<Actor> {
    let mut driving =
        car(0x6d_74_7d, mix(30.0, -38.0, during(t, 0.1, 0.75)), 20.3, std::f32::consts::PI);
    driving.kind = Kind::Car { colour: Colour::rgb(0x6d_74_7d), lights: true };
    vec![
        driving,
        car(0x5a_2a_2c, -6.0, 15.2, 0.0),
        walker(0x6a_5a_3c, (-22.0, 12.4), (13.0, 12.4), t, 15.0),
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
        haze: Colour::rgb(0xbb_b8_a4),
        haze_depth: 90.0,
    };
    Scene { name: "Gate", view, still: gate_still, actors: gate_actors, noise: 2 }
}

/// A drive away from the camera through a fence, with a barrier and a guard's booth.
fn gate_still(stage: &mut Stage<'_>) {
    let earth = Colour::rgb(0x8a_83_66);
    let asphalt = Colour::rgb(0x6b_69_62);
    let steel = Colour::rgb(0x5b_60_60);
    stage.backdrop((Colour::rgb(0x9a_a4_a3), Colour::rgb(0xcf_cc_b8)), earth);
    for (x, width, height, colour) in
        [(-44.0, 22.0, 8.0, 0x8c8873), (-14.0, 12.0, 6.0, 0x9a917a), (14.0, 30.0, 9.5, 0x7e8078)]
    {
        stage.cuboid((x, x + width), (0.0, height), (55.0, 70.0), Colour::rgb(colour));
    }
    for x in [-26.0, -9.0, 10.5, 31.0] {
        tree(stage, x, 50.0, 7.5, Colour::rgb(0x6f_75_4a));
    }
    stage.ground((-4.2, 4.2), (1.0, 52.0), asphalt);
    stage.ground((-60.0, 60.0), (42.0, 50.0), asphalt);
    for dash in 0..9 {
        let z = 3.0 + dash as f32 * 4.4;
        stage.ground((-0.08, 0.08), (z, z + 2.0), Colour::rgb(0xd9_d6_c8));
    }
    for x in [(-4.35, -4.1), (4.1, 4.35)] {
        stage.ground(x, (1.0, 42.0), Colour::rgb(0xb8_b3_9e));
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
    stage.cuboid((-5.0, -4.5), (0.0, 1.15), (19.7, 20.2), Colour::rgb(0xc9_5a_22));
}

fn booth(stage: &mut Stage<'_>) {
    stage.pool((6.9, 20.3), (2.8, 2.2), Colour::rgb(0x1c_1b_16), 0.4);
    stage.cuboid((5.3, 8.1), (0.0, 2.7), (19.0, 21.6), Colour::rgb(0xd6_d0_ba));
    stage.cuboid((5.0, 8.4), (2.7, 2.95), (18.7, 21.9), Colour::rgb(0x4e_55_56));
    stage.panel((5.7, 7.7), (1.1, 2.3), 18.97, Colour::rgb(0x3c_4a_4f));
    stage.side(5.28, (1.1, 2.3), (19.5, 21.2), Colour::rgb(0x48_58_5c));
}

/// The barrier opens for the van and closes behind it.
fn gate_actors(t: f32) -> Vec<Actor> {
    let out = during(t, 0.1, 0.95);
    let open = during(t, 0.12, 0.35) - during(t, 0.84, 0.99);
    let arm = Kind::Barrier { length: 9.2, open };
    let van = Kind::Van { colour: Colour::rgb(0xe4_e2_d8) };
    vec![
        Actor { kind: van, x: 2.1, z: mix(50.0, -6.0, out), heading: -QUARTER },
        Actor { kind: arm, x: -4.75, z: 19.95, heading: 0.0 },
        car(0x5c_6a_4c, -9.5, 15.5, 0.35),
        walker(0xb0_62_1f, (-17.0, 26.5), (21.0, 28.5), t, 13.0),
        bystander(0x28_38_58, 4.75, 17.6),
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
        haze: Colour::rgb(0xb4_c0_c4),
        haze_depth: 120.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = ParkColours {
            sky: (Colour::rgb(0x8b_a9_be), Colour::rgb(0xc6_d2_d4)),
            ground: Colour::rgb(0x6f_74_70),
            line: Colour::rgb(0xe0_de_d4),
            wall: Colour::rgb(0x9c_6e_54),
            leaves: Colour::rgb(0x56_7a_4c),
            night: false,
        };
        park(stage, &colours);
    };
    Scene { name: "Parking north", view, still, actors: parking_north_actors, noise: 2 }
}

pub(super) fn parking_south() -> Scene {
    let view = View {
        eye: 5.6,
        turn: -0.3,
        focal: 1000.0,
        horizon: 170.0,
        ambient: 0.46,
        sun: 0.24,
        haze: Colour::rgb(0x25_20_32),
        haze_depth: 60.0,
    };
    let still = |stage: &mut Stage<'_>| {
        let colours = ParkColours {
            sky: (Colour::rgb(0x16_12_22), Colour::rgb(0x36_2c_42)),
            ground: Colour::rgb(0x2b_29_32),
            line: Colour::rgb(0x85_80_80),
            wall: Colour::rgb(0x40_38_4a),
            leaves: Colour::rgb(0x2b_33_2c),
            night: true,
        };
        park(stage, &colours);
    };
    Scene { name: "Parking south", view, still, actors: parking_south_actors, noise: 3 }
}

/// Two rows of bays along a lane, a building behind.
fn park(stage: &mut Stage<'_>, c: &ParkColours) {
    stage.backdrop(c.sky, c.ground);
    stage.cuboid((-40.0, 46.0), (0.0, 7.0), (38.0, 48.0), c.wall);
    for bay in 0..16 {
        let x = -38.0 + bay as f32 * 5.2;
        let lit = c.night && bay % 5 == 2;
        let glass = if lit { Colour::rgb(0xe8_c8_84) } else { Colour::rgb(0x34_42_4c) };
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
            (-5, 0x2f_4a_6d),
            (-3, 0xb9_bc_bd),
            (-2, 0x7c_22_24),
            (0, 0x3a_3d_40),
            (2, 0xd6_d4_cc),
            (3, 0x2d_53_48),
            (5, 0x8e_93_98),
            (8, 0x5b_2a_46),
        ],
        &[(-2, 0x40_61_8e), (0, 0xc7_c9_c9), (4, 0x2b_2c_30), (6, 0xa0_3a_2a)],
    );
    all.push(car(0xd0_a0_30, mix(-20.0, 34.0, during(t, 0.0, 0.85)), 18.8, 0.0));
    all.push(walker(0x7a_2c_50, (22.0, 24.0), (-9.0, 22.4), t, 12.0));
    all
}

fn parking_south_actors(t: f32) -> Vec<Actor> {
    let mut all = parked(
        &[(-9, 0x4a_50_58), (-7, 0x6a_2e_30), (-4, 0x3a_4a_60), (-1, 0x74_78_7c), (2, 0x2e_30_36)],
        &[(-6, 0x58_5e_66), (-3, 0x38_2c_44), (1, 0x6c_62_4a)],
    );
    let mut driving = car(0, mix(22.0, -42.0, during(t, 0.08, 0.9)), 21.5, std::f32::consts::PI);
    driving.kind = Kind::Car { colour: Colour::rgb(0x88_8e_96), lights: true };
    all.push(driving);
    all.push(walker(0x3f_62_70, (-24.0, 17.4), (8.0, 17.9), t, 12.0));
    all
}
