//! Runs workflows without a browser: the run of the core is driven here, and
//! the page's own runtimes carry it out in a Node.js process.
//!
//! [`drive`] knows the run and a [`RunHost`]; [`NodeHost`] is the one that
//! starts Node.js. Values stay with the host until somebody asks for them. Skill
//! code is hostile until proven otherwise, so the process stands behind a
//! [`wall`]: what it guarantees is written down in docs/guide/headless.md.

mod bundle;
mod drive;
mod frame;
mod gpu;
mod host;
mod message;
mod node;
mod python;
pub mod wall;

pub use bundle::{Bundle, BundleError, BundleFile};
pub use drive::{Driven, NodeTimes, RunHost, Signal, Watch, drive, report};
pub use gpu::Gpu;
pub use host::{Canceller, HostError, HostSettings, NodeHost};
pub use message::{LoadProgress, LogLine, Notice, PackageSupply, Request};
pub use node::{MIN_NODE, Node, NodeError};
pub use python::{Python, PythonAnswer, PythonCall, PythonError, PythonLine};
