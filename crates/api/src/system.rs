//! What the server says about itself.

use serde::{Deserialize, Serialize};

/// Answer of `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `ok`: a server that cannot answer does not.
    pub status: String,
    /// The version of the program.
    pub version: String,
}

/// Answer of `GET /config`: what the page needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Config {
    /// The user that requests act for when they name none.
    pub user_id: String,
    /// The version of the program.
    pub version: String,
    /// `local`: one person, no login.
    pub mode: String,
    /// Whether skills that ask for it run on the server (`--allow-server-python`).
    #[serde(default)]
    pub server_python: bool,
}
