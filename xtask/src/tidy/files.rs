//! What must not stand in a tracked file, and how long a file may grow.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::{repo, system};

/// Lines of implementation after which a file asks to be split.
const LIMITS: [(&str, usize); 3] = [("rs", 400), ("ts", 300), ("tsx", 300)];

/// Where packages come from unless a person chose otherwise.
const NPM: &str = "https://registry.npmjs.org/";
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Files that name the place of this checkout or the home of its owner.
pub(super) fn places() -> Result<Vec<String>> {
    let root = format!("{}/", repo::root().display());
    let home = std::env::var("HOME").ok().filter(|home| home.len() > 1);
    let places: Vec<String> =
        [Some(root), home.map(|home| format!("{home}/"))].into_iter().flatten().collect();
    let mut offences = Vec::new();
    for file in tracked()? {
        let Some(text) = text(&file) else { continue };
        for (n, line) in text.lines().enumerate() {
            if places.iter().any(|place| line.contains(place.as_str())) {
                offences.push(format!("{file}:{}: a path of this machine", n + 1));
            }
        }
    }
    Ok(offences)
}

/// Lock files that fetch from anywhere but the two public registries, and
/// settings that would make them.
pub(super) fn registries() -> Result<Vec<String>> {
    let mut offences = Vec::new();
    for file in tracked()? {
        let name = Path::new(&file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let wrong: fn(&str) -> bool = match name {
            "package-lock.json" => |line| line.starts_with("\"resolved\"") && !line.contains(NPM),
            "Cargo.lock" => |line| line.starts_with("source = ") && !line.contains(CRATES),
            ".npmrc" => |line| line.contains("registry=") || line.contains("_auth"),
            _ => continue,
        };
        let text = text(&file).with_context(|| format!("cannot read `{file}`"))?;
        for (n, line) in text.lines().enumerate().filter(|(_, line)| wrong(line.trim_start())) {
            offences.push(format!("{file}:{}: another registry: {}", n + 1, line.trim()));
        }
    }
    Ok(offences)
}

/// Files longer than their kind should be; a hint, no failure.
pub(super) fn long() -> Result<Vec<String>> {
    let mut long = Vec::new();
    for file in tracked()? {
        let Some((_, limit)) = LIMITS.iter().find(|(kind, _)| {
            Path::new(&file).extension().is_some_and(|extension| extension == *kind)
        }) else {
            continue;
        };
        let n_lines = text(&file).map_or(0, |text| text.lines().count());
        let skipped = file.contains(".gen.") || file.contains("tests");
        if n_lines > *limit && !skipped {
            long.push(format!("{file} has {n_lines} lines, more than {limit}: split it"));
        }
    }
    Ok(long)
}

/// Every file that Git tracks, from the root.
fn tracked() -> Result<Vec<String>> {
    let root = repo::root();
    let root = root.to_str().context("the path of the checkout is not UTF-8")?;
    let list = system::ask("git", &["-C", root, "ls-files"])
        .context("`git ls-files` failed; run it to see why")?;
    Ok(list.lines().map(str::to_owned).collect())
}

/// The text of a tracked file, or `None` for one that is binary or deleted.
fn text(file: &str) -> Option<String> {
    fs::read_to_string(repo::root().join(file)).ok()
}
