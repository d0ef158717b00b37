//! Why a use case was refused.

mod kind;

use llmos_api::{
    history::Conflict,
    problem::{Diagnostic, Finding, Severity},
};
use llmos_core::{
    access::Denied,
    api_key::ApiKeySourceError,
    blob::{BlobHash, BlobsError},
    cron::JobsError,
    exchange::ExchangeError,
    members::DirectoryError,
    model::SettingsError,
    outside::OutsideError,
    proposal::DecisionRefused,
    remote::RemoteError,
    session::SessionsError,
    slug::Slug,
    store::{BlobId, StoreError},
    volume::{VolumeId, VolumePath},
};

pub use kind::ErrorKind;

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
    /// A program shows no key, or one that is not known here.
    #[error("{reason}")]
    NoKey {
        /// What is wrong.
        reason: &'static str,
    },
    /// Nobody can be told which keys there are.
    #[error("{source}")]
    Keys {
        /// Why.
        source: ApiKeySourceError,
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
    /// This program keeps no sessions.
    #[error("this program keeps no sessions")]
    NoSessions,
    /// A link to a session opens nothing. It is not said why.
    #[error("this link opens nothing")]
    LinkClosed,
    /// A key that tells messages apart was used for another one.
    #[error("the key was used for another message of this session, number {number}")]
    KeyUsed {
        /// That message.
        number: u64,
    },
    /// The sessions did not do what they were asked.
    #[error(transparent)]
    Sessions {
        /// Why.
        source: SessionsError,
    },
    /// This program keeps no blobs.
    #[error("this program keeps no blobs")]
    NoBlobs,
    /// There is a pointer, and nothing that it points to.
    #[error("the content of blob `{hash}` is not here, though volume `{volume}` refers to it")]
    BlobMissing {
        /// Which.
        hash: BlobHash,
        /// The volume that refers to it.
        volume: VolumeId,
    },
    /// The blobs did not do what they were asked.
    #[error(transparent)]
    Blobs {
        /// Why.
        source: BlobsError,
    },
    /// A server elsewhere did not do what it was asked.
    #[error(transparent)]
    Outside {
        /// Why.
        source: OutsideError,
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

impl Error {
    /// Says whether the volume of a team cannot be read. Its members can go on without it.
    pub(crate) fn is_damaged_team(&self) -> bool {
        matches!(
            self,
            Self::Store { source: StoreError::Damaged { volume: VolumeId::Team(_), .. } }
        )
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
