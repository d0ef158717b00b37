//! Builds, serves, tests and measures LLMos-Lite: the work around the code,
//! as `cargo xtask <command>`. It knows no rule of the product and links none
//! of its crates, so that it compiles in seconds.

mod bench;
mod codegen;
mod job;
mod repo;
mod say;
mod serve;
mod stamp;
mod system;
mod test;
mod tidy;
mod ui;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Builds, serves, tests and measures LLMos-Lite

Usage: cargo xtask <command>

  serve [-- ARGS]    Builds what is missing and starts the workbench on
                     http://localhost:8000; ARGS go to `llmos serve`
  test [SUITE...]    Installs what the tests need and runs them, or some of them
  ci JOB...          The same for the jobs named: `cargo xtask ci clippy`
  codegen [--check]  Writes the API's types into `ui/src/api/schema.gen.ts`
  tidy               Checks the arrows between crates, the map and tracked files
  bench [NAME...]    Measures, and writes the figures into `docs/benchmarks.md`
  wasm               Builds the WebAssembly engine into `ui/src/engine/pkg`
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        // The closing line on stdout has said it, and stays the last one.
        Err(error) if error.is::<test::Failed>() => ExitCode::FAILURE,
        Err(error) => {
            say::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "serve" => serve::serve(rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest)),
        "test" => test::test(rest),
        "ci" if rest.is_empty() => bail!("name a job, as in `cargo xtask ci clippy`"),
        "ci" => test::test(rest),
        "bench" => bench::bench(rest),
        "codegen" => codegen::codegen(match rest {
            [] => codegen::Mode::Write,
            [flag] if flag == "--check" => codegen::Mode::Check,
            _ => bail!("`codegen` takes nothing but `--check`"),
        }),
        "tidy" => test::test(&["tidy".to_owned()]),
        "wasm" => wasm::build().map(drop),
        "help" | "--help" | "-h" => {
            say::out(HELP);
            Ok(())
        }
        other => bail!("unknown command `{other}`; `cargo xtask help` lists the commands"),
    }
}
