//! What a proposal would change in its volume.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::proposal::{self as wire, ProposalState};
use llmos_core::{
    diagnostic::Diagnostic,
    diff,
    review::{self, LONG_LINE},
    skill::{self, Skill},
    store::{BlobId, CommitId},
    volume::{VolumeId, VolumePath},
};

use super::record::Record;
use crate::{Error, Workbench, catalogue::skill_paths};

/// How many files are compared for a reviewer; the others are named.
const MAX_FILES: usize = 40;

/// What a proposal would change.
pub(super) struct Difference {
    /// Where the branch began; `None` where it has nothing in common with the volume.
    pub(super) base: Option<CommitId>,
    /// Every file that the branch changes, as it is there.
    pub(super) changed: BTreeMap<VolumePath, Option<BlobId>>,
    /// The same files in the volume, before it takes the proposal.
    pub(super) before: BTreeMap<VolumePath, BlobId>,
    /// The same files where the branch began.
    pub(super) at_base: BTreeMap<VolumePath, BlobId>,
    /// The skill as it would be, with its text.
    pub(super) skill: Option<(Skill, String)>,
    /// The skill as it is, with its text.
    pub(super) skill_before: Option<(Skill, String)>,
    /// What is wrong with the text of the skill.
    pub(super) diagnostics: Vec<Diagnostic>,
}

type Files = BTreeMap<VolumePath, BlobId>;

impl Workbench {
    /// Compares a proposal with the volume: with what it holds now, or held when the proposal was merged.
    pub(super) fn difference(&self, record: &Record) -> Result<Difference, Error> {
        let Record { volume, name, proposed, .. } = record;
        let before = self.before(record)?;
        let base = match &before {
            Some(before) => self.store.merge_base(volume, before, &proposed.id)?,
            None => None,
        };
        let there = self.files(volume, Some(&proposed.id))?;
        let at_base = self.files(volume, base.as_ref())?;
        let paths: BTreeSet<_> = there.keys().chain(at_base.keys()).cloned().collect();
        let changed: BTreeMap<_, _> = paths
            .into_iter()
            .filter(|path| there.get(path) != at_base.get(path))
            .map(|path| (path.clone(), there.get(&path).cloned()))
            .collect();
        let mut volume_now = self.files(volume, before.as_ref())?;
        let own_paths = skill_paths(&name.skill);
        let text_in = |files: &Files| -> Result<Option<(VolumePath, Vec<u8>)>, Error> {
            let found = own_paths.iter().find_map(|path| Some((path, files.get(path)?)));
            let read = |(path, blob): (&VolumePath, &BlobId)| {
                Ok::<_, Error>((path.clone(), self.store.read(volume, blob)?))
            };
            found.map(read).transpose()
        };
        let (mut skill, mut diagnostics) = (None, Vec::new());
        if let Some((path, content)) = text_in(&there)? {
            let check = skill::check(path.as_str(), &content);
            let text = String::from_utf8_lossy(&content).into_owned();
            skill = check.skill.map(|skill| (skill, text));
            diagnostics = check.diagnostics;
        }
        let skill_before = text_in(&volume_now)?.and_then(|(path, content)| {
            let text = String::from_utf8_lossy(&content).into_owned();
            skill::check(path.as_str(), &content).skill.map(|skill| (skill, text))
        });
        volume_now.retain(|path, _| changed.contains_key(path));
        let mut at_base = at_base;
        at_base.retain(|path, _| changed.contains_key(path));
        Ok(Difference {
            base,
            changed,
            before: volume_now,
            at_base,
            skill,
            skill_before,
            diagnostics,
        })
    }

    /// Returns the commit of the volume that the proposal is compared with.
    pub(super) fn before(&self, record: &Record) -> Result<Option<CommitId>, Error> {
        let merged = match (record.state, &record.decision) {
            (ProposalState::Approved | ProposalState::Reverted, Some(_)) => {
                self.merge_of(record)?
            }
            _ => None,
        };
        match merged {
            Some(merge) => {
                Ok(merge.parents.into_iter().find(|parent| *parent != record.proposed.id))
            }
            None => Ok(self.store.head(&record.volume)?),
        }
    }

    fn files(&self, volume: &VolumeId, at: Option<&CommitId>) -> Result<Files, Error> {
        let Some(at) = at else { return Ok(Files::new()) };
        let entries = self.store.list(volume, at, None)?;
        Ok(entries.into_iter().map(|entry| (entry.path, entry.blob)).collect())
    }

    /// Shows what is different, file by file, with everything in it made visible.
    pub(super) fn file_diffs(
        &self,
        record: &Record,
        difference: &Difference,
    ) -> Result<Vec<wire::ProposedFile>, Error> {
        let read = |blob: Option<&BlobId>| {
            blob.map(|blob| self.store.read(&record.volume, blob)).transpose()
        };
        let mut diffs = Vec::new();
        for (path, after) in difference.changed.iter().take(MAX_FILES) {
            let (old, new) = (read(difference.before.get(path))?, read(after.as_ref())?);
            diffs.push(file_diff(path, old.as_deref(), new.as_deref()));
        }
        Ok(diffs)
    }
}

/// Shows what is different in one file.
pub(crate) fn file_diff(
    path: &VolumePath,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
) -> wire::ProposedFile {
    let compared = diff::files(path, old, new);
    let size = |bytes: Option<&[u8]>| bytes.map(|bytes| bytes.len() as u64);
    let fields = compared.changes.iter().flatten();
    wire::ProposedFile {
        path: path.to_string(),
        text: compared.lines.is_some(),
        hunks: compared.lines.iter().flatten().map(hunk).collect(),
        bytes_before: size(old),
        bytes_after: size(new),
        fields: fields.map(field).collect(),
    }
}

fn field(change: &diff::Change) -> wire::ProposedField {
    let shown = |text: &Option<String>| {
        text.as_deref()
            .map(|text| text.split('\n').map(review::visible).collect::<Vec<_>>().join("\n"))
    };
    wire::ProposedField {
        field: change.place.key(),
        name: review::visible(&change.place.to_string()),
        before: shown(&change.old),
        after: shown(&change.new),
    }
}

fn hunk(hunk: &diff::text::Hunk) -> wire::ProposedHunk {
    let (mut before, mut after) = (hunk.old_start.max(1), hunk.new_start.max(1));
    let count = |number: &mut usize| {
        *number += 1;
        Some(*number - 1)
    };
    let line = |line: &diff::text::Line| {
        let (change, old, new) = match line.kind {
            diff::text::LineKind::Same => {
                (wire::LineChange::Same, count(&mut before), count(&mut after))
            }
            diff::text::LineKind::Old => (wire::LineChange::Removed, count(&mut before), None),
            diff::text::LineKind::New => (wire::LineChange::Added, None, count(&mut after)),
        };
        let piece =
            |piece: review::Piece| wire::TextPiece { text: piece.text, hidden: piece.hidden };
        wire::ProposedLine {
            change,
            before: old,
            after: new,
            pieces: review::pieces(&line.text).into_iter().map(piece).collect(),
            long: line.text.chars().count() > LONG_LINE,
        }
    };
    wire::ProposedHunk { lines: hunk.lines.iter().map(line).collect() }
}
