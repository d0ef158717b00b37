//! The `llmos` command: reads its arguments, puts the adapters together, and
//! turns every failure into two lines and an exit code. It holds no rule.

mod blobs;
mod commands;
mod crons;
mod failure;
mod hands;
mod headless;
mod home;
mod learning;
mod library;
mod meaning;
mod members;
mod operator;
mod out;
mod outside;
mod overlay;
mod packages;
mod server_python;
mod sessions;
mod signing;
mod tools;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Ten thousand skills take 100 MB of memory with it, and two to five times as much with the allocator of the
/// C library, which keeps what many threads gave back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Build workflows from skills that are Markdown files in Git, and run them in the browser.
///
/// Results go to standard output, everything else to standard error. Exit code 0 means success, 1 that something
/// was found to be wrong, 2 a mistake in the arguments, 3 that a file or folder cannot be read, 4 that something
/// was refused, 5 a failure of the program or its surroundings.
#[derive(Parser)]
#[command(name = "llmos", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(commands::serve::Args),
    Run(commands::run::Args),
    Mcp(commands::mcp::Args),
    /// Look at skill files
    #[command(subcommand)]
    Skill(SkillCommand),
    /// Look at workflow files
    #[command(subcommand)]
    Workflow(WorkflowCommand),
    Promote(commands::promote::Args),
    Proposal(commands::proposal::Args),
    Session(commands::session::Args),
    Blob(commands::blob::Args),
    User(commands::user::Args),
    Team(commands::team::Args),
    Key(commands::key::Args),
    Log(commands::log::Args),
    Show(commands::show::Args),
    Diff(commands::diff::Args),
    Restore(commands::restore::Args),
    Packages(commands::packages::Args),
    /// Keep volumes equal with repositories elsewhere
    #[command(subcommand)]
    Remote(RemoteCommand),
    Evolve(commands::evolve::Args),
    Patterns(commands::patterns::Args),
    Archive(commands::archive::Args),
    Backup(commands::backup::Args),
    RestoreBackup(commands::restore_backup::Args),
    Verify(commands::verify::Args),
    Doctor(commands::doctor::Args),
    Openapi(commands::openapi::Args),
    #[command(hide = true, name = llmos_headless::wall::COMMAND)]
    BehindWall(commands::behind_wall::Args),
    #[command(hide = true)]
    Reference(commands::reference::Args),
}

#[derive(Subcommand)]
enum SkillCommand {
    Check(commands::skill_check::Args),
    Search(commands::skill_search::Args),
    Context(commands::skill_context::Args),
    Rank(commands::skill_rank::Args),
}

#[derive(Subcommand)]
enum WorkflowCommand {
    Check(commands::workflow_check::Args),
    Plan(commands::workflow_plan::Args),
}

#[derive(Subcommand)]
enum RemoteCommand {
    Add(commands::remote_add::Args),
    Status(commands::remote_status::Args),
    Sync(commands::remote_sync::Args),
    Remove(commands::remote_remove::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => commands::serve::run(args),
        Command::Run(args) => commands::run::run(&args),
        Command::Mcp(args) => commands::mcp::run(&args),
        Command::BehindWall(args) => commands::behind_wall::run(&args),
        Command::Skill(SkillCommand::Check(args)) => commands::skill_check::run(&args),
        Command::Skill(SkillCommand::Context(args)) => commands::skill_context::run(&args),
        Command::Skill(SkillCommand::Search(args)) => commands::skill_search::run(&args),
        Command::Skill(SkillCommand::Rank(args)) => commands::skill_rank::run(&args),
        Command::Workflow(WorkflowCommand::Check(args)) => commands::workflow_check::run(&args),
        Command::Workflow(WorkflowCommand::Plan(args)) => commands::workflow_plan::run(&args),
        Command::Promote(args) => commands::promote::run(&args),
        Command::Proposal(args) => commands::proposal::run(&args),
        Command::Session(args) => commands::session::run(&args),
        Command::Blob(args) => commands::blob::run(&args),
        Command::User(args) => commands::user::run(args),
        Command::Team(args) => commands::team::run(args),
        Command::Key(args) => commands::key::run(args),
        Command::Log(args) => commands::log::run(&args),
        Command::Show(args) => commands::show::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Restore(args) => commands::restore::run(&args),
        Command::Packages(args) => commands::packages::run(args),
        Command::Remote(RemoteCommand::Add(args)) => commands::remote_add::run(&args),
        Command::Remote(RemoteCommand::Status(args)) => commands::remote_status::run(&args),
        Command::Remote(RemoteCommand::Sync(args)) => commands::remote_sync::run(&args),
        Command::Remote(RemoteCommand::Remove(args)) => commands::remote_remove::run(&args),
        Command::Evolve(args) => commands::evolve::run(&args),
        Command::Patterns(args) => commands::patterns::run(&args),
        Command::Archive(args) => commands::archive::run(&args),
        Command::Backup(args) => commands::backup::run(&args),
        Command::RestoreBackup(args) => commands::restore_backup::run(&args),
        Command::Verify(args) => commands::verify::run(&args),
        Command::Doctor(args) => commands::doctor::run(&args),
        Command::Openapi(args) => commands::openapi::run(&args),
        Command::Reference(args) => commands::reference::run(&args),
    };
    result.unwrap_or_else(|failure| {
        out::say(&failure.to_string());
        failure.exit_code()
    })
}
