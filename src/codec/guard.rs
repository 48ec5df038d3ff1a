//! What no decoder may show as good: pictures whose references are lost, slices out of order, another
//! video in the same stream.
//!
//! Some decoders conceal such damage, some panic on it. Behind a guard all of them give an error, and then
//! nothing until the next random access point. Must not do: decode; change what a whole stream gives.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::slice::{SliceHead, SliceSyntax};
use super::{CodecError, Decoder, Frame};
use crate::media::sps::VideoInfo;
use crate::media::{StreamParameters, nal};

pub(super) struct Guard<D> {
    inner: D,
    sps: Vec<u8>,
    video: VideoInfo,
    watch: Watch,
}

/// Follows slice headers from picture to picture.
struct Watch {
    syntax: SliceSyntax,
    /// `frame_num` of the last picture that later ones may refer to.
    last_reference: Option<u32>,
    /// There was an error: only an IDR picture or a reset ends it.
    broken: bool,
}

impl<D: Decoder> Guard<D> {
    /// # Errors
    /// [`CodecError::Open`] when the sequence parameter set cannot be read.
    pub(super) fn new(inner: D, parameters: &StreamParameters) -> Result<Self, CodecError> {
        let syntax = SliceSyntax::of(&parameters.sps)?;
        Ok(Self {
            inner,
            sps: parameters.sps.clone(),
            video: parameters.video.clone(),
            watch: Watch { syntax, last_reference: None, broken: false },
        })
    }

    fn look(&mut self, unit: &[u8]) -> Result<(), CodecError> {
        let mut before = None;
        for nal in nal::units(unit) {
            let nal = nal?;
            if nal::nal_type(nal) == nal::SPS && *nal != *self.sps {
                self.change(nal)?;
            }
            if let Some(head) = self.watch.syntax.head(nal)? {
                self.watch.slice(head, before)?;
                before = Some(head);
            }
        }
        Ok(())
    }

    /// Another parameter set may say the same of the pictures, or announce a video that whoever opened
    /// this decoder does not know of.
    fn change(&mut self, sps: &[u8]) -> Result<(), CodecError> {
        let video =
            VideoInfo::from_sps(sps).map_err(|error| CodecError::Decode(error.to_string()))?;
        if video != self.video {
            return Err(CodecError::Decode(format!(
                "the video changes to {} x {} in the middle of the stream",
                video.width, video.height
            )));
        }
        self.watch.syntax = SliceSyntax::of(sps)?;
        self.sps = sps.to_vec();
        Ok(())
    }

    /// Runs `body`; what it panics at is an error. Decoders make themselves anew after a failure, so that
    /// nothing that was left half done is used again.
    fn run(
        &mut self,
        out: &mut Vec<Frame>,
        body: impl FnOnce(&mut D, &mut Vec<Frame>) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        let whole = out.len();
        let result = catch_unwind(AssertUnwindSafe(|| body(&mut self.inner, out)))
            .unwrap_or_else(|_| Err(CodecError::Decode("the decoder gave up on damage".into())));
        if result.is_err() {
            out.truncate(whole);
        }
        result
    }
}

impl Watch {
    /// Takes note of a slice that comes after `before` in its unit.
    fn slice(&mut self, head: SliceHead, before: Option<SliceHead>) -> Result<(), CodecError> {
        let follows = match before {
            None => head.first_macroblock == 0,
            Some(before) => {
                head.first_macroblock == 0 || head.first_macroblock > before.first_macroblock
            }
        };
        if !follows {
            return Err(CodecError::Decode("a slice is missing".into()));
        }
        if head.first_macroblock == 0 { self.picture(head) } else { Ok(()) }
    }

    /// Between two pictures at most one reference frame is counted (7.4.3), unless some were lost.
    fn picture(&mut self, head: SliceHead) -> Result<(), CodecError> {
        if head.idr {
            self.broken = false;
        } else if self.broken {
            return Err(CodecError::Decode("it needs pictures that are lost".into()));
        } else if let Some(last) = self.last_reference.filter(|_| !self.syntax.gaps_allowed) {
            let counts = self.syntax.frame_nums();
            if (head.frame_num + counts - last) % counts > 1 {
                return Err(CodecError::Decode("pictures before it are lost".into()));
            }
        }
        if head.reference {
            self.last_reference = Some(head.frame_num);
        }
        Ok(())
    }
}

impl<D: Decoder> Decoder for Guard<D> {
    fn decode(&mut self, unit: &[u8], pts: i64, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        let looked = self.look(unit);
        let result = looked.and_then(|()| self.run(out, |inner, out| inner.decode(unit, pts, out)));
        self.watch.broken |= result.is_err();
        result
    }

    fn flush(&mut self, out: &mut Vec<Frame>) -> Result<(), CodecError> {
        self.run(out, D::flush)
    }

    fn reset(&mut self) {
        self.inner.reset();
        (self.watch.last_reference, self.watch.broken) = (None, false);
    }

    fn recycle(&mut self, frame: Frame) {
        self.inner.recycle(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Watch {
        let hex = "67640028acb403c0113f2c20000003002000000641e30654";
        let sps: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex"))
            .collect();
        let syntax = SliceSyntax::of(&sps).expect("an SPS");
        assert!(!syntax.gaps_allowed && syntax.columns == 120);
        Watch { syntax, last_reference: None, broken: false }
    }

    fn picture(frame_num: u32, reference: bool) -> SliceHead {
        SliceHead { first_macroblock: 0, frame_num, field: false, idr: false, reference }
    }

    #[test]
    fn lost_references_are_noticed_and_lost_others_are_not() {
        let mut watch = watch();
        watch.slice(picture(7, true), None).expect("the first may have any number");
        watch.slice(picture(8, false), None).expect("in between");
        watch.slice(picture(8, true), None).expect("the next reference");
        watch.slice(picture(8, true), None).expect("its second field");
        assert!(watch.slice(picture(10, true), None).is_err());
        let last = watch.syntax.frame_nums() - 1;
        watch.last_reference = Some(last);
        watch.slice(picture(0, true), None).expect("around the end");
    }

    #[test]
    fn after_an_error_an_idr_picture_is_needed() {
        let mut watch = watch();
        watch.broken = true;
        assert!(watch.slice(picture(0, true), None).is_err());
        watch.slice(SliceHead { idr: true, ..picture(0, true) }, None).expect("begins anew");
        watch.slice(picture(1, true), None).expect("goes on");
    }

    #[test]
    fn slices_come_in_order_from_the_first() {
        let mut watch = watch();
        let first = picture(0, true);
        let later = |first_macroblock| SliceHead { first_macroblock, ..first };
        assert!(watch.slice(later(120), None).is_err(), "the first is missing");
        watch.slice(first, None).expect("the first");
        watch.slice(later(120), Some(first)).expect("the second");
        assert!(watch.slice(later(120), Some(later(240))).is_err(), "backwards");
    }
}
