//! The HTTP door as its clients meet it: every route, every check, every refusal.

#[path = "http/around_chat.rs"]
mod around_chat;
#[path = "http/asks.rs"]
mod asks;
#[path = "http/blobs.rs"]
mod blobs;
#[path = "http/chat.rs"]
mod chat;
#[path = "http/crons.rs"]
mod crons;
#[path = "http/evolution.rs"]
mod evolution;
#[path = "http/git.rs"]
mod git;
#[path = "http/guard.rs"]
mod guard;
#[path = "http/held.rs"]
mod held;
#[path = "http/hostile.rs"]
mod hostile;
#[path = "http/mcp.rs"]
mod mcp;
#[path = "http/nested.rs"]
mod nested;
#[path = "http/packages.rs"]
mod packages;
#[path = "http/predecessor.rs"]
mod predecessor;
#[path = "http/proposals.rs"]
mod proposals;
#[path = "http/pushing.rs"]
mod pushing;
#[path = "http/python.rs"]
mod python;
#[path = "http/replay.rs"]
mod replay;
#[path = "http/routes.rs"]
mod routes;
#[path = "http/served.rs"]
mod served;
#[path = "http/sessions.rs"]
mod sessions;
#[path = "http/shares.rs"]
mod shares;
#[path = "http/support.rs"]
mod support;
#[path = "http/together.rs"]
mod together;
#[path = "http/versions.rs"]
mod versions;
#[path = "http/wire.rs"]
mod wire;
