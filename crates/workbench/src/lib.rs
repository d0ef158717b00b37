//! The use cases of LLMos-Lite, each with its access check.
//!
//! A [`Workbench`] is what every door (HTTP, command, agents) may ask. It knows
//! the rules of `llmos-core` and the port to the volumes; it does not know Git,
//! HTTP, the clock or chance: those are handed in.
//!
//! All methods block. Callers on an async runtime move them to a blocking thread.

mod archive;
mod blame;
mod blobs;
mod branches;
mod caller;
mod calls;
mod catalogue;
mod chat;
mod crons;
mod error;
mod evolution;
mod git;
mod hands;
mod identity;
pub mod ids;
mod outside;
mod proposals;
mod remotes;
mod restore;
mod saving;
mod sessions;
mod sizes;
mod skills;
mod system;
mod traces;
mod verify;
mod versions;
mod volumes;
mod workflows;
mod world;

use std::sync::Arc;

use llmos_core::{
    api_key::{ApiKeySource, NoApiKeys},
    branch::Volumes,
    evolution::{Author, Thresholds},
    exchange::Exchange,
    members::{Directory, NoDirectory},
    model::Models,
    outside::OutsideTools,
    remote::Remotes,
    session::Sessions,
    store::{Change, CommitId, Edit, Store},
    volume::VolumeId,
};

pub use archive::{Archived, Month, MonthError};
pub use blobs::{BlobPlace, Collect, FoundBlob, NewBlob};
pub use caller::Caller;
pub use calls::PreparedCall;
pub use chat::{Asked, Carrier, Carrying, ChatExchange, Listing, Person};
pub use crons::{CronParts, Crons, Turn, Work};
pub use error::{Error, ErrorKind};
pub use evolution::{Drafts, Ledgers};
pub use hands::Taken;
pub use ids::Point;
pub use remotes::RemoteKeeper;
pub use sessions::{Exported, MessageFilter, SessionFilter, SessionFormat, SessionPoint};
pub use skills::{ContextQuery, SkillFilter};
pub use system::Seeded;
pub use traces::{LargeValues, TraceFilter};
pub use verify::{FileFault, Looked};
pub use versions::{DiffFilter, FileFilter};
pub use volumes::HistoryFilter;
pub use workflows::{PythonTask, WorkflowFilter};
pub use world::World;

use blobs::{KeptBlobs, Pointers};
use catalogue::Catalogue;
use chat::Gathering;
use evolution::Evolution;
use hands::Hands;
use sizes::Sizes;
use traces::{Shards, Summaries};

/// What a door may ask.
pub struct Workbench {
    store: Arc<dyn Volumes>,
    world: Arc<dyn World>,
    directory: Arc<dyn Directory>,
    keys: Arc<dyn ApiKeySource>,
    exchange: Option<Arc<dyn Exchange>>,
    remotes: Option<Arc<dyn Remotes>>,
    catalogue: Catalogue,
    summaries: Summaries,
    shards: Shards,
    sizes: Sizes,
    hands: Hands,
    evolution: Evolution,
    models: Option<Arc<dyn Models>>,
    sessions: Option<Arc<dyn Sessions>>,
    blobs: Option<KeptBlobs>,
    pointers: Pointers,
    outside: Option<Arc<dyn OutsideTools>>,
    gathering: Arc<Gathering>,
}

impl Workbench {
    /// Puts the use cases on top of volumes and a world.
    pub fn new(store: Arc<dyn Volumes>, world: Arc<dyn World>) -> Self {
        Self {
            catalogue: Catalogue::new(Arc::clone(&store) as Arc<dyn Store>),
            summaries: Summaries::default(),
            shards: Shards::default(),
            sizes: Sizes::default(),
            hands: Hands::default(),
            evolution: Evolution::default(),
            models: None,
            sessions: None,
            blobs: None,
            pointers: Pointers::default(),
            outside: None,
            gathering: Arc::default(),
            store,
            world,
            directory: Arc::new(NoDirectory),
            keys: Arc::new(NoApiKeys),
            exchange: None,
            remotes: None,
        }
    }

    /// Takes who exists from a directory. Without one nobody keeps members.
    #[must_use]
    pub fn with_directory(self, directory: Arc<dyn Directory>) -> Self {
        Self { directory, ..self }
    }

    /// Lets programs in that show one of these keys. Without them no program is let in.
    #[must_use]
    pub fn with_keys(self, keys: Arc<dyn ApiKeySource>) -> Self {
        Self { keys, ..self }
    }

    /// Keeps what evolution counted where it outlives the program.
    #[must_use]
    pub fn with_ledgers(mut self, ledgers: Arc<dyn Ledgers>) -> Self {
        self.evolution.keep_in(ledgers);
        self
    }

    /// Lets a model write guides in words of its own. What it answers is checked.
    #[must_use]
    pub fn with_author(mut self, author: Arc<dyn Author>) -> Self {
        self.evolution.author = Some(author);
        self
    }

    /// Sets when something that recurs is worth a skill.
    #[must_use]
    pub fn with_thresholds(mut self, thresholds: Thresholds) -> Self {
        self.evolution.set_thresholds(thresholds);
        self
    }

    /// Makes one commit in the caller's name. Asks for no permission: the use case did.
    fn commit(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        edits: Vec<Edit>,
        message: String,
    ) -> Result<CommitId, Error> {
        let change = Change { edits, author: caller.author(), time: self.world.now(), message };
        Ok(self.store.commit(volume, change)?)
    }
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many items at most.
    pub limit: usize,
    /// How many items to leave out first.
    pub offset: usize,
}

/// The longest page that may be asked for.
pub const MAX_PAGE: usize = 1000;

impl Page {
    /// Makes a page, 100 items long when no length is given.
    pub fn new(limit: Option<u64>, offset: Option<u64>) -> Result<Self, Error> {
        let limit = limit.unwrap_or(100);
        if limit == 0 || limit > MAX_PAGE as u64 {
            return Err(Error::OutOfRange { field: "limit", least: 1, most: MAX_PAGE as u64 });
        }
        let offset = usize::try_from(offset.unwrap_or(0)).unwrap_or(usize::MAX);
        Ok(Self { limit: usize::try_from(limit).unwrap_or(MAX_PAGE), offset })
    }
}
