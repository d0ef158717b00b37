//! Contract suites of the ports, and fakes that keep them. For tests only.

pub mod blobs;
pub mod branch;
pub mod jobs;
mod library;
mod memory;
mod memory_blobs;
mod memory_jobs;
mod memory_sessions;
mod model;
mod redis;
pub mod sessions;
pub mod store;

pub use library::library;
pub use memory::MemoryStore;
pub use memory_blobs::MemoryBlobs;
pub use memory_jobs::MemoryJobs;
pub use memory_sessions::MemorySessions;
pub use model::{OneModel, ScriptedModel};
pub use redis::RedisServer;
