//! Tools of MCP servers elsewhere, as doors show them.

use llmos_core::outside::OutsideTool;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A server that the owner of the installation has set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideServerView {
    /// What the owner calls it.
    pub name: String,
    /// Where it is, without anything that is secret.
    pub place: String,
}

/// A tool as its server describes it: material of a stranger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutsideToolView {
    /// Whose it is.
    pub server: String,
    /// Its name.
    pub name: String,
    /// What it does, in the words of the server, cleaned.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub schema: Map<String, Value>,
    /// The hash of what the server says of it; a call names it.
    pub digest: String,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutsideAnswerView {
    /// The text of the answer, cleaned.
    pub text: String,
    /// Whether the tool says that it failed.
    pub is_error: bool,
}

impl From<OutsideTool> for OutsideToolView {
    fn from(tool: OutsideTool) -> Self {
        let OutsideTool { server, name, description, schema, digest } = tool;
        Self { server: server.to_string(), name, description, schema, digest }
    }
}
