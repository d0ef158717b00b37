//! One volume at one commit, parsed.

use std::{ops::Deref, sync::Arc};

use llmos_api::{problem, skill::BrokenFile};
use llmos_core::{
    diagnostic::{Diagnostic, Position},
    intake,
    skill::{self, Skill},
    slug::Slug,
    store::{BlobId, Changed, CommitId, Entry, FolderId, Holds, Name, Span, Store, StoreError},
    volume::{VolumeId, VolumePath},
    workflow::{self, Workflow},
};
use rpds::RedBlackTreeMapSync;

use crate::Error;

/// One volume at one commit, parsed.
pub(crate) struct Snapshot {
    pub(crate) volume: VolumeId,
    /// `None` while the volume does not exist.
    pub(crate) head: Option<CommitId>,
    /// Shared by all commits that changed nothing of it, as those do that keep traces.
    content: Arc<Content>,
}

/// The skills and workflows of a volume, parsed.
///
/// The maps share with those of the snapshot before what did not change: one saved skill
/// among ten thousand costs its own path in them.
#[derive(Clone, Default)]
pub(crate) struct Content {
    /// What it was made from.
    folders: ContentId,
    pub(crate) skills: ById<SkillFile>,
    pub(crate) workflows: ById<WorkflowFile>,
    /// Files with an error, by path: most are no skill or workflow at all, some can be used in part.
    pub(crate) broken: Vec<Arc<BrokenFile>>,
    /// Everything that was parsed, so that the next snapshot parses only what changed.
    parsed: RedBlackTreeMapSync<VolumePath, (BlobId, Parsed)>,
    /// Whether several files have one id: which of them counts is found among all.
    has_namesakes: bool,
}

/// Files by the id of what they hold.
pub(crate) type ById<T> = RedBlackTreeMapSync<Slug, Arc<T>>;

/// The ids of the folders of skills and of workflows, where there are any.
pub(crate) type ContentId = [Option<FolderId>; 2];

/// The folders in the order of a [`ContentId`].
const FOLDERS: [&str; 2] = ["skills", "workflows"];

impl Deref for Snapshot {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.content
    }
}

/// A skill with where it stands.
pub(crate) struct SkillFile {
    pub(crate) volume: VolumeId,
    pub(crate) path: VolumePath,
    pub(crate) blob: BlobId,
    pub(crate) skill: Skill,
    pub(crate) diagnostics: Vec<problem::Diagnostic>,
}

/// A workflow with where it stands.
pub(crate) struct WorkflowFile {
    pub(crate) volume: VolumeId,
    pub(crate) path: VolumePath,
    pub(crate) blob: BlobId,
    pub(crate) workflow: Workflow,
}

#[derive(Clone)]
enum Parsed {
    Skill(Arc<SkillFile>),
    Workflow(Arc<WorkflowFile>),
    Broken(Arc<BrokenFile>),
}

/// Returns where a skill of this id may stand, the usual place first.
pub(crate) fn skill_paths(id: &Slug) -> [VolumePath; 2] {
    [format!("skills/{id}.md"), format!("skills/{id}/SKILL.md")]
        .map(|path| path.parse().expect("because a slug is a safe part of a path"))
}

/// Returns where a workflow of this id stands.
pub(crate) fn workflow_path(id: &Slug) -> VolumePath {
    format!("workflows/{id}.md").parse().expect("because a slug is a safe part of a path")
}

impl Snapshot {
    /// A volume that does not exist: it holds nothing.
    pub(crate) fn absent(volume: VolumeId) -> Self {
        Self { volume, head: None, content: Arc::default() }
    }

    /// A volume that cannot be read: it holds nothing, and says so in both lists.
    pub(crate) fn damaged(volume: VolumeId, error: &Error) -> Self {
        let found = Diagnostic::error("damaged-volume", Position::START, error.to_string())
            .with_hint("put its folder back from a copy, or ask whoever looks after the volumes");
        let told = |path: &str| {
            Arc::new(BrokenFile {
                volume: volume.to_string(),
                path: path.to_owned(),
                uncommitted: false,
                diagnostics: vec![(&found).into()],
            })
        };
        let broken = vec![told("skills/"), told("workflows/")];
        let content = Arc::new(Content { broken, ..Content::default() });
        Self { volume, head: None, content }
    }

    /// Reads a volume at a commit, taking over from `before` whatever did not change.
    pub(crate) fn read(
        store: &dyn Store,
        volume: &VolumeId,
        head: CommitId,
        before: Option<&Self>,
    ) -> Result<Self, Error> {
        let mut folders = ContentId::default();
        for Name { name, holds } in store.names(volume, &head, None)? {
            if let (Some(at), Holds::Folder(id)) =
                (FOLDERS.iter().position(|it| *it == name), holds)
            {
                folders[at] = Some(id);
            }
        }
        let same = before.filter(|before| before.folders == folders);
        let content = match same {
            Some(before) => Arc::clone(&before.content),
            None => {
                let place = Place { store, volume, head: &head };
                let followed = match before {
                    Some(before) => before.followed(place, &folders)?,
                    None => None,
                };
                let before = before.map(|before| &*before.content);
                let content = followed.map_or_else(|| Content::read(place, folders, before), Ok);
                Arc::new(content?)
            }
        };
        Ok(Self { volume: volume.clone(), head: Some(head), content })
    }

    /// Returns the content at a later commit, made of the files that changed; `None` where all must be looked at.
    fn followed(&self, place: Place<'_>, folders: &ContentId) -> Result<Option<Content>, Error> {
        let Some(from) = self.head.as_ref().filter(|_| !self.has_namesakes) else {
            return Ok(None);
        };
        let mut changed: Vec<Changed> = Vec::new();
        for (at, folder) in FOLDERS.iter().enumerate() {
            if self.folders[at] == folders[at] {
                continue;
            }
            let path: VolumePath = folder.parse().expect("because it is one plain name");
            let span = Span { from: Some(from), to: place.head, path: &path };
            match place.store.changed(place.volume, span) {
                Ok(found) => changed.extend(found),
                // Somebody wrote another history, and the commit before is gone.
                Err(StoreError::UnknownObject { .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        changed.retain(|it| intake::is_document(&it.path));
        let mut new = Content::clone(&self.content);
        new.folders = folders.clone();
        changed.iter().for_each(|it| new.remove(&it.path));
        for Changed { path, blob } in changed {
            let Some(blob) = blob else { continue };
            let entry = Entry { path, blob };
            let parsed = parse(place, &entry)?;
            new.add(place.volume, entry, parsed);
        }
        new.broken.sort_by(|a, b| a.path.cmp(&b.path));
        Ok((!new.has_namesakes).then_some(new))
    }

    /// Tells its content from any other of the same volume.
    pub(crate) fn content_id(&self) -> &ContentId {
        &self.folders
    }
}

/// Where files are read.
#[derive(Clone, Copy)]
struct Place<'a> {
    store: &'a dyn Store,
    volume: &'a VolumeId,
    head: &'a CommitId,
}

impl Content {
    fn read(place: Place<'_>, folders: ContentId, before: Option<&Self>) -> Result<Self, Error> {
        let Place { store, volume, head } = place;
        let mut new = Self::default();
        for (at, folder) in FOLDERS.iter().enumerate() {
            let inside = format!("{folder}/");
            if let Some(before) = before.filter(|before| before.folders[at] == folders[at]) {
                let there =
                    before.parsed.iter().filter(|(path, _)| path.as_str().starts_with(&inside));
                for (path, (blob, parsed)) in there {
                    let entry = Entry { path: path.clone(), blob: blob.clone() };
                    new.add(volume, entry, parsed.clone());
                }
                continue;
            }
            let folder: VolumePath = folder.parse().expect("because it is one plain name");
            for entry in store.list(volume, head, Some(&folder))? {
                if !intake::is_document(&entry.path) {
                    continue;
                }
                let same = before.and_then(|before| before.parsed.get(&entry.path));
                let parsed = match same.filter(|(blob, _)| *blob == entry.blob) {
                    Some((_, parsed)) => parsed.clone(),
                    None => parse(place, &entry)?,
                };
                new.add(volume, entry, parsed);
            }
        }
        new.folders = folders;
        Ok(new)
    }

    /// How many files were parsed for it.
    pub(crate) fn n_parsed(&self) -> usize {
        self.parsed.size()
    }

    /// Forgets the file at a path, as long as no other file has its id.
    fn remove(&mut self, path: &VolumePath) {
        match self.parsed.get(path).map(|(_, parsed)| parsed.clone()) {
            Some(Parsed::Skill(file)) => self.skills.remove_mut(&file.skill.id),
            Some(Parsed::Workflow(file)) => self.workflows.remove_mut(&file.workflow.id),
            Some(Parsed::Broken(_)) => true,
            None => return,
        };
        self.parsed.remove_mut(path);
        self.broken.retain(|file| file.path != path.as_str());
    }

    fn add(&mut self, volume: &VolumeId, entry: Entry, parsed: Parsed) {
        let taken = match &parsed {
            Parsed::Skill(file) => {
                if file.diagnostics.iter().any(|found| found.severity == problem::Severity::Error) {
                    self.broken.push(Arc::new(BrokenFile {
                        volume: file.volume.to_string(),
                        path: file.path.to_string(),
                        uncommitted: false,
                        diagnostics: file.diagnostics.clone(),
                    }));
                }
                let taken = self.skills.get(&file.skill.id).map(|other| other.path.clone());
                if taken.is_none() {
                    self.skills.insert_mut(file.skill.id.clone(), Arc::clone(file));
                }
                taken
            }
            Parsed::Workflow(file) => {
                let taken = self.workflows.get(&file.workflow.id).map(|other| other.path.clone());
                if taken.is_none() {
                    self.workflows.insert_mut(file.workflow.id.clone(), Arc::clone(file));
                }
                taken
            }
            Parsed::Broken(file) => {
                self.broken.push(Arc::clone(file));
                None
            }
        };
        if let Some(other) = taken {
            self.has_namesakes = true;
            let message = format!("`{other}` has the same id and comes first");
            let found = Diagnostic::error("duplicate-id", Position::START, message)
                .with_hint("give one of the two files another id");
            self.broken.push(Arc::new(broken(volume, &entry.path, &[found])));
        }
        self.parsed.insert_mut(entry.path, (entry.blob, parsed));
    }
}

fn parse(place: Place<'_>, entry: &Entry) -> Result<Parsed, Error> {
    let Place { store, volume, .. } = place;
    let text = match store.read(volume, &entry.blob) {
        Ok(text) => text,
        // One file that is too large or damaged must not hide all the others.
        Err(StoreError::Damaged { reason, .. }) => {
            let found = Diagnostic::error("unreadable", Position::START, reason)
                .with_hint("run `git fsck --full` in the folder of the volume, or remove the file");
            return Ok(Parsed::Broken(Arc::new(broken(volume, &entry.path, &[found]))));
        }
        Err(error) => return Err(error.into()),
    };
    let path = entry.path.as_str();
    let (volume, at, blob) = (volume.clone(), entry.path.clone(), entry.blob.clone());
    if path.starts_with("workflows/") {
        let check = workflow::parse(path, &text);
        return Ok(match check.workflow {
            Some(workflow) => {
                Parsed::Workflow(Arc::new(WorkflowFile { volume, path: at, blob, workflow }))
            }
            None => Parsed::Broken(Arc::new(broken(&volume, &at, &check.diagnostics))),
        });
    }
    let check = skill::check(path, &text);
    Ok(match check.skill {
        Some(skill) => {
            let diagnostics = check.diagnostics.iter().map(problem::Diagnostic::from).collect();
            Parsed::Skill(Arc::new(SkillFile { volume, path: at, blob, skill, diagnostics }))
        }
        None => Parsed::Broken(Arc::new(broken(&volume, &at, &check.diagnostics))),
    })
}

fn broken(volume: &VolumeId, path: &VolumePath, diagnostics: &[Diagnostic]) -> BrokenFile {
    BrokenFile {
        volume: volume.to_string(),
        path: path.to_string(),
        uncommitted: false,
        diagnostics: diagnostics.iter().map(problem::Diagnostic::from).collect(),
    }
}
