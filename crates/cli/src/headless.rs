//! Puts the host of runs without a browser together: Node.js, the files inside
//! this program, and the folder that they are unpacked to.

use std::{
    env,
    path::{Path, PathBuf},
};

use llmos_headless::{
    Bundle, BundleError, Canceller, Gpu, HostError, HostSettings, Node, NodeError, NodeHost,
};

use crate::failure::{Failure, FailureKind};

/// Starts Node.js, with a graphics processor where the run needs one.
pub(crate) fn start(gpu: Option<Gpu>) -> Result<NodeHost, Failure> {
    // The cheap question first: without Node.js nothing is unpacked.
    let node = Node::find()?;
    let bundle = Bundle::unpack(&cache_folder(), &|path| llmos_server::embedded_file(path))?;
    let launcher = env::current_exe().map_err(|error| {
        Failure::new(
            FailureKind::Internal,
            format!("cannot find this program: {error}"),
            "try again",
        )
    })?;
    Ok(NodeHost::start(&HostSettings { node, bundle, launcher, gpu })?)
}

/// Where unpacked files are kept from one run to the next.
pub(crate) fn cache_folder() -> PathBuf {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("LLMOS_CACHE")
        .or_else(|| named("XDG_CACHE_HOME").map(|cache| cache.join("llmos")))
        .or_else(|| named("LOCALAPPDATA").map(|cache| cache.join("llmos")))
        .or_else(|| named("HOME").map(|home| home.join(Path::new(".cache/llmos"))))
        .unwrap_or_else(|| env::temp_dir().join(format!("llmos-{}", whose())))
}

/// Names the user in a folder that all share; whether it is theirs is checked before use.
fn whose() -> String {
    #[cfg(unix)]
    return rustix::process::geteuid().as_raw().to_string();
    #[cfg(not(unix))]
    return "cache".to_owned();
}

/// Cancels the run when somebody presses Ctrl-C.
pub(crate) fn cancel_on_interrupt(canceller: Canceller) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new(
            FailureKind::Internal,
            format!("cannot listen for Ctrl-C: {error}"),
            "try again",
        )
    })?;
    std::thread::spawn(move || {
        runtime.block_on(crate::commands::serve::stop());
        canceller.cancel();
    });
    Ok(())
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        Self::new(FailureKind::Internal, error.to_string(), error.hint())
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(FailureKind::Internal, error.to_string(), error.hint())
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Self::new(FailureKind::Internal, error.to_string(), error.hint())
    }
}
