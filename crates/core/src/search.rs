//! Finding skills by words: an index over their fields and a ranking that says
//! why each hit is one. Everything is counted, nothing is learned, and equal
//! input always gives equal output. It does not know volumes or paths.

mod common;
pub mod context;
mod index;
mod lists;
mod pairs;
mod postings;
mod query;
mod rank;
pub mod semantic;
mod text;
mod vocabulary;

pub use index::Index;
pub(crate) use lists::is_stop_word;
pub(crate) use text::words;

use crate::{skill::Skill, workflow::Workflow};

/// A part of a skill that is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Id and name.
    Name,
    /// Keywords and tags.
    Keywords,
    /// The group it is listed under.
    Category,
    /// What it does and when to use it.
    Description,
    /// The names of inputs and outputs.
    Ports,
    /// The Markdown below the front matter.
    Body,
}

/// The texts of one skill, by field. An empty text is found by nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Texts of [`Field::Name`].
    pub name: Vec<&'a str>,
    /// Texts of [`Field::Keywords`].
    pub keywords: Vec<&'a str>,
    /// Texts of [`Field::Category`].
    pub category: Vec<&'a str>,
    /// Texts of [`Field::Description`].
    pub description: Vec<&'a str>,
    /// Texts of [`Field::Ports`].
    pub ports: Vec<&'a str>,
    /// Texts of [`Field::Body`].
    pub body: Vec<&'a str>,
}

/// One skill that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The number under which it was put into the index.
    pub doc: usize,
    /// How well it fits; only the order of scores of one query means something.
    pub score: f64,
    /// What of the query was found where, in the order of [`Field`].
    pub why: Vec<Why>,
}

/// What was found in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The field.
    pub field: Field,
    /// The words of the index that matched, without repetition.
    pub terms: Vec<String>,
}

impl Field {
    /// All fields, the most telling first.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Keywords, Self::Category, Self::Description, Self::Ports, Self::Body];

    /// Returns the name that answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Keywords => "keywords",
            Self::Category => "category",
            Self::Description => "description",
            Self::Ports => "ports",
            Self::Body => "body",
        }
    }

    /// How much a word in this field counts, compared to one in the body.
    fn weight(self) -> f32 {
        match self {
            Self::Name => 3.2,
            Self::Keywords | Self::Body => 1.0,
            Self::Category | Self::Ports => 0.5,
            Self::Description => 2.0,
        }
    }

    /// How much the length of the field counts against a word in it, from 0 to 1.
    ///
    /// A long description is a precise one; a long body may be about anything.
    fn length_effect(self) -> f32 {
        match self {
            Self::Name | Self::Keywords => 0.6,
            Self::Category | Self::Ports => 0.2,
            Self::Description => 0.1,
            Self::Body => 0.47,
        }
    }

    /// Returns the field in front of this one in [`Field::ALL`].
    fn before(self) -> Option<Self> {
        (self as usize).checked_sub(1).map(|at| Self::ALL[at])
    }
}

impl<'a> Fields<'a> {
    /// Takes the fields of a skill.
    pub fn of(skill: &'a Skill) -> Self {
        let ports = skill.executable().map(|executable| {
            let ports = executable.inputs.iter().chain(&executable.outputs);
            ports.map(|port| port.name.as_str()).collect()
        });
        Self {
            name: vec![skill.id.as_str(), &skill.name],
            keywords: skill.keywords.iter().map(String::as_str).collect(),
            category: skill.category.iter().map(String::as_str).collect(),
            description: vec![&skill.description],
            ports: ports.unwrap_or_default(),
            body: vec![&skill.body],
        }
    }

    /// Takes the fields of a workflow.
    pub fn of_workflow(workflow: &'a Workflow) -> Self {
        Self {
            name: vec![workflow.id.as_str(), &workflow.name],
            keywords: workflow.tags.iter().map(String::as_str).collect(),
            category: Vec::new(),
            description: vec![&workflow.description],
            ports: Vec::new(),
            body: vec![&workflow.body],
        }
    }

    fn texts(&self, field: Field) -> &[&'a str] {
        match field {
            Field::Name => &self.name,
            Field::Keywords => &self.keywords,
            Field::Category => &self.category,
            Field::Description => &self.description,
            Field::Ports => &self.ports,
            Field::Body => &self.body,
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
