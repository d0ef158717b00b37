//! Other people's data, which stays outside of the repository.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

/// The folder that `LLMOS_BENCH_DATA` names, `../shared/bench` when it names none.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("LLMOS_BENCH_DATA").map_or_else(|| "../shared/bench".into(), PathBuf::from)
}

/// Reads a file with one JSON object per line; `None` where there is no such file.
pub(crate) fn lines(path: &str) -> Result<Option<Vec<Value>>> {
    let Ok(text) = fs::read_to_string(folder().join(path)) else { return Ok(None) };
    let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
    lines.map(Some).with_context(|| format!("`{path}` is not one JSON object per line"))
}

/// Returns a text of an object, empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
