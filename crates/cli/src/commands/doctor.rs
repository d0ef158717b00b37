//! `llmos doctor`

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use llmos_core::{diagnostic::Severity, skill, store::Store};
use llmos_headless::{Bundle, Node, wall};
use llmos_volumes::GitStore;

use crate::{
    failure::{FOUND, Failure},
    headless, library,
    out::Out,
};

/// Say whether everything is there that the workbench needs
///
/// Exits with 1 when something is missing that it cannot do without.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// The port that `llmos serve` would take
    #[arg(long, default_value_t = 8000, env = "LLMOS_PORT")]
    port: u16,
}

/// What one look at the surroundings gave.
enum Finding {
    Good(String),
    Worse { what: String, hint: String },
    Bad { what: String, hint: String },
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let findings = [
        shipped(),
        page(),
        volumes(&args.volumes),
        git(),
        node(),
        runtimes(),
        wall(),
        port(args.port),
    ];
    let mut out = Out::new();
    for finding in &findings {
        let (line, hint) = match finding {
            Finding::Good(what) => (format!("ok: {what}"), None),
            Finding::Worse { what, hint } => (format!("warning: {what}"), Some(hint)),
            Finding::Bad { what, hint } => (format!("error: {what}"), Some(hint)),
        };
        let mut heard = out.line(&line)?;
        if let (true, Some(hint)) = (heard.is_continue(), hint) {
            heard = out.line(&format!("  hint: {hint}"))?;
        }
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    let bad = findings.iter().any(|finding| matches!(finding, Finding::Bad { .. }));
    Ok(if bad { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

fn shipped() -> Finding {
    let files = library::files();
    let skills = files.iter().filter(|file| file.path.as_str().starts_with("skills/"));
    let broken: Vec<String> = skills
        .filter(|file| {
            let check = skill::check(file.path.as_str(), &file.content);
            check.diagnostics.iter().any(|found| found.severity == Severity::Error)
        })
        .map(|file| file.path.to_string())
        .collect();
    match (files.len(), broken.is_empty()) {
        (0, _) => Finding::Bad {
            what: "the program was built without its library".to_owned(),
            hint: "build it in the source folder".to_owned(),
        },
        (n, true) => Finding::Good(format!("{n} files in the library of the program")),
        (_, false) => Finding::Bad {
            what: format!("broken in the library of the program: {}", broken.join(", ")),
            hint: "run `llmos skill check library` in the source folder".to_owned(),
        },
    }
}

fn page() -> Finding {
    if llmos_server::has_page() {
        return Finding::Good("the page is part of the program".to_owned());
    }
    Finding::Worse {
        what: "the program was built without the page".to_owned(),
        hint: "run `cargo xtask serve` in the source folder".to_owned(),
    }
}

fn volumes(root: &Path) -> Finding {
    let shown = root.display();
    match fs::metadata(root) {
        Ok(found) if !found.is_dir() => Finding::Bad {
            what: format!("`{shown}` is not a folder"),
            hint: "choose another one with `--volumes`".to_owned(),
        },
        Ok(found) if found.permissions().readonly() => Finding::Bad {
            what: format!("`{shown}` cannot be written"),
            hint: "change its permissions, or choose another one with `--volumes`".to_owned(),
        },
        Ok(_) => match GitStore::open(root.to_owned()).volumes() {
            Ok(found) => {
                let s = if found.len() == 1 { "" } else { "s" };
                Finding::Good(format!("{} volume{s} in `{shown}`", found.len()))
            }
            Err(error) => Finding::Bad {
                what: format!("the volumes in `{shown}` cannot be read: {error}"),
                hint: "run `git fsck` in them".to_owned(),
            },
        },
        Err(_) => Finding::Good(format!("`{shown}` will be made when the first thing is kept")),
    }
}

fn git() -> Finding {
    let version = Command::new("git").arg("--version").output();
    match version.ok().filter(|output| output.status.success()) {
        Some(output) => Finding::Good(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        None => Finding::Worse {
            what: "there is no `git` command".to_owned(),
            hint: "install Git to look at the volumes yourself; the workbench works without it"
                .to_owned(),
        },
    }
}

fn node() -> Finding {
    match Node::find() {
        Ok(node) => Finding::Good(format!("Node.js {} for `llmos run`", node.version)),
        Err(error) => Finding::Worse { what: error.to_string(), hint: error.hint() },
    }
}

fn runtimes() -> Finding {
    let cache = headless::cache_folder();
    match Bundle::look(&cache, &|path| llmos_server::embedded_file(path)) {
        Ok(Some(folder)) => {
            Finding::Good(format!("what `llmos run` runs from in `{}` is whole", folder.display()))
        }
        Ok(None) => Finding::Good(format!(
            "what `llmos run` runs from will be unpacked to `{}`",
            cache.display()
        )),
        Err(error) => Finding::Worse { what: error.to_string(), hint: error.hint().to_owned() },
    }
}

fn wall() -> Finding {
    let strength = wall::strength();
    if strength.is_whole() {
        return Finding::Good(format!("the system walls skills in with {strength}"));
    }
    Finding::Worse {
        what: format!("the system has {strength}: it cannot wall in what `llmos run` starts"),
        hint: "run only skills that you trust there, or run them in the page".to_owned(),
    }
}

fn port(port: u16) -> Finding {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Finding::Good(format!("port {port} is free")),
        Err(error) => Finding::Worse {
            what: format!("port {port} cannot be taken: {error}"),
            hint: format!(
                "it may be a running workbench; else use `--port {}`",
                port.saturating_add(1)
            ),
        },
    }
}
