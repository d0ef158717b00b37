//! What doors make of a refusal: its sort, its name for programs, and what to do next.

use std::io;

use llmos_core::{
    blob::BlobsError, exchange::ExchangeError, model::SettingsError, outside::OutsideError,
    remote::RemoteError, session::SessionsError, store::StoreError,
};

use super::Error;

/// What sort of refusal it is: doors turn this into a status or an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The request makes no sense.
    Invalid,
    /// Who asks is not proved.
    Unproven,
    /// The caller may not do this.
    Denied,
    /// What it names is not there.
    Unknown,
    /// It collides with what is there.
    Conflict,
    /// Its content does not hold together.
    Content,
    /// Another program holds the volume, or somebody has to mend the file of members; later it may work.
    Busy,
    /// It is more than is taken.
    TooLarge,
    /// The disk takes nothing: it is full, or may not be written to.
    NoRoom,
    /// The program or its surroundings failed.
    Internal,
}

impl Error {
    /// Tells what sort of refusal it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::BadField { .. } | Self::MissingField { .. } | Self::OutOfRange { .. } => {
                ErrorKind::Invalid
            }
            Self::Denied { .. }
            | Self::Stranger { .. }
            | Self::OwnProposal { .. }
            | Self::NotForServer { .. } => ErrorKind::Denied,
            Self::NoKey { .. } => ErrorKind::Unproven,
            Self::Members { .. } | Self::Keys { .. } => ErrorKind::Busy,
            Self::Unknown { .. } | Self::LinkClosed => ErrorKind::Unknown,
            Self::Exists { .. }
            | Self::Stale { .. }
            | Self::Conflict { .. }
            | Self::ProposalOpen { .. }
            | Self::NotSo { .. }
            | Self::Unchanged { .. }
            | Self::CronsOff => ErrorKind::Conflict,
            Self::NotReady { .. } => ErrorKind::Content,
            Self::BadSkill { .. } | Self::BadWorkflow { .. } | Self::BrokenFile { .. } => {
                ErrorKind::Content
            }
            Self::NoModels | Self::NoSessions | Self::NoBlobs => ErrorKind::Denied,
            Self::Outside { source } => match source {
                OutsideError::UnknownServer { .. } | OutsideError::UnknownTool { .. } => {
                    ErrorKind::Unknown
                }
                OutsideError::Changed { .. } => ErrorKind::Conflict,
                OutsideError::TooLong { .. } => ErrorKind::TooLarge,
                OutsideError::Late { .. } | OutsideError::Unusable { .. } => ErrorKind::Busy,
                OutsideError::Refused { .. } => ErrorKind::Content,
            },
            Self::BlobMissing { .. } => ErrorKind::Unknown,
            Self::Blobs { source: BlobsError::TooLarge { .. } } => ErrorKind::TooLarge,
            Self::Blobs { source: BlobsError::Cut { .. } } => ErrorKind::Invalid,
            Self::Blobs { source: BlobsError::Medium { source, .. } } => {
                if no_room(&**source).is_some() { ErrorKind::NoRoom } else { ErrorKind::Internal }
            }
            Self::Blobs { source: BlobsError::Damaged { .. } } => ErrorKind::Internal,
            Self::KeyUsed { .. } => ErrorKind::Conflict,
            Self::Sessions { source: SessionsError::Unknown { .. } } => ErrorKind::Unknown,
            Self::Sessions { source: SessionsError::Medium { .. } } => ErrorKind::Internal,
            Self::Sessions { .. } => ErrorKind::Conflict,
            Self::Settings { source: SettingsError::Medium { .. } } => ErrorKind::Internal,
            Self::Settings { .. } => ErrorKind::Conflict,
            Self::Store { source: StoreError::Busy { .. } } => ErrorKind::Busy,
            Self::Store {
                source:
                    StoreError::Dirty { .. }
                    | StoreError::BranchExists { .. }
                    | StoreError::BranchMoved { .. }
                    | StoreError::CheckedOut { .. },
            } => ErrorKind::Conflict,
            Self::Store { source: StoreError::Medium { source, .. } }
                if no_room(&**source).is_some() =>
            {
                ErrorKind::NoRoom
            }
            Self::Exchange { source: ExchangeError::Client { .. } } => ErrorKind::Invalid,
            Self::Remote { source: RemoteError::None { .. } } => ErrorKind::Unknown,
            Self::Remote { source: RemoteError::Unreachable { .. } } => ErrorKind::Busy,
            Self::Remote { source: RemoteError::Unsafe { .. } } => ErrorKind::Content,
            Self::Remote { source: RemoteError::Failed { source, .. } }
                if source.kind() == io::ErrorKind::InvalidInput =>
            {
                ErrorKind::Invalid
            }
            Self::Store { .. }
            | Self::Jobs { .. }
            | Self::Exchange { .. }
            | Self::Remote { .. } => ErrorKind::Internal,
        }
    }

    /// Returns a stable name in kebab case, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadField { .. } => "bad-field",
            Self::MissingField { .. } => "missing-field",
            Self::OutOfRange { .. } => "out-of-range",
            Self::Denied { .. } => "denied",
            Self::Stranger { .. } => "stranger",
            Self::OwnProposal { .. } => "own-proposal",
            Self::ProposalOpen { .. } => "proposal-open",
            Self::NotSo { .. } => "not-so",
            Self::NotReady { .. } => "not-ready",
            Self::Unchanged { .. } => "unchanged",
            Self::NoKey { .. } => "no-key",
            Self::Keys { .. } => "keys",
            Self::Members { .. } => "members",
            Self::NotForServer { .. } => "not-for-server",
            Self::Unknown { .. } => "unknown",
            Self::Exists { .. } => "exists",
            Self::Stale { .. } => "stale",
            Self::Conflict { .. } => "conflict",
            Self::BadSkill { .. } => "bad-skill",
            Self::BadWorkflow { .. } => "bad-workflow",
            Self::BrokenFile { .. } => "broken-file",
            Self::NoModels => "no-models",
            Self::NoSessions => "no-sessions",
            Self::LinkClosed => "link-closed",
            Self::NoBlobs => "no-blobs",
            Self::Outside { source: OutsideError::Changed { .. } } => "tool-changed",
            Self::Outside { .. } => "outside",
            Self::BlobMissing { .. } => "blob-missing",
            Self::Blobs { source: BlobsError::TooLarge { .. } } => "body-too-large",
            Self::Blobs { source: BlobsError::Cut { .. } } => "bad-body",
            Self::Blobs { source: BlobsError::Damaged { .. } } => "blob-damaged",
            Self::Blobs { source: BlobsError::Medium { source, .. } } => {
                if no_room(&**source).is_some() { "no-room" } else { "blobs" }
            }
            Self::KeyUsed { .. } => "key-used",
            Self::Sessions { source: SessionsError::Moved { .. } } => "stale",
            Self::Sessions { source: SessionsError::Full { .. } } => "session-full",
            Self::Sessions { .. } => "sessions",
            Self::Settings { .. } => "model-settings",
            Self::Store { source: StoreError::Busy { .. } } => "busy",
            Self::Store { source: StoreError::Dirty { .. } } => "dirty",
            Self::Store { source: StoreError::BranchExists { .. } } => "branch-exists",
            Self::Store { source: StoreError::BranchMoved { .. } } => "branch-moved",
            Self::Store { source: StoreError::CheckedOut { .. } } => "checked-out",
            Self::Store { source: StoreError::Medium { source, .. } }
                if no_room(&**source).is_some() =>
            {
                "no-room"
            }
            Self::Store { .. } => "store",
            Self::CronsOff => "crons-off",
            Self::Jobs { .. } => "jobs",
            Self::Exchange { .. } => "git",
            Self::Remote { source: RemoteError::None { .. } } => "no-remote",
            Self::Remote { source: RemoteError::Unreachable { .. } } => "remote-unreachable",
            Self::Remote { source: RemoteError::Unsafe { .. } } => "remote-unsafe",
            Self::Remote { .. } => "remote",
        }
    }

    /// Says what to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::BadField { hint, .. } | Self::Unknown { hint, .. } => Some(hint.clone()),
            Self::MissingField { hint, .. } | Self::Exists { hint, .. } => Some((*hint).to_owned()),
            Self::OutOfRange { field, least, most } => {
                Some(format!("give `{field}` a number from {least} to {most}"))
            }
            Self::Denied { denied } => Some(denied.hint.to_owned()),
            Self::Stranger { .. } => {
                Some("name a user that `llmos user list` lists, or let one be added".to_owned())
            }
            Self::NoKey { .. } => Some(
                "make a key with `llmos key add USER`, and send it as `Authorization: Bearer <key>`"
                    .to_owned(),
            ),
            Self::Keys { source } => Some(source.hint()),
            Self::Members { source } => Some(source.hint()),
            Self::OwnProposal { source } => Some(source.hint().to_owned()),
            Self::ProposalOpen { .. } => Some(
                "let somebody decide about that one first, or give yours another `skill_id`"
                    .to_owned(),
            ),
            Self::NotSo { .. } => {
                Some("look at it again: `GET /proposals` lists where each is".to_owned())
            }
            Self::NotReady { hint, .. } => hint.clone(),
            Self::Unchanged { .. } => Some("change the skill first".to_owned()),
            Self::NotForServer { hint, .. } => Some((*hint).to_owned()),
            Self::CronsOff => Some("start it without `--no-crons`".to_owned()),
            Self::Jobs { .. } => None,
            Self::Stale { .. } => Some("read it again, then repeat the change".to_owned()),
            Self::Conflict { .. } => Some(
                "choose a side for each of `conflicts`, then send the change again with these `choices`"
                    .to_owned(),
            ),
            Self::BadSkill { diagnostics } | Self::BrokenFile { diagnostics, .. } => {
                diagnostics.iter().find_map(|found| found.hint.clone())
            }
            Self::BadWorkflow { findings } => findings.iter().find_map(|found| found.hint.clone()),
            Self::LinkClosed => Some(
                "look whether all of it is there; one that was revoked or has ended stays closed, so ask for a new one"
                    .to_owned(),
            ),
            Self::Outside { source } => Some(source.hint().to_owned()),
            Self::BlobMissing { .. } => Some(
                "upload the same content again with `llmos blob put`, or start the server with the place that has it"
                    .to_owned(),
            ),
            Self::Blobs { source: BlobsError::Medium { source, .. } } => {
                no_room(&**source).map(str::to_owned)
            }
            Self::Blobs { source } => source.hint().map(str::to_owned),
            Self::NoModels | Self::NoSessions | Self::NoBlobs => Some("start it with `llmos serve`".to_owned()),
            Self::KeyUsed { .. } => Some("send another key, or the same message again".to_owned()),
            Self::Sessions { source: SessionsError::Moved { .. } } => {
                Some("read it again, then repeat the change".to_owned())
            }
            Self::Sessions { source: SessionsError::Full { .. } } => {
                Some("begin a new session".to_owned())
            }
            Self::Sessions { .. } => None,
            Self::Settings { source } => Some(source.hint().to_owned()),
            Self::Store { source } => {
                let full = match source {
                    StoreError::Medium { source, .. } => no_room(&**source),
                    _ => None,
                };
                full.or(source.hint()).map(str::to_owned)
            }
            Self::Exchange { source } => source.hint().map(str::to_owned),
            Self::Remote { source } => source.hint().map(str::to_owned),
        }
    }
}

/// Says what to do where something failed because the disk takes nothing.
fn no_room(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let causes = std::iter::successors(Some(error), |cause| cause.source());
    let mut kinds = causes.filter_map(|cause| Some(cause.downcast_ref::<io::Error>()?.kind()));
    kinds.find_map(|kind| match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Some("make room on the disk that holds the volumes, then repeat the change")
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            Some("let the program write to the folder of the volumes, then repeat the change")
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use llmos_core::volume::VolumeId;

    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_failure_of_the_program() {
        let failed = |kind: io::ErrorKind| Error::Store {
            source: StoreError::Medium {
                volume: VolumeId::System,
                doing: "writing objects",
                source: Box::new(io::Error::new(kind, io::Error::from(kind))),
            },
        };
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::ReadOnlyFilesystem] {
            let error = failed(kind);
            assert_eq!((error.kind(), error.code()), (ErrorKind::NoRoom, "no-room"), "{kind}");
            assert!(error.hint().is_some_and(|hint| hint.ends_with("then repeat the change")));
        }
        assert_eq!(failed(io::ErrorKind::InvalidData).kind(), ErrorKind::Internal);
    }
}
