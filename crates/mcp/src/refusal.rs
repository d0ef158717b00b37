//! Where a refusal of the workbench becomes an answer of the protocol.

use std::fmt::Write;

use llmos_workbench::{Error, ErrorKind};
use rmcp::{
    ErrorData,
    model::{CallToolResult, ContentBlock, ErrorCode},
};

/// How many bytes of one text that is not ours stand in an error.
const MAX_TEXT: usize = 4000;

/// How many findings about a workflow or skill an error tells.
const MAX_FINDINGS: usize = 10;

/// A request that cannot be answered, as the protocol tells it.
///
/// What went wrong inside is for the log.
pub(crate) fn fault(error: &Error, unknown: ErrorCode) -> ErrorData {
    let code = match error.kind() {
        ErrorKind::Invalid | ErrorKind::Content | ErrorKind::TooLarge => ErrorCode::INVALID_PARAMS,
        ErrorKind::Unknown | ErrorKind::Denied | ErrorKind::Unproven => unknown,
        ErrorKind::Conflict | ErrorKind::Busy | ErrorKind::NoRoom | ErrorKind::Internal => {
            ErrorCode::INTERNAL_ERROR
        }
    };
    ErrorData::new(code, told(error), None)
}

/// A call of a tool that was refused: the model reads why, and can do better.
pub(crate) fn refused(error: &Error) -> CallToolResult {
    failed(told(error))
}

/// A call of a tool that came to nothing.
pub(crate) fn failed(text: String) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(cut(text, MAX_TEXT))])
}

/// Something went wrong that is nobody's fault who asked.
pub(crate) fn internal(cause: &dyn std::fmt::Debug) -> ErrorData {
    tracing::error!(?cause, "a request of an MCP client failed");
    ErrorData::internal_error("the server failed; its log says more", None)
}

fn told(error: &Error) -> String {
    if error.kind() == ErrorKind::Internal {
        tracing::error!(?error, "a request of an MCP client failed");
        return "the server failed; its log says more".to_owned();
    }
    let mut text = error.to_string();
    if let Error::BadWorkflow { findings } = error {
        for found in findings.iter().skip(1).take(MAX_FINDINGS - 1) {
            // Writing to a text cannot fail.
            let _ = write!(text, "\nalso: {}", found.message);
        }
    }
    if let Some(hint) = error.hint() {
        let _ = write!(text, "\nhint: {hint}");
    }
    cut(text, MAX_TEXT)
}

/// Cuts a text that is too long, and says so.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let bytes = text.len();
        text.truncate(text.floor_char_boundary(most));
        let _ = write!(text, "… (cut: {bytes} bytes in all)");
    }
    text
}
