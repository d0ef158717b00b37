//! The run of a workflow, for JavaScript.

use std::collections::BTreeMap;

use llmos_api::{
    run::{Command, Event, Refusal, RunOptions, RunView},
    trace::NodeState,
};
use llmos_core::run;
use wasm_bindgen::prelude::*;

use crate::{plan, print, read, refused};

/// One run of a workflow: make it, `start` it, then `handle` events until a command says `done`.
#[wasm_bindgen]
pub struct Run {
    run: run::Run,
    /// What followed from the events before one that was refused.
    pending: Vec<run::Command>,
}

#[wasm_bindgen]
impl Run {
    /// Plans a run of a workflow with its skills by id.
    ///
    /// Options: `{cached: [node], runtime_versions: {type: version}, targets?: [node]}`.
    #[wasm_bindgen(constructor)]
    pub fn new(doc: &str, skills: &str, options: &str) -> Result<Self, JsError> {
        let options: RunOptions = read("options", options)?;
        let plan = plan(doc, skills, &options)?;
        let options = options.to_options().map_err(|refusal| refused(&refusal))?;
        let run = run::Run::new(plan, &options).map_err(|err| refused(&err.into()))?;
        Ok(Self { run, pending: Vec::new() })
    }

    /// Begins the run; returns the first commands.
    pub fn start(&mut self) -> Result<String, JsError> {
        print_commands(self.run.start())
    }

    /// Takes a list of events, returns the commands that follow from them.
    ///
    /// An event that is refused is thrown, and those after it are not looked at;
    /// what followed from those before it comes with the next call. Nothing
    /// happens at all when one of the list cannot be read.
    pub fn handle(&mut self, events: &str) -> Result<String, JsError> {
        let events: Vec<Event> = read("events", events)?;
        let events: Result<Vec<run::Event>, Refusal> =
            events.into_iter().map(TryInto::try_into).collect();
        for event in events.map_err(|refusal| refused(&refusal))? {
            let commands = self.run.handle(event).map_err(|err| refused(&err.into()))?;
            self.pending.extend(commands);
        }
        print_commands(std::mem::take(&mut self.pending))
    }

    /// Returns the key of each node; `null` where a result must not be kept.
    pub fn keys(&self) -> Result<String, JsError> {
        let keys = self.run.plan().keys();
        let keys = keys.map(|(id, key)| (id.as_str(), key.map(|key| key.to_string())));
        print(&keys.collect::<BTreeMap<_, _>>())
    }

    /// Returns the state of each node.
    pub fn states(&self) -> Result<String, JsError> {
        let states =
            self.run.report().map(|node| (node.node.as_str(), NodeState::from(node.state)));
        print(&states.collect::<BTreeMap<_, _>>())
    }

    /// Tells how the run stands: outcome, and for each node state, key, attempts, error and literal inputs.
    pub fn report(&self) -> Result<String, JsError> {
        print(&RunView::from(&self.run))
    }
}

fn print_commands(commands: Vec<run::Command>) -> Result<String, JsError> {
    print(&commands.into_iter().map(Command::from).collect::<Vec<_>>())
}
