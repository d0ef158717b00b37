//! From Markdown to a [`Draft`].

use std::{fmt::Display, str::FromStr};

use super::{Draft, DraftKind, DraftStatus, Evidence, Kept, MAX_TRACES, Proof};
use crate::{
    diagnostic::{Diagnostic, Position},
    document::{self, Document},
    skill::code,
    store::BlobId,
    yaml::{self, Node},
};

/// Reads the file of a draft.
///
/// # Errors
///
/// The first thing that is wrong with it. What the rest of the file says for people is not read.
pub fn parse(bytes: &[u8]) -> Result<Draft, Diagnostic> {
    let (text, trouble) = document::decode(bytes);
    match trouble {
        Some(found) => Err(found),
        None => read(&text),
    }
}

fn read(text: &str) -> Result<Draft, Diagnostic> {
    let cut = Document::split(text);
    let yaml = cut.yaml().ok_or_else(|| wrong("the file has no front matter"))?;
    let root = yaml::parse(yaml).map_err(|err| wrong(&err.to_string()))?;
    let head = Head(&root);
    let blocks = code::fences(text, cut.body.start);
    let block = blocks.iter().rfind(|block| block.language == "markdown");
    let block = block.ok_or_else(|| wrong("the file has no text of a skill"))?;
    let users = root.get("users").map(Node::entries).unwrap_or_default();
    let user = |entry: &yaml::Entry| {
        let n = entry.value.to_json().as_u64();
        let user = entry.name.parse().ok().zip(n);
        user.ok_or_else(|| wrong("`users` is not names with numbers"))
    };
    let traces = root.get("traces").and_then(Node::items).unwrap_or_default();
    let trace = |node: &Node| {
        let id = node.text().and_then(|text| text.parse().ok());
        id.ok_or_else(|| wrong("`traces` is not a list of traces"))
    };
    Ok(Draft {
        id: head.parse("draft_id")?,
        kind: head.named("kind", &DraftKind::ALL, DraftKind::as_str)?,
        status: head.named("status", &DraftStatus::ALL, DraftStatus::as_str)?,
        target: head.parse("skill_id")?,
        title: head.text("title").unwrap_or_default().to_owned(),
        evidence: Evidence {
            count: head.parse("count")?,
            n_success: head.parse("n_success")?,
            users: users.iter().map(user).collect::<Result<_, _>>()?,
            first: head.optional("first")?,
            traces: traces.iter().take(MAX_TRACES).map(trace).collect::<Result<_, _>>()?,
        },
        proof: Proof {
            n_held_back: head.parse("n_held_back")?,
            n_passed: head.parse("n_passed")?,
            problem: head.text("problem").map(str::to_owned),
        },
        warnings: texts(root.get("warnings")),
        generated: head.text("generated").unwrap_or_default().to_owned(),
        taught: head.parse("taught")?,
        kept: root.get("kept").filter(|node| !node.is_null()).map(kept).transpose()?,
        stale: head.text("stale").map(str::to_owned),
        text: code::code(text, block),
    })
}

fn kept(node: &Node) -> Result<Kept, Diagnostic> {
    let head = Head(node);
    Ok(Kept {
        path: head.parse("path")?,
        version: BlobId(head.text("version").unwrap_or_default().to_owned()),
        before: head.parse("before")?,
        before_success: head.parse("before_success")?,
        since: head.parse("since")?,
        since_success: head.parse("since_success")?,
        used: head.parse("used")?,
        used_success: head.parse("used_success")?,
    })
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let items = node.and_then(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| Some(item.text()?.to_owned())).collect()
}

/// The front matter, or a mapping in it.
struct Head<'a>(&'a Node);

impl Head<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Node::text)
    }

    fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Diagnostic> {
        let bad = |err: T::Err| wrong(&format!("bad `{name}`: {err}"));
        self.text(name).map(|text| text.parse().map_err(bad)).transpose()
    }

    fn parse<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Diagnostic> {
        self.optional(name)?.ok_or_else(|| wrong(&format!("`{name}` is missing")))
    }

    fn named<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Result<T, Diagnostic> {
        let text = self.text(name).unwrap_or_default();
        let found = all.iter().copied().find(|one| as_str(*one) == text);
        found.ok_or_else(|| wrong(&format!("bad `{name}`: `{}`", text.escape_debug())))
    }
}

fn wrong(message: &str) -> Diagnostic {
    let found = Diagnostic::error("bad-draft", Position::START, message);
    found.with_hint(
        "restore the file from an earlier commit, or delete it: evolution writes it anew",
    )
}
