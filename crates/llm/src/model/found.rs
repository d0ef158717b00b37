//! What a service says about its models: which there are, and whether one runs
//! on this machine without anybody having said so.

use std::time::Duration;

use llmos_core::model::{ModelError, Provider};
use serde_json::Value;

use super::{patience::Patience, service::Http, target::Target};

/// How long a program on this machine may take to say that it is there.
const GLANCE: Duration = Duration::from_millis(400);
/// How long another service may take to list its models.
const LOOK: Duration = Duration::from_secs(5);

/// Lists the models of a service. Blocks, and may be called from a thread of a runtime that may block.
pub(crate) fn models_of(target: &Target) -> Result<Vec<String>, ModelError> {
    let failed =
        |reason: String| ModelError::Failed { provider: target.provider.to_string(), reason };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(error.to_string()))?;
    let within = if target.provider == Provider::Ollama { GLANCE } else { LOOK };
    let patience = Patience { connect: within, ..Patience::default() };
    // A client of its own: its connections end with this runtime.
    let http = Http::new(patience);
    let list = runtime.block_on(http.get(target, "/models", within))?;
    Ok(names(&list))
}

/// Reads the ids out of `{"data": [{"id": …}]}`.
fn names(list: &Value) -> Vec<String> {
    let all = list["data"].as_array().into_iter().flatten();
    let names = all.filter_map(|model| model["id"].as_str());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
