//! Skills: list, search, read.

mod change;
mod context;
mod copied;
mod promote;

pub(crate) use change::{target, views};
pub use context::ContextQuery;
pub(crate) use copied::{Copied, reason};
pub(crate) use promote::provenance_view;

use llmos_api::{
    problem,
    skill::{
        BrokenFile, ExecutableList, ExecutableSkill, SkillKind, SkillList, SkillSummary, SkillView,
        WORKFLOWS, Why,
    },
    workflow::{Category, CategoryList},
};
use llmos_core::{
    access::Action,
    skill,
    slug::Slug,
    store::{BlobId, CommitId},
    volume::{VolumeId, VolumePath},
};

use crate::{
    Caller, Error, Page, Point, Workbench,
    catalogue::{SkillFile, View, Visible, skill_paths},
};

/// How many files that cannot be used a list names.
const MAX_BROKEN: usize = 100;

/// Which skills are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillFilter {
    /// Words to look for.
    pub q: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this kind.
    pub kind: Option<SkillKind>,
    /// Which part of the list.
    pub page: Page,
}

/// A skill, or past the last skill a workflow, that was chosen for a list.
struct Chosen {
    doc: usize,
    match_: Option<(f64, Vec<Why>)>,
}

impl Workbench {
    /// Names the files under a folder that cannot be used, and the edits there that stay uncommitted.
    pub(crate) fn broken_files(
        &self,
        caller: &Caller,
        view: &View,
        folder: &str,
    ) -> Result<Vec<BrokenFile>, Error> {
        let mut found = self.broken_edits(caller, folder)?;
        let all = view.layers.iter().flat_map(|layer| &layer.broken);
        found.extend(all.filter(|file| file.path.starts_with(folder)).map(|file| (**file).clone()));
        found.truncate(MAX_BROKEN);
        Ok(found)
    }

    /// Lists the skills that the caller sees, or those that match a query, best first.
    pub fn list_skills(&self, caller: &Caller, filter: &SkillFilter) -> Result<SkillList, Error> {
        let view = self.catalogue.view(caller)?;
        let n_skills = view.skills.len();
        let any = filter.kind.is_none() && filter.category.is_none();
        let wanted = |doc| view.skills.get(doc).is_some_and(|seen| any || fits(seen, filter));
        let (total, page) = choose(&view, filter, n_skills, wanted);
        let skills = page.into_iter().filter_map(|chosen| {
            let mut summary = summary(view.skills.get(chosen.doc)?);
            if let Some((score, why)) = chosen.match_ {
                (summary.score, summary.why) = (Some(score), Some(why));
            }
            Some(summary)
        });
        let skills = skills.collect();
        let first = filter.page.offset == 0 && filter.q.is_none();
        let broken = match first {
            true => self.broken_files(caller, &view, "skills/")?,
            false => Vec::new(),
        };
        Ok(SkillList { total, skills, broken })
    }

    /// Lists what a node can run: the executable skills that the caller sees, without their
    /// code, and behind them the workflows.
    pub fn list_executable(
        &self,
        caller: &Caller,
        filter: &SkillFilter,
    ) -> Result<ExecutableList, Error> {
        let view = self.catalogue.view(caller)?;
        let filter = SkillFilter { kind: Some(SkillKind::Executable), ..filter.clone() };
        let n_skills = view.skills.len();
        let workflows = filter.category.as_deref().is_none_or(|category| category == WORKFLOWS);
        let wanted = |doc| match view.skills.get(doc) {
            Some(seen) => fits(seen, &filter),
            None => workflows,
        };
        let (total, page) = choose(&view, &filter, n_skills + view.workflows.len(), wanted);
        let skills = page.into_iter().filter_map(|chosen| match view.skills.get(chosen.doc) {
            Some(seen) => executable(&seen.file),
            None => part(&view, chosen.doc - n_skills),
        });
        Ok(ExecutableList { total, skills: skills.collect() })
    }

    /// Reads an executable skill with its code.
    pub fn read_executable(&self, caller: &Caller, id: &Slug) -> Result<ExecutableSkill, Error> {
        let view = self.catalogue.view(caller)?;
        let visible = view.skill(id).ok_or_else(|| unknown_skill(id, None))?;
        runnable(&visible.file).ok_or_else(|| Error::Unknown {
            what: "executable skill",
            id: id.to_string(),
            volume: None,
            hint: format!("`GET /skills/{id}` reads it: it has no code to run"),
        })
    }

    /// Lists the categories of what a node can run: those of the skills, then workflows.
    pub fn list_categories(&self, caller: &Caller) -> Result<CategoryList, Error> {
        let view = self.catalogue.view(caller)?;
        let category = |(name, n_skills): (&String, &usize)| Category {
            name: name.clone(),
            n_skills: *n_skills,
        };
        let mut categories: Vec<_> = view.categories.iter().map(category).collect();
        let n_workflows = view.workflows.len();
        if n_workflows > 0 {
            match categories.iter_mut().find(|category| category.name == WORKFLOWS) {
                Some(category) => category.n_skills += n_workflows,
                None => {
                    categories.push(Category { name: WORKFLOWS.to_owned(), n_skills: n_workflows });
                }
            }
        }
        Ok(CategoryList { categories })
    }

    /// Reads a skill: the nearest one, that of a volume, or what it was at a commit of that volume.
    pub fn read_skill(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        at: Option<&Point>,
    ) -> Result<SkillView, Error> {
        if let Some(volume) = volume {
            caller.must(Action::Read, volume)?;
        }
        let view = self.catalogue.view(caller)?;
        if let Some(at) = at {
            let nearest = || view.skill(id).map(|visible| visible.file.volume.clone());
            let volume = volume.cloned().or_else(nearest).unwrap_or_else(|| caller.own_volume());
            let at = self.commit_of(&volume, at)?;
            let file = self.skill_file_at(id, &volume, &at)?;
            return self.show(&file, plain_summary(&file));
        }
        let Some(volume) = volume else {
            let visible = view.skill(id).ok_or_else(|| unknown_skill(id, None))?;
            return self.show(&visible.file, summary(visible));
        };
        let snapshot = self.catalogue.snapshot(volume)?;
        let file = snapshot.skills.get(id).ok_or_else(|| unknown_skill(id, Some(volume)))?;
        let mut shown = plain_summary(file);
        let below = view.layers.iter().skip_while(|layer| layer.volume != *volume).skip(1);
        shown.shadows = below
            .filter(|layer| layer.skills.contains_key(id))
            .map(|layer| layer.volume.to_string())
            .collect();
        self.show(file, shown)
    }

    fn show(&self, file: &SkillFile, summary: SkillSummary) -> Result<SkillView, Error> {
        let content = self.store.read(&file.volume, &file.blob)?;
        Ok(SkillView {
            summary,
            content: String::from_utf8_lossy(&content).into_owned(),
            body: file.skill.body.clone(),
            frontmatter: file.skill.frontmatter.clone(),
            code: file.skill.executable().map(|executable| executable.code.clone()),
            provenance: self.provenance(file)?,
            diagnostics: file.diagnostics.clone(),
        })
    }

    /// Reads what a skill was at a commit. Asks for no permission: the caller does.
    pub(crate) fn skill_file_at(
        &self,
        id: &Slug,
        volume: &VolumeId,
        at: &CommitId,
    ) -> Result<SkillFile, Error> {
        let now = self.catalogue.snapshot(volume)?;
        let known = now.skills.get(id).map(|file| file.path.clone());
        for path in known.into_iter().chain(skill_paths(id)) {
            let Some(entry) = self.store.list(volume, at, Some(&path))?.into_iter().next() else {
                continue;
            };
            if entry.path != path {
                continue;
            }
            let content = self.store.read(volume, &entry.blob)?;
            return parse(volume, path, entry.blob, &content);
        }
        Err(Error::Unknown {
            what: "skill",
            id: id.to_string(),
            volume: Some(volume.clone()),
            hint: format!(
                "`GET /volumes/history?volume={volume}&path=skills/{id}.md` lists the commits that changed it"
            ),
        })
    }
}

/// Reads the text of a skill, which must be usable.
pub(crate) fn parse(
    volume: &VolumeId,
    path: VolumePath,
    blob: BlobId,
    content: &[u8],
) -> Result<SkillFile, Error> {
    let check = skill::check(path.as_str(), content);
    let diagnostics = check.diagnostics.iter().map(problem::Diagnostic::from).collect();
    match check.skill {
        Some(skill) => Ok(SkillFile { volume: volume.clone(), path, blob, skill, diagnostics }),
        None => Err(Error::BrokenFile { volume: volume.clone(), path, diagnostics }),
    }
}

/// Says whether a skill is of the kind and category that the filter asks for.
fn fits(visible: &Visible<SkillFile>, filter: &SkillFilter) -> bool {
    let skill = &visible.file.skill;
    filter.kind.is_none_or(|kind| kind == SkillKind::from(&skill.kind))
        && filter.category.as_ref().is_none_or(|category| skill.category.as_ref() == Some(category))
}

/// Takes one page of the `n_docs` skills and workflows that are wanted, and counts all of these.
fn choose(
    view: &View,
    filter: &SkillFilter,
    n_docs: usize,
    wanted: impl Fn(usize) -> bool,
) -> (usize, Vec<Chosen>) {
    let Page { limit, offset } = filter.page;
    let Some(query) = filter.q.as_deref().filter(|query| !query.trim().is_empty()) else {
        let all = (0..n_docs).filter(|&doc| wanted(doc));
        let total = all.clone().count();
        let page = all.skip(offset).take(limit);
        return (total, page.map(|doc| Chosen { doc, match_: None }).collect());
    };
    let (total, hits) = view.finder().find(query, offset, limit, |doc| doc < n_docs && wanted(doc));
    let page =
        hits.into_iter().map(|hit| Chosen { doc: hit.doc, match_: Some((hit.score, hit.why)) });
    (total, page.collect())
}

/// Shows a workflow as something that a node can run.
fn part(view: &View, at: usize) -> Option<ExecutableSkill> {
    let file = &view.workflows.get(at)?.file;
    let signature = view.signatures().get(at)?;
    Some(ExecutableSkill::of_workflow(&file.workflow, signature, &file.volume, &file.blob))
}

fn plain_summary(file: &SkillFile) -> SkillSummary {
    SkillSummary::new(&file.skill, &file.volume, &file.path, &file.blob)
}

fn summary(visible: &Visible<SkillFile>) -> SkillSummary {
    let shadows = visible.shadows.iter().map(VolumeId::to_string).collect();
    SkillSummary { shadows, ..plain_summary(&visible.file) }
}

pub(crate) fn executable(file: &SkillFile) -> Option<ExecutableSkill> {
    let executable = file.skill.executable()?;
    Some(ExecutableSkill::new(&file.skill, executable, &file.volume, &file.blob))
}

/// Returns a skill with its code, if it has any.
pub(crate) fn runnable(file: &SkillFile) -> Option<ExecutableSkill> {
    executable(file).zip(file.skill.executable()).map(|(shown, skill)| shown.with_code(skill))
}

pub(crate) fn unknown_skill(id: &Slug, volume: Option<&VolumeId>) -> Error {
    Error::Unknown {
        what: "skill",
        id: id.to_string(),
        volume: volume.cloned(),
        hint: format!("`GET /skills?q={id}` looks for it"),
    }
}
