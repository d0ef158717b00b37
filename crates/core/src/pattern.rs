//! Patterns in what people do: prompts that ask for the same task, and steps
//! that follow one another again and again. Everything here is arithmetic on
//! what is handed in: no model, no I/O, no chance, and the same answer for the
//! same input. It does not know where prompts and steps come from.

mod average;
mod community;
mod likeness;
mod prompt;
mod refine;
pub mod sequence;
mod words;

pub use prompt::{Pattern, Prompt, find};
