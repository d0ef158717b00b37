//! Models over HTTP, against services on this machine.

#[path = "models/contract.rs"]
mod contract;
#[path = "models/settings.rs"]
mod settings;
#[path = "models/support.rs"]
mod support;
#[path = "models/tools.rs"]
mod tools;
