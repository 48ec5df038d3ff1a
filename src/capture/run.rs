//! From coded pictures as the RTSP library gives them to capture events: where runs begin and end, pure.
//!
//! Must not do: read a clock or a socket, or know the RTSP library.

use std::sync::Arc;

use bytes::Bytes;

use super::CaptureEvent;
use super::timeline::{Place, Timeline};
use crate::media::frame_number::FrameNumbers;
use crate::media::{AccessUnit, StreamParameters, nal};
use crate::model::MediaTime;
use crate::runtime::Now;

/// One coded picture before it has a place in a run.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The camera's timestamp in 90 kHz ticks, unwrapped.
    pub ticks: i64,
    /// Whether decoding can begin here.
    pub random_access: bool,
    /// RTP packets missing before it.
    pub loss: u16,
    /// NAL units behind 4-byte lengths.
    pub data: Bytes,
    /// When it was read.
    pub received: Now,
}

/// Assembles the runs of one connection.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    parameters: Option<Arc<StreamParameters>>,
    timeline: Option<Timeline>,
    /// The parameters changed within a run, and no random access point has come since.
    changed: bool,
    omissions: Option<Omissions>,
}

/// Notices pictures that the camera left out. A gap in their numbers counts only where the time line has
/// a hole too: some cameras number carelessly, and what they send must not be thrown away.
#[derive(Debug)]
struct Omissions {
    numbers: FrameNumbers,
    last_pts: i64,
    /// From the picture before the last to the last.
    step: i64,
}

impl Omissions {
    /// For pictures that are shown in the order in which they are sent.
    fn new(parameters: &StreamParameters) -> Option<Self> {
        let numbers =
            FrameNumbers::new(&parameters.sps).filter(|_| !parameters.video.may_reorder)?;
        Some(Self { numbers, last_pts: 0, step: i64::MAX })
    }

    /// How many pictures are missing before this one.
    fn before(&mut self, pts: i64, data: &[u8]) -> u32 {
        let step = std::mem::replace(&mut self.step, pts.saturating_sub(self.last_pts));
        self.last_pts = pts;
        let missing = self.numbers.missing_before(data);
        if self.step > step.saturating_add(step / 2) { missing } else { 0 }
    }
}

impl Assembler {
    /// Whether [`Assembler::set_parameters`] was called yet.
    pub fn has_parameters(&self) -> bool {
        self.parameters.is_some()
    }

    /// The parameters of all pictures from the next one on.
    pub fn set_parameters(&mut self, parameters: Arc<StreamParameters>) {
        if self.parameters.as_ref() == Some(&parameters) {
            return;
        }
        self.changed = self.timeline.take().is_some() || self.changed;
        self.parameters = Some(parameters);
    }

    /// Takes the next picture and tells `emit` what follows from it.
    pub fn arrived(&mut self, picture: Arrived, emit: &mut dyn FnMut(CaptureEvent)) {
        if picture.loss > 0 && (self.timeline.is_some() || self.changed) {
            emit(CaptureEvent::Lost { packets: u32::from(picture.loss) });
        }
        // A picture of delimiters alone counts as random access in the library's eyes.
        let random_access = picture.random_access && has_idr(&picture.data);
        if picture.random_access && !random_access {
            return;
        }
        let place = self
            .timeline
            .as_mut()
            .map(|line| line.place(picture.ticks, random_access, picture.received.monotonic));
        let pts = match place {
            Some(Place::At(pts)) => Some(pts),
            Some(Place::Leading) => None,
            Some(Place::Jump(ticks)) => {
                self.timeline = None;
                emit(CaptureEvent::TimestampJump { ticks });
                self.begin(&picture, random_access, emit)
            }
            None => self.begin(&picture, random_access, emit),
        };
        if let Some(pts) = pts {
            let omitted = self.omissions.as_mut().map_or(0, |o| o.before(pts, &picture.data));
            if omitted > 0 && picture.loss == 0 {
                emit(CaptureEvent::Lost { packets: omitted });
            }
            let pts = MediaTime::from_ticks(pts);
            let Arrived { received, data, .. } = picture;
            emit(CaptureEvent::Unit(AccessUnit { pts, random_access, received, data }));
        }
    }

    /// Begins a run with `picture`, if one can begin there; its place is 0.
    fn begin(
        &mut self,
        picture: &Arrived,
        random_access: bool,
        emit: &mut dyn FnMut(CaptureEvent),
    ) -> Option<i64> {
        let parameters = Arc::clone(self.parameters.as_ref().filter(|_| random_access)?);
        let line =
            Timeline::new(picture.ticks, picture.received.monotonic, parameters.video.may_reorder);
        self.timeline = Some(line);
        self.omissions = Omissions::new(&parameters);
        emit(match std::mem::take(&mut self.changed) {
            true => CaptureEvent::NewParameters { parameters },
            false => CaptureEvent::RunStarted { parameters },
        });
        Some(0)
    }
}

fn has_idr(data: &[u8]) -> bool {
    nal::units(data).any(|unit| unit.is_ok_and(|unit| nal::nal_type(unit) == nal::IDR_SLICE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WallTime;
    use std::time::Duration;

    const FRAME: i64 = 3_600;

    fn picture(n: i64, random_access: bool) -> Arrived {
        let header = if random_access { 0x65 } else { 0x41 };
        Arrived {
            ticks: 77 + n * FRAME,
            random_access,
            loss: 0,
            data: Bytes::from(vec![0, 0, 0, 2, header, 1]),
            received: Now {
                wall: WallTime::from_micros(n * 40_000),
                monotonic: Duration::from_millis(u64::try_from(n).expect("not negative") * 40),
            },
        }
    }

    /// What happened, in short: `S` started, `N` new parameters, `L` lost, `J` jump, else the pts in
    /// frames with `!` for random access.
    fn events(assembler: &mut Assembler, pictures: impl IntoIterator<Item = Arrived>) -> String {
        let mut text = Vec::new();
        for picture in pictures {
            assembler.arrived(picture, &mut |event| {
                text.push(match event {
                    CaptureEvent::RunStarted { .. } => "S".to_owned(),
                    CaptureEvent::NewParameters { .. } => "N".to_owned(),
                    CaptureEvent::Lost { packets } => format!("L{packets}"),
                    CaptureEvent::TimestampJump { .. } => "J".to_owned(),
                    CaptureEvent::Unit(unit) => {
                        let mark = if unit.random_access { "!" } else { "" };
                        format!("{}{mark}", unit.pts.ticks() / FRAME)
                    }
                    other => format!("{other:?}"),
                });
            });
        }
        text.join(" ")
    }

    fn running() -> Assembler {
        let mut assembler = Assembler::default();
        assembler.set_parameters(StreamParameters::bare(640));
        let text = events(&mut assembler, (0..4).map(|n| picture(n, n == 1)));
        assert_eq!(text, "S 0! 1 2");
        assembler
    }

    #[test]
    fn a_run_begins_at_the_first_random_access_point() {
        running();
        let mut assembler = Assembler::default();
        assert_eq!(events(&mut assembler, [picture(0, true)]), "", "no parameters yet");
    }

    #[test]
    fn loss_is_told_before_the_picture_after_it() {
        let mut lost = picture(4, false);
        lost.loss = 3;
        assert_eq!(events(&mut running(), [lost, picture(5, true)]), "L3 3 4!");
    }

    #[test]
    fn new_parameters_begin_a_run_at_their_random_access_point() {
        let mut assembler = running();
        assembler.set_parameters(StreamParameters::bare(640));
        assert_eq!(events(&mut assembler, [picture(4, false)]), "3", "the same are not new");
        assembler.set_parameters(StreamParameters::bare(1280));
        let text = events(&mut assembler, [picture(5, false), picture(6, true), picture(7, false)]);
        assert_eq!(text, "N 0! 1");
    }

    #[test]
    fn a_jump_ends_the_run_and_the_next_begins_at_a_random_access_point() {
        let hour = 3_600 * 90_000;
        let jumped = |n: i64, random_access| {
            let picture = picture(n, random_access);
            Arrived { ticks: picture.ticks + hour, ..picture }
        };
        let text = events(&mut running(), [jumped(4, false), jumped(5, true), jumped(6, false)]);
        assert_eq!(text, "J S 0! 1");
        assert_eq!(events(&mut running(), [jumped(4, true)]), "J S 0!");
    }

    /// As [`parameters`], with a real SPS whose frame numbers have 4 bits.
    fn numbered() -> Arc<StreamParameters> {
        let sps = b"\x67\x64\x00\x28\xac\xb4\x03\xc0\x11\x3f\x2c\x20\x00\x00\x03\x00\x20\x00\x00\x06\x41\xe3\x06\x54";
        Arc::new(StreamParameters { sps: sps.to_vec(), ..(*StreamParameters::bare(640)).clone() })
    }

    fn numbered_picture(n: i64, number: u8) -> Arrived {
        let slice = [0, 0, 0, 4, 0x41, 0b1110_0000 | (number << 1), 0xff, 0xff];
        Arrived { data: Bytes::copy_from_slice(&slice), ..picture(n, false) }
    }

    #[test]
    fn pictures_left_out_by_the_camera_are_lost() {
        let mut assembler = Assembler::default();
        assembler.set_parameters(numbered());
        let sent = [(1, 1), (2, 2), (5, 5), (6, 6)].map(|(n, number)| numbered_picture(n, number));
        let first =
            Arrived { data: Bytes::from_static(&[0, 0, 0, 3, 0x65, 0xe0, 1]), ..picture(0, true) };
        let text = events(&mut assembler, std::iter::once(first).chain(sent));
        assert_eq!(text, "S 0! 1 2 L2 5 6");
    }

    #[test]
    fn careless_numbers_without_a_hole_in_time_are_no_loss() {
        let mut assembler = Assembler::default();
        assembler.set_parameters(numbered());
        let sent = [(1, 1), (2, 7), (3, 3), (4, 9)].map(|(n, number)| numbered_picture(n, number));
        let first =
            Arrived { data: Bytes::from_static(&[0, 0, 0, 3, 0x65, 0xe0, 1]), ..picture(0, true) };
        let text = events(&mut assembler, std::iter::once(first).chain(sent));
        assert_eq!(text, "S 0! 1 2 3 4");
    }

    #[test]
    fn delimiters_alone_are_no_picture() {
        let mut assembler = running();
        let delimiter = Arrived { data: Bytes::from_static(&[0, 0, 0, 1, 9]), ..picture(4, true) };
        assert_eq!(events(&mut assembler, [delimiter, picture(5, false)]), "4");
    }
}
