//! Carries out what the model of a chat calls: what it reads on a thread that may block, what it runs where
//! MCP clients run theirs.

use std::{sync::Arc, time::Duration};

use llmos_core::chat::{Ask, ToolAnswer};
use llmos_mcp::Calls;
use llmos_workbench::{Caller, Carrier, Carrying, Error, ErrorKind, Workbench};

/// How long what is told to stop may take to do so.
const GRACE: Duration = Duration::from_secs(5);

/// Carries out what the model of a chat calls.
pub(crate) struct ServerCarrier {
    workbench: Arc<Workbench>,
    calls: Calls,
}

impl ServerCarrier {
    pub(crate) fn new(workbench: Arc<Workbench>, calls: Calls) -> Self {
        Self { workbench, calls }
    }
}

impl Carrier for ServerCarrier {
    fn carry(&self, caller: Caller, ask: Ask, time: Duration) -> Carrying {
        let (workbench, calls) = (Arc::clone(&self.workbench), self.calls.clone());
        let is_outside = matches!(ask, Ask::Outside(_));
        Box::pin(async move {
            let work = carry_out(workbench, calls, caller, ask, time);
            match tokio::time::timeout(time + GRACE, work).await {
                Ok(answer) => answer,
                Err(_elapsed) if is_outside => ToolAnswer::Failed(
                    "it did not answer while there was time; what it did nobody knows".to_owned(),
                ),
                Err(_elapsed) => ToolAnswer::Failed("it took too long and was stopped".to_owned()),
            }
        })
    }
}

async fn carry_out(
    workbench: Arc<Workbench>,
    calls: Calls,
    caller: Caller,
    ask: Ask,
    time: Duration,
) -> ToolAnswer {
    let answer = match ask {
        Ask::Run { what, inputs } => match calls.run(caller, what, inputs, time).await {
            Ok(ran) if ran.succeeded => Ok(ToolAnswer::Text(ran.text)),
            Ok(ran) => Ok(ToolAnswer::Failed(ran.text)),
            Err(error) => Err(error),
        },
        ask => {
            let read = move || workbench.carry_out(&caller, &ask);
            match tokio::task::spawn_blocking(read).await {
                Ok(answer) => answer,
                Err(panic) => {
                    tracing::error!(?panic, "a call of a model failed");
                    return ToolAnswer::Failed("the server failed".to_owned());
                }
            }
        }
    };
    answer.unwrap_or_else(|error| told(&error))
}

fn told(error: &Error) -> ToolAnswer {
    if error.kind() == ErrorKind::Internal {
        tracing::error!(?error, "a call of a model failed");
    }
    Workbench::refused_call(error)
}
