//! The domain of LLMos-Lite: what skills, workflows, runs, traces and volumes
//! are, and every rule about them. It does no I/O, knows no clock and no
//! chance, and compiles to WebAssembly unchanged. It does not know Git, HTTP or
//! any wire format of the API.

pub mod access;
pub mod api_key;
pub mod blob;
pub mod branch;
pub mod chat;
pub mod compose;
pub mod cron;
pub mod diagnostic;
pub mod diff;
pub mod digest;
pub mod document;
pub mod evolution;
pub mod exchange;
pub mod graph;
pub mod hand;
pub mod intake;
pub mod json;
pub mod key;
mod lookup;
mod markdown;
pub mod members;
pub mod merge;
pub mod metadata;
pub mod model;
pub mod outside;
pub mod package;
pub mod pattern;
pub mod proposal;
pub(crate) mod register;
pub mod remote;
pub mod review;
pub mod run;
pub mod search;
pub mod seed;
pub mod session;
pub mod skill;
pub mod slug;
pub mod store;
pub mod sweep;
pub mod trace;
pub mod trailer;
pub mod value;
pub mod volume;
pub mod workflow;
pub mod yaml;
