//! What the commands that look into a volume share: where it is, and how moments are named.

use std::{path::PathBuf, sync::Arc};

use llmos_api::history::{FileDiff, FileStatus, LineKind};
use llmos_core::{slug::Slug, volume::VolumeId};
use llmos_members::MembersFile;
use llmos_volumes::GitStore;
use llmos_workbench::{Caller, HistoryFilter, Point, Workbench, ids};

use crate::{
    commands::files::escaped,
    failure::{Failure, FailureKind},
    out::{Heard, Out},
    world::Machine,
};

/// How many commits are looked through for the beginning of an id.
const MAX_COMMITS: usize = 100_000;

/// How many digits of an id are shown.
const SHORT: usize = 10;

/// Which volume is meant.
#[derive(clap::Args)]
pub(crate) struct Where {
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// Who asks
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// The team that the user works in
    #[arg(long, value_name = "TEAM")]
    team: Option<Slug>,
    /// `system`, `team/<id>` or `user/<id>`; the user's own when left out
    #[arg(long, value_name = "VOLUME")]
    volume: Option<String>,
}

/// A volume as the user sees it.
pub(crate) struct Open {
    pub(crate) workbench: Workbench,
    pub(crate) caller: Caller,
    pub(crate) volume: VolumeId,
}

impl Where {
    pub(crate) fn open(&self) -> Result<Open, Failure> {
        let volume = match &self.volume {
            Some(volume) => ids::volume(volume)?,
            None => VolumeId::User(self.user.clone()),
        };
        let store = Arc::new(GitStore::open(self.volumes.clone()));
        let directory = Arc::new(MembersFile::beside(&self.volumes));
        let workbench = Workbench::new(store, Arc::new(Machine)).with_directory(directory);
        let caller = workbench.caller(self.user.clone(), self.team.clone())?;
        Ok(Open { workbench, caller, volume })
    }
}

impl Open {
    /// Reads the id of a commit, its beginning, or the name of a branch.
    pub(crate) fn point(&self, field: &'static str, text: &str) -> Result<Point, Failure> {
        let is_part = (4..40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_part {
            return Ok(ids::point(field, text)?);
        }
        let filter = HistoryFilter {
            volume: Some(self.volume.clone()),
            path: None,
            from: None,
            words: false,
            limit: MAX_COMMITS,
        };
        let history = self.workbench.volume_history(&self.caller, &filter)?;
        let mut found = history.commits.iter().filter(|commit| commit.commit.starts_with(text));
        match (found.next(), found.next()) {
            (Some(commit), None) => Ok(ids::point(field, &commit.commit)?),
            (Some(_), Some(_)) => Err(Failure::new(
                FailureKind::Usage,
                format!("more than one commit begins with `{text}`"),
                "write more digits of it",
            )),
            // A branch may be called so.
            (None, _) => Ok(ids::point(field, text)?),
        }
    }
}

/// The first digits of an id.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(SHORT).collect()
}

/// Prints what differs in files: by meaning, then by line.
pub(crate) fn print_files(out: &mut Out, files: &[FileDiff]) -> Heard {
    use std::ops::ControlFlow::{Break, Continue};
    for file in files {
        for line in lines_of(file) {
            if out.line(&line)?.is_break() {
                return Ok(Break(()));
            }
        }
    }
    Ok(Continue(()))
}

/// What became of a file, in a word.
pub(crate) fn status(status: FileStatus) -> &'static str {
    match status {
        FileStatus::Added => "added",
        FileStatus::Changed => "changed",
        FileStatus::Removed => "removed",
    }
}

fn lines_of(file: &FileDiff) -> Vec<String> {
    let mut lines = vec![format!("{} {}", status(file.status), escaped(&file.path))];
    for change in file.changes.iter().flatten() {
        lines.push(format!("  {}", escaped(&change.words)));
    }
    let Some(hunks) = &file.lines else {
        lines.push("  no text that can be compared by line".to_owned());
        return lines;
    };
    for hunk in hunks {
        let count = |not: LineKind| hunk.lines.iter().filter(|line| line.kind != not).count();
        lines.push(format!(
            "@@ -{},{} +{},{} @@",
            hunk.old_start,
            count(LineKind::New),
            hunk.new_start,
            count(LineKind::Old)
        ));
        for line in &hunk.lines {
            let mark = match line.kind {
                LineKind::Same => ' ',
                LineKind::Old => '-',
                LineKind::New => '+',
            };
            lines.push(format!("{mark}{}", escaped(&line.text)));
        }
    }
    lines
}
