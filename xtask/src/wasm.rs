//! Builds the browser's engine: `crates/wasm` to WebAssembly with whatever
//! toolchain the machine has or can get, then its JavaScript and types, into
//! `ui/src/engine/pkg`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::job::Job;
use crate::stamp::Stamp;
use crate::{repo, say, system};

/// Where the browser's code imports the engine from.
pub(crate) const PKG: &str = "ui/src/engine/pkg";

const TARGET: &str = "wasm32-unknown-unknown";
const LABEL: &str = "engine";

/// What the engine is made from.
const INPUTS: [&str; 5] = ["crates/core", "crates/api", "crates/wasm", "Cargo.lock", "Cargo.toml"];

/// The oldest Rust that the workspace accepts, as `major.minor.patch`.
const RUST: (u32, u32, u32) = (1, 95, 0);

/// Debian's own Rust, which can build the standard library for any target.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const DEBIAN_LINKER: &str = "wasm-ld-19";

/// A way to compile for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Toolchain {
    /// The Rust that runs this task, with the target installed.
    Rustup,
    /// Debian's packages, which compile the standard library first.
    Debian,
}

/// Builds the engine unless nothing changed; returns true when it was built.
pub(crate) fn build() -> Result<bool> {
    let stamp = Stamp::of("wasm", &INPUTS, env!("CARGO_PKG_VERSION"))?;
    if stamp.is_fresh(&format!("{PKG}/llmos_wasm_bg.wasm")) {
        say::done(LABEL, "up to date", None);
        return Ok(false);
    }
    let started = Instant::now();
    let module = compile(toolchain()?)?;
    bindgen(&module)?;
    stamp.keep()?;
    let size = fs::metadata(repo::root().join(PKG).join("llmos_wasm_bg.wasm"))?.len();
    say::done(LABEL, format!("built, {}", say::size(size)), Some(started.elapsed()));
    Ok(true)
}

/// Finds a toolchain, or installs one: the target for this Rust where rustup
/// can fetch it, else Debian's packages.
fn toolchain() -> Result<Toolchain> {
    if target_is_installed() {
        return Ok(Toolchain::Rustup);
    }
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    if system::which("rustup").is_some() {
        let added = Job::new("wasm target", "rustup")
            .args(["target", "add", TARGET])
            .limit(Duration::from_secs(120))
            .attempt()?;
        if added.success && target_is_installed() {
            say::done("wasm target", "added by rustup", Some(added.took));
            return Ok(Toolchain::Rustup);
        }
        say::note("wasm target", "rustup cannot fetch it, taking Debian's Rust instead");
    }
    let by_hand = format!("run `rustup target add {TARGET}`, then this again");
    system::apt_install("wasm toolchain", &DEBIAN_PACKAGES).context(by_hand.clone())?;
    if debian_is_complete() {
        return Ok(Toolchain::Debian);
    }
    bail!("Debian's Rust is older than {}.{}; {by_hand}", RUST.0, RUST.1)
}

fn target_is_installed() -> bool {
    system::ask("rustc", &["--print", "target-libdir", "--target", TARGET])
        .and_then(|dir| fs::read_dir(dir).ok())
        .is_some_and(|mut files| files.next().is_some())
}

fn debian_is_complete() -> bool {
    let version = system::ask(DEBIAN_RUSTC, &["--version"]);
    version.as_deref().and_then(system::version).is_some_and(|version| version >= RUST)
        && Path::new(DEBIAN_CARGO).exists()
        && Path::new(DEBIAN_STD).exists()
        && system::which(DEBIAN_LINKER).is_some()
}

fn compile(toolchain: Toolchain) -> Result<PathBuf> {
    let target_dir = repo::target().join("wasm");
    let job = match toolchain {
        Toolchain::Rustup => Job::cargo(LABEL),
        Toolchain::Debian => Job::new(LABEL, DEBIAN_CARGO)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", DEBIAN_RUSTC)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER),
    };
    let job = job
        .args(["build", "--package", "llmos-wasm", "--profile", "wasm", "--target", TARGET])
        .arg_path("--target-dir", &target_dir);
    let job = match toolchain {
        Toolchain::Rustup => job,
        Toolchain::Debian => job.args(["-Zbuild-std=std,panic_abort"]),
    };
    job.hint("fix what the compiler says above").run()?;
    Ok(target_dir.join(TARGET).join("wasm/llmos_wasm.wasm"))
}

fn bindgen(module: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true).map_err(|error| anyhow!("{error:#}"))?;
    bindgen
        .generate(repo::root().join(PKG))
        .map_err(|error| anyhow!("cannot make the JavaScript of the engine: {error:#}"))
}
