//! The HTTP door of LLMos-Lite: routes, the embedded page, and the checks that
//! every request passes. It knows the workbench, and neither Git nor disks.

mod app;
mod asks;
mod assets;
mod carrier;
mod crons;
mod docs;
mod error;
mod extract;
mod guard;
mod large;
mod packages;
mod python;
mod routes;
mod serve;
mod stream;

pub use app::Settings;
pub use assets::{embedded_file, has_page};
pub use crons::CronThread;
pub use guard::AllowedHosts;
pub use packages::{NoPackages, Packages, PackagesError};
pub use python::{ServerPython, ServerPythonError};
pub use routes::{openapi, router};
pub use serve::{Listening, ServeError, listen, serve};
