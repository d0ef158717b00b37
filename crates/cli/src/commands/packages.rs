//! `llmos packages`

mod progress;

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use llmos_packages::{
    AddError, Added, Cache, CacheError, Locked, PackageName, Patience, RemoveError, Request,
    Requirement, Sources, Url,
};
use serde_json::{Value, json};

use self::progress::Progress;
use crate::{
    failure::{FOUND, Failure, FailureKind},
    out::Out,
    packages::Place,
};

/// The index that is asked unless another is named.
const INDEX: &str = "https://pypi.org/simple/";

/// The distribution that is asked unless another is named: that of the release in the page.
const DISTRIBUTION: &str = "https://cdn.jsdelivr.net/pyodide/v314.0.7/full/";

/// Look after the Python packages that nodes may import
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// The folder that holds the volumes
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "volumes",
        env = "LLMOS_VOLUMES_PATH"
    )]
    volumes: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetch packages and what they need; nodes use them without a network afterwards
    ///
    /// Takes names and versions: `sympy`, `sympy==1.14.0`, `"sympy>=1.13"`. A package of the Pyodide distribution is
    /// preferred; others come from the index, as pure wheels or wheels for `pyemscripten_2026_0`. Every file is
    /// compared with the hash that the distribution or index names for it. A fetch that broke off goes on where it
    /// ended.
    Add {
        /// The packages
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// The package index; `none` asks no index
        #[arg(long, value_name = "URL", default_value = INDEX, env = "LLMOS_PACKAGE_INDEX")]
        index: String,
        /// The Pyodide distribution: the folder of its `pyodide-lock.json`; `none` asks none
        #[arg(long, value_name = "URL", default_value = DISTRIBUTION, env = "LLMOS_PYODIDE_URL")]
        distribution: String,
        /// Take the newest versions, whatever is there
        #[arg(long)]
        upgrade: bool,
    },
    /// Say which packages there are
    List,
    /// Count the hash of every file and look into it; exits with 1 when something is wrong
    Verify,
    /// Remove files that no package names, and what has only begun to arrive
    Prune,
    /// Remove packages, and what only they needed
    Remove {
        /// The packages
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
}

pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let cache = args.place.cache(&args.volumes);
    let (lines, value, code) = match args.command {
        Command::Add { names, index, distribution, upgrade } => {
            let sources = Sources {
                index: address("--index", &index)?,
                distribution: address("--distribution", &distribution)?,
                patience: Patience::default(),
            };
            let wanted = names.iter().map(|text| requirement(text)).collect::<Result<_, _>>()?;
            add(&cache, &sources, &Request { wanted, upgrade }, !args.json)?
        }
        Command::List => list(&cache)?,
        Command::Verify => verify(&cache)?,
        Command::Prune => prune(&cache)?,
        Command::Remove { names } => {
            let names = names.iter().map(|text| name(text)).collect::<Result<Vec<_>, _>>()?;
            remove(&cache, &names)?
        }
    };
    let mut out = Out::new();
    if args.json {
        let _heard = out.json(&value)?;
    } else {
        for line in &lines {
            if out.line(line)?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    Ok(code)
}

/// What a command has to say: as lines, as JSON, and as an exit code.
type Said = (Vec<String>, Value, ExitCode);

fn add(cache: &Cache, sources: &Sources, request: &Request, shows: bool) -> Result<Said, Failure> {
    let progress = Progress::new(shows);
    let tell = |event| progress.tell(event);
    let added = runtime()?.block_on(llmos_packages::add(cache, sources, request, &tell));
    progress.end();
    let Added { new, kept, replaced, fetched_bytes } = added?;
    let line = |word: &str, one: &Locked| {
        format!("{word} {} {} ({})", one.name, one.version, size(one.size))
    };
    let mut lines: Vec<String> = new.iter().map(|one| line("added", one)).collect();
    lines.extend(kept.iter().map(|one| line("there", one)));
    lines.extend(replaced.iter().map(|(name, version)| format!("gone {name} {version}")));
    let brief = |all: &[Locked]| all.iter().map(brief).collect::<Vec<_>>();
    let replaced: Vec<Value> =
        replaced.iter().map(|(name, version)| json!({"name": name, "version": version})).collect();
    let value = json!({
        "added": brief(&new), "there": brief(&kept), "gone": replaced, "fetched_bytes": fetched_bytes,
    });
    Ok((lines, value, ExitCode::SUCCESS))
}

fn list(cache: &Cache) -> Result<Said, Failure> {
    let lock = cache.lock()?;
    let lines = lock.packages.values().map(|one| {
        let why = if one.requested.is_empty() {
            format!("needed by {}", lock.dependents(&one.name).join(", "))
        } else {
            let asked: Vec<String> = one.requested.iter().map(ToString::to_string).collect();
            format!("asked for as {}", asked.join(", "))
        };
        format!("{} {} ({}) {why}", one.name, one.version, size(one.size))
    });
    let mut lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        lines.push(format!(
            "no packages in `{}`; `llmos packages add NAME` fetches one",
            cache.root().display()
        ));
    }
    let all: Vec<Value> = lock.packages.values().map(brief).collect();
    let value = json!({"folder": cache.root(), "python": lock.info.python, "packages": all});
    Ok((lines, value, ExitCode::SUCCESS))
}

fn verify(cache: &Cache) -> Result<Said, Failure> {
    let findings = llmos_packages::verify(cache)?;
    let bad = findings.iter().any(|found| found.problem.is_some());
    let lines = findings.iter().flat_map(|found| {
        let Locked { name, version, .. } = &found.package;
        match &found.problem {
            None => vec![format!("ok: {name} {version}")],
            Some(problem) => vec![
                format!("error: {name} {version}: {problem}"),
                format!("  hint: run `llmos packages add {name}`: it fetches the file again"),
            ],
        }
    });
    let all: Vec<Value> = findings
        .iter()
        .map(|found| {
            let Locked { name, version, .. } = &found.package;
            let ok = found.problem.is_none();
            json!({"name": name, "version": version, "ok": ok, "problem": found.problem})
        })
        .collect();
    let code = if bad { ExitCode::from(FOUND) } else { ExitCode::SUCCESS };
    Ok((lines.collect(), json!({"ok": !bad, "packages": all}), code))
}

fn prune(cache: &Cache) -> Result<Said, Failure> {
    let pruned =
        runtime()?.block_on(llmos_packages::prune(cache, &|event| progress::say_of(&event)))?;
    let s = if pruned.n_files == 1 { "" } else { "s" };
    let line = format!("removed {} file{s}, {}", pruned.n_files, size(pruned.bytes));
    let value = json!({"n_files": pruned.n_files, "bytes": pruned.bytes});
    Ok((vec![line], value, ExitCode::SUCCESS))
}

fn remove(cache: &Cache, names: &[String]) -> Result<Said, Failure> {
    let tell = |event| progress::say_of(&event);
    let gone = runtime()?.block_on(llmos_packages::remove(cache, names, &tell))?;
    let lines = gone.iter().map(|name| format!("removed {name}")).collect();
    Ok((lines, json!({"removed": gone}), ExitCode::SUCCESS))
}

fn brief(one: &Locked) -> Value {
    let requested: Vec<String> = one.requested.iter().map(ToString::to_string).collect();
    json!({
        "name": one.name, "version": one.version, "file_name": one.file_name, "sha256": one.sha256,
        "size": one.size, "imports": one.imports, "depends": one.depends, "requested": requested,
        "source": one.source,
    })
}

fn requirement(text: &str) -> Result<Requirement, Failure> {
    text.parse().map_err(|error| {
        let reason = format!("{error}");
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        let message = format!("`{text}` names no package: {reason}");
        Failure::new(
            FailureKind::Usage,
            message,
            "write a name, or a name and a version as `sympy==1.14.0`",
        )
    })
}

fn name(text: &str) -> Result<String, Failure> {
    PackageName::new(text.to_owned()).map(|name| name.to_string()).map_err(|_invalid| {
        let message = format!("`{text}` is no name of a package");
        Failure::new(FailureKind::Usage, message, "`llmos packages list` says what is there")
    })
}

fn address(flag: &str, text: &str) -> Result<Option<Url>, Failure> {
    if text == "none" {
        return Ok(None);
    }
    let url: Option<Url> = text.parse().ok();
    match url.filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => Ok(Some(url)),
        None => {
            let message = format!("`{flag} {text}` is no address");
            Err(Failure::new(FailureKind::Usage, message, "write `https://…`, or `none`"))
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| {
        Failure::new(FailureKind::Internal, format!("cannot start: {error}"), "try again")
    })
}

/// A size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

impl From<CacheError> for Failure {
    fn from(error: CacheError) -> Self {
        let kind = match &error {
            CacheError::Read { .. } | CacheError::Lock { .. } => FailureKind::Input,
            CacheError::Changed { .. } | CacheError::Gone { .. } => FailureKind::Refused,
            CacheError::Write { .. } => FailureKind::Internal,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

impl From<AddError> for Failure {
    fn from(error: AddError) -> Self {
        let hint = error.hint();
        let kind = match error {
            AddError::Cache(error) => return Self::from(error),
            AddError::Resolve(_) | AddError::Corrupt { .. } | AddError::Archive { .. } => {
                FailureKind::Refused
            }
            AddError::NoSource => FailureKind::Usage,
            AddError::Fetch { .. } | AddError::Index { .. } => FailureKind::Internal,
        };
        Self::new(kind, error.to_string(), hint)
    }
}

impl From<RemoveError> for Failure {
    fn from(error: RemoveError) -> Self {
        let hint = error.hint();
        match error {
            RemoveError::Cache(error) => Self::from(error),
            other => Self::new(FailureKind::Refused, other.to_string(), hint),
        }
    }
}

#[cfg(test)]
mod tests {
    use llmos_packages::PYODIDE;

    #[test]
    fn the_distribution_is_that_of_the_release_in_the_page() {
        assert!(super::DISTRIBUTION.contains(&format!("/v{}/", PYODIDE.version)));
    }
}
