//! `llmos serve`

use std::{
    io::IsTerminal,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use llmos_core::{exchange::Exchange, remote::Remotes, slug::Slug, store::Author};
use llmos_llm::model::{Environment, HttpModels, Patience};
use llmos_members::{ApiKeysFile, MembersFile};
use llmos_server::{AllowedHosts, CronThread, Settings};
use llmos_volumes::GitStore;
use llmos_workbench::{RemoteKeeper, Work, Workbench};
use tracing_subscriber::EnvFilter;

use crate::{
    blobs::BlobArgs,
    crons,
    failure::{Failure, FailureKind},
    hands,
    learning::{Beside, Learning},
    library,
    out::say,
    outside::OutsideArgs,
    packages::{Place, Served},
    server_python::Allow,
    sessions::SessionPlace,
    signing::Signing,
    tools::Tools,
    world::Machine,
};

/// Start the workbench on http://localhost:8000
///
/// It answers to this machine only. Stop it with Ctrl-C: requests that still run are answered first.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8000, env = "LLMOS_PORT")]
    port: u16,
    /// The address to listen on: `localhost`, `127.0.0.1` or `::1`
    #[arg(long, default_value = "localhost")]
    host: String,
    /// The folder that holds the volumes; made when the first thing is kept
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    #[command(flatten)]
    packages: Place,
    /// The user that requests act for when they name none
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// Answer to this name as well, such as that of a proxy on this machine
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    allow_host: Vec<String>,
    /// Take over no edits that people make in the folders of volumes; they commit with `git` themselves
    #[arg(long)]
    no_watch: bool,
    /// The author of edits in the folders of `system` and teams, as `Name <address>`; the user when left out
    #[arg(long, value_name = "AUTHOR", value_parser = author, env = "LLMOS_AUTHOR")]
    author: Option<Author>,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    python: Allow,
    /// The file of the key that seals people's keys to models; beside the volumes when left out
    #[arg(long, value_name = "FILE", env = "LLMOS_MASTER_KEY_FILE")]
    master_key: Option<PathBuf>,
    #[command(flatten)]
    tools: Tools,
    #[command(flatten)]
    learning: Learning,
    #[command(flatten)]
    crons: crons::CronArgs,
    #[command(flatten)]
    sessions: SessionPlace,
    #[command(flatten)]
    blobs: BlobArgs,
    #[command(flatten)]
    outside: OutsideArgs,
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,llmos=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let address = SocketAddr::new(ip(&args.host)?, args.port);
    let python = args.python.port()?;
    // First of all, so that a server that cannot run leaves nothing behind.
    let listener = llmos_server::listen(address)?;
    let signers = args.signing.signers()?;
    let outside = args.outside.clients(&args.volumes)?;
    let store = Arc::new(GitStore::open(args.volumes.clone()).with_signers(signers));
    let exchange = Arc::clone(&store) as Arc<dyn Exchange>;
    let remotes = Arc::clone(&store) as Arc<dyn Remotes>;
    let directory = Arc::new(MembersFile::beside(&args.volumes));
    let models = HttpModels::new(
        &args.volumes,
        args.master_key,
        Environment::read(|name| std::env::var(name).ok()),
        Patience::default(),
    );
    let workbench = Workbench::new(Arc::<GitStore>::clone(&store), Arc::new(Machine))
        .with_directory(directory)
        .with_keys(Arc::new(ApiKeysFile::beside(&args.volumes)))
        .with_exchange(exchange)
        .with_remotes(remotes)
        .with_models(Arc::new(models))
        .with_outside(outside)
        .with_sessions(args.sessions.open(&args.volumes)?)
        .with_ledgers(Arc::new(Beside::volumes(&args.volumes)))
        .with_thresholds(args.learning.thresholds());
    let workbench = args.blobs.add_to(workbench, &args.volumes)?;
    let seeded = workbench.seed_system(&library::files(), env!("CARGO_PKG_VERSION"))?;
    if let Some(commit) = &seeded.commit {
        say(&format!("system volume: {} files brought up to date in {commit}", seeded.n_changed));
    }
    for path in &seeded.kept {
        tracing::info!(%path, "left as people changed it");
    }
    let workbench = Arc::new(workbench);
    keep_remotes(&workbench);
    let run_crons = args.crons.run_here();
    let work = Arc::clone(&workbench) as Arc<dyn Work>;
    let crons = Arc::new(args.crons.open(&args.sessions.state(&args.volumes), work)?);
    let router = llmos_server::router(Settings {
        workbench: Arc::clone(&workbench),
        crons: Arc::clone(&crons),
        packages: Arc::new(Served(args.packages.cache(&args.volumes))),
        python,
        runs: args.tools.runs(args.packages.cache(&args.volumes), true),
        user: args.user.clone(),
        hosts: AllowedHosts::loopback_and(args.allow_host),
    });
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::new(FailureKind::Internal, format!("cannot start: {error}"), "try again")
    })?;
    say(&format!("LLMos-Lite is at http://localhost:{}", listener.port()));
    say(&format!("volumes in {}; stop with Ctrl-C", args.volumes.display()));
    let crons = run_crons.then(|| CronThread::start(crons)).transpose().map_err(|error| {
        let message = format!("cannot start the crons: {error}");
        Failure::new(FailureKind::Internal, message, "try again, or start it with `--no-crons`")
    })?;
    let hands = match args.no_watch {
        true => None,
        false => Some(hands::start(workbench, store, local_author(args.author, &args.user))?),
    };
    runtime.block_on(llmos_server::serve(listener, router, stop()))?;
    if let Some(crons) = crons {
        crons.stop();
    }
    if let Some(hands) = hands {
        hands.stop();
    }
    runtime.shutdown_background();
    say("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Talks to remotes for as long as the program runs; one that is cut off is talked to again later.
fn keep_remotes(workbench: &Arc<Workbench>) {
    let keeper = RemoteKeeper::new(workbench);
    let run = move || {
        while let Some(troubles) = keeper.tick() {
            for trouble in troubles {
                tracing::warn!("{trouble}");
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    };
    if let Err(err) = std::thread::Builder::new().name("remotes".to_owned()).spawn(run) {
        tracing::error!(%err, "remotes are not kept equal");
    }
}

fn local_author(author: Option<Author>, user: &Slug) -> Author {
    author
        .unwrap_or_else(|| Author { name: user.to_string(), email: format!("{user}@llmos.local") })
}

/// Reads `Name <address>`.
fn author(text: &str) -> Result<Author, String> {
    let parts = text.strip_suffix('>').and_then(|text| text.split_once('<'));
    let parts = parts.map(|(name, email)| (name.trim().to_owned(), email.trim().to_owned()));
    match parts {
        Some((name, email)) if !name.is_empty() && !email.is_empty() => Ok(Author { name, email }),
        _ => Err("write it as Git does, as in `Ana Berg <ana@example.org>`".to_owned()),
    }
}

/// Takes the name of a host as requests name it, without a port.
fn host_name(text: &str) -> Result<String, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<Ipv6Addr>() {
        return Ok(format!("[{address}]"));
    }
    let is_label = |label: &str| {
        let fits = (1..=63).contains(&label.len());
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        fits && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.len() <= 253 && text.split('.').all(is_label) {
        return Ok(text.to_owned());
    }
    Err("that is no name of a host; write it alone, without `http://`, port and path, as in \
         `lab.example.org`"
        .to_owned())
}

fn ip(host: &str) -> Result<IpAddr, Failure> {
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    host.trim_matches(['[', ']']).parse().map_err(|source| {
        let message = format!("`--host {host}` is no address: {source}");
        Failure::new(FailureKind::Usage, message, "use `localhost`, `127.0.0.1` or `::1`")
    })
}

/// Waits for somebody to stop the program.
pub(crate) async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
