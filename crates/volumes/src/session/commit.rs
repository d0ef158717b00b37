//! Commits and the log of the branch, as Git writes them.

use std::io;

use gix::{ObjectId, actor::Signature, objs::WriteTo};
use llmos_core::store::{Author, Change};

/// Prints the commit of a change.
pub(crate) fn print(
    change: &Change,
    tree: ObjectId,
    parents: impl IntoIterator<Item = ObjectId>,
) -> io::Result<Vec<u8>> {
    let commit = gix::objs::Commit {
        tree,
        parents: parents.into_iter().collect(),
        author: signature(&change.author, change),
        committer: committer(change),
        encoding: None,
        message: message(&change.message).into(),
        extra_headers: Vec::new(),
    };
    let mut bytes = Vec::with_capacity(512);
    commit.write_to(&mut bytes)?;
    Ok(bytes)
}

/// Prints a commit again, with another tree and another parent; a signature does not hold for that.
pub(super) fn on_top(
    commit: &[u8],
    tree: ObjectId,
    parent: Option<ObjectId>,
) -> io::Result<Vec<u8>> {
    let found = gix::objs::CommitRef::from_bytes(commit, gix::hash::Kind::Sha1);
    let mut moved = found.and_then(|found| found.into_owned()).map_err(io::Error::other)?;
    (moved.tree, moved.parents) = (tree, parent.into_iter().collect());
    moved.extra_headers.clear();
    let mut bytes = Vec::with_capacity(512);
    moved.write_to(&mut bytes)?;
    Ok(bytes)
}

/// Prints what the log of the branch says of a commit; nothing of one that cannot be read.
pub(super) fn log_line(old: Option<ObjectId>, new: ObjectId, commit: &[u8]) -> String {
    let old = old.unwrap_or_else(|| ObjectId::null(gix::hash::Kind::Sha1));
    let Ok(commit) = gix::objs::CommitRef::from_bytes(commit, gix::hash::Kind::Sha1) else {
        return String::new();
    };
    let subject = commit.message.to_string();
    let subject = subject.lines().next().unwrap_or_default();
    let subject: String = subject.chars().filter(|c| !c.is_control()).collect();
    let committer = commit.committer;
    format!("{old} {new} {committer}\tcommit: {subject}\n")
}

fn committer(change: &Change) -> Signature {
    let program =
        Author { name: "LLMos-Lite".to_owned(), email: "llmos-lite@localhost".to_owned() };
    signature(&program, change)
}

/// Drops what would end a name or an address too early in a commit.
fn signature(author: &Author, change: &Change) -> Signature {
    let clean = |text: &str, otherwise: &str| {
        let text: String =
            text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
        let text = text.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '.' | ',' | ':' | ';' | '"' | '\\' | '\'')
        });
        if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
    };
    Signature {
        name: clean(&author.name, "unknown").into(),
        email: clean(&author.email, "unknown@localhost").into(),
        time: gix::date::Time { seconds: change.time.as_second().max(0), offset: 0 },
    }
}

/// Ends the message with one line feed, as Git does, and drops what Git calls damage.
fn message(text: &str) -> String {
    let text = text.replace('\0', "");
    let text = text.trim_end();
    if text.is_empty() { "change files\n".to_owned() } else { format!("{text}\n") }
}
