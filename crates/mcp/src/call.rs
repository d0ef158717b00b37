//! A call of a tool that runs something, from its arguments to its answer.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use llmos_api::{
    skill::ExecutableSkill,
    trace::{NodeState, RunReport},
};
use llmos_core::workflow::Uses;
use llmos_workbench::{Caller, Error, PreparedCall, Workbench};
use rmcp::{
    ErrorData, Peer, RoleServer,
    model::{CallToolResult, ProgressNotificationParam, ProgressToken},
    service::RequestContext,
};
use serde_json::{Map, Value};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::{
    door::{Shared, blocking},
    name,
    refusal::{failed, internal, refused},
    result::Ended,
    runner::{Progress, RunControl, RunnerError},
    tool,
};

/// How a run is watched and stopped.
pub(crate) struct Watch {
    /// Ends it when it is cancelled.
    pub(crate) cancelled: CancellationToken,
    /// Ends it after this long.
    pub(crate) limit: Duration,
    /// Hears of its nodes.
    pub(crate) progress: Box<dyn FnMut(Progress) + Send>,
}

/// Runs what a tool stands for, and waits for the end.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    caller: Caller,
    skill: ExecutableSkill,
    arguments: Map<String, Value>,
    context: RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let what = tool::uses(&skill).ok_or_else(|| internal(&skill.skill_id))?;
    let said = said(&what);
    let inputs = inputs(&skill, arguments);
    let call = match prepare(shared, caller.clone(), what, inputs).await? {
        Ok(call) => call,
        Err(error) => return Ok(refused(&error)),
    };
    let (tell, told) = unbounded_channel();
    let token = context.meta.get_progress_token();
    let n_nodes = call.payload.workflow.nodes.len();
    let mut teller = tokio::spawn(tell_progress(context.peer.clone(), token, told, n_nodes));
    let progress = Box::new(move |progress| {
        // Nobody listens when the client is gone.
        let _ = tell.send(progress);
    });
    let (cancelled, limit) = (context.ct.clone(), shared.runs.time_limit);
    let answer = finish(shared, caller, said, call, Watch { cancelled, limit, progress }).await;
    // The last notification goes out before the answer does.
    let patience = Duration::from_secs(2);
    if tokio::time::timeout(patience, &mut teller).await.is_err() {
        teller.abort();
    }
    answer
}

/// What runs, in words.
pub(crate) fn said(what: &Uses) -> String {
    format!("{} `{}`", what.noun(), what.id())
}

/// Prepares a run where blocking is allowed.
pub(crate) async fn prepare(
    shared: &Arc<Shared>,
    caller: Caller,
    what: Uses,
    inputs: Map<String, Value>,
) -> Result<Result<PreparedCall, Error>, ErrorData> {
    let shared = Arc::clone(shared);
    blocking(move || shared.workbench.prepare_call(&caller, &what, &inputs)).await
}

/// Runs what is prepared when its turn comes, keeps its trace and says what came of it.
pub(crate) async fn finish(
    shared: &Arc<Shared>,
    caller: Caller,
    said: String,
    call: PreparedCall,
    watch: Watch,
) -> Result<CallToolResult, ErrorData> {
    let _turn = tokio::select! {
        turn = shared.gate.turn() => match turn {
            Some(turn) => turn,
            None => {
                let hint = "call it again when others are done";
                return Ok(failed(format!("too many runs wait here already\nhint: {hint}")));
            }
        },
        () = watch.cancelled.cancelled() => return Ok(failed(format!("{said} was cancelled"))),
    };
    let secs = watch.limit.as_secs();
    let (carried, timed_out) = carry(shared, &call, watch).await?;
    let report = match carried {
        Ok(report) => report,
        Err(error) => return Ok(failed(format!("{said}: {error}\nhint: {}", error.hint))),
    };
    let mut notes = Vec::new();
    if timed_out {
        notes.push(format!("it was stopped after {secs} s, which is how long a run may take here"));
    }
    let shared = Arc::clone(shared);
    blocking(move || {
        let trace_id = keep(&shared, &caller, &report, &mut notes);
        let trace_id = trace_id.as_deref();
        Ended { what: &said, call: &call, report: &report, trace_id, notes }.answer()
    })
    .await
}

/// Gives arguments the names of the inputs that they are for.
fn inputs(skill: &ExecutableSkill, arguments: Map<String, Value>) -> Map<String, Value> {
    let named = |argument: String| {
        let port = skill.inputs.iter().find(|port| name::argument(&port.name) == argument);
        port.map_or(argument, |port| port.name.clone())
    };
    arguments.into_iter().map(|(argument, value)| (named(argument), value)).collect()
}

/// Lets the runner run, and stops it when its time is up or nobody wants it any more.
///
/// Dropping the future stops the run too: the sender goes with it.
async fn carry(
    shared: &Arc<Shared>,
    call: &PreparedCall,
    watch: Watch,
) -> Result<(Result<RunReport, RunnerError>, bool), ErrorData> {
    let Watch { cancelled, limit, progress } = watch;
    let (stop, stopped) = mpsc::channel();
    let payload = call.payload.clone();
    let runner = Arc::clone(&shared.runs.runner);
    let control = RunControl { stop: stopped, progress };
    let mut run = tokio::task::spawn_blocking(move || runner.run(payload, control));
    let mut timed_out = false;
    let ended = tokio::select! {
        ended = &mut run => ended,
        () = stop_when(&cancelled, limit, &mut timed_out) => {
            // An error means that it is over already.
            let _ = stop.send(());
            run.await
        }
    };
    Ok((ended.map_err(|panic| internal(&panic))?, timed_out))
}

async fn stop_when(cancelled: &CancellationToken, limit: Duration, timed_out: &mut bool) {
    *timed_out = tokio::time::timeout(limit, cancelled.cancelled()).await.is_err();
}

/// Counts the nodes that are done, for a client that asked for it.
async fn tell_progress(
    peer: Peer<RoleServer>,
    token: Option<ProgressToken>,
    mut told: UnboundedReceiver<Progress>,
    n_nodes: usize,
) {
    let mut n_done = 0_u32;
    while let Some(Progress { node, state }) = told.recv().await {
        let is_over = matches!(
            state,
            NodeState::Success
                | NodeState::Error
                | NodeState::Skipped
                | NodeState::Cached
                | NodeState::Cancelled
        );
        let (true, Some(token)) = (is_over, &token) else { continue };
        n_done += 1;
        let total = u32::try_from(n_nodes).unwrap_or(u32::MAX);
        let param = ProgressNotificationParam::new(token.clone(), f64::from(n_done))
            .with_total(f64::from(total))
            .with_message(format!("node {node}: {}", state_name(state)));
        if peer.notify_progress(param).await.is_err() {
            return;
        }
    }
}

fn state_name(state: NodeState) -> &'static str {
    match state {
        NodeState::Idle => "idle",
        NodeState::Queued => "queued",
        NodeState::Running => "running",
        NodeState::Success => "success",
        NodeState::Error => "error",
        NodeState::Skipped => "skipped",
        NodeState::Cached => "cached",
        NodeState::Cancelled => "cancelled",
    }
}

/// Keeps the trace; where that is not possible the result counts all the same.
fn keep(
    shared: &Shared,
    caller: &Caller,
    report: &RunReport,
    notes: &mut Vec<String>,
) -> Option<String> {
    if !shared.runs.keep_traces {
        return None;
    }
    let workbench: &Workbench = &shared.workbench;
    match workbench.save_trace(caller, report.clone()) {
        Ok(saved) => Some(saved.trace_id),
        Err(error) => {
            tracing::warn!(?error, "the trace of a run is not kept");
            notes.push("the trace of the run could not be kept".to_owned());
            None
        }
    }
}
