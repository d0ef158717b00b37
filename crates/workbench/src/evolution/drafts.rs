//! Drafts: list, read, edit, and decide.

mod check;

use std::collections::BTreeMap;

use llmos_api::evolution::{DecidedDraft, DraftList, DraftSummary, DraftView};
use llmos_core::{
    access::Action,
    evolution::draft::{self, Draft, DraftKind, DraftStatus, Kept},
    skill::{self, SkillEdit},
    slug::Slug,
    store::{BlobId, Edit, Expected},
    volume::{VolumeId, VolumePath},
};

use super::{Existing, is_update};
use crate::{Caller, Error, Workbench};

use check::{check, decided};

/// Which draft is meant, and what the decision rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafts {
    /// The volume; that of the caller when left out.
    pub volume: Option<VolumeId>,
    /// The draft.
    pub id: Slug,
    /// The version that the caller saw.
    pub version: Option<BlobId>,
}

impl Workbench {
    /// Lists the drafts of a volume, those that wait for a decision first. Those that did not prove themselves are
    /// left out unless all are wanted.
    pub fn list_drafts(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        all: bool,
    ) -> Result<DraftList, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let mut drafts = Vec::new();
        for Existing { draft, version } in self.drafts_of(&volume)?.into_values() {
            if all || draft.status != DraftStatus::Unproven {
                drafts.push((draft.status, self.summary_of(&volume, &draft, &version)?));
            }
        }
        drafts.sort_by(|(a, x), (b, y)| {
            a.cmp(b).then(y.count.cmp(&x.count)).then_with(|| x.draft_id.cmp(&y.draft_id))
        });
        let n_proposed =
            drafts.iter().filter(|(status, _)| *status == DraftStatus::Proposed).count();
        let drafts: Vec<_> = drafts.into_iter().map(|(_, draft)| draft).collect();
        let n_stale = drafts.iter().filter(|draft| draft.stale.is_some()).count();
        Ok(DraftList { drafts, n_proposed, n_stale })
    }

    /// Reads a draft with its text.
    pub fn read_draft(&self, caller: &Caller, asked: &Drafts) -> Result<DraftView, Error> {
        let volume = asked.volume.clone().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let Existing { draft, version } = self.draft_at(&volume, asked)?;
        let summary = self.summary_of(&volume, &draft, &version)?;
        let source = self.store.read(&volume, &version)?;
        Ok(DraftView::new(summary, &draft, String::from_utf8_lossy(&source).into_owned()))
    }

    /// Changes the text of a draft. Evolution leaves it as it is from then on.
    pub fn edit_draft(
        &self,
        caller: &Caller,
        asked: &Drafts,
        text: &str,
    ) -> Result<DecidedDraft, Error> {
        let (volume, mut found) = self.to_decide(caller, asked)?;
        if !found.draft.status.is_open() {
            return Err(decided(&found.draft, "edit the skill itself"));
        }
        let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        found.draft.text = text.replace("\r\n", "\n");
        check(&found.draft)?;
        let message = format!("evolution: edit draft {}", found.draft.id);
        self.keep(caller, &volume, found, Vec::new(), message)
    }

    /// Makes a skill of a draft, or brings the skill that it became up to date.
    pub fn accept_draft(&self, caller: &Caller, asked: &Drafts) -> Result<DecidedDraft, Error> {
        let (volume, mut found) = self.to_decide(caller, asked)?;
        let draft = &mut found.draft;
        check(draft)?;
        let path = draft.target_path();
        let there = self.version_of(&volume, &path)?;
        let expected = match draft.status {
            DraftStatus::Proposed | DraftStatus::Unproven | DraftStatus::Rejected => {
                if let Some(version) = self.taken(&volume, draft, &path)? {
                    return Err(Error::Exists {
                        what: "skill",
                        id: draft.target.clone(),
                        volume,
                        version,
                        hint: "merge the draft into it, or give the text of the draft another id",
                    });
                }
                Expected::Absent
            }
            DraftStatus::Accepted if is_update(draft, there.as_ref()) => {
                there.map_or(Expected::Absent, Expected::Version)
            }
            DraftStatus::Accepted | DraftStatus::Merged | DraftStatus::Archived => {
                return Err(decided(draft, "there is nothing to bring up to date"));
            }
        };
        let text = draft.text.clone().into_bytes();
        let blob = BlobId::of(&text);
        match &mut draft.kept {
            Some(kept) => (kept.path, kept.version) = (path.clone(), blob),
            None => draft.kept = Some(Kept::new(path.clone(), blob, &draft.evidence)),
        }
        draft.status = DraftStatus::Accepted;
        draft.stale = None;
        let message = format!("evolution: accept {}\n\nDraft: {}\n", draft.target, draft.id);
        let edit = Edit { path, expected, content: Some(text) };
        self.keep(caller, &volume, found, vec![edit], message)
    }

    /// Puts a draft away for good: its pattern makes no other one.
    pub fn reject_draft(&self, caller: &Caller, asked: &Drafts) -> Result<DecidedDraft, Error> {
        let (volume, mut found) = self.to_decide(caller, asked)?;
        if !found.draft.status.is_open() {
            return Err(decided(&found.draft, "archive the skill instead"));
        }
        found.draft.status = DraftStatus::Rejected;
        let message = format!("evolution: reject draft {}", found.draft.id);
        self.keep(caller, &volume, found, Vec::new(), message)
    }

    /// Takes a skill that came from a draft out of use. Its text goes to `memory/archive`; nothing is lost.
    pub fn archive_draft(&self, caller: &Caller, asked: &Drafts) -> Result<DecidedDraft, Error> {
        let (volume, mut found) = self.to_decide(caller, asked)?;
        let draft = &mut found.draft;
        let kept = draft.kept.as_ref().filter(|_| draft.status == DraftStatus::Accepted);
        let Some(kept) = kept else {
            return Err(decided(draft, "only an accepted draft has a skill of its own to archive"));
        };
        let mut edits = Vec::new();
        if let Some(version) = self.version_of(&volume, &kept.path)? {
            let content = self.store.read(&volume, &version)?;
            let archive = format!("memory/archive/{}", kept.path);
            let archive = archive.parse().expect("because a short path in a folder is a path");
            edits.push(Edit {
                path: archive,
                expected: Expected::Anything,
                content: Some(content),
            });
            let expected = Expected::Version(version);
            edits.push(Edit { path: kept.path.clone(), expected, content: None });
        }
        draft.status = DraftStatus::Archived;
        draft.stale = None;
        let message = format!("evolution: archive {}\n\nDraft: {}\n", draft.target, draft.id);
        self.keep(caller, &volume, found, edits, message)
    }

    /// Puts what a draft teaches behind the text of a skill that is there.
    pub fn merge_draft(
        &self,
        caller: &Caller,
        asked: &Drafts,
        into: &Slug,
    ) -> Result<DecidedDraft, Error> {
        let (volume, mut found) = self.to_decide(caller, asked)?;
        let draft = &mut found.draft;
        if draft.kind != DraftKind::Guide {
            return Err(Error::BadField {
                field: "into",
                reason: "a compound skill has a graph, which does not go into another text"
                    .to_owned(),
                hint: "accept it under its own id".to_owned(),
            });
        }
        if !draft.status.is_open() {
            return Err(decided(draft, "edit the skill itself"));
        }
        check(draft)?;
        let current = self.current_skill(&volume, into)?;
        let text = self.skill_text(&volume, &current.1)?;
        let body = |path: &VolumePath, text: &str| {
            let skill = skill::check(path.as_str(), text.as_bytes()).skill;
            skill.map(|skill| skill.body).unwrap_or_default()
        };
        let learned = body(&draft.target_path(), &draft.text);
        // One heading lower, so that it is a section of the skill.
        let lines = learned.trim().lines();
        let lower = lines
            .map(|line| if line.starts_with('#') { format!("#{line}") } else { line.to_owned() });
        let lower: Vec<_> = lower.collect();
        let whole = format!("{}\n\n{}\n", body(&current.0, &text).trim_end(), lower.join("\n"));
        let changes = SkillEdit { body: Some(whole), ..SkillEdit::default() };
        let merged = skill::edit(&text, &changes).map_err(|error| Error::BadField {
            field: "into",
            reason: error.to_string(),
            hint: error.hint(),
        })?;
        let merged = merged.into_bytes();
        let blob = BlobId::of(&merged);
        let edit = Edit {
            path: current.0.clone(),
            expected: Expected::Version(current.1),
            content: Some(merged),
        };
        draft.kept = Some(Kept::new(current.0, blob, &draft.evidence));
        draft.status = DraftStatus::Merged;
        let message =
            format!("evolution: merge {} into {into}\n\nDraft: {}\n", draft.target, draft.id);
        self.keep(caller, &volume, found, vec![edit], message)
    }

    /// Finds a draft that the caller may decide on.
    fn to_decide(&self, caller: &Caller, asked: &Drafts) -> Result<(VolumeId, Existing), Error> {
        let volume = asked.volume.clone().unwrap_or_else(|| caller.own_volume());
        // A member of a team brings a skill into it by promotion, and so by accepting one that it learned.
        let action = match &volume {
            VolumeId::User(_) => Action::Write,
            VolumeId::Team(_) | VolumeId::System => Action::Promote,
        };
        caller.must(action, &volume)?;
        let found = self.draft_at(&volume, asked)?;
        if asked.version.as_ref().is_some_and(|version| *version != found.version) {
            let path = Draft::path_of(&found.draft.id);
            return Err(Error::Stale { path, current: Some(found.version) });
        }
        Ok((volume, found))
    }

    /// Keeps a draft, and what the decision changed beside it, as one commit.
    fn keep(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        found: Existing,
        mut edits: Vec<Edit>,
        message: String,
    ) -> Result<DecidedDraft, Error> {
        let Existing { draft, version } = found;
        let text = draft::print(&draft).into_bytes();
        let blob = BlobId::of(&text);
        let written =
            edits.iter().find(|edit| edit.content.is_some()).map(|edit| edit.path.to_string());
        edits.push(Edit {
            path: Draft::path_of(&draft.id),
            expected: Expected::Version(version),
            content: Some(text),
        });
        let commit = self.commit(caller, volume, edits, message)?;
        Ok(DecidedDraft {
            draft_id: draft.id.to_string(),
            status: draft.status.to_string(),
            skill_id: draft.target.to_string(),
            volume: volume.to_string(),
            path: written,
            version: blob.to_string(),
            commit: commit.to_string(),
        })
    }

    /// Reads all drafts of a volume. A file that is none is left alone.
    pub(super) fn drafts_of(&self, volume: &VolumeId) -> Result<BTreeMap<Slug, Existing>, Error> {
        let Some(head) = self.store.head(volume)? else { return Ok(BTreeMap::new()) };
        let folder: VolumePath = draft::FOLDER.parse().expect("because it is a plain path");
        let mut found = BTreeMap::new();
        for entry in self.store.list(volume, &head, Some(&folder))? {
            let Ok(draft) = draft::parse(&self.store.read(volume, &entry.blob)?) else { continue };
            if Draft::path_of(&draft.id) == entry.path {
                found.insert(draft.id.clone(), Existing { draft, version: entry.blob });
            }
        }
        Ok(found)
    }

    fn draft_at(&self, volume: &VolumeId, asked: &Drafts) -> Result<Existing, Error> {
        let unknown = || Error::Unknown {
            what: "draft",
            id: asked.id.to_string(),
            volume: Some(volume.clone()),
            hint: "choose another from the list, which `GET /drafts` gives".to_owned(),
        };
        let path = Draft::path_of(&asked.id);
        let version = self.version_of(volume, &path)?.ok_or_else(unknown)?;
        let draft = draft::parse(&self.store.read(volume, &version)?);
        let draft = draft.map_err(|found| Error::BrokenFile {
            volume: volume.clone(),
            path,
            diagnostics: vec![(&found).into()],
        })?;
        Ok(Existing { draft, version })
    }

    /// Returns the content of a file now; `None` where there is no such file.
    pub(super) fn version_of(
        &self,
        volume: &VolumeId,
        path: &VolumePath,
    ) -> Result<Option<BlobId>, Error> {
        let Some(head) = self.store.head(volume)? else { return Ok(None) };
        let found = self.store.list(volume, &head, Some(path))?;
        Ok(found.into_iter().find(|entry| entry.path == *path).map(|entry| entry.blob))
    }

    /// Returns what stands in the way of a new skill.
    fn taken(
        &self,
        volume: &VolumeId,
        draft: &Draft,
        path: &VolumePath,
    ) -> Result<Option<BlobId>, Error> {
        if let Some(version) = self.version_of(volume, path)? {
            return Ok(Some(version));
        }
        let snapshot = self.catalogue.snapshot(volume)?;
        Ok(match draft.kind {
            DraftKind::Compound => {
                snapshot.workflows.get(&draft.target).map(|file| file.blob.clone())
            }
            DraftKind::Guide => snapshot.skills.get(&draft.target).map(|file| file.blob.clone()),
        })
    }

    fn current_skill(&self, volume: &VolumeId, id: &Slug) -> Result<(VolumePath, BlobId), Error> {
        let snapshot = self.catalogue.snapshot(volume)?;
        let found = snapshot.skills.get(id).map(|file| (file.path.clone(), file.blob.clone()));
        found.ok_or_else(|| Error::Unknown {
            what: "skill",
            id: id.to_string(),
            volume: Some(volume.clone()),
            hint: format!(
                "a draft goes into a skill of its own volume; `GET /skills?q={id}` looks for it"
            ),
        })
    }

    fn skill_text(&self, volume: &VolumeId, blob: &BlobId) -> Result<String, Error> {
        let bytes = self.store.read(volume, blob)?;
        String::from_utf8(bytes).map_err(|source| Error::BadField {
            field: "into",
            reason: format!("the file is not UTF-8: {source}"),
            hint: "choose another skill".to_owned(),
        })
    }

    fn summary_of(
        &self,
        volume: &VolumeId,
        draft: &Draft,
        version: &BlobId,
    ) -> Result<DraftSummary, Error> {
        let there = match &draft.kept {
            Some(kept) => self.version_of(volume, &kept.path)?,
            None => None,
        };
        Ok(DraftSummary::new(draft, volume, version, is_update(draft, there.as_ref())))
    }
}
