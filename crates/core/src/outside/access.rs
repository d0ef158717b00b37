//! Who may use a server that acts with the rights of whoever runs the program.

use super::OutsideServer;
use crate::{
    access::{Actor, Denied},
    volume::VolumeId,
};

/// Says whether somebody may use a server: the one person of the local mode, an administrator of the system, and
/// whomever its entry names. No job ever does.
pub fn may_use(actor: &Actor, server: &OutsideServer) -> bool {
    match actor {
        Actor::Local { .. } | Actor::Person { system_admin: true, .. } => true,
        Actor::Person { user, .. } => server.users.contains(user),
        Actor::TeamCron { .. } | Actor::SystemCron => false,
    }
}

/// Like [`may_use`], with an explanation where the answer is no.
pub fn check_use(actor: &Actor, server: &OutsideServer) -> Result<(), Denied> {
    if may_use(actor, server) {
        return Ok(());
    }
    Err(Denied {
        who: format!("`{}`", actor.name()),
        action: "use the outside MCP servers of",
        volume: VolumeId::System,
        hint: "ask whoever runs the program to name you in `users` of its entry in `mcp-servers.json`",
    })
}
