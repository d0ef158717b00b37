//! One talk with a remote: what it holds, what comes from there, what goes there.

use std::{
    fs::{self, File},
    io::BufReader,
    process::Command,
    sync::Arc,
    time::Duration,
};

use gix::{ObjectId, Repository, objs::Kind};
use jiff::Timestamp;
use llmos_core::{
    exchange::ExchangeError,
    remote::{Remote, RemoteError},
    store::{Author, Change},
    volume::VolumePath,
};

use super::{access, notes::failed, together::merge_all};
use crate::{
    GitStore,
    session::{Drafts, Incoming, edit, print_commit},
    tree::{self, TreeError},
    volume::{MAIN, Volume},
    wire::{
        admit::{Admission, Kept},
        depth,
        desk::Desk,
        inspect::{Inspector, tree_of},
        program::{self, Ended},
        receive::{commits_not_here, is_ancestor, place},
        refs,
        scan::{self, Limits},
    },
};

/// How long a question may take, and how long sending or getting objects.
const QUESTION: Duration = Duration::from_secs(120);
const TRANSFER: Duration = Duration::from_secs(3600);

/// One talk.
pub(super) struct Talk<'a> {
    volume: &'a Arc<Volume>,
    remote: &'a Remote,
    by: &'a Author,
    now: Timestamp,
    desk: Desk,
    here: Option<ObjectId>,
}

/// What came from the remote.
pub(super) enum Brought {
    /// Nothing: it holds less than the volume.
    Nothing,
    /// So many commits, those of a merge included.
    Commits(usize),
    /// Files that both sides changed; nothing was merged.
    Conflict(Vec<VolumePath>),
    /// Somebody moved the volume meanwhile.
    Moved,
}

impl<'a> Talk<'a> {
    pub(super) fn begin(
        store: &GitStore,
        volume: &'a Arc<Volume>,
        remote: &'a Remote,
        by: &'a Author,
        now: Timestamp,
    ) -> Result<Self, RemoteError> {
        let refs = volume.refs().map_err(from_exchange)?;
        let here = refs.get(MAIN).copied();
        let desk = store.desk(volume, &refs).map_err(from_exchange)?;
        Ok(Self { volume, remote, by, now, desk, here })
    }

    /// What `main` of the volume is.
    pub(super) fn here(&self) -> Option<ObjectId> {
        self.here
    }

    /// What the branch of the remote is; `None` where it has none.
    pub(super) fn look(&self) -> Result<Option<ObjectId>, RemoteError> {
        let name = self.branch();
        let ended =
            self.run(&["ls-remote", "--quiet", self.remote.url.as_str(), &name], QUESTION)?;
        if !ended.status.success() {
            return Err(self.unreachable(&ended));
        }
        let text = String::from_utf8_lossy(&ended.stdout);
        let mut lines = text.lines().filter_map(|line| line.split_once('\t'));
        let found = lines.find(|(_, found)| *found == name);
        Ok(found.and_then(|(id, _)| ObjectId::from_hex(id.as_bytes()).ok()))
    }

    /// Brings what is there to the volume, merged with what is here.
    pub(super) fn bring(
        &self,
        here: Option<ObjectId>,
        there: ObjectId,
    ) -> Result<Brought, RemoteError> {
        let repository = self.desk.open().map_err(failed("opening the volume"))?;
        if let Some(here) = here
            && repository.has_object(there)
            && self.comes_after(there, here)?
        {
            return Ok(Brought::Nothing);
        }
        let there = self.fetch()?;
        let repository = self.desk.open().map_err(failed("opening the volume"))?;
        let new = commits_not_here(&self.desk, &[there]).map_err(from_exchange)?;
        let mut inspector = Inspector::new(&repository);
        for commit in &new {
            inspector.commit(*commit).map_err(|err| self.damaged(err))?;
        }
        let findings = inspector.finish();
        if findings.n_errors > 0 {
            return Err(RemoteError::Unsafe { reason: findings.lines.join("; ") });
        }
        let drafts = Drafts::new(
            self.desk.open().map_err(failed("opening the volume"))?,
            Arc::clone(&self.volume.sound),
        );
        match here {
            Some(here) if !self.comes_after(here, there)? => {
                self.merge(&repository, drafts, here, there, new.len())
            }
            here => self.take(&repository, &drafts, here, there, there, new.len()),
        }
    }

    /// Sends what is here; `0` where somebody else was faster.
    pub(super) fn push(
        &self,
        there: Option<ObjectId>,
        here: ObjectId,
    ) -> Result<usize, RemoteError> {
        let url = self.remote.url.as_str();
        let spec = format!("{here}:{}", self.branch());
        let ended =
            self.run(&["push", "--quiet", "--porcelain", "--no-verify", url, &spec], TRANSFER)?;
        if !ended.status.success() {
            let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &ended.stderr;
            let was_faster =
                ["(fetch first)", "(non-fast-forward)", "(stale info)", "(already exists)"];
            if was_faster.iter().any(|why| said.contains(why)) {
                return Ok(0);
            }
            return Err(self.unreachable(&ended));
        }
        let here = here.to_string();
        let there = there.map(|there| format!("^{there}"));
        let mut arguments = vec!["rev-list", "--count", &here];
        arguments.extend(there.as_deref());
        let counted = self.run(&arguments, QUESTION)?;
        Ok(String::from_utf8_lossy(&counted.stdout).trim().parse().unwrap_or(0))
    }

    /// Remembers what the remote holds, for whoever looks with `git`.
    pub(super) fn note(&self, there: ObjectId) -> Result<(), RemoteError> {
        refs::put_if_other(&self.volume.git(), &self.tracked(), there)
            .map_err(failed("noting what the remote holds"))
    }

    /// Gets the branch; what comes is counted before anybody reads it.
    fn fetch(&self) -> Result<ObjectId, RemoteError> {
        let doing = "reading what the remote sent";
        let url = self.remote.url.as_str();
        let branch = self.branch();
        let mut command = program::limited(&self.desk);
        command.args(["fetch", "--quiet", "--no-tags", "--no-auto-maintenance", url, &branch]);
        let ended = self.with_access(command, TRANSFER)?;
        if !ended.status.success() {
            return Err(self.unreachable(&ended));
        }
        for name in self.desk.packs().map_err(failed(doing))? {
            let stem = self.desk.path().join("objects/pack").join(name);
            let file = File::open(stem.with_extension("pack")).map_err(failed(doing))?;
            scan::scan(&mut BufReader::new(file), Limits::PACK)
                .and_then(|_contents| depth::check(&stem, Limits::PACK))
                .map_err(|refused| RemoteError::Unsafe { reason: refused.to_string() })?;
        }
        let head = fs::read(self.desk.path().join("FETCH_HEAD")).map_err(failed(doing))?;
        head.get(..40)
            .and_then(|hex| ObjectId::from_hex(hex).ok())
            .ok_or_else(|| RemoteError::Unreachable { reason: "it sent nothing".to_owned() })
    }

    fn merge(
        &self,
        repository: &Repository,
        mut drafts: Drafts,
        here: ObjectId,
        there: ObjectId,
        n_new: usize,
    ) -> Result<Brought, RemoteError> {
        let damaged = |err: TreeError| self.damaged(err);
        let bases = repository.merge_bases_many(here, &[there]);
        let bases = bases.map_err(|err| damaged(err.into()))?;
        let trees = bases.into_iter().map(|base| tree_of(repository, base.detach()).map(Some));
        let mut bases = trees.collect::<Result<Vec<_>, _>>().map_err(damaged)?;
        if bases.is_empty() {
            // Two pasts that never met: only what both have alike is no conflict.
            bases.push(None);
        }
        let ours = tree_of(repository, here).map_err(damaged)?;
        let theirs = tree_of(repository, there).map_err(damaged)?;
        let merged = merge_all(repository, &mut drafts, &bases, [ours, theirs]).map_err(damaged)?;
        if !merged.conflicts.is_empty() {
            self.keep(repository, there)?;
            return Ok(Brought::Conflict(merged.conflicts));
        }
        let edits: Vec<(&str, Option<tree::File>)> =
            merged.edits.iter().map(|(path, file)| (path.as_str(), *file)).collect();
        let tree = edit::edit_tree(&mut drafts, Some(ours), &edits).map_err(damaged)?;
        let tree = tree.unwrap_or_else(|| drafts.put(Kind::Tree, Vec::new(), None));
        let n_files = merged.edits.len();
        let s = if n_files == 1 { "" } else { "s" };
        let both: String =
            merged.both.iter().map(|path| format!("Changed on both sides: {path}\n")).collect();
        let message = format!(
            "merge: {n_files} file{s} from the remote\n\n{both}Remote: {}\n",
            self.remote.url
        );
        let change = Change { edits: Vec::new(), author: self.by.clone(), time: self.now, message };
        let bytes = print_commit(&change, tree, vec![here, there])
            .map_err(self.volume.medium("writing a commit"))?;
        let signed = self.volume.signers.sign(&change.author, &bytes);
        let bytes = signed.map_err(self.volume.medium("signing a commit"))?.unwrap_or(bytes);
        let commit = drafts.put(Kind::Commit, bytes, None);
        self.take(repository, &drafts, Some(here), commit, there, n_new + 1)
    }

    /// Moves `main` on to `to`, which leads to what the remote holds.
    fn take(
        &self,
        repository: &Repository,
        drafts: &Drafts,
        here: Option<ObjectId>,
        to: ObjectId,
        there: ObjectId,
        n_new: usize,
    ) -> Result<Brought, RemoteError> {
        let damaged = |err: TreeError| self.damaged(err);
        let mut inspector = Inspector::new(&drafts.repository);
        let before = here.map(|here| tree_of(&drafts.repository, here)).transpose();
        let after = tree_of(&drafts.repository, to).map_err(damaged)?;
        let found = inspector.difference(before.map_err(damaged)?, after, None).map_err(damaged)?;
        let findings = inspector.finish();
        if findings.n_errors > 0 {
            return Err(RemoteError::Unsafe { reason: findings.lines.join("; ") });
        }
        let old = here.unwrap_or_else(|| ObjectId::null(gix::hash::Kind::Sha1));
        let (name, email, seconds) = (&self.by.name, &self.by.email, self.now.as_second().max(0));
        let incoming = Incoming {
            to,
            objects: drafts.fresh().to_vec(),
            files: found.files,
            contents: found.contents,
            log: format!("{old} {to} {name} <{email}> {seconds} +0000\tsync\n"),
        };
        let mut admission = Admission {
            main: Some((here, incoming)),
            tracked: vec![(self.tracked(), there)],
            ..Admission::default()
        };
        place(&self.desk, repository, self.volume, &mut admission).map_err(from_exchange)?;
        let admitted = self.volume.admit(admission).map_err(from_exchange)?;
        match admitted.main {
            None => Ok(Brought::Commits(n_new)),
            Some(Kept::Moved) => Ok(Brought::Moved),
            Some(Kept::Refused(source)) => Err(RemoteError::Store { source }),
        }
    }

    /// Keeps what the remote holds beside `main`, for whoever resolves a conflict.
    fn keep(&self, repository: &Repository, there: ObjectId) -> Result<(), RemoteError> {
        let mut admission =
            Admission { tracked: vec![(self.tracked(), there)], ..Admission::default() };
        place(&self.desk, repository, self.volume, &mut admission).map_err(from_exchange)?;
        self.volume.admit(admission).map_err(from_exchange).map(drop)
    }

    fn comes_after(&self, older: ObjectId, newer: ObjectId) -> Result<bool, RemoteError> {
        is_ancestor(&self.desk, older, newer).map_err(from_exchange)
    }

    fn branch(&self) -> String {
        format!("refs/heads/{}", self.remote.branch)
    }

    fn tracked(&self) -> String {
        format!("refs/remotes/origin/{}", self.remote.branch)
    }

    fn run(&self, arguments: &[&str], patience: Duration) -> Result<Ended, RemoteError> {
        self.with_access(self.desk.git(arguments), patience)
    }

    fn with_access(&self, mut command: Command, patience: Duration) -> Result<Ended, RemoteError> {
        access::grant(&mut command, &self.remote.url);
        program::run(command, patience).map_err(|err| match err.kind() {
            std::io::ErrorKind::TimedOut => RemoteError::Unreachable { reason: err.to_string() },
            _ => failed("talking to the remote")(err),
        })
    }

    fn unreachable(&self, ended: &Ended) -> RemoteError {
        let said = access::without_secrets(&ended.stderr);
        let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
        let reason = lines.take(5).collect::<Vec<_>>().join("; ");
        RemoteError::Unreachable {
            reason: if reason.is_empty() { "it broke off".to_owned() } else { reason },
        }
    }

    fn damaged(&self, err: TreeError) -> RemoteError {
        self.volume.damaged(err).into()
    }
}

fn from_exchange(err: ExchangeError) -> RemoteError {
    match err {
        ExchangeError::Store { source } => RemoteError::Store { source },
        ExchangeError::Client { reason } => RemoteError::Unsafe { reason },
        ExchangeError::Git { doing, source } => RemoteError::Failed { doing, source },
    }
}
