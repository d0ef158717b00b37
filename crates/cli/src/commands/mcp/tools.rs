//! `llmos mcp tools`

use std::{process::ExitCode, time::Duration};

use llmos_api::outside::OutsideToolView;
use llmos_core::{outside::MAX_LIST_SECS, slug::Slug};

use crate::{
    commands::place::Place,
    failure::Failure,
    out::{Out, say},
    outside::OutsideArgs,
};

/// List outside MCP servers, or the tools of one
///
/// `mcp-servers.json` names them, see docs/guide/mcp.md. Only the server whose tools are asked for is started or
/// reached. What is shown is what the server says of itself.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The server
    #[arg(value_name = "SERVER")]
    server: Option<Slug>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    outside: OutsideArgs,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.place.open()?;
    let workbench = args.outside.add_to(workbench, args.place.volumes())?;
    let mut out = Out::new();
    let Some(server) = &args.server else {
        let servers = workbench.outside_servers(&caller);
        if servers.is_empty() {
            let file = args.outside.file(args.place.volumes());
            say(&format!("no servers are set up in `{}`", file.display()));
        }
        for server in servers {
            let heard = match args.place.json() {
                true => out.json(&server)?,
                false => out.line(&format!("{}: {}", server.name, server.place))?,
            };
            if heard.is_break() {
                break;
            }
        }
        out.finish()?;
        return Ok(ExitCode::SUCCESS);
    };
    let within = Duration::from_secs(MAX_LIST_SECS);
    for tool in workbench.outside_tools(&caller, server, within)? {
        let tool = OutsideToolView::from(tool);
        let heard = match args.place.json() {
            true => out.json(&tool)?,
            false => out.line(&shown(&tool))?,
        };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// A tool with the names of its arguments; those that must be there are marked.
fn shown(tool: &OutsideToolView) -> String {
    let required = tool.schema.get("required").and_then(|names| names.as_array());
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
    let properties = tool.schema.get("properties").and_then(|all| all.as_object());
    let names = properties.into_iter().flatten().map(|(name, _)| match is_required(name) {
        true => name.clone(),
        false => format!("[{name}]"),
    });
    let names: Vec<String> = names.collect();
    format!("{} {}\n  {}", tool.name, names.join(" "), tool.description)
}
