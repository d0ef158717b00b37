//! Differences, merges, branches and blame on the wire.

use llmos_core::{diff, merge};
use serde::{Deserialize, Serialize};

/// Answer of `GET /volumes/diff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffView {
    /// The volume.
    pub volume: String,
    /// The commit of the old side; absent where that is nothing at all, or a version of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The commit of the new side; absent where that is a version of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The files that differ, by path.
    pub files: Vec<FileDiff>,
    /// How many more differ and are left out here.
    #[serde(default)]
    pub n_more: usize,
}

/// What differs in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileDiff {
    /// The file.
    pub path: String,
    /// What it is: `skill`, `workflow` or `file`.
    pub kind: String,
    /// What became of it.
    pub status: FileStatus,
    /// Its Git blob id on the old side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_version: Option<String>,
    /// Its Git blob id on the new side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_version: Option<String>,
    /// What changed by meaning; absent where a side cannot be read as a skill or workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// What changed by line; absent where a side is no text, or too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<Hunk>>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    /// It is new.
    Added,
    /// It has another content.
    Changed,
    /// It is gone.
    Removed,
}

/// One thing that differs between two versions of a skill or workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The address of the thing, such as `nodes/plot/inputs/x`.
    pub key: String,
    /// What sort of change it is: `graph`, `ports`, `code`, `text` or `layout`.
    pub aspect: String,
    /// What was done, in words.
    pub words: String,
    /// What stood there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What stands there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// The node that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// A run of lines that changed, with the lines around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hunk {
    /// The first line of the old text that is shown, counted from 1.
    pub old_start: usize,
    /// The first line of the new text that is shown.
    pub new_start: usize,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffLine {
    /// Whose it is.
    pub kind: LineKind,
    /// The line, without its line end.
    pub text: String,
}

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Both sides have it.
    Same,
    /// Only the old side has it.
    Old,
    /// Only the new side has it.
    New,
}

/// Something that two people changed in ways that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    /// The address of the thing: give it in `choices` with one of `takes`.
    pub key: String,
    /// What it is, in words.
    pub place: String,
    /// What collides, in words.
    pub words: String,
    /// Why: `both-changed`, `both-added`, `removed`, `runs`, `cycle` or `broken`.
    pub reason: String,
    /// What sort of thing it is: `graph`, `ports`, `code`, `text` or `layout`.
    pub aspect: String,
    /// The node that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What both started from; absent where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What the caller made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<String>,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// What can be chosen.
    pub takes: Vec<Take>,
}

/// Whose version of a conflict to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// The caller's.
    Mine,
    /// The one that is there now.
    Theirs,
    /// Both: what the caller added gets another name.
    Both,
}

/// What a save was merged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedView {
    /// The version that the change rests on.
    pub base_version: String,
    /// The version that was there.
    pub with_version: String,
    /// Who made the newest commit of that version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What others had changed since the base, in words.
    pub theirs: Vec<String>,
}

/// Body of `POST /volumes/restore`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Restore {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in.
    pub team_id: Option<String>,
    /// The volume; the caller's own when left out.
    pub volume: Option<String>,
    /// The file or folder to restore; all files when left out.
    pub path: Option<String>,
    /// The commit, or the branch, whose state comes back.
    #[cfg_attr(feature = "openapi", schema(required = true, nullable = false))]
    pub to: Option<String>,
    /// The newest commit that the caller knows: with it, nothing is restored over newer commits of the same files.
    pub base_commit: Option<String>,
}

/// Answer of `POST /volumes/restore`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Restored {
    /// The volume.
    pub volume: String,
    /// The new commit; the newest one where nothing differed.
    pub commit: String,
    /// The files that changed, by path.
    pub files: Vec<RestoredFile>,
}

/// A file that a restore changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RestoredFile {
    /// The file.
    pub path: String,
    /// What became of it.
    pub status: FileStatus,
    /// Its Git blob id now; absent where it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Answer of `GET /volumes/branches`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BranchList {
    /// The volume.
    pub volume: String,
    /// The branches by name; `main` is what the volume shows.
    pub branches: Vec<BranchView>,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BranchView {
    /// Its name.
    pub name: String,
    /// Its newest commit.
    pub commit: String,
}

/// Body of `POST /volumes/branches`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CreateBranch {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team that the caller works in.
    pub team_id: Option<String>,
    /// The volume; the caller's own when left out.
    pub volume: Option<String>,
    /// The name of the new branch, such as `try/other-solver`.
    #[cfg_attr(feature = "openapi", schema(required = true, nullable = false))]
    pub name: Option<String>,
    /// The commit or branch at which it begins; the newest commit of `main` when left out.
    pub from: Option<String>,
}

/// Answer of `GET /volumes/file`: one file as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileView {
    /// The volume.
    pub volume: String,
    /// The file.
    pub path: String,
    /// Its Git blob id.
    pub version: String,
    /// Its text; what is no UTF-8 is `�`.
    pub text: String,
}

/// Answer of `GET /volumes/blame`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Blame {
    /// The volume.
    pub volume: String,
    /// The file.
    pub path: String,
    /// The commit at which it was read.
    pub commit: String,
    /// Its Git blob id.
    pub version: String,
    /// The lines in order.
    pub lines: Vec<BlamedLine>,
    /// The commits that the lines name, newest first.
    pub commits: Vec<crate::volume::CommitView>,
    /// Whether the history ends before the oldest lines: then their commit is only the oldest that was looked at.
    #[serde(default)]
    pub cut: bool,
}

/// A line and the commit that it came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlamedLine {
    /// The line, without its line end.
    pub text: String,
    /// The commit.
    pub commit: String,
}

impl From<&diff::Change> for Change {
    fn from(change: &diff::Change) -> Self {
        Self {
            key: change.place.key(),
            aspect: change.place.aspect().as_str().to_owned(),
            words: change.words(),
            old: change.old.clone(),
            new: change.new.clone(),
            node: change.place.node().map(ToString::to_string),
        }
    }
}

impl From<&diff::text::Hunk> for Hunk {
    fn from(hunk: &diff::text::Hunk) -> Self {
        let line = |line: &diff::text::Line| DiffLine {
            kind: match line.kind {
                diff::text::LineKind::Same => LineKind::Same,
                diff::text::LineKind::Old => LineKind::Old,
                diff::text::LineKind::New => LineKind::New,
            },
            text: line.text.clone(),
        };
        Self {
            old_start: hunk.old_start,
            new_start: hunk.new_start,
            lines: hunk.lines.iter().map(line).collect(),
        }
    }
}

impl From<&merge::Conflict> for Conflict {
    fn from(conflict: &merge::Conflict) -> Self {
        let both = conflict.can_keep_both.then_some(Take::Both);
        Self {
            key: conflict.place.key(),
            place: conflict.place.to_string(),
            words: conflict.words(),
            reason: conflict.reason.as_str().to_owned(),
            aspect: conflict.place.aspect().as_str().to_owned(),
            node: conflict.place.node().map(ToString::to_string),
            base: conflict.base.clone(),
            mine: conflict.mine.clone(),
            theirs: conflict.theirs.clone(),
            takes: [Take::Mine, Take::Theirs].into_iter().chain(both).collect(),
        }
    }
}

impl From<Take> for merge::Take {
    fn from(take: Take) -> Self {
        match take {
            Take::Mine => Self::Mine,
            Take::Theirs => Self::Theirs,
            Take::Both => Self::Both,
        }
    }
}
