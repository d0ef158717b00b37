//! The facts that a use case takes from outside, apart from the volumes.

use jiff::Timestamp;

/// One window to the world: the time and chance. Tests hand in a fixed one.
pub trait World: Send + Sync {
    /// Returns the time.
    fn now(&self) -> Timestamp;

    /// Returns a number that nobody can foresee.
    fn random(&self) -> u32;
}
