//! Why there are no blobs.

use llmos_core::blob::BlobsError;

/// The cause of a failure.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a place for blobs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// What is set makes no sense.
    #[error("{what}")]
    Settings {
        /// What is wrong.
        what: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// The operating system gives no thread, or no client can be made.
    #[error("cannot start: {source}")]
    Start {
        /// Why.
        source: Cause,
    },
}

impl OpenError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Settings { hint, .. } => hint,
            Self::Start { .. } => "try again",
        }
    }
}

/// Says what was being done when something failed.
pub(crate) fn medium<E: Into<Cause>>(doing: &'static str) -> impl Fn(E) -> BlobsError {
    move |source| BlobsError::Medium { doing, source: source.into() }
}
