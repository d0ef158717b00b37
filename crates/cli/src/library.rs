//! What the system volume starts with: the files of `library/`, embedded in the program.

use std::collections::BTreeMap;

use llmos_core::{
    seed::ShippedFile,
    skill::{self, Executable},
    slug::Slug,
    volume::VolumePath,
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../library"]
struct Library;

/// Returns the files of the library, sorted by path.
pub(crate) fn files() -> Vec<ShippedFile> {
    let mut files: Vec<ShippedFile> = Library::iter()
        .filter(|path| path.starts_with("skills/") || path.starts_with("workflows/"))
        .filter_map(|path| {
            let content = Library::get(&path)?.data.into_owned();
            let path: VolumePath = path.parse().ok()?;
            Some(ShippedFile { path, content })
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Returns the executable skills of the library.
pub(crate) fn executable() -> BTreeMap<Slug, Executable> {
    let skills = files().into_iter().filter(|file| file.path.as_str().starts_with("skills/"));
    executable_of(skills.map(|file| (file.path.to_string(), file.content)))
}

/// Returns the executable skills among files; the first of an id counts.
pub(crate) fn executable_of(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> BTreeMap<Slug, Executable> {
    let mut found = BTreeMap::new();
    for (path, content) in files {
        let Some(skill) = skill::check(&path, &content).skill else { continue };
        if let skill::SkillKind::Executable(executable) = skill.kind {
            found.entry(skill.id).or_insert(*executable);
        }
    }
    found
}
