//! The folder of ours in the share: its marker, and what is in it.
//!
//! Must not do: remove anything, or decide what a missing marker means.

use futures::stream::{self, StreamExt, TryStreamExt};
use smb2::DirectoryEntry;

use super::fault::Fault;
use super::link::Link;
use super::place;
use crate::model::CameraId;
use crate::storage::archive::PART_SUFFIX;
use crate::storage::claim::Mark;
use crate::storage::marker::{self, MARKER};
use crate::storage::{FoundFile, Space, layout};

/// As deep as a local volume looks.
const MAX_DEPTH: usize = 4;

/// Folders that are listed at the same time: a request each, of which a server handles many.
const AT_ONCE: usize = 8;

/// What the marker of the folder `root` says; none when there is no folder, no marker, or rubbish in its place.
pub(super) async fn marked(link: &Link, root: &str) -> Result<Option<Mark>, Fault> {
    match link.read(&place::join(root, MARKER)).await {
        Ok(bytes) => Ok(marker::mark_in(&bytes)),
        Err(Fault::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Gives the folder `root`, which is made when it is not there, the marker `mark`.
pub(super) async fn write_mark(link: &Link, root: &str, mark: &Mark) -> Result<(), Fault> {
    link.make_folders(root).await?;
    let path = place::join(root, MARKER);
    let part = place::part(&path);
    let mut writer = link.tree().create_file_writer(link.connection(), &part).await?;
    writer.write_chunk(marker::content(mark).as_bytes()).await?;
    writer.finish().await?;
    link.rename(&part, &path).await
}

/// Free and total bytes of the share, as far as the user may fill it.
pub(super) async fn space(link: &Link) -> Result<Space, Fault> {
    let info = link.tree().fs_info(&mut link.connection()).await?;
    Ok(Space { free: info.free_bytes, total: info.total_bytes })
}

/// All files below `root`, and those that are being brought, without their suffix; both ordered.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<FoundFile>,
    pub(super) unfinished: Vec<String>,
}

/// Lists the folder `root` and those below it. One that is not there holds nothing.
pub(super) async fn list(link: &Link, root: &str) -> Result<Listing, Fault> {
    let mut listing = Listing::default();
    // Paths below the root; the root itself is the empty one.
    let mut folders = vec![String::new()];
    for depth in 1..=MAX_DEPTH {
        let listed: Vec<_> = stream::iter(folders)
            .map(|folder| list_one(link, root, folder, depth))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        folders = Vec::new();
        for (folder, entries) in listed {
            for entry in entries {
                let path = place::join(&folder, &entry.name);
                if entry.is_directory {
                    let skipped = entry.is_link() || place::is_servers_own(&entry.name);
                    folders.extend((!skipped).then_some(path));
                } else if depth > 1 || !entry.name.starts_with(MARKER) {
                    add(&mut listing, path, entry.size);
                }
            }
        }
    }
    listing.files.sort_unstable();
    listing.unfinished.sort_unstable();
    Ok(listing)
}

fn add(listing: &mut Listing, path: String, bytes: u64) {
    match path.strip_suffix(PART_SUFFIX) {
        // Others call what they write so, too.
        Some(path) if layout::parse_path(path).is_none() => {}
        Some(path) => listing.unfinished.push(path.into()),
        None => listing.files.push(FoundFile { path, bytes }),
    }
}

async fn list_one(
    link: &Link,
    root: &str,
    folder: String,
    depth: usize,
) -> Result<(String, Vec<DirectoryEntry>), Fault> {
    // Not a camera's: closed to everybody but the server's own, perhaps.
    let foreign = depth == 2 && folder.parse::<CameraId>().is_err();
    let path = if folder.is_empty() { root.into() } else { place::join(root, &folder) };
    match link.list(&path).await {
        Ok(entries) => Ok((folder, entries)),
        // Removed since the folder above was read, or never made.
        Err(Fault::NotFound) => Ok((folder, Vec::new())),
        Err(Fault::Denied(_)) if foreign => Ok((folder, Vec::new())),
        Err(fault) => Err(fault),
    }
}
