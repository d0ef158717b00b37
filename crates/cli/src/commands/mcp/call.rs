//! `llmos mcp call`

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use llmos_core::{
    chat::shown_json,
    outside::{MAX_LIST_SECS, OutsideCall},
    slug::Slug,
};
use serde_json::{Map, Value};

use crate::{
    commands::place::Place,
    failure::{FOUND, Failure, FailureKind},
    out::{Out, say},
    outside::OutsideArgs,
};

/// Call a tool of an outside MCP server
///
/// The call is shown first, and made when you say yes: it may do anything that the server can do. Exits with 1 where
/// the tool says that it failed.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The server, as `llmos mcp tools` names it
    #[arg(value_name = "SERVER")]
    server: Slug,
    /// The tool
    #[arg(value_name = "TOOL")]
    tool: String,
    /// Its arguments, as one JSON object
    #[arg(long, value_name = "JSON", default_value = "{}")]
    arguments: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    outside: OutsideArgs,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let arguments: Map<String, Value> = serde_json::from_str(&args.arguments).map_err(|error| {
        let message = format!("`--arguments` is no JSON object: {error}");
        Failure::new(FailureKind::Usage, message, "write one such as `{\"path\": \"a.txt\"}`")
    })?;
    let (workbench, caller) = args.place.open()?;
    let workbench = args.outside.add_to(workbench, args.place.volumes())?;
    let tools =
        workbench.outside_tools(&caller, &args.server, Duration::from_secs(MAX_LIST_SECS))?;
    let tool = tools.into_iter().find(|tool| tool.name == args.tool).ok_or_else(|| {
        let message = format!("`{}` has no tool `{}` that may be used", args.server, args.tool);
        let hint = format!("choose one that `llmos mcp tools {}` lists", args.server);
        Failure::new(FailureKind::Refused, message, hint)
    })?;
    let place =
        workbench.outside_servers(&caller).into_iter().find(|it| it.name == tool.server.as_str());
    let place = place.map(|it| it.place).unwrap_or_default();
    say(&format!("{} of {} ({place})", tool.name, tool.server));
    say(&format!("it says of itself: {}", tool.description));
    say(&shown_json(&arguments));
    if !args.yes && !is_confirmed()? {
        let hint = "answer `y`, or say `--yes`";
        return Err(Failure::new(FailureKind::Refused, "nothing was called", hint));
    }
    let call = OutsideCall {
        server: args.server.clone(),
        tool: tool.name,
        arguments,
        digest: tool.digest,
    };
    let answer = workbench.call_outside(&caller, &call)?;
    let mut out = Out::new();
    let _heard = match args.place.json() {
        true => out.json(&answer)?,
        false => out.line(&answer.text)?,
    };
    out.finish()?;
    Ok(if answer.is_error { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// Asks the person, where there is one.
fn is_confirmed() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    let failed = |error: io::Error| {
        Failure::new(FailureKind::Internal, format!("cannot ask: {error}"), "say `--yes`")
    };
    let mut err = io::stderr().lock();
    err.write_all(b"call it? [y/N] ").and_then(|()| err.flush()).map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
