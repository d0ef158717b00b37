//! Bringing together two changes that were made to one version of a file.
//!
//! What only one side changed is taken from that side. What both changed
//! differently is a [`Conflict`]: it is shown with all three versions and never
//! guessed. Which of the two sides is *mine* changes nothing but the names.

mod file;
mod lines;
mod order;
mod sections;
mod skill;
mod workflow;

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::diff::Place;

pub use file::files;
pub use skill::skills;
pub use workflow::workflows;

/// What a merge came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged<T> {
    /// Everything that could be merged; where there are conflicts, theirs stands in for them.
    pub value: T,
    /// What could not be, in the order of the file; empty where `value` holds both changes.
    pub conflicts: Vec<Conflict>,
}

/// One thing that two people changed in ways that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What it is.
    pub place: Place,
    /// Why it is one.
    pub reason: Reason,
    /// What both started from, as people read it; `None` where there was nothing.
    pub base: Option<String>,
    /// What one side made of it.
    pub mine: Option<String>,
    /// What the other side made of it.
    pub theirs: Option<String>,
    /// Whether both can stay: [`Take::Both`] is a choice.
    pub can_keep_both: bool,
}

/// Why something is a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Both changed it, each in another way.
    BothChanged,
    /// Both added something under one name.
    BothAdded,
    /// One side removed what the other changed or uses.
    Removed,
    /// One side changed what a node runs, the other what it is given.
    Runs,
    /// The edges of both sides together lead round in a circle.
    Cycle,
    /// The parts fit, but the whole cannot be read.
    Broken,
}

/// Whose version of a conflict to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Take {
    /// Mine.
    Mine,
    /// Theirs.
    Theirs,
    /// Both: what I added gets another name.
    Both,
}

/// What somebody chose, by the key of the place ([`Place::key`]).
pub type Choices = BTreeMap<String, Take>;

/// A text that names no [`Take`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown choice `{name}`", name = name.escape_debug())]
pub struct UnknownTake {
    /// The text.
    pub name: String,
}

impl<T> Merged<T> {
    /// A merge in which nothing collided.
    pub(crate) fn clean(value: T) -> Self {
        Self { value, conflicts: Vec::new() }
    }

    /// Says whether `value` holds both changes.
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
    }
}

impl Conflict {
    /// Says in words what collides: lower case, no final dot.
    pub fn words(&self) -> String {
        let place = &self.place;
        match self.reason {
            Reason::BothChanged => format!("both changed {place}"),
            Reason::BothAdded => format!("both added {place}, each another one"),
            Reason::Removed => match (&self.mine, &self.theirs) {
                (None, _) => format!("you removed {place}, which the other change needs"),
                _ => format!("the other change removed {place}, which yours needs"),
            },
            Reason::Runs => {
                let node = place.node().map(ToString::to_string).unwrap_or_default();
                format!("one changed what node `{node}` runs, the other what it is given")
            }
            Reason::Cycle => format!("together the changes lead round in a circle through {place}"),
            Reason::Broken => format!("together the changes make {place} unreadable"),
        }
    }
}

impl Reason {
    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BothChanged => "both-changed",
            Self::BothAdded => "both-added",
            Self::Removed => "removed",
            Self::Runs => "runs",
            Self::Cycle => "cycle",
            Self::Broken => "broken",
        }
    }
}

impl Take {
    /// Returns the name that requests use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Theirs => "theirs",
            Self::Both => "both",
        }
    }
}

impl FromStr for Take {
    type Err = UnknownTake;

    fn from_str(text: &str) -> Result<Self, UnknownTake> {
        let found =
            [Self::Mine, Self::Theirs, Self::Both].into_iter().find(|it| it.as_str() == text);
        found.ok_or_else(|| UnknownTake { name: text.chars().take(40).collect() })
    }
}

impl fmt::Display for Take {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Base, mine and theirs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Three<T> {
    pub(crate) base: T,
    pub(crate) mine: T,
    pub(crate) theirs: T,
}

impl<T> Three<T> {
    pub(crate) fn map<U>(self, mut f: impl FnMut(T) -> U) -> Three<U> {
        Three { base: f(self.base), mine: f(self.mine), theirs: f(self.theirs) }
    }

    pub(crate) fn as_ref(&self) -> Three<&T> {
        Three { base: &self.base, mine: &self.mine, theirs: &self.theirs }
    }
}

/// Takes one of three versions at a time, and notes where none can be taken.
pub(crate) struct Picker<'a> {
    choices: &'a Choices,
    pub(crate) conflicts: Vec<Conflict>,
}

impl<'a> Picker<'a> {
    pub(crate) fn new(choices: &'a Choices) -> Self {
        Self { choices, conflicts: Vec::new() }
    }

    /// Returns what somebody chose for a place.
    pub(crate) fn choice(&self, place: &Place) -> Option<Take> {
        self.choices.get(&place.key()).copied()
    }

    /// Takes the side that changed; where both did, what was chosen.
    pub(crate) fn pick<T: Clone + PartialEq>(
        &mut self,
        place: &Place,
        three: Three<Option<&T>>,
        show: impl Fn(&T) -> String,
    ) -> Option<T> {
        let Three { base, mine, theirs } = three;
        let taken = match self.choice(place) {
            _ if mine == theirs => theirs,
            Some(Take::Mine) => mine,
            Some(Take::Theirs | Take::Both) => theirs,
            None if mine == base => theirs,
            None if theirs == base => mine,
            None => {
                let reason = match base {
                    None => Reason::BothAdded,
                    Some(_) => Reason::BothChanged,
                };
                let shown = three.map(|value| value.map(&show));
                self.note(place.clone(), reason, shown);
                theirs
            }
        };
        taken.cloned()
    }

    pub(crate) fn note(&mut self, place: Place, reason: Reason, shown: Three<Option<String>>) {
        let Three { base, mine, theirs } = shown;
        let can_keep_both = false;
        self.conflicts.push(Conflict { place, reason, base, mine, theirs, can_keep_both });
    }
}

#[cfg(test)]
mod tests;
