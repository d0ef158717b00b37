//! Builds, serves, tests and measures LLMos-Lite: the work around the code,
//! as `cargo xtask <command>`. It knows no rule of the product and links none
//! of its crates, so that it compiles in seconds.

mod job;
mod repo;
mod say;
mod stamp;
mod system;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Builds, serves, tests and measures LLMos-Lite

Usage: cargo xtask <command>

  wasm    Builds the WebAssembly engine into `ui/src/engine/pkg`
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (command, _rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "wasm" => wasm::build().map(drop),
        "help" | "--help" | "-h" => {
            say::out(HELP);
            Ok(())
        }
        other => bail!("unknown command `{other}`; `cargo xtask help` lists the commands"),
    }
}
