//! The package cache as the server and other commands see it.

use std::path::{Path, PathBuf};

use llmos_api::package::{PackageLock, PackageLockInfo, PackageView};
use llmos_packages::{Cache, CacheError, Info, Lock, Locked};
use llmos_server::{Packages, PackagesError};

/// Where the packages are.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The folder that holds Python packages; `packages` beside the volumes when left out
    #[arg(long, global = true, value_name = "FOLDER", env = "LLMOS_PACKAGES_PATH")]
    packages: Option<PathBuf>,
}

impl Place {
    /// The cache, beside these volumes unless another place was named.
    pub(crate) fn cache(&self, volumes: &Path) -> Cache {
        let beside = || volumes.parent().unwrap_or(Path::new("")).join("packages");
        Cache::open(self.packages.clone().unwrap_or_else(beside))
    }
}

/// A cache behind the server's port.
pub(crate) struct Served(pub(crate) Cache);

impl Packages for Served {
    fn lock(&self) -> Result<PackageLock, PackagesError> {
        self.0.lock().map(view).map_err(|error| problem(&error))
    }

    fn read(&self, name: &str, sha256: &str) -> Result<Vec<u8>, PackagesError> {
        self.0.read(name, sha256).map_err(|error| problem(&error))
    }
}

/// Puts a lock into its wire form.
pub(crate) fn view(lock: Lock) -> PackageLock {
    let Info { abi_version, arch, platform, python, version } = lock.info;
    let version = version.unwrap_or_default();
    let packages = lock.packages.into_iter().map(|(name, entry)| (name, entry_view(entry)));
    PackageLock {
        info: PackageLockInfo { abi_version, arch, platform, python, version },
        packages: packages.collect(),
    }
}

fn entry_view(entry: Locked) -> PackageView {
    PackageView {
        name: entry.name,
        version: entry.version,
        file_name: entry.file_name,
        install_dir: entry.install_dir,
        sha256: entry.sha256,
        package_type: entry.package_type,
        imports: entry.imports,
        depends: entry.depends,
        unvendored_tests: entry.unvendored_tests,
        size: entry.size,
    }
}

fn problem(error: &CacheError) -> PackagesError {
    PackagesError { message: error.to_string(), hint: error.hint() }
}
