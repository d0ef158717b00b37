//! Running for others than MCP clients what MCP clients can run: the same way, behind the same gate.

use std::{sync::Arc, time::Duration};

use llmos_core::workflow::Uses;
use llmos_workbench::{Caller, Error, Workbench};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::{
    call::{self, Watch},
    door::Shared,
    runner::{Gate, Runs},
};

/// What all who run tools share: what runs them, and the gate before it.
#[derive(Clone)]
pub struct Calls(pub(crate) Arc<Shared>);

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Its outputs, or the nodes that failed and why; in bounds, with the id of its trace.
    pub text: String,
    /// Whether every node has its outputs.
    pub succeeded: bool,
}

impl Calls {
    /// Puts them together.
    pub fn new(workbench: Arc<Workbench>, runs: Runs) -> Self {
        Self(Arc::new(Shared { workbench, runs, gate: Gate::new() }))
    }

    /// Runs a skill or workflow in the caller's name, for as long as `limit` and the limit of all runs allow.
    ///
    /// Dropping the future stops the run.
    pub async fn run(
        &self,
        caller: Caller,
        what: Uses,
        inputs: Map<String, Value>,
        limit: Duration,
    ) -> Result<Ran, Error> {
        let said = call::said(&what);
        let failed =
            |error: rmcp::ErrorData| Ran { text: error.message.into_owned(), succeeded: false };
        let call = match call::prepare(&self.0, caller.clone(), what, inputs).await {
            Ok(prepared) => prepared?,
            Err(error) => return Ok(failed(error)),
        };
        if let Some(text) = call.browser_only() {
            return Ok(Ran { text, succeeded: false });
        }
        let elsewhere = call.better_in_browser();
        let watch = Watch {
            cancelled: CancellationToken::new(),
            limit: limit.min(self.0.runs.time_limit),
            progress: Box::new(|_| {}),
        };
        let answer = match call::finish(&self.0, caller, said, call, watch).await {
            Ok(answer) => answer,
            Err(error) => return Ok(failed(error)),
        };
        let text = answer.content.first().and_then(|content| content.as_text());
        let mut text = text.map(|text| text.text.clone()).unwrap_or_default();
        let succeeded = answer.is_error == Some(false);
        if let (false, Some(elsewhere)) = (succeeded, elsewhere) {
            text.push('\n');
            text.push_str(&elsewhere);
        }
        Ok(Ran { text, succeeded })
    }
}
