//! The MCP door of LLMos-Lite: programs that speak the Model Context Protocol
//! find skills as prompts and resources, and executable skills and workflows as
//! tools.
//!
//! It is one [`Door`] with two ways in: [`stdio`], where the client started this
//! program, and [`http`], where whoever mounts it has found out who asks. It
//! decides no access and keeps nothing: every request asks the workbench in the
//! caller's name. It does not know how a run is carried out; its port [`Runner`] does.

mod call;
mod calls;
mod door;
mod find;
mod http;
mod name;
mod page;
mod prompt;
mod refusal;
mod resource;
mod result;
mod runner;
mod schema;
mod stdio;
mod tool;

pub use calls::{Calls, Ran};
pub use door::Door;
pub use http::{HttpService, http};
pub use runner::{NoRunner, Progress, RunControl, Runner, RunnerError, Runs};
pub use stdio::{StdioError, stdio};
