//! What one caller sees: their volumes laid over each other.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use llmos_core::{
    skill::Executable,
    slug::Slug,
    volume::VolumeId,
    workflow::{Inner, Signature, SkillSource, signature},
};

use super::{SkillFile, Snapshot, WorkflowFile, find::Finder, snapshot::ById};

/// What one caller sees.
pub(crate) struct View {
    /// The nearest first.
    pub(crate) layers: Vec<Arc<Snapshot>>,
    /// By id.
    pub(crate) skills: Vec<Visible<SkillFile>>,
    /// By id.
    pub(crate) workflows: Vec<Visible<WorkflowFile>>,
    /// How many executable skills each category has.
    pub(crate) categories: BTreeMap<String, usize>,
    finder: OnceLock<Arc<Finder>>,
    /// The search of an earlier view of the same volumes.
    earlier: Option<Arc<Finder>>,
    signatures: OnceLock<Vec<Signature>>,
}

/// The nearest of the files with one id.
pub(crate) struct Visible<T> {
    pub(crate) file: Arc<T>,
    /// The volumes that have another one, the nearest first.
    pub(crate) shadows: Vec<VolumeId>,
}

impl View {
    /// Lays volumes over each other, the nearest first.
    ///
    /// Its search follows that of an earlier view of the same volumes.
    pub(crate) fn new(layers: Vec<Arc<Snapshot>>, earlier: Option<&Self>) -> Self {
        let skills = lay(&layers, |layer| &layer.skills);
        let workflows = lay(&layers, |layer| &layer.workflows);
        let mut categories = BTreeMap::new();
        for visible in &skills {
            let skill = &visible.file.skill;
            if let (Some(_), Some(category)) = (skill.executable(), &skill.category) {
                *categories.entry(category.clone()).or_default() += 1;
            }
        }
        Self {
            layers,
            skills,
            workflows,
            categories,
            finder: OnceLock::new(),
            earlier: earlier
                .and_then(|view| view.finder.get().or(view.earlier.as_ref()))
                .map(Arc::clone),
            signatures: OnceLock::new(),
        }
    }

    /// Returns the skill that the caller means by an id.
    pub(crate) fn skill(&self, id: &Slug) -> Option<&Visible<SkillFile>> {
        let at = self.skills.binary_search_by(|visible| visible.file.skill.id.cmp(id)).ok()?;
        self.skills.get(at)
    }

    /// Returns the workflow that the caller means by an id.
    pub(crate) fn workflow(&self, id: &Slug) -> Option<&Visible<WorkflowFile>> {
        let at = self.workflows.binary_search_by(|seen| seen.file.workflow.id.cmp(id)).ok()?;
        self.workflows.get(at)
    }

    /// Returns the search over all skills and workflows, made when it is first asked for.
    pub(crate) fn finder(&self) -> &Finder {
        let make = || Finder::new(&self.skills, &self.workflows, self.earlier.as_deref());
        self.finder.get_or_init(|| Arc::new(make()))
    }

    /// Returns the ports of each workflow, in the order of the list, found when first asked for.
    pub(crate) fn signatures(&self) -> &[Signature] {
        let all = || self.workflows.iter().map(|seen| signature(&seen.file.workflow, self));
        self.signatures.get_or_init(|| all().collect())
    }
}

impl SkillSource for View {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.skill(id)?.file.skill.executable()
    }

    fn ids(&self) -> Vec<&Slug> {
        let executable = |seen: &&Visible<SkillFile>| seen.file.skill.executable().is_some();
        self.skills.iter().filter(executable).map(|seen| &seen.file.skill.id).collect()
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        self.workflow(id).map(|seen| Inner::Whole(&seen.file.workflow))
    }

    fn workflow_ids(&self) -> Vec<&Slug> {
        self.workflows.iter().map(|seen| &seen.file.workflow.id).collect()
    }
}

/// Takes the nearest file of each id, sorted by id.
fn lay<'a, T: Send + Sync + 'a>(
    layers: &'a [Arc<Snapshot>],
    files: impl Fn(&'a Snapshot) -> &'a ById<T>,
) -> Vec<Visible<T>> {
    let all = |layer: &'a Arc<Snapshot>| files(layer).iter().map(move |file| (file, layer));
    let mut all: Vec<_> = layers.iter().flat_map(all).collect();
    // Each layer is sorted by itself, and of one id the nearest stays first.
    all.sort_by_key(|((id, _), _)| *id);
    let mut seen: Vec<Visible<T>> = Vec::with_capacity(all.len());
    let mut last = None;
    for ((id, file), layer) in all {
        match seen.last_mut().filter(|_| last == Some(id)) {
            Some(nearer) => nearer.shadows.push(layer.volume.clone()),
            None => seen.push(Visible { file: Arc::clone(file), shadows: Vec::new() }),
        }
        last = Some(id);
    }
    seen
}
