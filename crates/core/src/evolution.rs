//! Learning from what people do: traces are counted in a ledger, what recurs in
//! it is a pattern, a pattern becomes a draft of a skill with its evidence, and a
//! draft is shown once it has proved itself on traces. Everything here is
//! arithmetic on what is handed in; it reads no volume and calls no model.

mod author;
pub mod clean;
mod compound;
mod decide;
mod digest;
pub mod draft;
mod guide;
mod json;
mod ledger;
mod pattern;
mod replay;
mod tally;
mod values;

pub use author::{Author, AuthorError, NoSections, Sections, brief, sections};
pub use compound::{Compound, Library, MAX_COMPOUND, NoCompound, TAG, compound};
pub use decide::{Fresh, Held, decide, held_back};
pub use digest::{Digest, RunDigest, with as with_digest};
pub use guide::{Guide, Task, guide, is_found, tasks};
pub use ledger::{Ledger, LedgerError, Said, Usage};
pub use pattern::{Confidence, RunPattern, run_patterns};
pub use replay::{NoProof, replay};
pub use tally::{Seen, Tally};
pub use values::{Learned, Values};

/// When something that recurs is worth a skill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// How often it must have come up.
    pub min_count: u64,
    /// Which part of that must have been a success, 0 to 1.
    pub min_success_rate: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { min_count: 3, min_success_rate: 0.7 }
    }
}

#[cfg(test)]
mod tests;
