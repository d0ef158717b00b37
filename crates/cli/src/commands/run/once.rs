//! A workflow that is run once, for what comes out, by somebody else than `llmos run`.

use std::sync::mpsc::Receiver;

use llmos_api::{
    trace::{LogLine, RunReport},
    workflow::RunPayload,
};
use llmos_core::{run::NodeState, slug::Slug};
use llmos_headless::{Canceller, LoadProgress, Watch, drive, report};
use llmos_mcp::{Progress, RunControl, Runner, RunnerError};
use llmos_packages::Cache;

use super::{plan, prepare, show, supply};
use crate::{failure::Failure, headless};

/// Runs a workflow with the skills and values that it brings, and shows how it goes.
pub(crate) fn once(payload: RunPayload, cache: &Cache) -> Result<RunReport, Failure> {
    let mut watch = show::Watcher::new(payload.workflow.nodes.len(), None);
    let report = watched(payload, cache, &mut watch, headless::cancel_on_interrupt);
    watch.finish();
    report
}

fn watched(
    mut payload: RunPayload,
    cache: &Cache,
    watch: &mut dyn Watch,
    cancel: impl FnOnce(Canceller) -> Result<(), Failure>,
) -> Result<RunReport, Failure> {
    let packages = supply::supply(cache, &mut payload)?;
    let mut host = headless::start(prepare::gpu(&payload))?;
    let mut run = plan(&payload, &host, None)?;
    host.send_skills(&payload.skills, &packages)?;
    cancel(host.canceller())?;
    let started = jiff::Timestamp::now();
    let driven = drive(&mut run, &mut host, watch)?;
    let mut report = report(&run, &driven, &payload, &mut host)?;
    report.workflow_volume = payload.workflow_volume;
    report.workflow_version = payload.workflow_version;
    report.started_at = started.to_string();
    report.finished_at = jiff::Timestamp::now().to_string();
    Ok(report)
}

/// Runs what MCP clients call, each in a Node.js process of its own behind the wall.
pub(crate) struct ToolRunner(pub(crate) Cache);

impl Runner for ToolRunner {
    fn run(&self, payload: RunPayload, control: RunControl) -> Result<RunReport, RunnerError> {
        let RunControl { stop, progress } = control;
        let cancel = |canceller| {
            std::thread::spawn(move || cancel_when_told(&stop, &canceller));
            Ok(())
        };
        watched(payload, &self.0, &mut Teller(progress), cancel).map_err(|failure| {
            let (message, hint) = failure.into_parts();
            RunnerError { message, hint }
        })
    }
}

fn cancel_when_told(stop: &Receiver<()>, canceller: &Canceller) {
    // An error means that nobody waits any more, as when the run is over.
    let _ = stop.recv();
    canceller.cancel();
}

/// Tells of nodes, and of nothing else.
struct Teller(Box<dyn FnMut(Progress) + Send>);

impl Watch for Teller {
    fn state(&mut self, node: &Slug, state: NodeState) {
        (self.0)(Progress { node: node.to_string(), state: state.into() });
    }

    fn line(&mut self, _: &str, _: &LogLine) {}

    fn progress(&mut self, _: &LoadProgress) {}
}
