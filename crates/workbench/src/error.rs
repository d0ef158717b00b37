//! Why a use case was refused.

use std::io;

use llmos_api::{
    history::Conflict,
    problem::{Diagnostic, Finding, Severity},
};
use llmos_core::{
    access::Denied,
    cron::JobsError,
    exchange::ExchangeError,
    members::DirectoryError,
    model::SettingsError,
    proposal::DecisionRefused,
    remote::RemoteError,
    slug::Slug,
    store::{BlobId, StoreError},
    volume::{VolumeId, VolumePath},
};

/// Why a use case was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field does not hold what it must.
    #[error("bad `{field}`: {reason}")]
    BadField {
        /// The field.
        field: &'static str,
        /// What is wrong with its value.
        reason: String,
        /// What to write instead.
        hint: String,
    },
    /// A field is needed and not there.
    #[error("`{field}` is missing")]
    MissingField {
        /// The field.
        field: &'static str,
        /// What to write.
        hint: &'static str,
    },
    /// A number is too small or too large.
    #[error("`{field}` must be {least} to {most}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// The least that is allowed.
        least: u64,
        /// The most that is allowed.
        most: u64,
    },
    /// The access table says no.
    #[error("{denied}")]
    Denied {
        /// What it says.
        denied: Denied,
    },
    /// Somebody keeps members, and this is none of them.
    #[error("there is no user `{user}`")]
    Stranger {
        /// The name that was given.
        user: Slug,
    },
    /// Nobody can be told who exists.
    #[error("{source}")]
    Members {
        /// Why.
        source: DirectoryError,
    },
    /// Somebody would approve their own proposal without saying so.
    #[error("{source}")]
    OwnProposal {
        /// Which.
        source: DecisionRefused,
    },
    /// There is an open proposal of that skill, from somewhere else.
    #[error(
        "volume `{volume}` has an open proposal of `{skill}` already, which came from elsewhere"
    )]
    ProposalOpen {
        /// The skill.
        skill: Slug,
        /// The volume that is asked.
        volume: VolumeId,
    },
    /// A proposal was decided, or is not decided yet.
    #[error("the proposal of `{skill}` is {state}")]
    NotSo {
        /// The skill.
        skill: Slug,
        /// Where the proposal is.
        state: &'static str,
    },
    /// A proposal cannot be merged, or taken back, as it is.
    #[error("{reason}")]
    NotReady {
        /// What is in the way.
        reason: String,
        /// What to do.
        hint: Option<String>,
    },
    /// There is nothing to promote.
    #[error("volume `{volume}` has skill `{skill}` exactly as it is")]
    Unchanged {
        /// The skill.
        skill: Slug,
        /// The volume.
        volume: VolumeId,
    },
    /// The skill is none that the server may run.
    #[error("`{skill}` does not run on the server: {reason}")]
    NotForServer {
        /// The skill.
        skill: Slug,
        /// Why not.
        reason: &'static str,
        /// What to do instead.
        hint: &'static str,
    },
    /// There is nothing of that name where the caller may look.
    #[error("there is no {what} `{id}`{place}", place = place(volume.as_ref()))]
    Unknown {
        /// What was asked for: `skill`, `workflow`, `trace`.
        what: &'static str,
        /// Its name.
        id: String,
        /// Where it was asked for; `None` when everywhere.
        volume: Option<VolumeId>,
        /// What to do instead.
        hint: String,
    },
    /// Something of that name is there already.
    #[error("volume `{volume}` has a {what} `{id}` already")]
    Exists {
        /// What was to be made: `skill`, `workflow`.
        what: &'static str,
        /// Its name.
        id: Slug,
        /// Where.
        volume: VolumeId,
        /// What is there.
        version: BlobId,
        /// What to do instead.
        hint: &'static str,
    },
    /// The file changed since the caller read it.
    #[error("`{path}` changed in the meantime")]
    Stale {
        /// The file.
        path: VolumePath,
        /// What it holds now; `None` when it is gone.
        current: Option<BlobId>,
    },
    /// The file changed since the caller read it, and the two changes do not fit together.
    #[error("`{path}` changed in the meantime, and {n} of the changes {verb}", n = conflicts.len(), verb = if conflicts.len() == 1 { "collides" } else { "collide" })]
    Conflict {
        /// The file.
        path: VolumePath,
        /// The version that the change rests on.
        base: BlobId,
        /// What it holds now.
        current: BlobId,
        /// What collides.
        conflicts: Vec<Conflict>,
    },
    /// The text is not a skill that can be used.
    #[error("the skill cannot be used: {reason}", reason = first(diagnostics))]
    BadSkill {
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// The workflow cannot be used.
    #[error("the workflow cannot be used: {reason}", reason = first_finding(findings))]
    BadWorkflow {
        /// Everything that is wrong with it.
        findings: Vec<Finding>,
    },
    /// A file of the volume is not what its name says.
    #[error("`{path}` in volume `{volume}` cannot be read: {reason}", reason = first(diagnostics))]
    BrokenFile {
        /// The volume.
        volume: VolumeId,
        /// The file.
        path: VolumePath,
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// This server starts no cron.
    #[error("this server runs no crons")]
    CronsOff,
    /// The schedule failed.
    #[error(transparent)]
    Jobs {
        /// How.
        source: JobsError,
    },
    /// This program talks with no models.
    #[error("this program talks with no models")]
    NoModels,
    /// The settings of models cannot be read or kept.
    #[error("{source}")]
    Settings {
        /// Why.
        source: SettingsError,
    },
    /// The volume failed.
    #[error(transparent)]
    Store {
        /// How.
        source: StoreError,
    },
    /// A talk with a remote did not come to an end.
    #[error(transparent)]
    Remote {
        /// Why.
        source: RemoteError,
    },
    /// A conversation with a Git client ended early.
    #[error(transparent)]
    Exchange {
        /// Why.
        source: ExchangeError,
    },
}

impl From<RemoteError> for Error {
    fn from(source: RemoteError) -> Self {
        match source {
            RemoteError::Store { source } => Self::Store { source },
            source => Self::Remote { source },
        }
    }
}

impl From<ExchangeError> for Error {
    fn from(source: ExchangeError) -> Self {
        match source {
            ExchangeError::Store { source } => Self::Store { source },
            source => Self::Exchange { source },
        }
    }
}

/// What sort of refusal it is: doors turn this into a status or an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The request makes no sense.
    Invalid,
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
    /// The disk takes nothing: it is full, or may not be written to.
    NoRoom,
    /// The program or its surroundings failed.
    Internal,
}

impl Error {
    /// Says whether the volume of a team cannot be read. Its members can go on without it.
    pub(crate) fn is_damaged_team(&self) -> bool {
        matches!(
            self,
            Self::Store { source: StoreError::Damaged { volume: VolumeId::Team(_), .. } }
        )
    }

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
            Self::Members { .. } => ErrorKind::Busy,
            Self::Unknown { .. } => ErrorKind::Unknown,
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
            Self::NoModels => ErrorKind::Denied,
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
            Self::Store { source } if no_room(source).is_some() => ErrorKind::NoRoom,
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
            Self::Settings { .. } => "model-settings",
            Self::Store { source: StoreError::Busy { .. } } => "busy",
            Self::Store { source: StoreError::Dirty { .. } } => "dirty",
            Self::Store { source: StoreError::BranchExists { .. } } => "branch-exists",
            Self::Store { source: StoreError::BranchMoved { .. } } => "branch-moved",
            Self::Store { source: StoreError::CheckedOut { .. } } => "checked-out",
            Self::Store { source } if no_room(source).is_some() => "no-room",
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
            Self::NoModels => Some("start it with `llmos serve`".to_owned()),
            Self::Settings { source } => Some(source.hint().to_owned()),
            Self::Store { source } => no_room(source).or(source.hint()).map(str::to_owned),
            Self::Exchange { source } => source.hint().map(str::to_owned),
            Self::Remote { source } => source.hint().map(str::to_owned),
        }
    }
}

impl From<StoreError> for Error {
    fn from(source: StoreError) -> Self {
        match source {
            StoreError::Stale { path, current } => Self::Stale { path, current },
            StoreError::UnknownObject { volume, id } => Self::Unknown {
                what: "commit",
                id,
                volume: Some(volume),
                hint: "take one that `GET /volumes/history` lists".to_owned(),
            },
            StoreError::UnknownBranch { volume, branch } => Self::Unknown {
                what: "branch",
                id: branch.to_string(),
                volume: Some(volume),
                hint: "choose one that the list of branches names".to_owned(),
            },
            source => Self::Store { source },
        }
    }
}

/// Says what to do where a volume failed because the disk takes nothing.
fn no_room(error: &StoreError) -> Option<&'static str> {
    let StoreError::Medium { source, .. } = error else { return None };
    let first: &(dyn std::error::Error + 'static) = &**source;
    let causes = std::iter::successors(Some(first), |cause| cause.source());
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

fn place(volume: Option<&VolumeId>) -> String {
    volume.map(|volume| format!(" in volume `{volume}`")).unwrap_or_default()
}

fn first(diagnostics: &[Diagnostic]) -> String {
    let error = diagnostics.iter().find(|found| found.severity == Severity::Error);
    match error.or(diagnostics.first()) {
        Some(found) => format!("line {}: {}", found.line, found.message),
        None => "nothing is known".to_owned(),
    }
}

fn first_finding(findings: &[Finding]) -> String {
    let error = findings.iter().find(|found| found.severity == Severity::Error);
    error.or(findings.first()).map_or("nothing is known".to_owned(), |found| found.message.clone())
}

#[cfg(test)]
mod tests {
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
