//! Python packages for the browser: a cache on disk, filled from a Pyodide
//! distribution or a package index, used offline afterwards.
//!
//! Nothing enters it whose hash the lock or index did not name first, and
//! nothing leaves it whose hash was not counted again. It knows neither the
//! server nor the page.

mod add;
mod archive;
mod cache;
mod environment;
mod event;
mod fetch;
mod keep;
mod lock;
mod resolve;
mod source;
mod wheel;

pub use add::{AddError, Added, Request, Sources, add};
pub use archive::{ArchiveError, MetadataError};
pub use cache::{Cache, CacheError};
pub use environment::{Info, PYODIDE, Pyodide};
pub use event::Event;
pub use fetch::{FetchError, Patience};
pub use keep::{Finding, Pruned, RemoveError, prune, remove, verify};
pub use lock::{Lock, LockError, Locked};
pub use pep508_rs::{PackageName, Requirement};
pub use resolve::ResolveError;
pub use source::{distribution::DistributionError, simple::IndexError};
pub use url::Url;
