//! What all parts of a volume share: the place, the thread, and the connections.
//!
//! Must not do: know what the files are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::fault::Fault;
use super::lane::{Lane, Lent};
use super::link::{ANSWER, CONNECT, Link};
use super::network::Network;
use super::pace::Readers;
use super::{place, root};
use crate::model::Password;
use crate::model::settings::{ArchivePlace, NasSettings};
use crate::runtime::SystemClock;
use crate::storage::StorageError;
use crate::storage::claim::{self, Mark, Refusal};

/// Opening a connection: reaching the server, and some answers that seldom take long.
const OPENING: Duration = CONNECT.saturating_add(Duration::from_secs(10));

/// One request, with what its answer may take by itself and a little for the way.
pub(super) const REQUEST: Duration = ANSWER.saturating_add(Duration::from_secs(2));

/// A connection that nobody used for one to two times this long is closed.
const IDLE: Duration = Duration::from_secs(60);

/// Who uses a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Upload,
    Read,
    Rest,
}

/// See the module.
pub(super) struct Share {
    nas: NasSettings,
    password: Option<Password>,
    address: String,
    /// The marker that the volume must have, once it is known.
    expected: Mutex<Option<Mark>>,
    lanes: [Lane; 3],
    readers: Readers,
    network: Network,
}

impl Share {
    /// The share at `nas`; nothing is reached yet.
    pub(super) fn new(
        nas: &NasSettings,
        password: Option<Password>,
    ) -> Result<Arc<Self>, StorageError> {
        let address = ArchivePlace::Nas(nas.clone()).address();
        place::check(nas).map_err(|why| StorageError::Denied { path: address.clone(), why })?;
        let network = Network::start()
            .map_err(|error| StorageError::io("start the network for", &address, error))?;
        let share = Arc::new(Self {
            nas: nas.clone(),
            password,
            address,
            expected: Mutex::default(),
            lanes: Default::default(),
            readers: Readers::new(Arc::new(SystemClock::new())),
            network,
        });
        let weak = Arc::downgrade(&share);
        share.network.spawn(close_idle(weak));
        Ok(share)
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn root(&self) -> &str {
        place::root(&self.nas)
    }

    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    /// Who reads its files.
    pub(super) fn readers(&self) -> &Readers {
        &self.readers
    }

    fn lane(&self, whose: Use) -> &Lane {
        match whose {
            Use::Upload => &self.lanes[0],
            Use::Read => &self.lanes[1],
            Use::Rest => &self.lanes[2],
        }
    }

    fn expected(&self) -> MutexGuard<'_, Option<Mark>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the volume must have the marker `mark`.
    pub(super) fn expect(&self, mark: Option<Mark>) {
        *self.expected() = mark;
    }

    /// Makes sure that the volume has the marker that it must have; what it says.
    pub(super) async fn check_mark(&self, link: &Link) -> Result<Option<Mark>, Fault> {
        let found = root::marked(link, self.root()).await?;
        let held =
            self.expected().as_ref().map_or(Ok(()), |must| claim::holds(must, found.as_ref()));
        held.map(|()| found).map_err(Fault::NotOurs)
    }

    /// The same for a connection that `whose` gets. Footage of ours can be read also when the volume is another's by
    /// now.
    async fn check_before(&self, whose: Use, link: &Link) -> Result<(), Fault> {
        if self.expected().is_none() {
            return Ok(());
        }
        match self.check_mark(link).await {
            Err(Fault::NotOurs(Refusal::Taken)) if whose == Use::Read => Ok(()),
            checked => checked.map(drop),
        }
    }

    /// A connection for `whose`; a new one is made when there is none.
    fn lend(&self, whose: Use) -> Result<Lent, Fault> {
        self.lane(whose).link(|previous| {
            self.network.wait(OPENING, async {
                let opened = Link::open(&self.nas, self.password.as_ref(), previous).await;
                let link = opened.map_err(Fault::of_connection)?;
                self.check_before(whose, &link).await?;
                Ok(link)
            })
        })
    }

    /// Gives up `link` after `fault`, if that is what it means.
    pub(super) fn met(&self, whose: Use, link: &Arc<Link>, fault: &Fault) {
        if fault.breaks() {
            tracing::debug!("{}: {}", self.address, fault.why());
            self.lane(whose).discard(link);
        }
    }

    /// Does `work`, each request of which has [`REQUEST`] of time when `limit` is that. Where a connection that was
    /// there already turns out to be gone, it is done once more with a new one: it must bear that.
    pub(super) fn with<T>(
        &self,
        whose: Use,
        limit: Duration,
        work: impl AsyncFn(&Arc<Link>) -> Result<T, Fault>,
    ) -> Result<(T, Arc<Link>), Fault> {
        let mut lent = self.lend(whose)?;
        loop {
            match self.network.wait(limit, work(&lent.link)) {
                Ok(done) => return Ok((done, lent.link)),
                Err(fault) => {
                    self.met(whose, &lent.link, &fault);
                    if lent.is_fresh || !matches!(fault, Fault::Lost(_)) {
                        return Err(fault);
                    }
                }
            }
            // Others of the lane may have made a new one in the meantime; one that fails as well is the last.
            lent = Lent { is_fresh: true, ..self.lend(whose)? };
        }
    }
}

async fn close_idle(share: Weak<Share>) {
    loop {
        tokio::time::sleep(IDLE).await;
        let Some(share) = share.upgrade() else { return };
        share.lanes.iter().for_each(Lane::close_idle);
    }
}
