//! What would go to a model with a message, before anybody sends it.

use llmos_api::{
    chat::ChatRequest,
    preview::{ChatContext, ContextPart},
};
use llmos_core::{
    chat::{MAX_CONTEXT_TOKENS, MAX_MESSAGE_BYTES, instructions, read_skills},
    model::{Part, ToolSpec},
    skill::Skill,
};

use super::begin::{find, n_skills, offered, request, shown};
use crate::{Caller, Error, Workbench};

/// A token is about this many bytes of English text or code.
const BYTES_PER_TOKEN: usize = 4;

impl Workbench {
    /// Says what would go to the model with a message, which may be empty. Nothing is kept or sent.
    pub fn preview_chat(&self, caller: &Caller, asked: &ChatRequest) -> Result<ChatContext, Error> {
        let message = asked.message.trim();
        if message.len() > MAX_MESSAGE_BYTES {
            return Err(Error::BadField {
                field: "message",
                reason: format!("it has {} bytes, {MAX_MESSAGE_BYTES} are the most", message.len()),
                hint: "keep long material in a skill or a file, and name it".to_owned(),
            });
        }
        let n_skills = n_skills(asked)?;
        let joined = self.join_session(caller, asked)?;
        let view = self.catalogue.view(caller)?;
        let model = match &self.models {
            Some(models) => models.model_of(&caller.user())?,
            None => None,
        };
        let seen = if message.is_empty() { Vec::new() } else { find(&view, message, n_skills) };
        let skills: Vec<_> = seen
            .iter()
            .filter_map(|seen| Some((seen, view.skills.get(seen.doc)?)))
            .take(n_skills)
            .collect();
        let texts: Vec<&Skill> = skills.iter().map(|(_, skill)| &skill.file.skill).collect();
        let reading = read_skills(&texts, &offered(&view, &seen), MAX_CONTEXT_TOKENS);
        let history = joined.as_ref().map_or(&asked.history, |(_, before)| before);
        let request = request(history, message, &reading);
        let tool = |tool: &ToolSpec| {
            tool.name.len() + tool.description.len() + tool.schema.to_string().len()
        };
        let (_, before) = request.messages.split_last().expect("because the message is among them");
        let n_bytes = before.iter().flat_map(|said| &said.parts).map(size).sum();
        let parts = [
            ("instructions", instructions().len()),
            ("tools", request.tools.iter().map(tool).sum()),
            ("skills", reading.text.len()),
            ("messages", n_bytes),
            ("message", message.len()),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(name, n_bytes)| ContextPart {
                name: name.to_owned(),
                tokens: n_bytes.div_ceil(BYTES_PER_TOKEN) as u64,
            })
            .collect();
        Ok(ChatContext {
            model: model.map(|model| model.label().to_string()),
            skills: shown(&skills, &reading.told),
            message_count: before.len() as u64,
            tokens: parts.iter().map(|part| part.tokens).sum(),
            parts,
        })
    }
}

/// How many bytes of text a part of a message has.
fn size(part: &Part) -> usize {
    match part {
        Part::Text(text) => text.len(),
        _ => 0,
    }
}
