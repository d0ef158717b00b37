//! The port to whatever carries out the calls of a model, off the thread on which it answers.

use std::{pin::Pin, time::Duration};

use llmos_core::chat::{Ask, ToolAnswer};

use crate::Caller;

/// A call that is being carried out. Dropping it stops it.
pub type Carrying = Pin<Box<dyn Future<Output = ToolAnswer> + Send>>;

/// Carries out what a model calls, in the name of the person who asked it.
///
/// What is read goes through [`Workbench::carry_out`](crate::Workbench::carry_out), which checks access;
/// a run goes where runs go. No call of this program's own writes, sends or deletes; one of an outside tool may, and gets
/// here only after the person allowed it.
pub trait Carrier: Send + Sync {
    /// Begins to carry out a call that may take so long.
    fn carry(&self, caller: Caller, ask: Ask, time: Duration) -> Carrying;
}

/// Where nothing can be carried out.
pub(super) struct NoCarrier;

impl Carrier for NoCarrier {
    fn carry(&self, _: Caller, _: Ask, _: Duration) -> Carrying {
        let reason = "nothing can be looked up or run here".to_owned();
        Box::pin(std::future::ready(ToolAnswer::Refused(vec![reason])))
    }
}
