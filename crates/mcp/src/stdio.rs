//! The way in over standard input and output, for a client that started this program.

use rmcp::ServiceExt;

use crate::Door;

/// Why the conversation did not begin or ended early.
#[derive(Debug, thiserror::Error)]
#[error("the conversation with the MCP client ended early: {reason}")]
pub struct StdioError {
    /// What happened.
    pub reason: String,
}

/// Talks with the client until it closes standard input. Nothing else may write to standard output.
pub async fn stdio(door: Door) -> Result<(), StdioError> {
    let serving = match door.serve(rmcp::transport::stdio()).await {
        Ok(serving) => serving,
        // A client that goes away before it said anything wanted nothing.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(StdioError { reason: error.to_string() }),
    };
    match serving.waiting().await {
        Ok(_) => Ok(()),
        Err(error) => Err(StdioError { reason: error.to_string() }),
    }
}
