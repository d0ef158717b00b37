//! A conversation about skills: what a model is told, what it may call and
//! how much of it, what becomes of its answer, and what is said where no model
//! is connected. It asks no model and carries out no call itself; whoever
//! drives a [`Dialogue`] does.

mod ask;
mod budget;
mod context;
mod dialogue;
mod edit;
mod fields;
mod graph;
mod material;
mod offline;
mod outside;
mod tool;

#[cfg(test)]
mod tests;

pub use ask::{Ask, MAX_ARGUMENTS, Task};
pub use budget::{Amounts, Budget, Over};
pub use context::{
    MAX_CONTEXT_TOKENS, Reading, Told, instructions, ports_of, read_skills, subagent_instructions,
};
pub use dialogue::{
    CallState, Dialogue, Job, MAX_CALLS_AT_ONCE, MAX_MISTAKES, MAX_REPAIRS, Next, Rules, Said,
    ToolAnswer,
};
pub use edit::{ProposedEdit, Replace, edit_skill};
pub use graph::{TOOL, check_graph, tool};
pub use material::{MAX_MATERIAL, cut};
pub use offline::{Sighting, offline_answer};
pub use outside::{
    Decision, Listed, MAX_OFFERED, MAX_OFFERED_BYTES, Offer, OfferedTool, Question, ShownArgument,
    shown_arguments, shown_json,
};
pub use tool::{Asker, MAX_SUBAGENTS, Tool};

/// The longest message that is taken, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// The most skills that go along with a message.
pub const MAX_SKILLS: u64 = 20;

/// How many go along where nobody says.
pub const DEFAULT_SKILLS: u64 = 5;
