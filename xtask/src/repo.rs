//! Where things are in the checkout, and how to call this workspace's cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How cargo builds the `llmos` that tests start: with the features that the
/// tests themselves were built with, so that nothing is compiled twice.
pub(crate) const TESTED: &[&str] = &["test", "--workspace", "--no-run"];

/// The root of the checkout.
///
/// Cargo says it when it runs the task, so a checkout that was moved works
/// without compiling again.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// The target folder of native builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A path as people write it: from the root, with forward slashes.
pub(crate) fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Takes away what the outer `cargo run` put into the environment for this
/// program, so that a cargo started from here builds exactly what one started
/// by hand would.
pub(crate) fn forget_outer_cargo(command: &mut Command) {
    for (key, _) in std::env::vars_os() {
        let Some(name) = key.to_str() else { continue };
        let own = name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || matches!(
                name,
                "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE"
            )
            || name == "LD_LIBRARY_PATH";
        if own {
            command.env_remove(&key);
        }
    }
}
