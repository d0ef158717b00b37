//! `llmos mcp`

mod call;
mod tools;

use std::{io::IsTerminal, process::ExitCode, sync::Arc};

use clap::Subcommand;
use llmos_mcp::Door;
use tracing_subscriber::EnvFilter;

use super::{run::From, serve::stop};
use crate::{
    failure::{Failure, FailureKind},
    out::say,
    tools::Tools,
};

/// Let an MCP client that started this program find skills and run workflows
///
/// Speaks the Model Context Protocol over standard input and output: Claude Code, Claude Desktop, VS Code and others
/// start it by themselves, see docs/guide/mcp.md. It acts for whoever started it. `llmos serve` offers the same over HTTP.
/// The other way round, `tools` and `call` use MCP servers elsewhere.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    tools: Tools,
    /// Keep no traces of what is run
    #[arg(long)]
    no_trace: bool,
}

#[derive(Subcommand)]
enum Command {
    Tools(tools::Args),
    Call(call::Args),
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Some(Command::Tools(asked)) => return tools::run(asked),
        Some(Command::Call(asked)) => return call::run(asked),
        None => {}
    }
    // Standard output belongs to the protocol.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let workbench = Arc::new(args.from.open()?);
    let (user, team) = args.from.who();
    // Whoever is nobody here hears it now, and not with the first request.
    workbench.caller(user.clone(), team.clone())?;
    let runs = args.tools.runs(args.from.packages(), !args.no_trace);
    if std::io::stdin().is_terminal() {
        say(
            "this waits for an MCP client on standard input; docs/guide/mcp.md says how to connect one",
        );
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(FailureKind::Internal, format!("cannot start: {error}"), "try again")
    })?;
    let door = Door::local(workbench, runs, user, team);
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = llmos_mcp::stdio(door) => ended,
            () = stop() => Ok(()),
        }
    });
    // A read of standard input cannot be broken off.
    runtime.shutdown_background();
    ended.map_err(|error| {
        let hint = "look at what the client sends: one JSON-RPC message on each line";
        Failure::new(FailureKind::Input, error.to_string(), hint)
    })?;
    Ok(ExitCode::SUCCESS)
}
