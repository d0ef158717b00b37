//! Between the workflows of the core and their wire form.

use llmos_core::{
    slug::{Slug, SlugError},
    workflow::{self, Edge, Node, PortRef, Workflow},
};

use super::{EdgeDoc, NodeDoc, PortRefDoc, PositionDoc, WorkflowDoc};
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
        }
    }
}

impl From<&Node> for NodeDoc {
    fn from(node: &Node) -> Self {
        Self {
            id: node.id.to_string(),
            skill_id: node.skill.to_string(),
            name: node.name.clone(),
            inputs: node.inputs.clone(),
            timeout_ms: node.timeout_ms,
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

impl WorkflowDoc {
    /// Reads the wire form; ids that are none are findings.
    pub fn to_workflow(&self) -> Result<Workflow, Vec<Finding>> {
        let mut findings = Vec::new();
        let id = slug(&self.workflow_id, "workflow_id", None, &mut findings);
        let nodes: Vec<Option<Node>> =
            self.nodes.iter().map(|node| read_node(node, &mut findings)).collect();
        let edges: Vec<Option<Edge>> =
            self.edges.iter().map(|edge| read_edge(edge, &mut findings)).collect();
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
    let skill = slug(&node.skill_id, "skill_id", id.as_ref(), findings);
    Some(Node {
        id: id?,
        skill: skill?,
        name: node.name.clone(),
        inputs: node.inputs.clone(),
        timeout_ms: node.timeout_ms,
        retries: node.retries.unwrap_or(0),
        position: node.position.map(|at| (at.x, at.y)),
    })
}

fn read_edge(edge: &EdgeDoc, findings: &mut Vec<Finding>) -> Option<Edge> {
    let mut end = |port: &PortRefDoc| {
        let node = slug(&port.node, "node id of an edge", None, findings)?;
        Some(PortRef { node, port: port.port.clone() })
    };
    let (from, to) = (end(&edge.from), end(&edge.to));
    Some(Edge { from: from?, to: to? })
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
                {"id": "b", "skill_id": "t", "name": "B", "inputs": {}, "position": {"x": 1.0, "y": -2.5}}
            ],
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
            "nodes": [{"id": "a", "skill_id": ""}, {"id": "B", "skill_id": "s"}],
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
                "bad node id of an edge: the name holds `/` at position 1",
            ]
        );
    }
}
