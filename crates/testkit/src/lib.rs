//! Contract suites of the ports, and fakes that keep them. For tests only.

pub mod branch;
pub mod jobs;
mod memory;
mod memory_jobs;
mod model;
pub mod store;

pub use memory::MemoryStore;
pub use memory_jobs::MemoryJobs;
pub use model::{OneModel, ScriptedModel};
