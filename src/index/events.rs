//! Motion events, each with a small picture in a table of its own, so that listing them reads no pictures.
//!
//! Must not do: detect, or decide how long they are kept.

use redb::{ReadableTable, Table, WriteTransaction};

use super::IndexReader;
use super::error::IndexError;
use super::query::{Rows, View, cameras};
use super::schema::{self, EVENT, EVENT_PICTURE, LONGEST_EVENT};
use crate::model::{Area, CameraId, MotionEvent, WallSpan, WallTime};

/// Adds `event`, or replaces the one of its camera and start. Without a `picture` it keeps the one it has.
pub(super) fn put(
    transaction: &WriteTransaction,
    meta: &mut Table<'_, &'static str, i64>,
    event: &MotionEvent,
    picture: Option<&[u8]>,
) -> Result<(), IndexError> {
    let key = schema::camera_key(&event.camera, event.span.start);
    transaction.open_table(EVENT)?.insert(key.as_slice(), encode(event).as_slice())?;
    if let Some(picture) = picture {
        transaction.open_table(EVENT_PICTURE)?.insert(key.as_slice(), picture)?;
    }
    let longest = meta.get(LONGEST_EVENT)?.map_or(0, |longest| longest.value());
    if event.span.micros() > longest {
        meta.insert(LONGEST_EVENT, event.span.micros())?;
    }
    Ok(())
}

/// Forgets the events of `camera` that ended by `before`, and their pictures.
pub(super) fn drop_before(
    transaction: &WriteTransaction,
    camera: &CameraId,
    before: WallTime,
) -> Result<(), IndexError> {
    let mut events = transaction.open_table(EVENT)?;
    let prefix = schema::camera_prefix(camera);
    let to = schema::numbered(&prefix, before.as_micros());
    let mut gone = Vec::new();
    for item in events.range::<&[u8]>(prefix.as_slice()..to.as_slice())? {
        let (key, value) = item?;
        let event = decode(camera, schema::time_of(key.value())?, value.value())?;
        if extent(&event).end <= before {
            gone.push(key.value().to_vec());
        }
    }
    let mut pictures = transaction.open_table(EVENT_PICTURE)?;
    for key in gone {
        events.remove(key.as_slice())?;
        pictures.remove(key.as_slice())?;
    }
    Ok(())
}

fn encode(event: &MotionEvent) -> Vec<u8> {
    let start = event.span.start.as_micros();
    let Area { left, top, right, bottom } = event.area;
    let mut out = vec![schema::ROW_VERSION];
    schema::put_signed(&mut out, event.span.end.as_micros().wrapping_sub(start));
    schema::put_signed(&mut out, event.best.as_micros().wrapping_sub(start));
    for number in [event.peak, left, top, right, bottom] {
        schema::put(&mut out, u64::from(number));
    }
    out
}

fn decode(camera: &CameraId, start: WallTime, value: &[u8]) -> Result<MotionEvent, IndexError> {
    let mut value = schema::versioned(value)?;
    let micros = start.as_micros();
    let end = micros.wrapping_add(schema::take_signed(&mut value)?);
    let best = micros.wrapping_add(schema::take_signed(&mut value)?);
    let mut number = || {
        let number = schema::take(&mut value)?;
        u16::try_from(number).map_err(|_| schema::damaged("an event's number is too large"))
    };
    Ok(MotionEvent {
        camera: camera.clone(),
        span: WallSpan::new(start, WallTime::from_micros(end)),
        peak: number()?,
        area: Area { left: number()?, top: number()?, right: number()?, bottom: number()? },
        best: WallTime::from_micros(best),
    })
}

/// The time that an event takes up: one that was seen in a single picture still has that moment.
pub(super) fn extent(event: &MotionEvent) -> WallSpan {
    let WallSpan { start, end } = event.span;
    WallSpan::new(start, end.max(start.plus_micros(1)))
}

impl IndexReader {
    /// The events of `camera`, or of all, with a moment in `span`, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn events(
        &self,
        camera: Option<&CameraId>,
        span: WallSpan,
    ) -> Result<Vec<MotionEvent>, IndexError> {
        self.read(|view| {
            let table = view.open(EVENT)?;
            let cameras = match camera {
                Some(camera) => vec![camera.clone()],
                None => cameras(&table)?,
            };
            let longest = view.meta.get(LONGEST_EVENT)?.map_or(0, |longest| longest.value());
            let mut events = Vec::new();
            for camera in cameras {
                collect(&table, &camera, span, longest, &mut events)?;
            }
            events.sort_by_key(|event| event.span.start);
            Ok(events)
        })
    }

    /// The newest `limit` events of `camera` with a moment in `span`, newest start first.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn newest_events(
        &self,
        camera: &CameraId,
        span: WallSpan,
        limit: usize,
    ) -> Result<Vec<MotionEvent>, IndexError> {
        self.read(|view| {
            let (from, to) = bounds(view, camera, span)?;
            let mut events = Vec::new();
            for item in view.open(EVENT)?.range::<&[u8]>(from.as_slice()..to.as_slice())?.rev() {
                let (key, value) = item?;
                let event = decode(camera, schema::time_of(key.value())?, value.value())?;
                if extent(&event).overlaps(span) {
                    events.push(event);
                }
                if events.len() == limit {
                    break;
                }
            }
            Ok(events)
        })
    }

    /// Hands each event of `camera` with a moment in `span` to `each`, ordered by start.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn each_event(
        &self,
        camera: &CameraId,
        span: WallSpan,
        mut each: impl FnMut(MotionEvent),
    ) -> Result<(), IndexError> {
        self.read(|view| {
            let (from, to) = bounds(view, camera, span)?;
            for item in view.open(EVENT)?.range::<&[u8]>(from.as_slice()..to.as_slice())? {
                let (key, value) = item?;
                let event = decode(camera, schema::time_of(key.value())?, value.value())?;
                if extent(&event).overlaps(span) {
                    each(event);
                }
            }
            Ok(())
        })
    }

    /// The first event of `camera` that starts after `at`, or the last one that starts before it.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn next_event(
        &self,
        camera: &CameraId,
        at: WallTime,
        forward: bool,
    ) -> Result<Option<MotionEvent>, IndexError> {
        self.read(|view| {
            let table = view.open(EVENT)?;
            let prefix = schema::camera_prefix(camera);
            let from = if forward { at.plus_micros(1) } else { at };
            let middle = schema::numbered(&prefix, from.as_micros());
            let item = if forward {
                let behind = schema::behind(prefix);
                table.range::<&[u8]>(middle.as_slice()..behind.as_slice())?.next()
            } else {
                table.range::<&[u8]>(prefix.as_slice()..middle.as_slice())?.next_back()
            };
            let Some(item) = item else { return Ok(None) };
            let (key, value) = item?;
            decode(camera, schema::time_of(key.value())?, value.value()).map(Some)
        })
    }

    /// The JPEG of the event of `camera` that starts at exactly `start`, if it has one.
    ///
    /// # Errors
    /// See [`IndexReader`].
    pub fn event_picture(
        &self,
        camera: &CameraId,
        start: WallTime,
    ) -> Result<Option<Vec<u8>>, IndexError> {
        self.read(|view| {
            let picture =
                view.open(EVENT_PICTURE)?.get(schema::camera_key(camera, start).as_slice())?;
            Ok(picture.map(|picture| picture.value().to_vec()))
        })
    }
}

/// The keys between which the events of `camera` are that may reach into `span`.
fn bounds(
    view: &View,
    camera: &CameraId,
    span: WallSpan,
) -> Result<(Vec<u8>, Vec<u8>), IndexError> {
    let longest = view.meta.get(LONGEST_EVENT)?.map_or(0, |longest| longest.value());
    let prefix = schema::camera_prefix(camera);
    let first = span.start.plus_micros(longest.saturating_neg());
    Ok((
        schema::numbered(&prefix, first.as_micros()),
        schema::numbered(&prefix, span.end.as_micros()),
    ))
}

fn collect(
    table: &Rows,
    camera: &CameraId,
    span: WallSpan,
    longest: i64,
    events: &mut Vec<MotionEvent>,
) -> Result<(), IndexError> {
    let prefix = schema::camera_prefix(camera);
    let first = span.start.plus_micros(longest.saturating_neg());
    let from = schema::numbered(&prefix, first.as_micros());
    let to = schema::numbered(&prefix, span.end.as_micros());
    for item in table.range::<&[u8]>(from.as_slice()..to.as_slice())? {
        let (key, value) = item?;
        let event = decode(camera, schema::time_of(key.value())?, value.value())?;
        if extent(&event).overlaps(span) {
            events.push(event);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was() {
        let at = WallTime::from_micros;
        let event = MotionEvent {
            camera: "front".parse().expect("an identity"),
            span: WallSpan::new(at(-5), at(7_000_000)),
            peak: 1_000,
            area: Area { left: 1, top: 2, right: u16::MAX, bottom: 0 },
            best: at(-4),
        };
        let value = encode(&event);
        assert_eq!(decode(&event.camera, at(-5), &value).expect("decodes"), event);
        for cut in 0..value.len() {
            assert!(decode(&event.camera, at(-5), &value[..cut]).is_err());
        }
    }
}
