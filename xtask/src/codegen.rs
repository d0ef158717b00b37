//! `cargo xtask codegen`: the TypeScript types of the API, from the OpenAPI
//! document that `llmos openapi` prints.

mod typescript;

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::job::Job;
use crate::{repo, say};

const FILE: &str = "ui/src/api/schema.gen.ts";

/// What to do with what was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write it.
    Write,
    /// Fail where the file that is there says anything else.
    Check,
}

/// Generates `ui/src/api/schema.gen.ts`, or checks that it is up to date.
pub(crate) fn codegen(mode: Mode) -> Result<()> {
    let build: &[&str] = match mode {
        Mode::Write => &["build", "--package", "llmos-cli"],
        Mode::Check => repo::TESTED,
    };
    Job::cargo("codegen server").args(build).run()?;
    let printed =
        Job::new("codegen", repo::target().join("debug/llmos")).args(["openapi"]).run()?;
    let openapi: Value =
        serde_json::from_str(&printed.stdout).context("`llmos openapi` printed no JSON")?;
    let new = typescript::types(&openapi)?;
    let path = repo::root().join(FILE);
    let old = fs::read_to_string(&path).unwrap_or_default();
    match mode {
        _ if old == new => say::done("codegen", format!("`{FILE}` is up to date"), None),
        Mode::Write => {
            fs::write(&path, new)?;
            say::done("codegen", format!("`{FILE}` written"), None);
        }
        Mode::Check => bail!("`{FILE}` is not what the API says; run `cargo xtask codegen`"),
    }
    Ok(())
}
