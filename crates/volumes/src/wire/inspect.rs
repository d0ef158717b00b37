//! Looking at commits from elsewhere before they become part of a volume: what
//! their trees may hold, and what changes against what the volume has.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gix::{
    ObjectId, Repository,
    objs::{TreeRefIter, tree::EntryKind},
};
use llmos_core::{
    diagnostic::{Diagnostic, Severity},
    exchange::{Judge, Refusal},
    intake,
};

use crate::{
    tree::{File, TreeError},
    worktree::FileChange,
};

/// How many findings are told.
const MAX_FINDINGS: usize = 40;

/// How many entries of trees are looked at for one conversation.
const MAX_ENTRIES: usize = 4_000_000;

/// How many files one push may change, and how many bytes they may have together.
const MAX_FILES: usize = 200_000;
const MAX_BYTES: usize = 1 << 30;

/// How deep folders may lie.
const MAX_DEPTH: usize = 64;

/// What stands against taking commits, and what is only told.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// One line each, and hints below them.
    pub(super) lines: Vec<String>,
    pub(super) n_errors: usize,
}

impl Findings {
    fn refuse(&mut self, path: &str, reason: impl std::fmt::Display, hint: &str) {
        self.n_errors += 1;
        if self.lines.len() < MAX_FINDINGS {
            self.lines.push(format!("{}: {reason}", shown(path)));
            self.lines.push(format!("  hint: {hint}"));
        }
    }

    fn tell(&mut self, path: &str, found: &Diagnostic) {
        self.n_errors += usize::from(found.severity == Severity::Error);
        if self.lines.len() < MAX_FINDINGS {
            let Diagnostic { severity, code, position, message, hint } = found;
            let (line, column) = (position.line, position.column);
            let message = shown(message);
            let place = format!("{}:{line}:{column}", shown(path));
            self.lines.push(format!("{place}: {severity}: {message} [{code}]"));
            self.lines.extend(hint.as_ref().map(|hint| format!("  hint: {}", shown(hint))));
        }
    }
}

/// Keeps what a stranger wrote from meaning something to a terminal.
fn shown(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c.is_control() {
            true => c.escape_default().collect::<Vec<_>>(),
            false => vec![c],
        })
        .collect()
}

/// The files in which two trees differ, with their new contents.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) files: Vec<FileChange>,
    pub(super) contents: Vec<Option<Arc<Vec<u8>>>>,
}

/// Looks at commits; what was looked at once is not looked at again.
pub(super) struct Inspector<'a> {
    repository: &'a Repository,
    findings: Findings,
    /// New trees that were looked at.
    seen: BTreeSet<ObjectId>,
    n_entries: usize,
}

/// One entry of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Entry {
    id: ObjectId,
    kind: EntryKind,
}

impl<'a> Inspector<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        Self { repository, findings: Findings::default(), seen: BTreeSet::new(), n_entries: 0 }
    }

    pub(super) fn finish(self) -> Findings {
        self.findings
    }

    /// Looks at the names and kinds of everything that a commit brings against its first parent.
    pub(super) fn commit(&mut self, commit: ObjectId) -> Result<(), TreeError> {
        let found = self.repository.find_commit(commit)?;
        let tree = found.tree_id()?.detach();
        let parent = found.parent_ids().next().map(gix::Id::detach);
        let before = parent.map(|parent| tree_of(self.repository, parent)).transpose()?;
        self.names(before, tree, "", 0)
    }

    /// Lets `judge` look at the message of a commit.
    pub(super) fn message(&mut self, commit: ObjectId, judge: &dyn Judge) -> Result<(), TreeError> {
        let found = self.repository.find_commit(commit)?;
        let message = found.message_raw_sloppy().to_string();
        if let Some(Refusal { reason, hint }) = judge.refuses_message(&message) {
            let short: String = commit.to_string().chars().take(10).collect();
            self.findings.refuse(&format!("commit {short}"), reason, &hint);
        }
        Ok(())
    }

    fn names(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
        prefix: &str,
        depth: usize,
    ) -> Result<(), TreeError> {
        if old == Some(new) || !self.seen.insert(new) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            self.findings.refuse(prefix, "folders lie too deep", "use fewer folders in folders");
            return Ok(());
        }
        let before = old.map(|old| self.entries(old)).transpose()?.unwrap_or_default();
        let after = self.entries(new)?;
        let mut folded: BTreeMap<String, &Vec<u8>> = BTreeMap::new();
        for (name, entry) in &after {
            let text = String::from_utf8_lossy(name);
            let path = format!("{prefix}{text}");
            let is_known = before.get(name) == Some(entry);
            if let Some(other) = folded.insert(text.to_lowercase(), name) {
                let other_is_known = before.get(other) == after.get(other);
                let twin = String::from_utf8_lossy(other);
                let (path, twin) = match is_known {
                    true => (format!("{prefix}{twin}"), text.clone()),
                    false => (path.clone(), twin),
                };
                if !(is_known && other_is_known) {
                    let reason = format!("differs from `{twin}` in case only");
                    self.findings.refuse(&path, reason, "give one of the two another name");
                }
            }
            if is_known {
                continue;
            }
            if std::str::from_utf8(name).is_err() || name.contains(&b'/') {
                let hint = "give it a name in UTF-8";
                self.findings.refuse(&path, "its name is no text", hint);
                continue;
            }
            if let Err(refusal) = intake::path(&path) {
                self.findings.refuse(&path, &refusal, refusal.hint());
                continue;
            }
            match entry.kind {
                EntryKind::Tree => {
                    let old = before.get(name).filter(|old| old.kind == EntryKind::Tree);
                    let old = old.map(|old| old.id);
                    self.names(old, entry.id, &format!("{path}/"), depth + 1)?;
                }
                EntryKind::Blob | EntryKind::BlobExecutable => {}
                EntryKind::Link => {
                    let hint = "put the file itself there: a volume follows no links";
                    self.findings.refuse(&path, "is a symbolic link", hint);
                }
                EntryKind::Commit => {
                    let hint = "put the files themselves there: a volume follows no submodules";
                    self.findings.refuse(&path, "is a submodule", hint);
                }
            }
        }
        Ok(())
    }

    /// Returns the files in which `new` differs from `old`, and lets `judge` look at them.
    ///
    /// Files that are no plain files, in either, are left out.
    pub(super) fn difference(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
        judge: Option<&dyn Judge>,
    ) -> Result<Difference, TreeError> {
        let files = self.changes(old, new)?;
        let mut difference = Difference::default();
        let mut n_bytes = 0;
        for file in files {
            let content = match file.new {
                Some(new) => {
                    n_bytes += usize::try_from(self.repository.find_header(new.id)?.size())
                        .unwrap_or(usize::MAX);
                    if n_bytes > MAX_BYTES {
                        let hint = "push a part of the commits first";
                        let reason = "this and other changed files have too many bytes together";
                        self.findings.refuse(file.path.as_str(), reason, hint);
                        break;
                    }
                    Some(self.repository.find_blob(new.id)?.take_data())
                }
                None => None,
            };
            if let (Some(judge), Some(content)) = (judge, &content)
                && judge.looks_at(&file.path)
            {
                for found in judge.check(&file.path, content) {
                    self.findings.tell(file.path.as_str(), &found);
                }
            }
            difference.files.push(file);
            difference.contents.push(content.map(Arc::new));
        }
        Ok(difference)
    }

    /// Returns the files in which `new` differs from `old`, without their contents.
    pub(super) fn changes(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
    ) -> Result<Vec<FileChange>, TreeError> {
        let mut files = Vec::new();
        self.collect(old, Some(new), "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn collect(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        prefix: &str,
        files: &mut Vec<FileChange>,
    ) -> Result<(), TreeError> {
        if old == new {
            return Ok(());
        }
        let before = old.map(|old| self.entries(old)).transpose()?.unwrap_or_default();
        let after = new.map(|new| self.entries(new)).transpose()?.unwrap_or_default();
        let names: BTreeSet<&Vec<u8>> = before.keys().chain(after.keys()).collect();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old == new {
                continue;
            }
            let Ok(text) = std::str::from_utf8(name) else { continue };
            let Ok(path) = format!("{prefix}{text}").parse() else { continue };
            let tree = |entry: Option<&Entry>| {
                entry.filter(|entry| entry.kind == EntryKind::Tree).map(|entry| entry.id)
            };
            if tree(old).is_some() || tree(new).is_some() {
                self.collect(tree(old), tree(new), &format!("{path}/"), files)?;
            }
            let file = |entry: Option<&Entry>| match entry?.kind {
                EntryKind::Blob => Some(File { id: entry?.id, executable: false }),
                EntryKind::BlobExecutable => Some(File { id: entry?.id, executable: true }),
                EntryKind::Tree | EntryKind::Link | EntryKind::Commit => None,
            };
            if file(old) != file(new) {
                files.push(FileChange { path, old: file(old), new: file(new) });
                if files.len() > MAX_FILES {
                    return Err(TreeError::TooManyFiles { limit: MAX_FILES });
                }
            }
        }
        Ok(())
    }

    fn entries(&mut self, tree: ObjectId) -> Result<BTreeMap<Vec<u8>, Entry>, TreeError> {
        let object = self.repository.find_tree(tree)?;
        let mut entries = BTreeMap::new();
        for entry in TreeRefIter::from_bytes(&object.data, tree.kind()) {
            let entry = entry?;
            self.n_entries += 1;
            if self.n_entries > MAX_ENTRIES {
                return Err(TreeError::TooManyFiles { limit: MAX_ENTRIES });
            }
            let found = Entry { id: entry.oid.to_owned(), kind: entry.mode.kind() };
            if entries.insert(entry.filename.to_vec(), found).is_some() {
                return Err(TreeError::Broken);
            }
        }
        Ok(entries)
    }
}

/// Returns the tree of a commit.
pub(super) fn tree_of(repository: &Repository, commit: ObjectId) -> Result<ObjectId, TreeError> {
    Ok(repository.find_commit(commit)?.tree_id()?.detach())
}
