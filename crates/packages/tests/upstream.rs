//! The cache against an upstream that misbehaves.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should fail")]

#[path = "upstream/server.rs"]
mod server;

#[path = "upstream/adding.rs"]
mod adding;
#[path = "upstream/keeping.rs"]
mod keeping;
#[path = "upstream/processes.rs"]
mod processes;
#[path = "upstream/trouble.rs"]
mod trouble;
