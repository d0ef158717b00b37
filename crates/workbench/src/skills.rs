//! Skills: list, search, read.

mod change;
mod promote;

pub(crate) use change::target;

use llmos_api::{
    problem,
    skill::{
        BrokenFile, ExecutableList, ExecutableSkill, SkillKind, SkillList, SkillSummary, SkillView,
        Why,
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
    Caller, Error, Page, Workbench,
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

/// A skill that was chosen for a list.
struct Chosen<'a> {
    visible: &'a Visible<SkillFile>,
    match_: Option<(f64, Vec<Why>)>,
}

impl Workbench {
    /// Lists the skills that the caller sees, or those that match a query, best first.
    pub fn list_skills(&self, caller: &Caller, filter: &SkillFilter) -> Result<SkillList, Error> {
        let view = self.catalogue.view(caller)?;
        let (total, page) = choose(&view, filter);
        let skills = page.into_iter().map(|chosen| {
            let mut summary = summary(chosen.visible);
            if let Some((score, why)) = chosen.match_ {
                (summary.score, summary.why) = (Some(score), Some(why));
            }
            summary
        });
        let skills = skills.collect();
        let first = filter.page.offset == 0 && filter.q.is_none();
        let broken = if first { broken_files(&view, "skills/") } else { Vec::new() };
        Ok(SkillList { total, skills, broken })
    }

    /// Lists the executable skills that the caller sees, without their code.
    pub fn list_executable(
        &self,
        caller: &Caller,
        filter: &SkillFilter,
    ) -> Result<ExecutableList, Error> {
        let view = self.catalogue.view(caller)?;
        let filter = SkillFilter { kind: Some(SkillKind::Executable), ..filter.clone() };
        let (total, page) = choose(&view, &filter);
        let skills =
            page.into_iter().filter_map(|chosen| executable(&chosen.visible.file)).collect();
        Ok(ExecutableList { total, skills })
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

    /// Lists the categories of the executable skills that the caller sees.
    pub fn list_categories(&self, caller: &Caller) -> Result<CategoryList, Error> {
        let view = self.catalogue.view(caller)?;
        let category = |(name, n_skills): (&String, &usize)| Category {
            name: name.clone(),
            n_skills: *n_skills,
        };
        Ok(CategoryList { categories: view.categories.iter().map(category).collect() })
    }

    /// Reads a skill: the nearest one, that of a volume, or what it was at a commit of that volume.
    pub fn read_skill(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        at: Option<&CommitId>,
    ) -> Result<SkillView, Error> {
        if let Some(volume) = volume {
            caller.must(Action::Read, volume)?;
        }
        let view = self.catalogue.view(caller)?;
        if let Some(at) = at {
            let nearest = || view.skill(id).map(|visible| visible.file.volume.clone());
            let volume = volume.cloned().or_else(nearest).unwrap_or_else(|| caller.own_volume());
            return self.read_skill_at(id, &volume, at);
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
            diagnostics: file.diagnostics.clone(),
        })
    }

    fn read_skill_at(
        &self,
        id: &Slug,
        volume: &VolumeId,
        at: &CommitId,
    ) -> Result<SkillView, Error> {
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
            let file = parse(volume, path, entry.blob, &content)?;
            return self.show(&file, plain_summary(&file));
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
fn parse(
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

/// Takes one page of what the filter asks for, and counts all of it.
fn choose<'a>(view: &'a View, filter: &SkillFilter) -> (usize, Vec<Chosen<'a>>) {
    let wanted = |visible: &Visible<SkillFile>| {
        let skill = &visible.file.skill;
        filter.kind.is_none_or(|kind| kind == SkillKind::from(&skill.kind))
            && filter
                .category
                .as_ref()
                .is_none_or(|category| skill.category.as_ref() == Some(category))
    };
    let Page { limit, offset } = filter.page;
    let Some(query) = filter.q.as_deref().filter(|query| !query.trim().is_empty()) else {
        let all = || view.skills.iter().filter(|visible| wanted(visible));
        let total = match (filter.kind, &filter.category) {
            (None, None) => view.skills.len(),
            _ => all().count(),
        };
        let page = all().skip(offset).take(limit);
        return (total, page.map(|visible| Chosen { visible, match_: None }).collect());
    };
    let (total, hits) =
        view.finder().find(query, offset, limit, |doc| view.skills.get(doc).is_some_and(wanted));
    let page = hits.into_iter().filter_map(|hit| {
        let visible = view.skills.get(hit.doc)?;
        Some(Chosen { visible, match_: Some((hit.score, hit.why)) })
    });
    (total, page.collect())
}

fn plain_summary(file: &SkillFile) -> SkillSummary {
    SkillSummary::new(&file.skill, &file.volume, &file.path, &file.blob)
}

fn summary(visible: &Visible<SkillFile>) -> SkillSummary {
    let shadows = visible.shadows.iter().map(VolumeId::to_string).collect();
    SkillSummary { shadows, ..plain_summary(&visible.file) }
}

fn executable(file: &SkillFile) -> Option<ExecutableSkill> {
    let executable = file.skill.executable()?;
    Some(ExecutableSkill::new(&file.skill, executable, &file.volume, &file.blob))
}

/// Returns a skill with its code, if it has any.
pub(crate) fn runnable(file: &SkillFile) -> Option<ExecutableSkill> {
    executable(file).zip(file.skill.executable()).map(|(shown, skill)| shown.with_code(skill))
}

/// Names the files under a folder that cannot be used.
pub(crate) fn broken_files(view: &View, folder: &str) -> Vec<BrokenFile> {
    let all = view.layers.iter().flat_map(|layer| &layer.broken);
    let here = all.filter(|file| file.path.starts_with(folder));
    here.take(MAX_BROKEN).map(|file| (**file).clone()).collect()
}

fn unknown_skill(id: &Slug, volume: Option<&VolumeId>) -> Error {
    Error::Unknown {
        what: "skill",
        id: id.to_string(),
        volume: volume.cloned(),
        hint: format!("`GET /skills?q={id}` looks for it"),
    }
}
