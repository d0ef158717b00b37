//! Where remotes are noted: files beside the volumes, which nobody can push to.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use llmos_core::{
    remote::{Remote, RemoteError, RemoteState},
    slug::Slug,
    store::CommitId,
    volume::VolumeId,
};

/// The folder of all notes.
const FOLDER: &str = ".llmos-lite-remotes";

/// The notes beside the volumes.
pub(super) struct Notes<'a> {
    root: &'a Path,
}

impl<'a> Notes<'a> {
    pub(super) fn beside(root: &'a Path) -> Self {
        Self { root }
    }

    fn path(&self, volume: &VolumeId, ending: &str) -> PathBuf {
        let name = match volume {
            VolumeId::System => format!("system.{ending}"),
            VolumeId::Team(id) => format!("team-{id}.{ending}"),
            VolumeId::User(id) => format!("user-{id}.{ending}"),
        };
        self.root.join(FOLDER).join(name)
    }

    pub(super) fn remote(&self, volume: &VolumeId) -> Result<Option<Remote>, RemoteError> {
        let path = self.path(volume, "remote");
        let Some(text) = read(&path).map_err(failed("reading where the remote is"))? else {
            return Ok(None);
        };
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let url = field("url: ").and_then(|url| url.trim().parse().ok());
        let branch = field("branch: ").map_or("main", str::trim);
        match url.filter(|_| is_branch(branch)) {
            Some(url) => Ok(Some(Remote { url, branch: branch.to_owned() })),
            None => {
                let message = format!("`{}` names no remote: remove it", path.display());
                Err(failed("reading where the remote is")(io::Error::other(message)))
            }
        }
    }

    pub(super) fn set_remote(
        &self,
        volume: &VolumeId,
        remote: Option<&Remote>,
    ) -> Result<(), RemoteError> {
        let doing = "noting where the remote is";
        remove(&self.path(volume, "state")).map_err(failed(doing))?;
        let path = self.path(volume, "remote");
        let Some(Remote { url, branch }) = remote else {
            return remove(&path).map_err(failed(doing));
        };
        if !is_branch(branch) {
            let message = format!("`{branch}` is no name of a branch");
            return Err(failed(doing)(io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        self.write(&path, &format!("url: {url}\nbranch: {branch}\n")).map_err(failed(doing))
    }

    pub(super) fn state(&self, volume: &VolumeId) -> Result<RemoteState, RemoteError> {
        let text = read(&self.path(volume, "state")).map_err(failed("reading the last talk"))?;
        let mut state = RemoteState::default();
        for line in text.iter().flat_map(|text| text.lines()) {
            // What cannot be read is forgotten: the next talk finds out.
            match line.split_once(": ") {
                Some(("synced", at)) => state.synced_at = at.parse().ok(),
                Some(("commit", id)) => state.commit = Some(CommitId(id.to_owned())),
                Some(("failures", n)) => state.n_failures = n.parse().unwrap_or(1),
                Some(("failed", rest)) => {
                    let (at, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                    let at = at.parse::<Timestamp>().ok();
                    state.failure = at.map(|at| (at, reason.to_owned()));
                }
                Some(("conflict", path)) => state.conflicts.extend(path.parse().ok()),
                _ => {}
            }
        }
        Ok(state)
    }

    pub(super) fn set_state(
        &self,
        volume: &VolumeId,
        state: &RemoteState,
    ) -> Result<(), RemoteError> {
        let mut text = String::new();
        if let Some(at) = state.synced_at {
            text.push_str(&format!("synced: {at}\n"));
        }
        if let Some(commit) = &state.commit {
            text.push_str(&format!("commit: {commit}\n"));
        }
        if state.n_failures > 0 {
            text.push_str(&format!("failures: {}\n", state.n_failures));
        }
        if let Some((at, reason)) = &state.failure {
            let reason: String =
                reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(2_000).collect();
            text.push_str(&format!("failed: {at} {reason}\n"));
        }
        for path in state.conflicts.iter().take(1_000) {
            text.push_str(&format!("conflict: {path}\n"));
        }
        self.write(&self.path(volume, "state"), &text).map_err(failed("noting the last talk"))
    }

    pub(super) fn volumes(&self) -> Result<Vec<VolumeId>, RemoteError> {
        let entries = match fs::read_dir(self.root.join(FOLDER)) {
            Ok(entries) => entries,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(err) => return Err(failed("listing remotes")(err)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed("listing remotes"))?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".remote"));
            let slug = |id: &str| id.parse::<Slug>().ok();
            found.extend(match name.map(|name| name.split_once('-').unwrap_or((name, ""))) {
                Some(("system", "")) => Some(VolumeId::System),
                Some(("team", id)) => slug(id).map(VolumeId::Team),
                Some(("user", id)) => slug(id).map(VolumeId::User),
                _ => None,
            });
        }
        found.sort();
        Ok(found)
    }

    /// Waits until nobody else talks to the remote of this volume.
    pub(super) fn turn(&self, volume: &VolumeId) -> Result<File, RemoteError> {
        let doing = "waiting for another talk";
        let path = self.path(volume, "lock");
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(failed(doing))?;
        file.lock().map_err(failed(doing))?;
        Ok(file)
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        fs::create_dir_all(self.root.join(FOLDER))?;
        let unfinished = path.with_extension(format!("unfinished-{}", std::process::id()));
        let mut file = File::create(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(unfinished, path)
    }
}

/// Says whether a text names a branch that every Git host can have.
fn is_branch(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    name.chars().all(plain)
        && name.len() <= 100
        && !name.starts_with('-')
        && gix::validate::reference::name(format!("refs/heads/{name}").as_str().into()).is_ok()
}

pub(super) fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> RemoteError {
    move |source| RemoteError::Failed { doing, source }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}
