//! A workflow that is run once, for what comes out, and of which nothing is kept.

use llmos_api::{trace::RunReport, workflow::RunPayload};
use llmos_headless::{drive, report};
use llmos_packages::Cache;

use super::{plan, prepare, show, supply};
use crate::{failure::Failure, headless};

/// Runs a workflow with the skills and values that it brings.
pub(crate) fn once(mut payload: RunPayload, cache: &Cache) -> Result<RunReport, Failure> {
    let packages = supply::supply(cache, &mut payload)?;
    let mut host = headless::start(prepare::gpu(&payload))?;
    let mut run = plan(&payload, &host, None)?;
    host.send_skills(&payload.skills, &packages)?;
    headless::cancel_on_interrupt(host.canceller())?;
    let started = jiff::Timestamp::now();
    let mut watch = show::Watcher::new(payload.workflow.nodes.len(), None);
    let driven = drive(&mut run, &mut host, &mut watch);
    watch.finish();
    let mut report = report(&run, &driven?, &payload, &mut host)?;
    report.started_at = started.to_string();
    report.finished_at = jiff::Timestamp::now().to_string();
    Ok(report)
}
