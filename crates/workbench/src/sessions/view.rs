//! A session as doors show it.

use llmos_api::session::{SessionState, SessionView};
use llmos_core::{
    access::Action,
    session::{Part, SessionHead, may_take_part},
    volume::VolumeId,
};

use crate::Caller;

/// The session, and what the caller may do with it.
pub(super) fn session(caller: &Caller, head: &SessionHead) -> SessionView {
    let (volume, volume_id) = match &head.volume {
        VolumeId::System => ("system", "default"),
        VolumeId::Team(team) => ("team", team.as_str()),
        VolumeId::User(user) => ("user", user.as_str()),
    };
    let committed = head.committed.as_ref();
    let may = |part| may_take_part(caller.actor(), part, head);
    SessionView {
        id: head.id.to_string(),
        name: head.name.clone(),
        volume: volume.to_owned(),
        volume_id: volume_id.to_owned(),
        address: head.volume.to_string(),
        user_id: head.user.to_string(),
        status: head.status.into(),
        state: match head.is_committed() {
            true => SessionState::Committed,
            false => SessionState::Uncommitted,
        },
        commit_hash: committed.map(|kept| kept.commit.to_string()),
        commit_volume: committed.map(|kept| kept.volume.to_string()),
        committed_at: committed.map(|kept| kept.at.to_string()),
        message_count: head.n_messages,
        created_at: head.created_at.to_string(),
        updated_at: head.updated_at.to_string(),
        revision: head.revision,
        may_talk: may(Part::Talk),
        may_change: may(Part::Change),
        may_commit: caller.may(Action::Write, &head.volume),
    }
}
