//! Wire types of LLMos-Lite and their conversions.
//!
//! One struct for each JSON object that crosses a door: HTTP, the browser's
//! WebAssembly face, `--json` of the command. The domain types of `llmos-core`
//! are not serializable; whoever stands at the rim converts. No rule lives here.

pub mod blob;
pub mod chat;
pub mod context;
pub mod cron;
pub mod evolution;
pub mod history;
pub mod outside;
pub mod package;
pub mod preview;
pub mod problem;
pub mod proposal;
pub mod python;
pub mod remote;
pub mod replay;
pub mod run;
pub mod session;
pub mod share;
pub mod skill;
pub mod sweep;
pub mod system;
pub mod team;
pub mod trace;
pub mod volume;
pub mod workflow;

use serde::{Deserialize, Deserializer};

/// Reads `null` as if the field were left out.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// What a flag is that was left out and holds unless somebody says no.
pub(crate) fn yes() -> bool {
    true
}
