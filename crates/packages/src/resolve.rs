//! Which version of which package: a search without I/O. Where it needs to
//! know more, it says what, and is asked again once that is known.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use pep508_rs::{ExtraName, MarkerEnvironment, PackageName, Requirement, VersionOrUrl};

use crate::{
    environment::PYODIDE,
    source::{Candidate, Offer},
};

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// What the cache holds: taken before anything else where it fits.
    pub(crate) locked: BTreeMap<PackageName, Candidate>,
    /// What the sources have, by package.
    pub(crate) offers: BTreeMap<PackageName, Offer>,
    /// What files require, by their hash.
    pub(crate) requires: BTreeMap<String, Vec<Requirement>>,
}

/// How far the search came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// These packages together are the answer.
    Done(Vec<Chosen>),
    /// Say what there is of this package.
    Offer(PackageName),
    /// Say what this file requires.
    Requires(Box<Candidate>),
}

/// One package of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) candidate: Candidate,
    /// The parts of it that were asked for beyond the rest.
    pub(crate) extras: Vec<ExtraName>,
    /// The packages that it needs here.
    pub(crate) depends: Vec<PackageName>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Nobody has heard of it.
    #[error("there is no package `{name}`{}", by(needed_by))]
    Unknown {
        /// The package.
        name: String,
        /// What needs it.
        needed_by: Option<String>,
    },
    /// It exists, and none of its files load here.
    #[error("`{name}` has no wheel for Pyodide in this index{}: {reason}", by(needed_by))]
    NoWheel {
        /// The package.
        name: String,
        /// What needs it.
        needed_by: Option<String>,
        /// Why not.
        reason: String,
    },
    /// None of its versions fits.
    #[error("no version of `{name}` fits `{wanted}`{}: there is {there}", by(needed_by))]
    NoVersion {
        /// The package.
        name: String,
        /// What is asked of it.
        wanted: String,
        /// What needs it.
        needed_by: Option<String>,
        /// The newest versions.
        there: String,
    },
    /// Two packages want different versions of it.
    #[error("`{wanted}`{} does not go with {name} {version}, which {other} takes", by(needed_by))]
    Conflict {
        /// The package.
        name: String,
        /// The version that was taken.
        version: String,
        /// What took it.
        other: String,
        /// What is asked of it besides.
        wanted: String,
        /// What asks.
        needed_by: Option<String>,
    },
    /// It names an address instead of a version.
    #[error("`{wanted}`{} names an address", by(needed_by))]
    Address {
        /// The requirement.
        wanted: String,
        /// What needs it.
        needed_by: Option<String>,
    },
}

/// What is asked of a package, and by what.
#[derive(Clone)]
struct Need {
    wanted: Requirement,
    extras: Vec<ExtraName>,
    by: Option<String>,
}

#[derive(Clone)]
struct Taken {
    candidate: Candidate,
    requires: Vec<Requirement>,
    extras: BTreeSet<ExtraName>,
    by: Option<String>,
}

type All = BTreeMap<PackageName, Taken>;

enum Stop {
    Ask(Step),
    Fail,
}

/// How much searching is reasonable.
const MAX_STEPS: usize = 20_000;
/// How many versions of one package are tried.
const MAX_VERSIONS: usize = 20;

struct Search<'k> {
    known: &'k Known,
    here: MarkerEnvironment,
    steps: usize,
    /// The first thing that went wrong: with the newest versions, so the most telling.
    first: Option<ResolveError>,
}

/// Looks for packages that fulfil `roots` together.
pub(crate) fn resolve(roots: &[Requirement], known: &Known) -> Result<Step, ResolveError> {
    let mut search = Search { known, here: PYODIDE.markers(), steps: 0, first: None };
    let needs =
        roots.iter().map(|wanted| Need { wanted: wanted.clone(), extras: Vec::new(), by: None });
    match search.settle(All::new(), needs.collect()) {
        Ok(all) => Ok(Step::Done(search.finish(&all))),
        Err(Stop::Ask(step)) => Ok(step),
        Err(Stop::Fail) => Err(search.first.expect("because whoever fails says why")),
    }
}

impl Search<'_> {
    /// Fulfils one need after the other, and goes back where that does not work out.
    fn settle(&mut self, mut taken: All, mut open: VecDeque<Need>) -> Result<All, Stop> {
        loop {
            let Some(need) = open.pop_front() else { return Ok(taken) };
            if !need.wanted.evaluate_markers(&self.here, &need.extras) {
                continue;
            }
            if matches!(need.wanted.version_or_url, Some(VersionOrUrl::Url(_))) {
                let wanted = need.wanted.to_string();
                return Err(self.fail(ResolveError::Address { wanted, needed_by: need.by }));
            }
            let Some(known) = taken.get_mut(&need.wanted.name) else {
                return self.choose(&taken, &open, &need);
            };
            if !accepts(&need.wanted, &known.candidate) {
                let error = conflict(&need, known);
                return Err(self.fail(error));
            }
            let more: Vec<ExtraName> = need
                .wanted
                .extras
                .iter()
                .filter(|extra| !known.extras.contains(*extra))
                .cloned()
                .collect();
            if !more.is_empty() {
                known.extras.extend(more);
                open.extend(needs_of(known));
            }
        }
    }

    /// Tries one version of a package after the other.
    fn choose(&mut self, taken: &All, open: &VecDeque<Need>, need: &Need) -> Result<All, Stop> {
        let fitting = self.fitting(need)?;
        for candidate in fitting.into_iter().take(MAX_VERSIONS) {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            let requires = match (&candidate.requires, self.known.requires.get(&candidate.sha256)) {
                (Some(requires), _) | (None, Some(requires)) => requires.clone(),
                (None, None) => return Err(Stop::Ask(Step::Requires(Box::new(candidate)))),
            };
            let new = Taken {
                requires,
                extras: need.wanted.extras.iter().cloned().collect(),
                by: need.by.clone(),
                candidate,
            };
            let mut open = open.clone();
            open.extend(needs_of(&new));
            let mut taken = taken.clone();
            taken.insert(need.wanted.name.clone(), new);
            match self.settle(taken, open) {
                Err(Stop::Fail) => {}
                done => return done,
            }
        }
        if !self.known.offers.contains_key(&need.wanted.name) {
            // What the cache holds does not do: what else is there?
            return Err(Stop::Ask(Step::Offer(need.wanted.name.clone())));
        }
        Err(Stop::Fail)
    }

    /// What could fulfil a need, the best first; never nothing.
    fn fitting(&mut self, need: &Need) -> Result<Vec<Candidate>, Stop> {
        let name = &need.wanted.name;
        let locked = self.known.locked.get(name).filter(|locked| accepts(&need.wanted, locked));
        let Some(offer) = self.known.offers.get(name) else {
            return match locked {
                Some(locked) => Ok(vec![locked.clone()]),
                None => Err(Stop::Ask(Step::Offer(name.clone()))),
            };
        };
        let accepted = offer.candidates.iter().filter(|candidate| accepts(&need.wanted, candidate));
        let accepted = accepted.filter(|candidate| !candidate.yanked || is_exact(&need.wanted));
        let (stable, early): (Vec<_>, Vec<_>) =
            accepted.cloned().partition(|candidate| !candidate.version.any_prerelease());
        let all = if stable.is_empty() || wants_early(&need.wanted) {
            stable.into_iter().chain(early).collect()
        } else {
            stable
        };
        let all: Vec<Candidate> = locked.cloned().into_iter().chain(all).collect();
        if all.is_empty() {
            return Err(self.fail(nothing(need, offer)));
        }
        Ok(all)
    }

    fn fail(&mut self, error: ResolveError) -> Stop {
        self.first.get_or_insert(error);
        Stop::Fail
    }

    fn finish(&self, all: &All) -> Vec<Chosen> {
        all.values()
            .map(|taken| {
                let extras: Vec<ExtraName> = taken.extras.iter().cloned().collect();
                let needed = taken
                    .requires
                    .iter()
                    .filter(|wanted| wanted.evaluate_markers(&self.here, &extras));
                let depends: BTreeSet<PackageName> =
                    needed.map(|wanted| wanted.name.clone()).collect();
                let depends = depends.into_iter().filter(|name| *name != taken.candidate.name);
                Chosen { candidate: taken.candidate.clone(), extras, depends: depends.collect() }
            })
            .collect()
    }
}

impl ResolveError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { name, .. } | Self::NoWheel { name, .. } if name.starts_with("qiskit") => {
                "Qiskit cannot run in Pyodide today: write the circuit as an `openqasm` skill, or take the \
                 state-vector skills of the library".to_owned()
            }
            Self::Unknown { .. } => {
                "check the spelling; another index can be named with `--index URL`".to_owned()
            }
            Self::NoWheel { .. } => {
                "a Pyodide distribution may have it: name one that can be reached with `--distribution URL`, \
                 or use another package".to_owned()
            }
            Self::NoVersion { name, .. } => format!("ask for one of these, or for any with `llmos packages add {name}`"),
            Self::Conflict { .. } => {
                "ask for another version of one of them, or remove one with `llmos packages remove NAME`".to_owned()
            }
            Self::Address { .. } => "name a package and a version: files come from the index alone".to_owned(),
        }
    }
}

fn needs_of(taken: &Taken) -> Vec<Need> {
    let Taken { candidate, requires, extras, .. } = taken;
    let by = Some(format!("{} {}", candidate.name, candidate.version));
    let extras: Vec<ExtraName> = extras.iter().cloned().collect();
    let need = |wanted: &Requirement| Need {
        wanted: wanted.clone(),
        extras: extras.clone(),
        by: by.clone(),
    };
    requires.iter().map(need).collect()
}

/// Says whether a requirement allows this version.
pub(crate) fn accepts(wanted: &Requirement, candidate: &Candidate) -> bool {
    match &wanted.version_or_url {
        None => true,
        Some(VersionOrUrl::VersionSpecifier(wanted)) => wanted.contains(&candidate.version),
        Some(VersionOrUrl::Url(_)) => false,
    }
}

fn is_exact(wanted: &Requirement) -> bool {
    use pep440_rs::Operator::{Equal, ExactEqual};
    let Some(VersionOrUrl::VersionSpecifier(wanted)) = &wanted.version_or_url else { return false };
    wanted.iter().any(|one| matches!(one.operator(), Equal | ExactEqual))
}

fn wants_early(wanted: &Requirement) -> bool {
    let Some(VersionOrUrl::VersionSpecifier(wanted)) = &wanted.version_or_url else { return false };
    wanted.iter().any(|one| one.version().any_prerelease())
}

fn conflict(need: &Need, known: &Taken) -> ResolveError {
    ResolveError::Conflict {
        name: known.candidate.name.to_string(),
        version: known.candidate.version.to_string(),
        other: known.by.clone().unwrap_or_else(|| "this command or an earlier one".to_owned()),
        wanted: need.wanted.to_string(),
        needed_by: need.by.clone(),
    }
}

/// Says why nothing of an offer fits.
fn nothing(need: &Need, offer: &Offer) -> ResolveError {
    let name = need.wanted.name.to_string();
    let needed_by = need.by.clone();
    let Offer { candidates, known, n_unusable, n_unhashed, n_other_python } = offer;
    if !candidates.is_empty() {
        let mut there: Vec<&Candidate> = candidates.iter().collect();
        there.sort_by(|a, b| b.version.cmp(&a.version));
        let mut there: Vec<String> = there.iter().map(|one| one.version.to_string()).collect();
        there.dedup();
        there.truncate(5);
        let wanted = need.wanted.to_string();
        return ResolveError::NoVersion { name, wanted, needed_by, there: there.join(", ") };
    }
    if !known {
        return ResolveError::Unknown { name, needed_by };
    }
    let reason = match (n_unhashed, n_other_python) {
        (1.., _) => format!(
            "{n_unhashed} of its files are named without a SHA-256, so nothing can be checked"
        ),
        (0, 1..) => {
            format!("{n_other_python} of its files want another Python than {}", PYODIDE.python)
        }
        _ => format!("all of its {n_unusable} files are source code or compiled for other systems"),
    };
    ResolveError::NoWheel { name, needed_by, reason }
}

fn by(needed_by: &Option<String>) -> String {
    needed_by.as_ref().map_or_else(String::new, |by| format!(" (needed by {by})"))
}

#[cfg(test)]
mod tests;
