//! Measures LLMos-Lite; used in development only, through `cargo xtask bench`.
//! Each command prints one table as JSON.

mod bare;
mod chat;
mod client;
mod commits;
mod data;
mod evolve;
mod flow;
mod http;
mod kill;
mod patterns;
mod save;
mod scale;
mod search;
mod server;
mod skills;
mod table;
mod volume;

use anyhow::{Result, bail};

/// As in the program that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["skills"] => skills::run()?.print()?,
        ["commits"] => commits::run()?.print()?,
        ["search"] => search::run()?.print()?,
        ["patterns"] => patterns::run()?.print()?,
        ["evolve"] => evolve::run()?.print()?,
        ["flow"] => flow::run()?.print()?,
        ["http", server] => http::run(server.as_ref())?.print()?,
        ["kill"] => kill::run()?.print()?,
        ["kill-writers", round, fault, root] => kill::writers(round, fault, root.as_ref())?,
        ["scale", server] => scale::run(server.as_ref())?.print()?,
        ["save", server] => save::run(server.as_ref())?.print()?,
        ["chat", server] => chat::run(server.as_ref())?.print()?,
        ["bare"] => bare::serve()?,
        _ => bail!(
            "name a measurement: `skills`, `search`, `patterns`, `commits`, `evolve`, `kill`, `flow`, `http SERVER`, \
             `save SERVER`, `scale SERVER`, `chat SERVER`"
        ),
    }
    Ok(())
}
