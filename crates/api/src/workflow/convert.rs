//! Between the workflows of the core and their wire form.

use llmos_core::{
    slug::{Slug, SlugError},
    workflow::{self, Edge, Interface, Node, OuterPort, Part, PortRef, Uses, Workflow},
};

use super::{
    EdgeDoc, InterfaceDoc, NodeDoc, OuterPortDoc, PartDoc, PortRefDoc, PositionDoc, WorkflowDoc,
};
use crate::problem::{Finding, Severity};

impl From<&Workflow> for WorkflowDoc {
    fn from(workflow: &Workflow) -> Self {
        let body = &workflow.body;
        Self {
            workflow_id: workflow.id.to_string(),
            name: workflow.name.clone(),
            description: workflow.description.clone(),
            tags: workflow.tags.clone(),
            version: workflow.version.clone(),
            author: workflow.author.clone(),
            body: (!body.is_empty()).then(|| body.clone()),
            nodes: workflow.nodes.iter().map(NodeDoc::from).collect(),
            edges: workflow.edges.iter().map(EdgeDoc::from).collect(),
            interface: workflow.interface.as_ref().map(InterfaceDoc::from),
        }
    }
}

impl From<&Node> for NodeDoc {
    fn from(node: &Node) -> Self {
        let (skill_id, workflow) = match &node.uses {
            Uses::Skill(id) => (id.to_string(), None),
            Uses::Workflow(id) => (String::new(), Some(id.to_string())),
        };
        Self {
            id: node.id.to_string(),
            skill_id,
            workflow,
            name: node.name.clone(),
            inputs: node.inputs.clone(),
            timeout_ms: node.timeout_ms,
            memory_mb: node.memory_mb,
            retries: (node.retries > 0).then_some(node.retries),
            position: node.position.map(|(x, y)| PositionDoc { x, y }),
        }
    }
}

impl From<&Edge> for EdgeDoc {
    fn from(edge: &Edge) -> Self {
        Self { from: (&edge.from).into(), to: (&edge.to).into() }
    }
}

impl From<&PortRef> for PortRefDoc {
    fn from(port: &PortRef) -> Self {
        Self { node: port.node.to_string(), port: port.port.clone() }
    }
}

impl From<&Interface> for InterfaceDoc {
    fn from(interface: &Interface) -> Self {
        let port = |port: &OuterPort| OuterPortDoc {
            name: port.name.clone(),
            node: port.inner.node.to_string(),
            port: port.inner.port.clone(),
        };
        Self {
            inputs: interface.inputs.iter().map(port).collect(),
            outputs: interface.outputs.iter().map(port).collect(),
        }
    }
}

impl From<&Part> for PartDoc {
    fn from(part: &Part) -> Self {
        let ends = |ends: &Vec<PortRef>| ends.iter().map(PortRefDoc::from).collect();
        Self {
            nodes: part.nodes.iter().map(Slug::to_string).collect(),
            inputs: part.inputs.iter().map(|(name, to)| (name.clone(), ends(to))).collect(),
            outputs: part.outputs.iter().map(|(name, from)| (name.clone(), from.into())).collect(),
        }
    }
}

impl PartDoc {
    /// Reads the wire form; ids that are none are findings.
    pub fn to_part(&self) -> Result<Part, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut end = |end: &PortRefDoc| read_end(end, "node id of a part", &mut findings);
        let inputs = self.inputs.iter();
        let inputs =
            inputs.map(|(name, ends)| (name.clone(), ends.iter().filter_map(&mut end).collect()));
        let inputs = inputs.collect();
        let outputs = self.outputs.iter();
        let outputs = outputs.filter_map(|(name, from)| Some((name.clone(), end(from)?))).collect();
        let nodes = self.nodes.iter();
        let nodes = nodes.filter_map(|id| slug(id, "node id of a part", None, &mut findings));
        let nodes = nodes.collect();
        if findings.is_empty() { Ok(Part { nodes, inputs, outputs }) } else { Err(findings) }
    }
}

impl WorkflowDoc {
    /// Reads the wire form; ids that are none are findings.
    pub fn to_workflow(&self) -> Result<Workflow, Vec<Finding>> {
        let mut findings = Vec::new();
        let id = slug(&self.workflow_id, "workflow_id", None, &mut findings);
        let nodes: Vec<Option<Node>> =
            self.nodes.iter().map(|node| read_node(node, &mut findings)).collect();
        let edges: Vec<Option<Edge>> =
            self.edges.iter().map(|edge| read_edge(edge, &mut findings)).collect();
        let interface =
            self.interface.as_ref().map(|interface| read_interface(interface, &mut findings));
        let (Some(id), true) = (id, findings.is_empty()) else { return Err(findings) };
        Ok(Workflow {
            name: if self.name.is_empty() { id.to_string() } else { self.name.clone() },
            id,
            description: self.description.clone(),
            tags: self.tags.clone(),
            version: self.version.clone(),
            author: self.author.clone(),
            nodes: nodes.into_iter().flatten().collect(),
            edges: edges.into_iter().flatten().collect(),
            interface,
            body: self.body.clone().unwrap_or_default(),
        })
    }
}

impl From<&workflow::Finding> for Finding {
    fn from(found: &workflow::Finding) -> Self {
        Self {
            severity: found.severity.into(),
            code: found.code.to_owned(),
            message: found.message.clone(),
            hint: found.hint.clone(),
            node: found.node.as_ref().map(Slug::to_string),
            port: found.port.clone(),
            path: found.path.iter().map(Slug::to_string).collect(),
        }
    }
}

fn read_node(node: &NodeDoc, findings: &mut Vec<Finding>) -> Option<Node> {
    let id = slug(&node.id, "node id", None, findings);
    let uses = match &node.workflow {
        Some(workflow) if node.skill_id.is_empty() => {
            slug(workflow, "workflow", id.as_ref(), findings).map(Uses::Workflow)
        }
        Some(_) => {
            findings.push(runs_two(&node.id));
            None
        }
        None => slug(&node.skill_id, "skill_id", id.as_ref(), findings).map(Uses::Skill),
    };
    Some(Node {
        name: node.name.clone(),
        inputs: node.inputs.clone(),
        timeout_ms: node.timeout_ms,
        memory_mb: node.memory_mb,
        retries: node.retries.unwrap_or(0),
        position: node.position.map(|at| (at.x, at.y)),
        ..Node::new(id?, uses?)
    })
}

fn runs_two(node: &str) -> Finding {
    let message = format!("node `{}` runs a skill and a workflow", node.escape_debug());
    let finding = workflow::Finding::error("bad-graph", message);
    (&finding.with_hint("leave out `skill_id` or `workflow`")).into()
}

fn read_interface(interface: &InterfaceDoc, findings: &mut Vec<Finding>) -> Interface {
    let mut ports = |ports: &[OuterPortDoc]| {
        let port = |port: &OuterPortDoc| {
            let inner = PortRefDoc { node: port.node.clone(), port: port.port.clone() };
            let inner = read_end(&inner, "node id of the interface", findings)?;
            Some(OuterPort { name: port.name.clone(), inner })
        };
        ports.iter().filter_map(port).collect()
    };
    Interface { inputs: ports(&interface.inputs), outputs: ports(&interface.outputs) }
}

fn read_edge(edge: &EdgeDoc, findings: &mut Vec<Finding>) -> Option<Edge> {
    let mut end = |port: &PortRefDoc| read_end(port, "node id of an edge", findings);
    let (from, to) = (end(&edge.from), end(&edge.to));
    Some(Edge { from: from?, to: to? })
}

fn read_end(port: &PortRefDoc, what: &str, findings: &mut Vec<Finding>) -> Option<PortRef> {
    let node = slug(&port.node, what, None, findings)?;
    Some(PortRef { node, port: port.port.clone() })
}

fn slug(text: &str, what: &str, node: Option<&Slug>, findings: &mut Vec<Finding>) -> Option<Slug> {
    let wrong = |source: SlugError| Finding {
        severity: Severity::Error,
        code: "bad-id".to_owned(),
        message: format!("bad {what}: {source}"),
        hint: Some(source.hint().to_owned()),
        node: node.map(Slug::to_string),
        port: None,
        path: Vec::new(),
    };
    text.parse().map_err(|source| findings.push(wrong(source))).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_workflow_comes_back_from_its_wire_form() {
        let doc: WorkflowDoc = serde_json::from_value(json!({
            "workflow_id": "w", "name": "W", "description": "does it", "tags": ["x"], "version": "1.0",
            "author": "ana", "body": "Why.\n",
            "nodes": [
                {"id": "a", "skill_id": "s", "inputs": {"n": 1.5}, "retries": 2, "timeout_ms": 500},
                {"id": "b", "skill_id": "t", "name": "B", "inputs": {}, "position": {"x": 1.0, "y": -2.5}},
                {"id": "c", "workflow": "v", "memory_mb": 64}
            ],
            "interface": {
                "inputs": [{"name": "x", "node": "a", "port": "in"}],
                "outputs": [{"name": "y", "node": "b", "port": "out"}]
            },
            "edges": [{"from": {"node": "a", "port": "out"}, "to": {"node": "b", "port": "in"}}]
        }))
        .expect("it is well formed");
        let workflow = doc.to_workflow().expect("its ids are good");
        assert_eq!(WorkflowDoc::from(&workflow), doc);
    }

    #[test]
    fn ids_that_are_none_are_findings() {
        let doc: WorkflowDoc = serde_json::from_value(json!({
            "workflow_id": "../w", "description": null,
            "nodes": [{"id": "a", "skill_id": ""}, {"id": "B", "skill_id": "s"}, {"id": "c", "skill_id": "s", "workflow": "w"}],
            "edges": [{"from": {"node": "a", "port": "x"}, "to": {"node": "/", "port": "y"}}]
        }))
        .expect("it is well formed");
        let messages: Vec<_> =
            doc.to_workflow().expect_err("it has bad ids").into_iter().map(|f| f.message).collect();
        assert_eq!(
            messages,
            [
                "bad workflow_id: the name holds `.` at position 1",
                "bad skill_id: the name is empty",
                "bad node id: the name holds `B` at position 1",
                "node `c` runs a skill and a workflow",
                "bad node id of an edge: the name holds `/` at position 1",
            ]
        );
    }
}
