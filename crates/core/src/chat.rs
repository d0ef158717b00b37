//! A conversation about skills: what a model is told, what becomes of its
//! answer, and what is said where no model is connected. It asks no model
//! itself; whoever drives a [`Dialogue`] does.

mod context;
mod dialogue;
mod graph;
mod offline;

#[cfg(test)]
mod tests;

pub use context::{MAX_CONTEXT_TOKENS, Reading, Told, instructions, read_skills};
pub use dialogue::{Dialogue, MAX_REPAIRS, MAX_ROUNDS, Next, Said, ToolAnswer, Tools};
pub use graph::{TOOL, check_graph, tool};
pub use offline::{Sighting, offline_answer};

/// The longest message that is taken, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// The most skills that go along with a message.
pub const MAX_SKILLS: u64 = 20;

/// How many go along where nobody says.
pub const DEFAULT_SKILLS: u64 = 5;
