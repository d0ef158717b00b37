//! Adding packages: look, choose, fetch, check, keep, and only then say in the
//! lock that they are there.

mod plan;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use pep508_rs::{PackageName, Requirement};
use url::Url;

use self::plan::{difference, locked, roots};
use crate::{
    archive::{ArchiveError, Contents, check_library, check_wheel},
    cache::{Cache, CacheError, Changing, sha256_of},
    event::Event,
    fetch::{FetchError, Fetcher, Patience, Wanted, forget, shown},
    lock::{Lock, Locked},
    resolve::{Chosen, Known, ResolveError, Step, resolve},
    source::{
        Candidate, Offer,
        distribution::{self, DistributionError},
        simple::{self, IndexError},
    },
    wheel::WheelName,
};

/// Where packages come from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The folder of a Pyodide distribution, with its lock in it.
    pub distribution: Option<Url>,
    /// The root of a package index.
    pub index: Option<Url>,
    /// How patient to be with them.
    pub patience: Patience,
}

/// What to add.
#[derive(Clone, Debug)]
pub struct Request {
    /// The packages.
    pub wanted: Vec<Requirement>,
    /// Take the newest versions of them, whatever the cache holds.
    pub upgrade: bool,
}

/// What adding did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Packages that were not there, or not in this version.
    pub new: Vec<Locked>,
    /// Packages that were asked for or are needed, and were there already.
    pub kept: Vec<Locked>,
    /// Versions that others took the place of, as name and version.
    pub replaced: Vec<(String, String)>,
    /// How many bytes were fetched.
    pub fetched_bytes: u64,
}

/// Why packages were not added. The cache is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The cache cannot be read or changed.
    #[error(transparent)]
    Cache(CacheError),
    /// There is nothing that fits.
    #[error(transparent)]
    Resolve(ResolveError),
    /// Something cannot be fetched.
    #[error("{source}")]
    Fetch {
        /// Why.
        source: FetchError,
    },
    /// The index gives no page of one.
    #[error("{source}")]
    Index {
        /// Why.
        source: IndexError,
    },
    /// There is no place to fetch from.
    #[error("no index and no distribution is named")]
    NoSource,
    /// What arrived is not what was promised.
    #[error("`{file}` from `{url}` was refused: its SHA-256 is {got}, and {expected} was promised")]
    Corrupt {
        /// The file.
        file: String,
        /// Where it came from.
        url: String,
        /// What was promised.
        expected: String,
        /// What arrived.
        got: String,
    },
    /// What arrived must not be unpacked.
    #[error("`{file}` was refused: {source}")]
    Archive {
        /// The file.
        file: String,
        /// Why.
        source: ArchiveError,
    },
}

/// Adds packages and everything that they need.
pub async fn add(
    cache: &Cache,
    sources: &Sources,
    request: &Request,
    tell: &(dyn Fn(Event) + Sync),
) -> Result<Added, AddError> {
    let changing = wait_for(cache, tell).await?;
    let lock = cache.lock().map_err(AddError::Cache)?;
    let fetcher =
        Fetcher::new(sources.patience, tell).map_err(|source| AddError::Fetch { source })?;
    let mut adding = Adding {
        changing: &changing,
        sources,
        fetcher,
        tell,
        distribution: None,
        contents: BTreeMap::new(),
        fetched_bytes: 0,
    };
    let roots = roots(&lock, request);
    let mut known = Known { locked: locked(&lock, request), ..Known::default() };
    for candidate in std::mem::take(&mut known.locked).into_values() {
        // A file that went bad is looked for anew: where it came from may be gone.
        let path = cache.file_path(&candidate.sha256);
        if hash_of(path).await.is_ok_and(|hash| hash == candidate.sha256) {
            known.locked.insert(candidate.name.clone(), candidate);
        }
    }
    let chosen = adding.choose(&roots, &mut known).await;
    if let Err(AddError::Resolve(_)) = &chosen {
        adding.tidy(&lock);
    }
    let chosen = chosen?;
    let mut new = Lock::empty();
    for chosen in &chosen {
        let entry = adding.entry(chosen, &roots).await?;
        new.packages.insert(entry.name.clone(), entry);
    }
    changing.write_lock(&new).map_err(AddError::Cache)?;
    let fetched_bytes = adding.fetched_bytes;
    adding.tidy(&new);
    Ok(Added { fetched_bytes, ..difference(&lock, &new, request) })
}

/// Waits until no other process changes the cache.
pub(crate) async fn wait_for(
    cache: &Cache,
    tell: &(dyn Fn(Event) + Sync),
) -> Result<Changing, AddError> {
    let mut told = false;
    loop {
        if let Some(changing) = cache.try_change().map_err(AddError::Cache)? {
            return Ok(changing);
        }
        if !told {
            tell(Event::Waiting);
            told = true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What adding is about while it goes on.
struct Adding<'a> {
    changing: &'a Changing,
    sources: &'a Sources,
    fetcher: Fetcher<'a>,
    tell: &'a (dyn Fn(Event) + Sync),
    /// The packages of the distribution, once it was asked for them.
    distribution: Option<BTreeMap<PackageName, Candidate>>,
    /// What was found in files that were checked, by hash.
    contents: BTreeMap<String, Contents>,
    fetched_bytes: u64,
}

impl Adding<'_> {
    /// Finds out what is needed to decide, and decides.
    async fn choose(
        &mut self,
        roots: &[Requirement],
        known: &mut Known,
    ) -> Result<Vec<Chosen>, AddError> {
        loop {
            match resolve(roots, known).map_err(AddError::Resolve)? {
                Step::Done(chosen) => return Ok(chosen),
                Step::Offer(name) => {
                    let offer = self.look(&name).await?;
                    known.offers.insert(name, offer);
                }
                Step::Requires(candidate) => {
                    let contents = self.obtain(&candidate).await?;
                    known.requires.insert(candidate.sha256, contents.requires);
                }
            }
        }
    }

    /// Asks all sources for a package.
    async fn look(&mut self, name: &PackageName) -> Result<Offer, AddError> {
        (self.tell)(Event::Looking { name: name.to_string() });
        if self.sources.distribution.is_none() && self.sources.index.is_none() {
            return Err(AddError::NoSource);
        }
        let built = self.in_distribution(name).await;
        let mut offer = match (self.in_index(name).await, &built) {
            (Ok(offer), _) => offer,
            (Err(error), Some(_)) => {
                (self.tell)(Event::PassedOver { reason: error.to_string() });
                Offer::default()
            }
            (Err(error), None) => return Err(error),
        };
        offer.known |= built.is_some();
        offer.candidates.extend(built);
        offer.sort();
        Ok(offer)
    }

    async fn in_index(&self, name: &PackageName) -> Result<Offer, AddError> {
        let Some(index) = &self.sources.index else { return Ok(Offer::default()) };
        let url = below(index, &format!("{name}/"));
        let page = self.fetcher.page(&url, simple::ACCEPT).await;
        match page.map_err(|source| AddError::Fetch { source })? {
            None => Ok(Offer::default()),
            Some(page) => simple::parse(name, &page.url, &page.mime, &page.body)
                .map_err(|source| AddError::Index { source }),
        }
    }

    /// A distribution that cannot be asked is passed over: an index may do.
    async fn in_distribution(&mut self, name: &PackageName) -> Option<Candidate> {
        if self.distribution.is_none() {
            let read = self.read_distribution().await.unwrap_or_else(|reason| {
                (self.tell)(Event::PassedOver { reason });
                BTreeMap::new()
            });
            self.distribution = Some(read);
        }
        self.distribution.as_ref()?.get(name).cloned()
    }

    async fn read_distribution(&self) -> Result<BTreeMap<PackageName, Candidate>, String> {
        let Some(folder) = &self.sources.distribution else { return Ok(BTreeMap::new()) };
        let url = below(folder, "pyodide-lock.json");
        let page = self.fetcher.page(&url, "application/json").await;
        let page = page.map_err(|error| error.to_string())?;
        let page = page.ok_or_else(|| format!("`{}` is not there", shown(&url)))?;
        distribution::parse(&page.url, &page.body)
            .map_err(|error: DistributionError| error.to_string())
    }

    /// Sees to it that a file is in the cache, and says what it holds.
    async fn obtain(&mut self, candidate: &Candidate) -> Result<Contents, AddError> {
        if let Some(contents) = self.contents.get(&candidate.sha256) {
            return Ok(contents.clone());
        }
        let kept = self.changing.cache().file_path(&candidate.sha256);
        let is_kept = kept.is_file()
            && hash_of(kept.clone()).await.is_ok_and(|hash| hash == candidate.sha256);
        let contents = if is_kept {
            self.check(candidate, &kept).await?
        } else {
            let incoming = self.fetch(candidate).await?;
            let checked = self.check(candidate, &incoming).await;
            if checked.is_err() {
                forget(&incoming).await;
            }
            let contents = checked?;
            self.changing.keep(&incoming, &candidate.sha256).map_err(AddError::Cache)?;
            (self.tell)(Event::Kept { name: candidate.file_name.clone() });
            contents
        };
        self.contents.insert(candidate.sha256.clone(), contents.clone());
        Ok(contents)
    }

    /// Fetches a file and counts its hash.
    async fn fetch(&mut self, candidate: &Candidate) -> Result<PathBuf, AddError> {
        let to = self.changing.incoming_path(&candidate.sha256);
        let Candidate { url, size, file_name: name, .. } = candidate;
        let mut was_begun = tokio::fs::metadata(&to).await.is_ok_and(|found| found.len() > 0);
        loop {
            let wanted = Wanted { url, size: *size, to: &to, name };
            self.fetcher.file(&wanted).await.map_err(|source| AddError::Fetch { source })?;
            let got = hash_of(to.clone()).await;
            let got = got
                .map_err(|source| AddError::Cache(CacheError::Read { path: to.clone(), source }))?;
            if got == candidate.sha256 {
                self.fetched_bytes += tokio::fs::metadata(&to).await.map_or(0, |found| found.len());
                return Ok(to);
            }
            forget(&to).await;
            if !was_begun {
                let expected = candidate.sha256.clone();
                return Err(AddError::Corrupt {
                    file: name.clone(),
                    url: shown(url),
                    expected,
                    got,
                });
            }
            // The beginning may be from another file: once more, from the start.
            was_begun = false;
        }
    }

    /// Looks into a file, on a thread that may block.
    async fn check(&self, candidate: &Candidate, path: &Path) -> Result<Contents, AddError> {
        let (path, file) = (path.to_owned(), candidate.file_name.clone());
        let built = candidate.distribution.clone();
        let checked = tokio::task::spawn_blocking(move || match WheelName::parse(&file) {
            Ok(name) => {
                let stripped = built.is_some_and(|built| built.unvendored_tests);
                check_wheel(&path, &name, stripped)
            }
            Err(_) => check_library(&path)
                .map(|()| Contents { requires: Vec::new(), imports: Vec::new() }),
        });
        let checked = checked.await.expect("because looking into a file does not panic");
        checked.map_err(|source| AddError::Archive { file: candidate.file_name.clone(), source })
    }

    /// The entry of a package in the new lock; its file is in the cache by then.
    async fn entry(&mut self, chosen: &Chosen, roots: &[Requirement]) -> Result<Locked, AddError> {
        let Chosen { candidate, depends, .. } = chosen;
        let contents = self.obtain(candidate).await?;
        let path = self.changing.cache().file_path(&candidate.sha256);
        let size = tokio::fs::metadata(&path).await;
        let size = size.map_err(|source| AddError::Cache(CacheError::Read { path, source }))?.len();
        let built = candidate.distribution.as_ref();
        Ok(Locked {
            name: candidate.name.to_string(),
            version: candidate.version.to_string(),
            file_name: candidate.file_name.clone(),
            install_dir: built.map_or("site", |built| &built.install_dir).to_owned(),
            sha256: candidate.sha256.clone(),
            package_type: built.map_or("package", |built| &built.package_type).to_owned(),
            imports: built.map_or(contents.imports, |built| built.imports.clone()),
            depends: depends.iter().map(ToString::to_string).collect(),
            unvendored_tests: built.is_some_and(|built| built.unvendored_tests),
            size,
            requires: candidate.requires.clone().unwrap_or(contents.requires),
            requested: roots.iter().filter(|root| root.name == candidate.name).cloned().collect(),
            source: shown(&candidate.url),
        })
    }

    /// Removes files that were fetched only to look into them.
    fn tidy(&self, lock: &Lock) {
        let unused = self.contents.keys().filter(|hash| !lock.names(hash));
        for hash in unused {
            // What stays is in nobody's way until `prune`.
            let _ = std::fs::remove_file(self.changing.cache().file_path(hash));
        }
    }
}

impl AddError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Cache(error) => error.hint(),
            Self::Resolve(error) => error.hint(),
            Self::Fetch { source } => source.hint(),
            Self::Index { .. } => "check the address of the index: it ends in `/simple/` mostly".to_owned(),
            Self::NoSource => "name one with `--index URL` or `--distribution URL`".to_owned(),
            Self::Corrupt { .. } | Self::Archive { .. } => {
                "nothing was kept; take another version or another source, and tell whoever runs this one".to_owned()
            }
        }
    }
}

/// An address below a folder, whether or not that ends with a slash.
fn below(folder: &Url, rest: &str) -> Url {
    let mut url = folder.clone();
    url.set_path(&format!("{}/{rest}", folder.path().trim_end_matches('/')));
    url
}

async fn hash_of(path: PathBuf) -> std::io::Result<String> {
    let counted = tokio::task::spawn_blocking(move || sha256_of(&path)).await;
    counted.expect("because counting a hash does not panic")
}
