//! Where packages come from: a Pyodide distribution, and a package index.

pub(crate) mod distribution;
pub(crate) mod simple;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{PackageName, Requirement};
use url::Url;

/// A file that would install one version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The package.
    pub(crate) name: PackageName,
    /// The version.
    pub(crate) version: Version,
    /// The file, without a folder.
    pub(crate) file_name: String,
    /// Where it can be fetched.
    pub(crate) url: Url,
    /// Its hash in lower-case hex.
    pub(crate) sha256: String,
    /// Its size, where that is told.
    pub(crate) size: Option<u64>,
    /// What it needs, where that is known without fetching it.
    pub(crate) requires: Option<Vec<Requirement>>,
    /// What a Pyodide distribution says beside that.
    pub(crate) distribution: Option<FromDistribution>,
    /// Whether it was withdrawn: it is taken only where that very version is asked for.
    pub(crate) yanked: bool,
    /// How well it fits, lower is better.
    pub(crate) rank: u32,
}

/// What the lock of a Pyodide distribution says of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FromDistribution {
    /// The modules that it provides.
    pub(crate) imports: Vec<String>,
    /// Where Pyodide puts it.
    pub(crate) install_dir: String,
    /// `package` or `shared_library`.
    pub(crate) package_type: String,
    /// Whether its tests were taken out.
    pub(crate) unvendored_tests: bool,
}

/// Everything that is known of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What could be installed, the best first.
    pub(crate) candidates: Vec<Candidate>,
    /// Whether anybody has heard of it.
    pub(crate) known: bool,
    /// How many of its files do not load here: other platforms, other Pythons, source code.
    pub(crate) n_unusable: usize,
    /// How many files were passed over because no SHA-256 was named for them.
    pub(crate) n_unhashed: usize,
    /// How many files want another Python.
    pub(crate) n_other_python: usize,
}

impl Offer {
    /// Puts the newest and best-fitting first, after what a distribution has: that was built and tested together.
    pub(crate) fn sort(&mut self) {
        self.candidates.sort_by(|a, b| {
            let of = |one: &Candidate| one.distribution.is_none();
            of(a).cmp(&of(b)).then(b.version.cmp(&a.version)).then(a.rank.cmp(&b.rank))
        });
    }
}

/// Says whether this Python is among those that a package runs on.
pub(crate) fn runs_here(requires_python: Option<&VersionSpecifiers>) -> bool {
    let here = crate::environment::PYODIDE.python_version();
    requires_python.is_none_or(|wanted| wanted.contains(&here))
}
