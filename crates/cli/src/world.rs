//! The machine's clock and chance.

use jiff::Timestamp;
use llmos_workbench::World;

/// The machine's clock and chance.
pub(crate) struct Machine;

impl World for Machine {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> u32 {
        getrandom::u32().expect("because the operating system has random numbers once it runs")
    }
}
