//! Which calls are carried out, which wait for the person, and which are refused at once.

use serde_json::json;

use crate::{
    chat::{
        ask::Ask,
        graph,
        outside::{Decision, MAX_OFFERED, Offer, Question},
    },
    model::{EndReason, SystemBlock, ToolCall},
};

use super::{CallState, Dialogue, Job, Next, Rules, Said, ToolAnswer};

/// What is to be done with a call that is sound.
pub(super) enum Judged {
    Carry(Ask),
    Ask(Box<Question>),
}

impl Dialogue {
    /// Tells the model of outside tools, before it is asked for the first time.
    ///
    /// Whoever does this can ask the person: such a call is carried out after [`Self::decided`] alone.
    pub fn offer(&mut self, offer: Offer, rules: &mut Rules<'_>) -> Vec<Said> {
        let mut said = Vec::new();
        for (server, reason) in offer.unusable() {
            let number = rules.budget.name();
            let tool = format!("{server}/tools/list");
            said.push(Said::Called { number, tool, arguments: json!({}) });
            let text = reason.clone();
            said.push(Said::Returned { number, state: CallState::Failed, text });
        }
        if offer.left_out() > 0 {
            said.push(Said::Note(format!(
                "{} outside tools are left out, as {MAX_OFFERED} with short schemas are the most that the model is \
                 told of; `tools` in `mcp-servers.json` chooses those that matter",
                offer.left_out()
            )));
        }
        self.request.tools.extend(offer.specs());
        let told = offer.instructions().map(|text| SystemBlock { text, cached: false });
        self.request.system.extend(told);
        self.offer = offer;
        said
    }

    /// Takes what the person decided over a call. Only what they saw is carried out, and only once.
    pub fn decided(
        &mut self,
        number: u32,
        decision: Decision,
        rules: &mut Rules<'_>,
    ) -> (Vec<Said>, Next) {
        let slots = self.waiting.iter_mut().flat_map(|waiting| &mut waiting.slots);
        let slot = slots.into_iter().find(|slot| slot.number == number);
        let Some((slot, call)) = slot.and_then(|slot| slot.asked.take().map(|call| (slot, call)))
        else {
            return (Vec::new(), Next::Listen);
        };
        let mut said = vec![Said::Decided { number, decision }];
        if decision == Decision::Allowed {
            return (said, Next::Carry(vec![Job { number, ask: Ask::Outside(Box::new(call)) }]));
        }
        self.is_alone |= decision == Decision::Unanswered;
        // A yes does not make the same call again a mistake, a no does.
        self.called.insert(key(&slot.call));
        let (more, next) = self.answered(number, ToolAnswer::Declined(decision), rules);
        said.extend(more);
        (said, next)
    }

    /// Decides over a call: what is to be carried out, or what is said of it at once.
    pub(super) fn judge(
        &mut self,
        call: &ToolCall,
        reason: EndReason,
        rules: &mut Rules<'_>,
    ) -> Result<Judged, ToolAnswer> {
        let refused = |reason: &str| ToolAnswer::Refused(vec![reason.to_owned()]);
        if reason == EndReason::Length {
            let text = "the answer was cut off before the call was whole; use fewer nodes or words";
            return Err(refused(text));
        }
        rules.budget.call().map_err(ToolAnswer::Spent)?;
        if let Some(question) = self.offer.check(call) {
            // Whether to ask a server again what it said before is the person's to say.
            if self.called.contains(&key(call)) {
                return Err(refused("the person did not allow this before; do without it"));
            }
            if self.is_alone {
                return Err(refused("nobody is there who could allow it; answer without it"));
            }
            return question
                .map(|question| Judged::Ask(Box::new(question)))
                .map_err(ToolAnswer::Refused);
        }
        if !self.called.insert(key(call)) {
            return Err(refused(
                "this was called before with the same arguments; use the answer that you have",
            ));
        }
        match Ask::check(call, self.asker).map_err(ToolAnswer::Refused)? {
            Ask::ProposeWorkflow => Err(match graph::check_graph(&call.arguments, rules.skills) {
                Ok(workflow) => ToolAnswer::Proposal(Box::new(workflow)),
                Err(reasons) => ToolAnswer::Refused(reasons),
            }),
            ask => Ok(Judged::Carry(ask)),
        }
    }
}

/// What tells a call from others.
fn key(call: &ToolCall) -> String {
    format!("{} {}", call.name, call.arguments)
}
