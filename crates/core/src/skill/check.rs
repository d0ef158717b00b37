//! From the bytes of a file to a skill and everything that is wrong with it.

use serde_json::Value;

use super::{
    FileKind, Runtime, Skill, SkillCheck, SkillKind, executable, plain::plain, report::Report,
    salvage::salvage,
};
use crate::{
    diagnostic::{Diagnostic, Position},
    document::{self, Document, Front},
    slug::Slug,
    yaml::{self, Content, Node},
};

/// Keys that only Agent Skills, agents, commands and their like use.
const AGENT_KEYS: [&str; 10] = [
    "license",
    "compatibility",
    "metadata",
    "allowed-tools",
    "tools",
    "model",
    "color",
    "argument-hint",
    "disable-model-invocation",
    "user-invocable",
];

/// Reads a file as a skill and says what is wrong with it.
///
/// `path` is the path inside the volume, or any path that ends in the file's
/// name: the id of a skill without `skill_id` comes from it. Nothing makes this
/// fail: bytes that are no UTF-8 and YAML that is broken are findings. Where the
/// YAML is broken, a context skill or agent is still read as far as its lines
/// allow, next to the error; an executable skill with an error is none.
pub fn check(path: &str, bytes: &[u8]) -> SkillCheck {
    let (text, encoding) = document::decode(bytes);
    let document = Document::split(&text);
    let base = match &document.front {
        Front::Found { yaml, .. } => yaml.start,
        Front::Missing | Front::Unclosed => 0,
    };
    let mut report = Report::new(&text, base);
    let readable = encoding.as_ref().is_none_or(|found| found.code != "too-large");
    encoding.into_iter().for_each(|found| report.add(found));
    match &document.front {
        Front::Missing if readable => report.add(missing(&text)),
        Front::Missing => {}
        Front::Unclosed => report.add(
            Diagnostic::error(
                "unclosed-front-matter",
                Position::START,
                "the front matter is never closed",
            )
            .with_hint("add a line `---` after its last key"),
        ),
        Front::Found { yaml, .. } => return read(path, &document, &text[yaml.clone()], report),
    }
    nothing(None, report)
}

/// Says what kind of skill the front matter describes.
pub(super) fn kind_of(path: &str, root: &Node) -> FileKind {
    let has = |name: &str| root.get(name).is_some();
    let runs =
        root.get("type").and_then(Node::text).is_some_and(|ty| ty.parse::<Runtime>().is_ok());
    let ported = has("skill_id") && (has("inputs") || has("outputs"));
    if runs || ported || has("execution_mode") {
        return FileKind::Executable;
    }
    let (_, file) = split_path(path);
    let agent_file = is_skill_md(file) || file.to_lowercase().ends_with(".agent.md");
    let context = has("keywords") || (has("category") && !has("license"));
    if agent_file || (!context && AGENT_KEYS.into_iter().any(has)) {
        FileKind::Agent
    } else {
        FileKind::Context
    }
}

fn read(path: &str, document: &Document<'_>, yaml: &str, mut report: Report<'_>) -> SkillCheck {
    let root = match yaml::parse(yaml) {
        Ok(root) => root,
        Err(err) => {
            report.error(err.code, err.offset, err.message, err.hint);
            salvage(yaml)
        }
    };
    if !matches!(root.content, Content::Map(_)) {
        let (message, hint) = if root.is_null() {
            ("the front matter is empty".to_owned(), "add `name: ...` and `description: ...`")
        } else {
            (
                format!("the front matter is {}, not a mapping", root.noun()),
                "write it as `key: value` lines",
            )
        };
        report.error("no-keys", root.span.start, message, hint);
        return nothing(Some(root.to_json()), report);
    }
    let kind = kind_of(path, &root);
    let id = id(path, &root, &mut report);
    let name = report.text(&root, "name");
    let description = report.text(&root, "description");
    let body = document.body().to_owned();
    if body.trim().is_empty() {
        let position = report.in_file(document.body.start);
        let found =
            Diagnostic::warning("no-body", position, "there is nothing after the front matter");
        report.add(found.with_hint("write below the second `---` what the skill teaches or does"));
    }
    plain(&root, &mut report);
    let described = common(path, kind, &root, &mut report);
    let variant = match kind {
        FileKind::Executable => executable::read(&mut report, &root, document)
            .map(|found| SkillKind::Executable(Box::new(found))),
        FileKind::Agent => described.then_some(SkillKind::Agent),
        FileKind::Context | FileKind::None => Some(SkillKind::Context),
    };
    let skill = id.clone().zip(variant).map(|(id, kind)| {
        let named = name.as_deref().map(one_line).filter(|name| !name.is_empty());
        let mut keywords = report.texts(&root, "keywords");
        let tags = report.texts(&root, "tags");
        keywords.extend(tags.into_iter().filter(|tag| !keywords.contains(tag)).collect::<Vec<_>>());
        let frontmatter = match root.to_json() {
            Value::Object(map) => map,
            _ => serde_json::Map::new(),
        };
        Skill {
            name: named.unwrap_or_else(|| id.to_string()),
            id,
            description: description.clone().unwrap_or_default().trim().to_owned(),
            category: also_in_metadata(&root, "category"),
            keywords,
            version: also_in_metadata(&root, "version"),
            author: also_in_metadata(&root, "author"),
            kind,
            frontmatter,
            body,
        }
    });
    SkillCheck {
        skill,
        kind,
        frontmatter: Some(root.to_json()),
        id: id
            .map(|id| id.to_string())
            .or_else(|| root.get("skill_id").and_then(Node::text).map(str::to_owned)),
        name,
        description,
        diagnostics: report.finish(),
    }
}

/// Checks name and description. Returns whether an Agent Skill may be used.
fn common(path: &str, kind: FileKind, root: &Node, report: &mut Report<'_>) -> bool {
    let (folder, file) = split_path(path);
    let at = |name: &str| root.get(name).map_or(0, |node| node.span.start);
    let name = root.get("name").and_then(Node::text).unwrap_or_default();
    let description = root.get("description").and_then(Node::text).unwrap_or_default();
    let strict = kind == FileKind::Agent && is_skill_md(file);
    if name.trim().is_empty() {
        report.warning("no-name", at("name"), "the skill has no name", "add `name: ...`");
    } else if strict && !is_agent_skill_name(name) {
        let hint = "use at most 64 lower-case letters, digits and single hyphens";
        report.warning(
            "agent-skill-name",
            at("name"),
            format!("`{name}` is no Agent Skills name"),
            hint,
        );
    } else if strict && folder.is_some_and(|folder| folder != name) {
        let folder = folder.unwrap_or_default();
        let message = format!("the name is `{name}`, but the folder is `{folder}`");
        report.warning("agent-skill-folder", at("name"), message, "give both the same name");
    } else if name.contains(['\n', '\r', '\t']) {
        report.warning(
            "name-lines",
            at("name"),
            "the name has more than one line",
            "write it on one line",
        );
    }
    let hint = "add `description: ...` that says what the skill does and when to use it";
    if description.trim().is_empty() {
        let message = "the skill has no description";
        if strict {
            report.error("no-description", at("description"), message, hint);
            return false;
        }
        report.warning("no-description", at("description"), message, hint);
    }
    true
}

/// Returns the id: `skill_id`, else the name of the folder or file.
fn id(path: &str, root: &Node, report: &mut Report<'_>) -> Option<Slug> {
    let from_path = id_of_path(path);
    let Some(stated) = report.text(root, "skill_id") else {
        if from_path.is_none() {
            report.error(
                "no-id",
                0,
                "neither the front matter nor the path gives an id",
                "add `skill_id: ...`",
            );
        }
        return from_path;
    };
    let at = root.get("skill_id").map_or(0, |node| node.span.start);
    match stated.parse::<Slug>() {
        Ok(id) => {
            if let Some(other) = from_path.filter(|other| *other != id) {
                let message = format!("the id is `{id}`, but the file is named for `{other}`");
                report.warning(
                    "id-differs",
                    at,
                    message,
                    "give the file and `skill_id` the same name",
                );
            }
            Some(id)
        }
        Err(err) => {
            let hint = match Slug::nearest(&stated) {
                Some(near) => format!("did you mean `{near}`?"),
                None => err.hint().to_owned(),
            };
            report.error("bad-id", at, format!("`skill_id`: {err}"), hint);
            None
        }
    }
}

/// Returns the id that a path gives: the folder of a `SKILL.md`, else the file name.
pub fn id_of_path(path: &str) -> Option<Slug> {
    let (folder, file) = split_path(path);
    if is_skill_md(file) {
        return Slug::nearest(folder?);
    }
    let stem = file.strip_suffix(".md").or_else(|| file.strip_suffix(".markdown")).unwrap_or(file);
    Slug::nearest(stem)
}

fn nothing(frontmatter: Option<Value>, report: Report<'_>) -> SkillCheck {
    SkillCheck {
        skill: None,
        kind: FileKind::None,
        frontmatter,
        id: None,
        name: None,
        description: None,
        diagnostics: report.finish(),
    }
}

/// Says why a file without front matter is no skill.
fn missing(text: &str) -> Diagnostic {
    let head = || text.lines().take(10).map(str::trim);
    let keys =
        |line: &str| ["name:", "description:", "skill_id:"].iter().any(|key| line.starts_with(key));
    let hint = if head().any(|line| line == "---") && head().any(keys) {
        "move the first `---` to the very beginning of the file"
    } else if text.starts_with("----") {
        "use exactly three dashes before and after the front matter"
    } else if head().any(keys) {
        "put a line `---` before the first key and after the last one"
    } else {
        "begin the file with `---`, `name: ...`, `description: ...` and `---`, each on its own line"
    };
    Diagnostic::warning(
        "no-front-matter",
        Position::START,
        "the file has no front matter, so it is no skill",
    )
    .with_hint(hint)
}

fn also_in_metadata(root: &Node, name: &str) -> Option<String> {
    let found = root.get(name).or_else(|| root.get("metadata")?.get(name))?;
    found.text().map(one_line).filter(|text| !text.is_empty())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn split_path(path: &str) -> (Option<&str>, &str) {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    (parts.next(), file)
}

fn is_skill_md(file: &str) -> bool {
    file.eq_ignore_ascii_case("SKILL.md")
}

fn is_agent_skill_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= 64
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}
