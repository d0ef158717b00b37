//! Compares ARCHITECTURE.md with the crates that there are.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::Workspace;
use crate::repo;

const MAP: &str = "ARCHITECTURE.md";

/// A crate that the map does not name, or one that it names and that is gone.
pub(super) fn offences(workspace: &Workspace) -> Result<Vec<String>> {
    let text = fs::read_to_string(repo::root().join(MAP)).context("cannot read ARCHITECTURE.md")?;
    let folders = workspace.crates.iter().map(|member| member.folder.as_str());
    Ok(compare(&named(&text), &folders.collect()))
}

/// The crates in a text: `crates/core`, or `xtask`, in backticks.
pub(super) fn named(text: &str) -> BTreeSet<&str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(|code| code.trim_end_matches('/'))
        .filter(|code| is_crate(code))
        .collect()
}

fn is_crate(code: &str) -> bool {
    let name = code.strip_prefix("crates/");
    code == "xtask" || name.is_some_and(|name| !name.contains(['/', '*']))
}

pub(super) fn compare(named: &BTreeSet<&str>, there: &BTreeSet<&str>) -> Vec<String> {
    let missing = there.difference(named).map(|folder| format!("{MAP} does not name `{folder}`"));
    let gone =
        named.difference(there).map(|folder| format!("{MAP} names `{folder}`, which is gone"));
    missing.chain(gone).collect()
}
