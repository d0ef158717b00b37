//! Workflows inside workflows: which there are, whether they lead to each other
//! in a circle, and what is wrong with each. Every one is looked at once,
//! however often and however deep it is used.

use std::collections::BTreeMap;

use super::{
    Finding, Inner, SkillSource, Uses, Workflow,
    interface::{Face, face},
    resolve::Check,
    source::Ports,
};
use crate::{diagnostic::Severity, graph::Graph, slug::Slug};

/// The workflows that a workflow is made of, directly or through others.
#[derive(Default)]
pub(super) struct Nest<'a> {
    index: BTreeMap<&'a Slug, usize>,
    /// The first is the outermost one.
    items: Vec<Item<'a>>,
    /// Which uses which, by number.
    uses: Vec<(usize, usize)>,
    /// The inner ones, each behind all that it uses. Those that lead to a circle are left out.
    order: Vec<usize>,
}

/// A workflow of a [`Nest`].
struct Item<'a> {
    id: &'a Slug,
    known: Option<Inner<'a>>,
    face: Option<Face>,
    /// The first error in it.
    error: Option<Finding>,
}

/// How a workflow that a node runs stands.
pub(super) enum Standing<'n> {
    /// There is no such workflow.
    Missing,
    /// It leads into a circle.
    Circle,
    /// It can be drawn, and runs unless there is an error in it.
    Ready(Option<&'n Finding>),
}

impl<'a> Nest<'a> {
    /// Gathers what a workflow is made of.
    pub(super) fn new(outermost: &'a Workflow, skills: &'a dyn SkillSource) -> Self {
        let mut nest = Self::default();
        if outermost.nodes.iter().all(|node| matches!(node.uses, Uses::Skill(_))) {
            return nest;
        }
        nest.add(&outermost.id, Some(Inner::Whole(outermost)));
        let mut at = 0;
        while let Some(item) = nest.items.get(at) {
            if let Some(Inner::Whole(workflow)) = item.known {
                for id in inner_ids(workflow) {
                    let inner = match nest.index.get(id) {
                        Some(&inner) => inner,
                        None => nest.add(id, skills.workflow(id)),
                    };
                    nest.uses.push((at, inner));
                }
            }
            at += 1;
        }
        nest.order = nest.inner_first();
        for i in nest.order.clone() {
            let (face, error) = nest.look_at(i, skills);
            nest.items[i].face = face;
            nest.items[i].error = error;
        }
        nest
    }

    fn add(&mut self, id: &'a Slug, known: Option<Inner<'a>>) -> usize {
        let number = self.items.len();
        self.index.insert(id, number);
        self.items.push(Item { id, known, face: None, error: None });
        number
    }

    /// Orders the inner workflows so that each stands behind what it uses.
    fn inner_first(&self) -> Vec<usize> {
        let mut n_missing = vec![0_usize; self.items.len()];
        self.uses.iter().for_each(|&(outer, _)| n_missing[outer] += 1);
        let reversed: Vec<_> = self.uses.iter().map(|&(outer, inner)| (inner, outer)).collect();
        let users = Graph::new(self.items.len(), &reversed);
        let mut order: Vec<usize> = (1..self.items.len()).filter(|&i| n_missing[i] == 0).collect();
        let mut at = 0;
        while let Some(&inner) = order.get(at) {
            for &outer in users.successors(inner) {
                let outer = outer as usize;
                n_missing[outer] -= 1;
                if n_missing[outer] == 0 && outer != 0 {
                    order.push(outer);
                }
            }
            at += 1;
        }
        order
    }

    /// Looks at one workflow from outside, and for the first error inside.
    fn look_at(&self, i: usize, skills: &dyn SkillSource) -> (Option<Face>, Option<Finding>) {
        let workflow = match self.items[i].known {
            Some(Inner::Whole(workflow)) => workflow,
            Some(Inner::Ports(signature)) => {
                return (Some(Face { signature: signature.clone(), ..Face::default() }), None);
            }
            None => return (None, None),
        };
        let mut check = Check::new(workflow, skills, self);
        let face = face(&check);
        check.run();
        // An input that is open inside is given from outside, or missing there.
        let given = |found: &Finding| {
            let mut inputs = face.inputs.values().flatten();
            found.code == "missing-input"
                && inputs.any(|(node, port)| {
                    found.node.as_ref() == Some(&workflow.nodes[*node].id)
                        && found.port.as_ref() == Some(port)
                })
        };
        let mut findings = check.findings.into_iter().chain(face.findings.iter().cloned());
        let error = findings.find(|found| found.severity == Severity::Error && !given(found));
        (Some(face), error)
    }

    /// Returns the ports of a workflow, where they can be known.
    pub(super) fn ports(&self, id: &Slug) -> Option<Ports<'_>> {
        let face = self.items[*self.index.get(id)?].face.as_ref()?;
        Some((&face.signature).into())
    }

    /// Tells how a workflow stands that a node runs.
    pub(super) fn standing(&self, id: &Slug) -> Standing<'_> {
        let Some(item) = self.index.get(id).map(|&i| &self.items[i]) else {
            return Standing::Missing;
        };
        match (&item.known, &item.face) {
            (None, _) => Standing::Missing,
            (_, None) => Standing::Circle,
            (_, Some(_)) => Standing::Ready(item.error.as_ref()),
        }
    }

    /// Returns the inner workflows with their faces, each behind all that it uses.
    pub(super) fn inner_to_outer(&self) -> impl Iterator<Item = (&Slug, Inner<'a>, &Face)> {
        self.order.iter().filter_map(|&i| {
            let item = &self.items[i];
            Some((item.id, item.known?, item.face.as_ref()?))
        })
    }

    /// Names the circles of workflows, and for each the first node that leads into it.
    pub(super) fn circles(&self, outermost: &Workflow) -> Vec<Finding> {
        let graph = Graph::new(self.items.len(), &self.uses);
        let cycles = graph.cycles();
        let mut circle_of = vec![None; self.items.len()];
        for (number, cycle) in cycles.iter().enumerate() {
            cycle.path.iter().for_each(|&item| circle_of[item] = Some(number));
        }
        let mut seen = vec![false; self.items.len()];
        let mut told = vec![false; cycles.len()];
        let mut findings = Vec::new();
        for node in &outermost.nodes {
            let Uses::Workflow(id) = &node.uses else { continue };
            let mut next: Vec<usize> = self.index.get(id).copied().into_iter().collect();
            while let Some(item) = next.pop() {
                if std::mem::replace(&mut seen[item], true) {
                    continue;
                }
                if let Some(number) = circle_of[item]
                    && !std::mem::replace(&mut told[number], true)
                {
                    let path = cycles[number].path.iter().map(|&item| self.items[item].id.clone());
                    findings.push(circle(path.collect()).at(&node.id));
                }
                next.extend(graph.successors(item).iter().map(|&inner| inner as usize));
            }
        }
        findings
    }
}

/// Lists the workflows that nodes of a workflow run, as often as they do.
pub(super) fn inner_ids(workflow: &Workflow) -> impl Iterator<Item = &Slug> {
    workflow.nodes.iter().filter_map(|node| match &node.uses {
        Uses::Workflow(id) => Some(id),
        Uses::Skill(_) => None,
    })
}

fn circle(path: Vec<Slug>) -> Finding {
    let message = match path.as_slice() {
        [one] => format!("the workflow `{one}` runs itself"),
        _ => {
            format!("the workflows run each other in a circle: {}", super::validate::circle(&path))
        }
    };
    let finding = Finding::error("workflow-circle", message);
    Finding { path, ..finding.with_hint("remove one of the nodes that lead around") }
}
