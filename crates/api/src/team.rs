//! Teams on the wire.

use serde::{Deserialize, Serialize};

/// A team that the caller may work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamView {
    /// The id, to give as `team_id`.
    pub team_id: String,
    /// The name for people.
    pub name: Option<String>,
    /// `user` or `team_admin`; absent where nobody keeps members, and for who reads it as `system_admin`.
    pub role: Option<String>,
}

/// Answer of `GET /teams`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamList {
    /// Whether somebody keeps members; without, there is one person, who names the teams that they work in.
    pub kept: bool,
    /// The teams, by id. Where nobody keeps members, those that have a volume.
    pub teams: Vec<TeamView>,
}
