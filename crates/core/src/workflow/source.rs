//! Where the things that nodes run are found.

use std::collections::BTreeMap;

use super::Workflow;
use crate::{
    skill::{Executable, Port},
    slug::Slug,
};

/// Where [`validate`](super::validate) finds the skills and workflows that nodes run.
pub trait SkillSource {
    /// Returns the executable skill of this id.
    fn executable(&self, id: &Slug) -> Option<&Executable>;

    /// Lists the ids of all executable skills, for suggestions.
    fn ids(&self) -> Vec<&Slug>;

    /// Returns the workflow of this id. A source that has none needs not say so.
    fn workflow(&self, _id: &Slug) -> Option<Inner<'_>> {
        None
    }

    /// Lists the ids of all workflows, for suggestions.
    fn workflow_ids(&self) -> Vec<&Slug> {
        Vec::new()
    }
}

/// What a source knows of a workflow that a node runs.
#[derive(Clone, Copy, Debug)]
pub enum Inner<'a> {
    /// All of it.
    Whole(&'a Workflow),
    /// Its ports. That is enough to draw and check a node, but not to run it.
    Ports(&'a Signature),
}

/// The inputs and outputs of a workflow that is used as a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    /// What goes in.
    pub inputs: Vec<Port>,
    /// What comes out.
    pub outputs: Vec<Port>,
}

/// The inputs and outputs of whatever a node runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports<'a> {
    pub(crate) inputs: &'a [Port],
    pub(crate) outputs: &'a [Port],
}

impl<'a> From<&'a Executable> for Ports<'a> {
    fn from(skill: &'a Executable) -> Self {
        Self { inputs: &skill.inputs, outputs: &skill.outputs }
    }
}

impl<'a> From<&'a Signature> for Ports<'a> {
    fn from(signature: &'a Signature) -> Self {
        Self { inputs: &signature.inputs, outputs: &signature.outputs }
    }
}

impl SkillSource for BTreeMap<Slug, Executable> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.keys().collect()
    }
}

impl SkillSource for BTreeMap<Slug, &Executable> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.get(id).copied()
    }

    fn ids(&self) -> Vec<&Slug> {
        self.keys().collect()
    }
}
