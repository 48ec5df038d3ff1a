//! Small pictures: what is kept, forgotten and found.
//!
//! Must not do: decode a picture.

use super::*;

fn second(n: i64) -> WallTime {
    WallTime::from_micros(1_772_546_400_000_000 + n * 1_000_000)
}

fn camera(name: &str) -> CameraId {
    CameraId::from_name(name)
}

fn thumbnail(name: &str, n: i64) -> NewThumbnail {
    NewThumbnail { camera: camera(name), at: second(n), jpeg: vec![n as u8; 5_000] }
}

fn store() -> (tempfile::TempDir, ThumbnailWriter) {
    let folder = tempfile::tempdir().expect("a folder");
    let (writer, opened) = ThumbnailWriter::open(folder.path().join("thumbnails.redb"));
    assert_eq!(opened.expect("opens"), None);
    (folder, writer)
}

/// Seconds at which the nearest one was taken.
fn nearest(reader: &ThumbnailReader, name: &str, n: i64) -> Option<i64> {
    let found = reader.nearest(&camera(name), second(n)).expect("reads")?;
    assert_eq!(found.jpeg.len(), 5_000);
    Some(found.at.micros_since(second(0)) / 1_000_000)
}

fn before(writer: &ThumbnailWriter, n: i64) -> Result<(), IndexError> {
    writer.delete_range(&camera("yard"), WallSpan::new(WallTime::MIN, second(n)))
}

#[test]
fn the_nearest_of_the_camera_is_found() {
    let (_folder, writer) = store();
    let reader = writer.reader();
    assert_eq!(nearest(&reader, "yard", 5), None);
    let batch = [thumbnail("yard", 10), thumbnail("yard", 20), thumbnail("yarda", 12)];
    writer.put(&batch).expect("is kept");
    for (at, expected) in [(0, 10), (10, 10), (14, 10), (16, 20), (20, 20), (900, 20)] {
        assert_eq!(nearest(&reader, "yard", at), Some(expected), "{at}");
    }
    assert_eq!(nearest(&reader, "yarda", 0), Some(12));
    assert_eq!(nearest(&reader, "yar", 0), None);
    assert_eq!(reader.newest(&camera("yard")).expect("reads"), Some(second(20)));
    assert_eq!(reader.newest(&camera("gate")).expect("reads"), None);
    let span = WallSpan::new(second(10), second(20));
    assert_eq!(reader.times(&camera("yard"), span).expect("reads"), [second(10)]);
}

#[test]
fn what_is_deleted_is_gone_and_its_bytes_are_free() {
    let (_folder, writer) = store();
    let reader = writer.reader();
    let batch: Vec<_> = (0..10).map(|n| thumbnail("yard", n)).collect();
    writer.put(&batch).expect("is kept");
    writer.put(&batch[..3]).expect("replaces");
    writer.put(&[thumbnail("gate", 0)]).expect("is kept");
    assert_eq!(reader.usage(), 11 * 8_192, "5,000 bytes need two pages of 4,096");
    writer.delete_range(&camera("yard"), WallSpan::new(second(6), second(8))).expect("deletes");
    before(&writer, 3).expect("deletes");
    let left = reader.times(&camera("yard"), WallSpan::ALL).expect("reads");
    assert_eq!(left, [3, 4, 5, 8, 9].map(second));
    assert_eq!(reader.usage(), 6 * 8_192);
    writer.delete_range(&camera("yard"), WallSpan::new(second(9), second(3))).expect("nothing");
    assert_eq!(reader.usage(), 6 * 8_192);
}

#[test]
fn complete_segments_are_known_until_their_footage_goes() {
    let (_folder, writer) = store();
    let reader = writer.reader();
    let stream = StreamId::new(camera("yard"), StreamKind::Sub);
    let is_complete = || reader.complete(&stream).expect("reads").contains(&second(5));
    assert!(!is_complete());
    writer.complete(&stream, second(5)).expect("is noted");
    assert!(is_complete());
    before(&writer, 5).expect("deletes");
    assert!(is_complete());
    before(&writer, 6).expect("deletes");
    assert!(!is_complete());
}

#[test]
fn what_is_kept_is_there_after_a_restart() {
    let (folder, writer) = store();
    writer.put(&[thumbnail("yard", 1)]).expect("is kept");
    writer.sync().expect("is synced");
    let path = folder.path().join("thumbnails.redb");
    let (refused, error) = ThumbnailWriter::open(&path);
    assert!(matches!(error, Err(IndexError::AlreadyOpen { .. })));
    assert!(matches!(refused.put(&[thumbnail("yard", 2)]), Err(IndexError::AlreadyOpen { .. })));
    drop(writer);
    refused.put(&[thumbnail("yard", 2)]).expect("it is free now");
    let reader = refused.reader();
    assert_eq!(reader.times(&camera("yard"), WallSpan::ALL).expect("reads"), [1, 2].map(second));
    assert_eq!(reader.usage(), 2 * 8_192);
}
