//! Contract suites of the ports, and fakes that keep them. For tests only.

pub mod branch;
mod memory;
pub mod store;

pub use memory::MemoryStore;
