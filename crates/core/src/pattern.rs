//! Patterns in what people do: prompts that ask for the same task, and steps
//! that follow one another again and again. Everything here is arithmetic on
//! what is handed in: no model, no I/O, no chance, and the same answer for the
//! same input. It does not know where prompts and steps come from.

mod average;
mod community;
mod evidence;
mod expect;
mod likeness;
mod prompt;
mod refine;
pub mod sequence;
mod stream;
pub mod structure;
mod words;

pub use evidence::{Evidence, Seen};
pub use prompt::{Prompt, find};
pub use stream::Stream;

/// A task that recurs: among prompts, or among runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// The positions of its members in what was handed in, ascending.
    pub members: Vec<usize>,
    /// One line, in the words of its members.
    pub description: String,
    /// How alike the members are, from 0 for nothing in common to 1 for equal.
    ///
    /// Of prompts it is the average likeness of a member to the others; runs of
    /// equal structure have 1. It compares patterns that were found together; it
    /// is no probability, and says nothing of success.
    pub confidence: f32,
    /// What was measured about the members.
    pub evidence: Evidence,
}
