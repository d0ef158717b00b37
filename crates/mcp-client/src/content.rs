//! What a tool answers, as text.

use llmos_core::outside::{OutsideAnswer, answer_text};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

/// Takes the texts of an answer; what is no text is named in brackets.
pub(crate) fn answer(result: CallToolResult) -> OutsideAnswer {
    let mut parts: Vec<String> = result.content.into_iter().map(part).collect();
    // Servers that answer with a value are to say it in words too, and some do not.
    if let (true, Some(value)) = (parts.is_empty(), &result.structured_content) {
        parts.push(value.to_string());
    }
    OutsideAnswer { text: answer_text(&parts.join("\n")), is_error: result.is_error == Some(true) }
}

fn part(block: ContentBlock) -> String {
    let left_out = |what: &str, mime: &str, base64: &str| {
        format!("[{what} `{mime}` of about {} bytes is left out]", base64.len() / 4 * 3)
    };
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(image) => left_out("an image", &image.mime_type, &image.data),
        ContentBlock::Audio(audio) => left_out("a sound", &audio.mime_type, &audio.data),
        ContentBlock::ResourceLink(link) => format!("[a link to `{}`]", link.uri),
        ContentBlock::Resource(embedded) => match embedded.resource {
            ResourceContents::TextResourceContents { text, .. } => text,
            ResourceContents::BlobResourceContents { blob, mime_type, .. } => {
                left_out("a file", mime_type.as_deref().unwrap_or("unknown"), &blob)
            }
            _ => "[something that this program does not know]".to_owned(),
        },
        _ => "[something that this program does not know]".to_owned(),
    }
}
