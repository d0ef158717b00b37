//! Calling a skill or workflow as one function: its inputs are given by name, its outputs are found again.

use std::collections::BTreeMap;

use llmos_api::{
    skill::ExecutableSkill,
    workflow::{ExecuteWorkflow, PortRefDoc, RunPayload, WorkflowDoc},
};
use llmos_core::{
    skill::{ExecutionMode, Runtime},
    slug::Slug,
    value::{PortType, ValueKind, satisfies},
    workflow::{self, Node, Outside, Uses, Workflow},
};
use serde_json::{Map, Value};

use crate::{
    Caller, Error, Workbench,
    catalogue::View,
    skills::{executable, unknown_skill},
    workflows::unknown_workflow,
};

/// How many names of inputs a hint lists.
const MAX_NAMES: usize = 20;

/// How many characters of what a caller wrote stand in an error.
const MAX_SHOWN: usize = 60;

/// A run that is ready, and where its outputs will be.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedCall {
    /// What runs.
    pub payload: RunPayload,
    /// The node and port of each output.
    pub outputs: BTreeMap<String, PortRefDoc>,
}

impl PreparedCall {
    /// Says why nothing but the page of a browser can run it, where that is so.
    pub fn browser_only(&self) -> Option<String> {
        let far = ExecutionMode::ServerPython.as_str();
        let id = self.skill_that(|skill| skill.execution_mode == far)?;
        Some(format!(
            "this needs the person's browser: skill `{id}` asks for the Python of the server, which only the page calls\n\
             hint: propose it as a workflow and tell the person to run it on the canvas"
        ))
    }

    /// Says what to try after a failure, where a browser has what may be missing here.
    pub fn better_in_browser(&self) -> Option<String> {
        let gpu = Runtime::Webgpu.as_str();
        let id = self.skill_that(|skill| skill.ty == gpu)?;
        Some(format!(
            "skill `{id}` computes on the graphics processor, which the person's browser has\n\
             hint: propose it as a workflow and tell the person to run it on the canvas"
        ))
    }

    fn skill_that(&self, fits: impl Fn(&ExecutableSkill) -> bool) -> Option<&String> {
        self.payload.skills.iter().find(|(_, skill)| fits(skill)).map(|(id, _)| id)
    }
}

impl Workbench {
    /// Reads what can be called: its ports, and no code.
    pub fn read_callable(&self, caller: &Caller, what: &Uses) -> Result<ExecutableSkill, Error> {
        let view = self.catalogue.view(caller)?;
        match what {
            Uses::Skill(id) => {
                let seen = view.skill(id).ok_or_else(|| unknown_skill(id, None))?;
                executable(&seen.file).ok_or_else(|| unknown_skill(id, None))
            }
            Uses::Workflow(id) => {
                let file = &view.workflow(id).ok_or_else(|| unknown_workflow(id, None))?.file;
                let signature = workflow::signature(&file.workflow, &*view);
                let (volume, version) = (&file.volume, &file.blob);
                Ok(ExecutableSkill::of_workflow(&file.workflow, &signature, volume, version))
            }
        }
    }

    /// Prepares the run of a skill or workflow with values for its inputs.
    ///
    /// Nothing but values of declared inputs gets in: limits, code and what is connected stay as they are kept.
    pub fn prepare_call(
        &self,
        caller: &Caller,
        what: &Uses,
        inputs: &Map<String, Value>,
    ) -> Result<PreparedCall, Error> {
        let view = self.catalogue.view(caller)?;
        let (mut called, origin) = called(&view, what)?;
        let outside = workflow::outside(&called, &*view);
        give(&mut called, what.noun(), &outside, inputs)?;
        let asked = ExecuteWorkflow {
            workflow: Some(WorkflowDoc::from(&called)),
            ..ExecuteWorkflow::default()
        };
        let mut payload = self.execute_workflow(caller, &asked)?.payload;
        if let Some((volume, version)) = origin {
            (payload.workflow_volume, payload.workflow_version) = (Some(volume), Some(version));
        }
        let outputs = outside.outputs.into_iter().map(|(name, behind)| {
            let part = payload.parts.get(behind.node.as_str());
            let inner = part.and_then(|part| part.outputs.get(&behind.port)).cloned();
            let whole = PortRefDoc { node: behind.node.to_string(), port: behind.port };
            (name, inner.unwrap_or(whole))
        });
        Ok(PreparedCall { outputs: outputs.collect(), payload })
    }
}

/// Returns the workflow to run, and the volume and version of its file where it is a saved one.
fn called(view: &View, what: &Uses) -> Result<(Workflow, Option<(String, String)>), Error> {
    match what {
        Uses::Workflow(id) => {
            let file = &view.workflow(id).ok_or_else(|| unknown_workflow(id, None))?.file;
            let origin = (file.volume.to_string(), file.blob.to_string());
            Ok((file.workflow.clone(), Some(origin)))
        }
        Uses::Skill(id) => {
            let seen = view.skill(id).ok_or_else(|| unknown_skill(id, None))?;
            if seen.file.skill.executable().is_none() {
                return Err(unknown_skill(id, None));
            }
            Ok((alone(id, &seen.file.skill.name, what), None))
        }
    }
}

/// A workflow of one node.
fn alone(id: &Slug, name: &str, what: &Uses) -> Workflow {
    Workflow {
        id: id.clone(),
        name: name.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        version: None,
        author: None,
        nodes: vec![Node::new(id.clone(), what.clone())],
        edges: Vec::new(),
        interface: None,
        body: String::new(),
    }
}

/// Puts values into the nodes behind the inputs that they are for.
fn give(
    workflow: &mut Workflow,
    noun: &str,
    outside: &Outside,
    inputs: &Map<String, Value>,
) -> Result<(), Error> {
    let ports = &outside.signature.inputs;
    for (name, value) in inputs {
        let Some(port) = ports.iter().find(|port| port.name == *name) else {
            let names: Vec<_> =
                ports.iter().take(MAX_NAMES).map(|port| format!("`{}`", port.name)).collect();
            let hint = match names.is_empty() {
                true => "it takes none".to_owned(),
                false => format!("it takes {}", names.join(", ")),
            };
            let id = &workflow.id;
            return Err(bad(format!("{noun} `{id}` has no input `{}`", short(name)), hint));
        };
        // What a client leaves empty was not given.
        if value.is_null() && port.ty != PortType::Any {
            continue;
        }
        let kind = ValueKind::of(value);
        if !satisfies(kind, port.ty) {
            let (ty, hint) = (port.ty, form(port.ty));
            let reason = format!("input `{name}` takes `{ty}`, and this is of type `{kind}`");
            return Err(bad(reason, format!("give {hint}")));
        }
        for behind in outside.inputs.get(name).into_iter().flatten() {
            if let Some(node) = workflow.nodes.iter_mut().find(|node| node.id == behind.node) {
                node.inputs.insert(behind.port.clone(), value.clone());
            }
        }
    }
    let given = |name: &str| inputs.get(name).is_some_and(|value| !value.is_null());
    let missing =
        ports.iter().find(|port| port.required && port.default.is_none() && !given(&port.name));
    match missing {
        Some(port) => {
            let reason = format!("input `{}` is missing", port.name);
            Err(bad(reason, format!("give {}", form(port.ty))))
        }
        None => Ok(()),
    }
}

fn bad(reason: String, hint: String) -> Error {
    Error::BadField { field: "arguments", reason, hint }
}

fn short(text: &str) -> String {
    let shown: String = text.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN).is_some() { format!("{shown}…") } else { shown }
}

/// What a value of a type looks like in JSON.
fn form(ty: PortType) -> &'static str {
    match ty {
        PortType::Number => "a number, such as 0.5",
        PortType::Integer => "a whole number, such as 3",
        PortType::String => "a text",
        PortType::Boolean => "true or false",
        PortType::Array => "a list",
        PortType::Object => "an object",
        PortType::Table => r#"a table, such as {"columns": [{"name": "x", "values": [1, 2]}]}"#,
        PortType::Plot => {
            r#"a plot, such as {"series": [{"kind": "line", "x": [0, 1], "y": [0, 1]}]}"#
        }
        PortType::Image => "an image as a data URL, `data:image/png;base64,…`",
        PortType::File => {
            r#"a file, such as {"name": "data.csv", "mime": "text/csv", "text": "…"}"#
        }
        PortType::Bytes => "nothing: bytes come over edges only, so this cannot be called alone",
        PortType::Any => "any value",
    }
}
