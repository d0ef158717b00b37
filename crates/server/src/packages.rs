//! The port to the Python packages that the page may load.

use llmos_api::package::PackageLock;

/// The packages of this installation.
///
/// Methods block. What [`read`](Self::read) gives was checked against the hash
/// it was asked for with: nothing else may leave.
pub trait Packages: Send + Sync {
    /// Returns which packages there are.
    fn lock(&self) -> Result<PackageLock, PackagesError>;

    /// Reads the file of a package of this hash.
    fn read(&self, name: &str, sha256: &str) -> Result<Vec<u8>, PackagesError>;
}

/// Why packages cannot be had.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct PackagesError {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// An installation without packages.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPackages;

impl Packages for NoPackages {
    fn lock(&self) -> Result<PackageLock, PackagesError> {
        Ok(PackageLock::default())
    }

    fn read(&self, name: &str, _sha256: &str) -> Result<Vec<u8>, PackagesError> {
        Err(PackagesError {
            message: format!("the file of `{name}` is gone"),
            hint: format!("run `llmos packages add {name}`"),
        })
    }
}
