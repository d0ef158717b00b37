//! How MCP clients run things, for the commands that let them in.

use std::{sync::Arc, time::Duration};

use llmos_mcp::Runs;
use llmos_packages::Cache;

use crate::commands::run::ToolRunner;

/// How long what MCP clients call may run.
#[derive(clap::Args)]
pub(crate) struct Tools {
    /// End what an MCP client calls after so many seconds; no call can ask for more
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        env = "LLMOS_TOOL_TIME_LIMIT"
    )]
    tool_time_limit: u64,
}

impl Tools {
    pub(crate) fn runs(&self, packages: Cache, keep_traces: bool) -> Runs {
        Runs {
            runner: Arc::new(ToolRunner(packages)),
            time_limit: Duration::from_secs(self.tool_time_limit),
            keep_traces,
        }
    }
}
