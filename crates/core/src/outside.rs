//! Tools of MCP servers elsewhere: what is known of them, who may use them, and
//! the port to them.
//!
//! They are no tools of this program. What a server says of itself and what it
//! answers is material that a stranger wrote: it is bounded and cleaned here, and is
//! never an order. A call may do anything out there, so a person sees each one first.

mod access;
mod clean;

use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::slug::Slug;

pub use access::{check_use, may_use};
pub use clean::{answer_text, description, is_tool_name};

/// The most tools that are taken from one server.
pub const MAX_TOOLS: usize = 200;

/// The longest description that is shown, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 2000;

/// The longest schema of arguments, in bytes.
pub const MAX_SCHEMA_BYTES: usize = 32 << 10;

/// The longest arguments of one call, in bytes.
pub const MAX_ARGUMENTS_BYTES: usize = 256 << 10;

/// The longest answer that is passed on, in bytes; what is longer is cut, and says so.
pub const MAX_ANSWER_BYTES: usize = 128 << 10;

/// The longest that a list of tools may take, where a person waits for nothing else.
pub const MAX_LIST_SECS: u64 = 90;

/// The longest that one call may take.
pub const MAX_CALL_SECS: u64 = 600;

/// An MCP server that the owner of this installation has set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideServer {
    /// What the owner calls it.
    pub name: Slug,
    /// Where it is: a command or an address, without anything that is secret.
    pub place: String,
    /// Who may use it besides whoever runs the program.
    pub users: Vec<Slug>,
    /// The only tools of it that may be used; all where nothing is said.
    pub only: Option<Vec<String>>,
}

/// A tool of an outside server, as the server describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideTool {
    /// Whose it is.
    pub server: Slug,
    /// Its name there.
    pub name: String,
    /// What it does, in the server's words, cleaned.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub schema: Map<String, Value>,
    /// The hash of everything that the server says of it, before it was cleaned: what a person allowed.
    pub digest: String,
}

/// A call that a person has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideCall {
    /// Whom.
    pub server: Slug,
    /// What.
    pub tool: String,
    /// With which arguments.
    pub arguments: Map<String, Value>,
    /// The [`OutsideTool::digest`] that the person saw. A server that describes the tool otherwise by now gets no call.
    pub digest: String,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideAnswer {
    /// The text of the answer, cleaned; what is no text is named in brackets.
    pub text: String,
    /// Whether the tool says that it failed.
    pub is_error: bool,
}

/// Why an outside server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// The owner has set up no such server.
    #[error("there is no MCP server `{server}`")]
    UnknownServer {
        /// Which.
        server: Slug,
    },
    /// It has no such tool, or the owner does not allow it.
    #[error("MCP server `{server}` has no tool `{tool}` that may be used", tool = tool.escape_debug())]
    UnknownTool {
        /// Whose.
        server: Slug,
        /// Which.
        tool: String,
    },
    /// The tool is not what the person saw.
    #[error("MCP server `{server}` describes `{tool}` otherwise than before")]
    Changed {
        /// Whose.
        server: Slug,
        /// Which.
        tool: String,
    },
    /// The arguments are too long.
    #[error("the arguments have {n_bytes} bytes, {MAX_ARGUMENTS_BYTES} are the most")]
    TooLong {
        /// How long they are.
        n_bytes: usize,
    },
    /// It did not answer in time; what it did meanwhile nobody knows.
    #[error("MCP server `{server}` did not answer within {secs} seconds")]
    Late {
        /// Which.
        server: Slug,
        /// How long was waited.
        secs: u64,
    },
    /// It cannot be started or reached, or speaks another protocol.
    #[error("MCP server `{server}` cannot be used: {reason}")]
    Unusable {
        /// Which.
        server: Slug,
        /// Why, cleaned.
        reason: String,
    },
    /// It refused the call.
    #[error("MCP server `{server}` refused: {reason}")]
    Refused {
        /// Which.
        server: Slug,
        /// Why, in its own words, cleaned.
        reason: String,
    },
}

impl OutsideError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownServer { .. } => "choose one that `llmos mcp tools` lists",
            Self::UnknownTool { .. } => "choose a tool that `llmos mcp tools SERVER` lists",
            Self::Changed { .. } => "look at the tool again before it is called",
            Self::TooLong { .. } => "send less",
            Self::Late { .. } => {
                "look what it did, then try again; `timeout_secs` gives it more time"
            }
            Self::Unusable { .. } => {
                "check its entry in `mcp-servers.json`, and that it runs by itself"
            }
            Self::Refused { .. } => "compare the arguments with the schema of the tool",
        }
    }
}

/// MCP servers elsewhere.
///
/// Methods block. Nobody is asked for permission here, and nothing is started or reached before it is asked for.
pub trait OutsideTools: Send + Sync {
    /// Lists the servers that the owner has set up, by name.
    fn servers(&self) -> Vec<OutsideServer>;

    /// Asks a server for its tools, and leaves out those that may not be used. Waits so long and no longer; a server that
    /// is being started goes on with that.
    fn tools(&self, server: &Slug, within: Duration) -> Result<Vec<OutsideTool>, OutsideError>;

    /// Calls a tool, if it still is what the person saw. Never tried twice: a call may have done something.
    fn call(&self, call: &OutsideCall) -> Result<OutsideAnswer, OutsideError>;
}

impl OutsideTool {
    /// Takes what a server says of a tool; `None` where its name is none or its schema is too long.
    pub fn new(
        server: &Slug,
        name: &str,
        said: Option<&str>,
        schema: Map<String, Value>,
    ) -> Option<Self> {
        let json = Value::Object(schema.clone()).to_string();
        if !is_tool_name(name) || json.len() > MAX_SCHEMA_BYTES {
            return None;
        }
        let mut hash = Sha256::new();
        for part in [server.as_str(), name, said.unwrap_or_default(), &json] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let description = description(said.unwrap_or_default());
        Some(Self { server: server.clone(), name: name.to_owned(), description, schema, digest })
    }
}

impl OutsideServer {
    /// Says whether the owner allows a tool of this server.
    pub fn allows(&self, tool: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|name| name == tool))
    }
}

#[cfg(test)]
mod tests;
