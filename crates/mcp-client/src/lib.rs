//! MCP servers elsewhere: programs that are started here, and addresses. They
//! are named in one file that only the owner of the installation writes, and nothing is
//! started or reached before somebody asks for it. This crate does not know who may
//! use a server, and shows a call to nobody.

mod clients;
mod connection;
mod content;
mod settings;

pub use clients::McpClients;
pub use settings::{FILE, Hidden, Place, ServerSettings, Settings, SettingsError, read};
