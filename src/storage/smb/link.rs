//! One connection to the share: reaching the server, signing in, opening the share.
//!
//! Must not do: keep itself alive, or be used after an error that breaks it.

use std::sync::Arc;
use std::time::Duration;

use smb2::client::{Cipher, Connection};
use smb2::transport::TcpTransport;
use smb2::types::SessionId;
use smb2::{DirectoryEntry, Session, Tree};

use super::fault::{self, Fault};
use super::{announce, place};
use crate::model::Password;
use crate::model::settings::NasSettings;

/// How long a server may take to be reached.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// How long one request may take. A NAS that wakes its disks takes some ten seconds.
pub(super) const ANSWER: Duration = Duration::from_secs(18);

/// A share that is open.
pub(super) struct Link {
    connection: Connection,
    tree: Arc<Tree>,
}

/// How messages go over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wire {
    /// They are signed, so that none can be changed on the way.
    pub signed: bool,
    /// They are encrypted.
    pub encrypted: bool,
}

/// Reaches the server within `limit`.
pub(super) async fn dial(nas: &NasSettings, limit: Duration) -> Result<TcpTransport, Fault> {
    let dialed = TcpTransport::connect(place::address(nas), limit).await;
    dialed.map_err(|error| fault::connecting(&error, &nas.host))
}

/// Signs in over a connection that was just made; `limit` is for each answer, then and later.
pub(super) async fn sign_in(
    tcp: TcpTransport,
    nas: &NasSettings,
    password: Option<&Password>,
    limit: Duration,
    previous: Option<SessionId>,
) -> Result<(Connection, Session), Fault> {
    let negotiated = announce::negotiate(tcp, &nas.host, limit).await;
    let mut connection = negotiated.map_err(|error| fault::greeting(&error))?;
    if let Some(previous) = previous {
        connection.set_previous_session_id(previous);
    }
    let (domain, user) = place::account(&nas.user);
    let password = password.map_or("", Password::reveal);
    let session = Session::setup(&mut connection, user, password, domain).await;
    let session = session.map_err(fault::signing_in)?;
    Ok((connection, session))
}

impl Link {
    /// Reaches the server, signs in and opens the share. `previous` is a session that was given up: the server
    /// then closes what it still had open.
    pub(super) async fn open(
        nas: &NasSettings,
        password: Option<&Password>,
        previous: Option<SessionId>,
    ) -> Result<Self, Fault> {
        let tcp = dial(nas, CONNECT).await?;
        let (connection, session) = sign_in(tcp, nas, password, ANSWER, previous).await?;
        Self::open_share(connection, &session, &nas.share).await
    }

    /// Opens the share `share`, encrypted where the share wants it.
    pub(super) async fn open_share(
        mut connection: Connection,
        session: &Session,
        share: &str,
    ) -> Result<Self, Fault> {
        let tree = Tree::connect(&mut connection, share).await;
        let tree = tree.map_err(|error| fault::opening_share(error, share))?;
        if tree.encrypt_data && !connection.should_encrypt() {
            let keys = session.encryption_key.as_ref().zip(session.decryption_key.as_ref());
            let Some((encrypt, decrypt)) = keys else {
                return Err(Fault::Denied(format!(
                    "the share {share} is for encrypted connections only, and SMB 2 has none: allow SMB 3 on the \
                     server"
                )));
            };
            let cipher = connection.params().and_then(|agreed| agreed.cipher);
            // What SMB 3.0 has, where no cipher is agreed (MS-SMB2 3.2.5.2).
            let cipher = cipher.unwrap_or(Cipher::Aes128Ccm);
            connection.activate_encryption(encrypt.clone(), decrypt.clone(), cipher);
        }
        Ok(Self { connection, tree: Arc::new(tree) })
    }

    /// A handle of the connection, as each request wants one.
    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    /// The share.
    pub(super) fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// Whether it is known to be gone.
    pub(super) fn is_lost(&self) -> bool {
        self.connection.is_disconnected()
    }

    /// The session, for the connection that follows.
    pub(super) fn session(&self) -> SessionId {
        self.connection.session_id()
    }

    /// How messages go over the wire.
    pub(super) fn wire(&self) -> Wire {
        let session = self.connection.current_session();
        Wire {
            signed: session.is_some_and(|session| session.should_sign),
            encrypted: self.connection.should_encrypt(),
        }
    }

    /// What is in the folder `folder`; empty for the share itself.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<DirectoryEntry>, Fault> {
        Ok(self.tree.list_directory(&mut self.connection(), folder).await?)
    }

    /// Makes the folder `folder` and those above it.
    pub(super) async fn make_folders(&self, folder: &str) -> Result<(), Fault> {
        let mut refused = None;
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        for end in ends.filter(|end| *end > 0) {
            let made = self.tree.create_directory(&mut self.connection(), &folder[..end]).await;
            let is_last = end == folder.len();
            match made.map_err(Fault::from) {
                Ok(()) | Err(Fault::Exists) if is_last => return Ok(()),
                Ok(()) | Err(Fault::Exists) => {}
                Err(fault) if fault.breaks() => return Err(fault),
                Err(Fault::NotFound) if refused.is_none() => {
                    let above = &folder[..end];
                    return Err(self.why_not_there(place::folder_of(above)).await);
                }
                // A folder above may be there and closed to making it; the last one decides.
                Err(fault) => {
                    let first = refused.get_or_insert(fault);
                    if is_last {
                        return Err(first.clone());
                    }
                }
            }
        }
        Ok(())
    }

    /// Why nothing can be made in `folder`, which was said to exist.
    async fn why_not_there(&self, folder: &str) -> Fault {
        match self.tree.stat(&mut self.connection(), folder).await {
            Ok(info) if !info.is_directory => {
                Fault::Denied("a file is in the place of a folder".into())
            }
            // Its last file was removed in this moment, and it with it.
            Ok(_) => Fault::NotFound,
            Err(error) => error.into(),
        }
    }

    /// The whole of a small file.
    pub(super) async fn read(&self, path: &str) -> Result<Vec<u8>, Fault> {
        Ok(self.tree.read_file_compound(&mut self.connection(), path).await?)
    }

    /// Removes a file.
    pub(super) async fn remove(&self, path: &str) -> Result<(), Fault> {
        Ok(self.tree.delete_file(&mut self.connection(), path).await?)
    }

    /// Removes a folder, unless something is in it.
    pub(super) async fn remove_folder(&self, folder: &str) -> Result<(), Fault> {
        Ok(self.tree.delete_directory(&mut self.connection(), folder).await?)
    }

    /// Gives a file another name; one of that name is replaced.
    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), Fault> {
        let replace = smb2::RenameOptions::new().replace_if_exists(true);
        Ok(self.tree.rename_with(&mut self.connection(), from, to, replace).await?)
    }
}
