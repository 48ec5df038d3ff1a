//! The trial of a NAS: each step by itself, each with a time of its own.
//!
//! Must not do: use or disturb the connections of a volume.

use std::future::Future;
use std::time::Duration;

use futures::stream::{self, StreamExt};

use super::fault::{self, Fault};
use super::link::{self, Link};
use super::network::Network;
use super::pace::WRITE_PIECE;
use super::window::{MOST_ASKED, PIECE};
use super::{place, root};
use crate::model::Password;
use crate::model::settings::NasSettings;
use crate::runtime::{Clock, SystemClock};
use crate::storage::Space;
use crate::storage::archive::WRITE_BYTES;
use crate::storage::trial::{Step, Trial, TrialError};

/// Looking the name up.
const RESOLVE: Duration = Duration::from_secs(2);

/// Reaching the server.
const CONNECT: Duration = Duration::from_secs(2);

/// All requests of one of the steps before something is written; with the two above under 6 s, since one that does
/// not answer is not asked again.
const SETTING_UP: Duration = Duration::from_millis(1_900);

/// Each of writing, reading and deleting: a NAS may have to wake its disks for it.
const MOVING: Duration = Duration::from_secs(8);

/// How long is written for, and read, to tell the speed.
const MEASURED: Duration = Duration::from_millis(1_500);

/// As much is written at most.
const MOST: usize = 32 * WRITE_BYTES;

/// A trial under way.
struct Trying<'a> {
    network: Network,
    clock: SystemClock,
    told: &'a mut dyn FnMut(Step),
}

impl Trying<'_> {
    fn step<T>(
        &mut self,
        step: Step,
        limit: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, TrialError> {
        (self.told)(step);
        let done = self.network.wait(limit, work);
        done.map_err(|fault| TrialError { step, why: fault.why() })
    }
}

/// Tries `nas`.
pub(in crate::storage) fn run(
    nas: &NasSettings,
    password: Option<&Password>,
    told: &mut dyn FnMut(Step),
) -> Result<Trial, TrialError> {
    let failed = |why: String| TrialError { step: Step::Resolve, why };
    place::check(nas).map_err(failed)?;
    let network = Network::start().map_err(|error| failed(error.to_string()))?;
    let mut trying = Trying { network, clock: SystemClock::new(), told };
    let link = open(&mut trying, nas, password)?;
    let moved = move_bytes(&mut trying, &link, place::root(nas));
    let wire = link.wire();
    trying.network.release(link);
    let Moved { space, up, down } = moved?;
    Ok(Trial { space, up, down, signed: wire.signed, encrypted: wire.encrypted })
}

fn open(
    trying: &mut Trying<'_>,
    nas: &NasSettings,
    password: Option<&Password>,
) -> Result<Link, TrialError> {
    trying.step(Step::Resolve, RESOLVE, async {
        match tokio::net::lookup_host(place::address(nas)).await.map(|mut found| found.next()) {
            Ok(Some(_)) => Ok(()),
            Ok(None) | Err(_) => Err(fault::unknown_host(&nas.host)),
        }
    })?;
    let tcp = trying.step(Step::Connect, CONNECT, link::dial(nas, CONNECT))?;
    let (connection, session) = trying.step(
        Step::SignIn,
        SETTING_UP,
        link::sign_in(tcp, nas, password, SETTING_UP, None),
    )?;
    connection.set_response_timeout(Some(MOVING));
    trying.step(Step::OpenShare, SETTING_UP, Link::open_share(connection, &session, &nas.share))
}

struct Moved {
    space: Option<Space>,
    up: u64,
    down: u64,
}

/// Writes, reads and deletes a file in `folder`. It is deleted also when one of them fails.
fn move_bytes(trying: &mut Trying<'_>, link: &Link, folder: &str) -> Result<Moved, TrialError> {
    trying.step(Step::MakeFolder, SETTING_UP, async {
        link.make_folders(folder).await?;
        link.list(folder).await.map(|_| ())
    })?;
    let path = place::join(folder, &format!(".watchkeeper-trial-{:016x}", fastrand::u64(..)));
    let moved = write_and_read(trying, link, &path);
    let deleted = match &moved {
        Ok(_) => trying.step(Step::Delete, MOVING, link.remove(&path)),
        // What failed before is what is told.
        Err(_) => {
            let _ = trying.network.wait(SETTING_UP, link.remove(&path));
            Ok(())
        }
    };
    let (up, down) = moved?;
    deleted?;
    let space = trying.network.wait(SETTING_UP, root::space(link)).ok();
    Ok(Moved { space, up, down })
}

fn write_and_read(
    trying: &mut Trying<'_>,
    link: &Link,
    path: &str,
) -> Result<(u64, u64), TrialError> {
    let mut chunk = vec![0; WRITE_BYTES];
    fastrand::fill(&mut chunk);
    let began = trying.clock.monotonic();
    let clock = SystemClock::new();
    let bytes = trying.step(Step::Write, MOVING, write(link, path, &chunk, &clock))?;
    let up = per_second(bytes, trying.clock.monotonic() - began);
    let began = trying.clock.monotonic();
    let read = trying.step(Step::ReadBack, MOVING, read(link, path, bytes, &clock))?;
    let down = per_second(read.len(), trying.clock.monotonic() - began);
    trying.step(Step::Compare, SETTING_UP, async {
        let is_same =
            !read.is_empty() && read.chunks(WRITE_BYTES).all(|part| part == &chunk[..part.len()]);
        if is_same {
            Ok(())
        } else {
            Err(Fault::Other("other bytes came back than were written".into()))
        }
    })?;
    Ok((up, down))
}

/// Writes for [`MEASURED`], [`MOST`] bytes at most, and makes it last; how many bytes.
async fn write(link: &Link, path: &str, chunk: &[u8], clock: &SystemClock) -> Result<usize, Fault> {
    let began = clock.monotonic();
    let writer = link.tree().create_file_writer(link.connection(), path).await?;
    let mut writer = writer.with_chunk_size(WRITE_PIECE);
    let mut written = 0;
    while written < MOST && (written == 0 || clock.monotonic() - began < MEASURED) {
        writer.write_chunk(chunk).await?;
        written += chunk.len();
    }
    writer.finish().await?;
    Ok(written)
}

/// Reads for [`MEASURED`] from the beginning, `bytes` bytes at most.
async fn read(
    link: &Link,
    path: &str,
    bytes: usize,
    clock: &SystemClock,
) -> Result<Vec<u8>, Fault> {
    let began = clock.monotonic();
    let reader = link.tree().open_file_reader(link.connection(), path).await?;
    if reader.size() != bytes as u64 {
        return Err(Fault::Other(format!("{} bytes are there of {bytes}", reader.size())));
    }
    let mut read = Vec::new();
    let offsets = stream::iter((0..bytes as u64).step_by(PIECE as usize));
    let mut parts = offsets.map(|offset| reader.read_at(offset, PIECE)).buffered(MOST_ASKED);
    while let Some(part) = parts.next().await {
        let part = part?;
        if part.len() < (bytes - read.len()).min(PIECE as usize) {
            return Err(Fault::Other("the file ends before its end".into()));
        }
        read.extend_from_slice(&part);
        if clock.monotonic() - began >= MEASURED {
            break;
        }
    }
    drop(parts);
    reader.close().await?;
    Ok(read)
}

/// Bytes a second; a moment too short to be told counts as a millisecond.
fn per_second(bytes: usize, time: Duration) -> u64 {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
    (bytes as u64).saturating_mul(1_000) / millis
}
