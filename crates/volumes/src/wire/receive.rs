//! Taking what a client pushes, or saying why not.

mod answer;
mod pack;

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    sync::Arc,
    time::Duration,
};

use gix::{ObjectId, Repository, objs::Kind};
use llmos_core::{
    exchange::{ExchangeError, Push, Refusal},
    proposal::PushedRef,
};

use crate::{
    GitStore,
    session::Incoming,
    volume::{MAIN, Volume},
    wire::{
        admit::{Admission, Admitted, Kept},
        desk::Desk,
        failed,
        inspect::{Inspector, tree_of},
        medium,
        packet::{self, Packet},
        program, refs,
    },
};
use answer::Answer;
pub(super) use pack::place;

/// How long `git` may take for one step.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// How many branches and tags one push may move.
const MAX_COMMANDS: usize = 1_000;

/// How many commits one push may bring.
const MAX_COMMITS: usize = 200_000;

/// What a client wants to become of a branch or tag.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Command {
    name: String,
    /// What it was when the client looked.
    old: Option<ObjectId>,
    new: Option<ObjectId>,
}

impl GitStore {
    pub(super) fn receive(
        &self,
        volume: &Arc<Volume>,
        push: &Push<'_>,
        request: &mut dyn Read,
    ) -> Result<Vec<u8>, ExchangeError> {
        let (commands, capabilities) = commands(request)?;
        if commands.is_empty() {
            // A client that only wants to know whether it may.
            return Ok(Vec::new());
        }
        let mut answer = Answer::new(&capabilities, &commands);
        let desk = self.desk(volume, &volume.refs()?)?;
        let deletes_only = commands.iter().all(|command| command.new.is_none());
        let unpacked = if deletes_only { Ok(()) } else { pack::take(&desk, volume, request)? };
        if let Err(lines) = &unpacked {
            answer.unpack_failed(lines);
        }
        let is_taken = unpacked.is_ok();
        self.judge(volume, push, &desk, commands, is_taken, &mut answer)?;
        Ok(answer.finish())
    }

    /// Looks at everything that came, and takes what may be taken.
    fn judge(
        &self,
        volume: &Arc<Volume>,
        push: &Push<'_>,
        desk: &Desk,
        commands: Vec<Command>,
        is_taken: bool,
        answer: &mut Answer,
    ) -> Result<(), ExchangeError> {
        let repository = desk.open().map_err(medium(volume, "looking at what was pushed"))?;
        let known = volume.refs()?;
        let mut open = Vec::new();
        for command in commands {
            let pushed = PushedRef { name: &command.name, deletes: command.new.is_none() };
            if let Some(Refusal { reason, hint }) = push.judge.refuses(pushed) {
                answer.tell(&[format!("hint: {hint}")]);
                answer.refuse(&command.name, &reason);
                continue;
            }
            match refusal(&repository, desk, &known, &command, is_taken)? {
                Some(reason) => answer.refuse(&command.name, &reason),
                None => open.push(command),
            }
        }
        let damaged = |err: crate::tree::TreeError| ExchangeError::from(volume.damaged(err));
        let mut inspector = Inspector::new(&repository);
        for commit in new_commits(desk, &open)? {
            inspector.commit(commit).map_err(damaged)?;
            inspector.message(commit, push.judge).map_err(damaged)?;
        }
        let mut admission = Admission::default();
        for command in &open {
            let Some(new) = command.new else {
                admission.others.push((command.name.clone(), command.old, None));
                continue;
            };
            if !command.name.starts_with("refs/heads/") {
                admission.others.push((command.name.clone(), command.old, Some(new)));
                continue;
            }
            // A new branch is held against what `main` holds.
            let before = command.old.or_else(|| known.get(MAIN).copied());
            let before =
                before.map(|old| tree_of(&repository, old)).transpose().map_err(damaged)?;
            let after = tree_of(&repository, new).map_err(damaged)?;
            let found = inspector.difference(before, after, Some(push.judge)).map_err(damaged)?;
            if command.name == MAIN {
                let incoming = Incoming {
                    to: new,
                    objects: Vec::new(),
                    files: found.files,
                    contents: found.contents,
                    log: log_line(push, command.old, new),
                };
                admission.main = Some((command.old, incoming));
            } else {
                admission.others.push((command.name.clone(), command.old, Some(new)));
            }
        }
        let findings = inspector.finish();
        answer.tell(&findings.lines);
        if findings.n_errors > 0 {
            let s = if findings.n_errors == 1 { "" } else { "s" };
            let reason = format!("{} error{s}, see above", findings.n_errors);
            open.iter().for_each(|command| answer.refuse(&command.name, &reason));
            return Ok(());
        }
        if open.is_empty() {
            return Ok(());
        }
        pack::place(desk, &repository, volume, &mut admission)?;
        match volume.admit(admission) {
            Ok(admitted) => told(admitted, answer),
            Err(ExchangeError::Store { source }) => {
                answer.tell(&[format!("hint: {}", source.hint().unwrap_or("push again"))]);
                open.iter().for_each(|command| answer.refuse(&command.name, &source.to_string()));
            }
            Err(err) => return Err(err),
        }
        Ok(())
    }
}

fn told(admitted: Admitted, answer: &mut Answer) {
    match admitted.main {
        None => {}
        Some(Kept::Moved) => answer.refuse(MAIN, "fetch first"),
        Some(Kept::Refused(err)) => {
            if let Some(hint) = err.hint() {
                answer.tell(&[format!("hint: {hint}")]);
            }
            answer.refuse(MAIN, &err.to_string());
        }
    }
    for (name, reason) in admitted.others {
        answer.refuse(&name, &reason);
    }
}

/// Reads what the client wants, and what it can do.
fn commands(request: &mut dyn Read) -> Result<(Vec<Command>, BTreeSet<String>), ExchangeError> {
    let (mut commands, mut capabilities) = (Vec::new(), BTreeSet::new());
    while let Some(Packet::Line(line)) = packet::read(request)? {
        let text =
            String::from_utf8(line).map_err(|_not_text| packet::strange("a name is no text"))?;
        let (command, more) = text.split_once('\0').unwrap_or((&text, ""));
        capabilities.extend(more.split_ascii_whitespace().map(str::to_owned));
        let command = command.trim_end_matches('\n');
        if command.starts_with("shallow ") {
            // The history that it lacks is here.
            continue;
        }
        let mut parts = command.splitn(3, ' ');
        let mut id = || ObjectId::from_hex(parts.next()?.as_bytes()).ok();
        let (old, new) = (id(), id());
        let (Some(old), Some(new), Some(name)) = (old, new, parts.next()) else {
            return Err(packet::strange("a command is none"));
        };
        let some = |id: ObjectId| (!id.is_null()).then_some(id);
        commands.push(Command { name: name.to_owned(), old: some(old), new: some(new) });
        if commands.len() > MAX_COMMANDS {
            return Err(packet::strange("it wants to move too many branches at once"));
        }
    }
    Ok((commands, capabilities))
}

/// Says why one branch or tag may not move so.
fn refusal(
    repository: &Repository,
    desk: &Desk,
    known: &std::collections::BTreeMap<String, ObjectId>,
    command: &Command,
    is_taken: bool,
) -> Result<Option<String>, ExchangeError> {
    let Command { name, old, new } = command;
    let no = |reason: &str| Ok(Some(reason.to_owned()));
    if !refs::is_branch_or_tag(name) {
        return no("only branches and tags can be pushed, under names that every system can hold");
    }
    if known.get(name) != old.as_ref() {
        return no("fetch first");
    }
    let Some(new) = new else {
        return match name.as_str() {
            MAIN => no("`main` cannot be deleted: it is the volume"),
            _ if old.is_none() => no("there is no such branch"),
            _ => Ok(None),
        };
    };
    if !is_taken {
        return no("unpacker error");
    }
    let is_tag = name.starts_with("refs/tags/");
    if is_tag && old.is_some() {
        return no("a tag does not move: delete it first");
    }
    let kind = repository.try_find_header(*new).ok().flatten().map(|header| header.kind());
    if !(kind == Some(Kind::Commit) || is_tag && kind == Some(Kind::Tag)) {
        return no("it names no commit");
    }
    if !is_whole(desk, *new)? {
        return no("objects are missing");
    }
    if let (MAIN, Some(old)) = (name.as_str(), old)
        && !is_ancestor(desk, *old, *new)?
    {
        return no("`main` only moves forward: fetch and merge first");
    }
    Ok(None)
}

/// Says whether everything is there that a commit or tag leads to, besides what the volume has.
fn is_whole(desk: &Desk, tip: ObjectId) -> Result<bool, ExchangeError> {
    let doing = "looking for missing objects";
    let tip = tip.to_string();
    let command = desk.git(&["rev-list", "--objects", "--quiet", &tip, "--not", "--all"]);
    let ended = program::run(command, PATIENCE).map_err(failed(doing))?;
    Ok(ended.status.success())
}

/// Says whether `newer` comes after `older`, or is it.
pub(super) fn is_ancestor(
    desk: &Desk,
    older: ObjectId,
    newer: ObjectId,
) -> Result<bool, ExchangeError> {
    let doing = "comparing branches";
    let (older, newer) = (older.to_string(), newer.to_string());
    let command = desk.git(&["merge-base", "--is-ancestor", &older, &newer]);
    let ended = program::run(command, PATIENCE).map_err(failed(doing))?;
    match ended.status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(failed(doing)(io::Error::other(ended.stderr))),
    }
}

/// Lists the commits that the volume does not have.
fn new_commits(desk: &Desk, commands: &[Command]) -> Result<Vec<ObjectId>, ExchangeError> {
    let tips: Vec<ObjectId> = commands.iter().filter_map(|command| command.new).collect();
    commits_not_here(desk, &tips)
}

/// Lists the commits that lead to `tips` and that the volume does not have.
pub(super) fn commits_not_here(
    desk: &Desk,
    tips: &[ObjectId],
) -> Result<Vec<ObjectId>, ExchangeError> {
    let doing = "listing new commits";
    if tips.is_empty() {
        return Ok(Vec::new());
    }
    let input: String = tips.iter().map(|tip| format!("{tip}\n")).collect();
    let file = desk.path().join("tips");
    let written = std::fs::write(&file, format!("{input}--not\n--all\n"));
    let file = written.and_then(|()| File::open(&file)).map_err(failed(doing))?;
    let limit = format!("--max-count={}", MAX_COMMITS + 1);
    let mut command = desk.git(&["rev-list", "--stdin", &limit]);
    command.stdin(file);
    let ended = program::run(command, PATIENCE).map_err(failed(doing))?;
    if !ended.status.success() {
        return Err(failed(doing)(io::Error::other(ended.stderr)));
    }
    let lines = ended.stdout.split(|byte| *byte == b'\n');
    let found: Vec<_> = lines.filter_map(|line| ObjectId::from_hex(line).ok()).collect();
    if found.len() > MAX_COMMITS {
        return Err(packet::strange("it brings too many commits at once"));
    }
    Ok(found)
}

fn log_line(push: &Push<'_>, old: Option<ObjectId>, new: ObjectId) -> String {
    let old = old.unwrap_or_else(|| ObjectId::null(gix::hash::Kind::Sha1));
    let plain = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect()
    };
    let (name, email) = (plain(&push.pusher.name), plain(&push.pusher.email));
    format!("{old} {new} {name} <{email}> {} +0000\tpush\n", push.time.as_second().max(0))
}
