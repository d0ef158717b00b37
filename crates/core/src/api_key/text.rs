//! The file of API keys: read with findings that have a place, and printed.

use serde_json::{Map, Value, json};

use super::{ApiKey, ApiKeys, ApiKeysCheck, hex};
use crate::{
    register::{self, line, list, only},
    skill::report::Report,
    slug::Slug,
    yaml::{self, Node},
};

/// Reads the file.
pub fn parse(bytes: &[u8]) -> ApiKeysCheck {
    let hint = "begin it with a line `---`, `keys:`, and another line `---`";
    let (keys, diagnostics) = register::read(bytes, &["keys"], hint, read);
    ApiKeysCheck { keys, diagnostics }
}

fn read(root: &Node, report: &mut Report<'_>) -> ApiKeys {
    let mut keys = ApiKeys::default();
    for (id, node) in list(root, "keys", "id", report) {
        only(node, &["id", "user", "team", "name", "created_at", "sha256"], report);
        let user = slug(node, "user", report);
        let team = node.get("team").is_some().then(|| slug(node, "team", report));
        let created_at =
            value(node, "created_at", "a time such as `2026-11-30T08:00:00Z`", report, |text| {
                text.parse().ok()
            });
        let sha256 = value(node, "sha256", "the 64 digits of a SHA-256", report, unhex);
        // What is missing was reported, so nothing of this is used.
        let (Some(user), Some(created_at), Some(sha256)) = (user, created_at, sha256) else {
            continue;
        };
        let name = line(node, "name", report);
        keys.keys.insert(id, ApiKey { user, team: team.flatten(), name, created_at, sha256 });
    }
    keys
}

fn slug(node: &Node, name: &str, report: &mut Report<'_>) -> Option<Slug> {
    value(node, name, "an id", report, |text| text.parse().ok())
}

/// Reads a value that must be there, and says what it should be.
fn value<T>(
    node: &Node,
    name: &str,
    what: &str,
    report: &mut Report<'_>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let there = node.get(name);
    let found = there.and_then(Node::text).and_then(read);
    if found.is_none() {
        let at = there.unwrap_or(node).span.start;
        let hint = "take the key out, and make another one with `llmos key add`";
        report.error("bad-value", at, format!("`{name}` is not {what}"), hint);
    }
    found
}

/// Reads the 64 digits of a SHA-256.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    rest.is_empty().then(|| bytes.try_into().ok())?
}

/// Prints the file; [`parse`] reads it back.
pub fn print(keys: &ApiKeys) -> String {
    let items = keys.all().iter().map(|(id, key)| {
        let mut item = Map::from_iter([
            ("id".to_owned(), json!(id.as_str())),
            ("user".to_owned(), json!(key.user.as_str())),
        ]);
        let team = key.team.as_ref().map(|team| json!(team.as_str()));
        let name = key.name.as_ref().map(|name| json!(name));
        item.extend(team.map(|team| ("team".to_owned(), team)));
        item.extend(name.map(|name| ("name".to_owned(), name)));
        item.insert("created_at".to_owned(), json!(key.created_at.to_string()));
        item.insert("sha256".to_owned(), json!(hex(&key.sha256)));
        Value::Object(item)
    });
    let front = Map::from_iter([("keys".to_owned(), items.collect::<Value>())]);
    format!("---\n{}---\n\n{ABOUT}", yaml::print(&front))
}

/// What stands below the front matter, for people.
const ABOUT: &str = "# API keys\n\nPrograms that act in somebody's name. The keys themselves are not here: what is kept is \
    the SHA-256 of each. `llmos key` adds and revokes them, and writes this text anew.\n";
