//! Skills as resources: the file of each, byte for byte, under `skill://<volume>/<path below skills/>`.

use llmos_core::{slug::Slug, volume::VolumeId};
use llmos_workbench::{Caller, Error, SkillFilter, Workbench};
use rmcp::{
    ErrorData,
    model::{
        ErrorCode, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource,
        ResourceContents, ResourceTemplate,
    },
};

use crate::{page, refusal};

const SCHEME: &str = "skill://";
const FOLDER: &str = "skills/";
const MARKDOWN: &str = "text/markdown";

/// How many bytes the text of a resource may have.
const MAX_RESOURCE: usize = 1 << 20;

/// Lists one page of the skills that the caller sees, whatever their kind.
pub(crate) fn list(
    workbench: &Workbench,
    caller: &Caller,
    offset: usize,
) -> Result<ListResourcesResult, Error> {
    let page = page::from(offset, page::SIZE);
    let filter = SkillFilter { q: None, category: None, kind: None, page };
    let list = workbench.list_skills(caller, &filter)?;
    let resources = list.skills.iter().map(|skill| {
        Resource::new(uri(&skill.volume, &skill.path), skill.skill_id.clone())
            .with_title(skill.name.clone())
            .with_description(refusal::cut(skill.description.clone(), 1000))
            .with_mime_type(MARKDOWN)
    });
    let mut result = ListResourcesResult::with_all_items(resources.collect());
    result.next_cursor = page::next(offset, list.total);
    Ok(result)
}

/// The forms that the addresses of skills have.
pub(crate) fn templates() -> ListResourceTemplatesResult {
    let forms = [
        ("skill://system/{skill_id}.md", "skill of the system"),
        ("skill://team/{team_id}/{skill_id}.md", "skill of a team"),
        ("skill://user/{user_id}/{skill_id}.md", "skill of a user"),
    ];
    let template = |(form, name)| {
        ResourceTemplate::new(form, name)
            .with_description(
                "The Markdown file of a skill; `search_skills` tells the address of each",
            )
            .with_mime_type(MARKDOWN)
    };
    ListResourceTemplatesResult::with_all_items(forms.map(template).into())
}

/// The address of a skill.
pub(crate) fn uri(volume: &str, path: &str) -> String {
    format!("{SCHEME}{volume}/{}", path.strip_prefix(FOLDER).unwrap_or(path))
}

/// Reads the file of a skill.
///
/// An address is taken apart into a volume and an id, so that none leads to anything but a skill.
pub(crate) fn read(
    workbench: &Workbench,
    caller: &Caller,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    let unknown = || {
        let shown: String = uri.chars().take(100).flat_map(char::escape_debug).collect();
        let message = format!("there is no resource `{shown}`\nhint: `resources/list` lists them");
        ErrorData::resource_not_found(message, None)
    };
    let (volume, rest) = parse(uri).ok_or_else(unknown)?;
    let id = rest.strip_suffix(".md").map(|name| name.strip_suffix("/SKILL").unwrap_or(name));
    let id: Slug = id.and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
    let skill = workbench.read_skill(caller, &id, Some(&volume), None).map_err(|error| {
        // Whether somebody else's skill is there is none of the caller's business.
        match error {
            Error::Unknown { .. } | Error::Denied { .. } => unknown(),
            error => refusal::fault(&error, ErrorCode::RESOURCE_NOT_FOUND),
        }
    })?;
    if skill.summary.path.strip_prefix(FOLDER) != Some(rest) {
        return Err(unknown());
    }
    if skill.content.len() > MAX_RESOURCE {
        let message = format!("`{id}` is larger than {MAX_RESOURCE} bytes");
        return Err(ErrorData::invalid_params(message, None));
    }
    let content = ResourceContents::text(skill.content, uri).with_mime_type(MARKDOWN);
    Ok(ReadResourceResult::new(vec![content]))
}

/// Takes an address apart into the volume and the path below its folder of skills.
fn parse(uri: &str) -> Option<(VolumeId, &str)> {
    let path = uri.strip_prefix(SCHEME)?;
    let (kind, rest) = path.split_once('/')?;
    if kind == "system" {
        return Some((VolumeId::System, rest));
    }
    let (name, rest) = rest.split_once('/')?;
    let volume = path.get(..kind.len() + 1 + name.len())?;
    Some((volume.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_volume_and_a_file() {
        let cases = [
            ("skill://system/fit.md", "system", "fit.md"),
            ("skill://team/atlas/fit.md", "team/atlas", "fit.md"),
            ("skill://user/ana/plot/SKILL.md", "user/ana", "plot/SKILL.md"),
        ];
        for (text, volume, rest) in cases {
            let parsed = parse(text);
            assert_eq!(parsed, Some((volume.parse().expect("a volume"), rest)));
            assert_eq!(uri(volume, &format!("skills/{rest}")), text);
        }
    }

    #[test]
    fn what_names_no_volume_is_nothing() {
        let texts = [
            "",
            "skill://",
            "skill://system",
            "file:///etc/passwd",
            "skill://user/../x.md",
            "skill://user/ana",
            "skill://users/ana/x.md",
            "skill://team//x.md",
            "SKILL://system/x.md",
        ];
        for text in texts {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
