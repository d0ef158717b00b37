//! Whether an edit that somebody made by hand may become a commit, and what that commit says.

use llmos_core::{
    diagnostic::{Diagnostic, Severity},
    hand::{Found, HandEdit, MAX_EDIT_BYTES},
    skill, workflow,
};

use super::finding;

/// Says what is wrong with an edit; nothing where it can be committed.
pub(super) fn wrong_with(edit: &HandEdit) -> Vec<Diagnostic> {
    match &edit.found {
        Found::Gone | Found::Unfinished => Vec::new(),
        Found::File(content) => wrong_with_text(edit.path.as_str(), content),
        Found::TooLarge => vec![finding(
            "too-large",
            &format!(
                "it has more than {} MiB, and is not committed by itself",
                MAX_EDIT_BYTES >> 20
            ),
            "commit it with `git add` and `git commit` if it belongs there",
        )],
        Found::Staged => vec![finding(
            "staged",
            "it is staged for a commit of your own",
            "finish it with `git commit`, or undo it with `git restore --staged`",
        )],
        Found::Crossed => vec![finding(
            "crossed",
            "it was saved in the moment in which another change of it was committed",
            "compare the two with `git diff`, then commit yours with `git commit`, or drop it with `git restore`",
        )],
    }
}

/// Too many files are gone at once.
pub(super) fn landslide() -> Diagnostic {
    finding(
        "many-gone",
        "it is gone together with most other files of the volume",
        "bring them back with `git restore .`, or commit that they go with `git commit --all`",
    )
}

fn wrong_with_text(path: &str, content: &[u8]) -> Vec<Diagnostic> {
    let parts: Vec<&str> = path.split('/').collect();
    let found = match parts.as_slice() {
        ["skills", "README.md"] | ["workflows", "README.md"] => Vec::new(),
        ["skills", file] if file.ends_with(".md") => skill::check(path, content).diagnostics,
        ["skills", _, "SKILL.md"] => skill::check(path, content).diagnostics,
        ["workflows", file] if file.ends_with(".md") => {
            let check = workflow::parse(path, content);
            match check.workflow {
                Some(_) => Vec::new(),
                None => check.diagnostics,
            }
        }
        ["metadata.json"] => match serde_json::from_slice::<serde_json::Value>(content) {
            Ok(serde_json::Value::Object(_)) => Vec::new(),
            Ok(_) | Err(_) => vec![finding(
                "bad-json",
                "it is not an object of JSON",
                "correct it, or undo the edit with `git restore metadata.json`",
            )],
        },
        _ => Vec::new(),
    };
    found.into_iter().filter(|found| found.severity == Severity::Error).collect()
}

/// Says what the edits did.
pub(super) fn message(edits: &[HandEdit]) -> String {
    let verb = |edit: &HandEdit| match (&edit.base, &edit.found) {
        (None, _) => "add",
        (_, Found::Gone) => "delete",
        _ => "change",
    };
    if let [edit] = edits {
        let path = edit.path.as_str();
        let (kind, name) = match path.split_once('/') {
            Some(("skills", rest)) => ("skill", rest),
            Some(("workflows", rest)) => ("workflow", rest),
            _ => ("file", path),
        };
        let short = name.strip_suffix("/SKILL.md").or(name.strip_suffix(".md"));
        let name = short.filter(|_| kind != "file").unwrap_or(name);
        return format!("{kind}: {} {name} by hand", verb(edit));
    }
    let lines = edits.iter().map(|edit| format!("{} {}\n", verb(edit), edit.path));
    format!("files: {} edited by hand\n\n{}", edits.len(), lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use llmos_core::store::BlobId;

    use super::*;

    fn edit(path: &str, base: Option<&str>, found: Found) -> HandEdit {
        let base = base.map(|text| BlobId::of(text.as_bytes()));
        HandEdit { path: path.parse().expect("it is a path"), base, found }
    }

    fn file(text: &str) -> Found {
        Found::File(text.as_bytes().to_vec())
    }

    #[test]
    fn a_commit_says_what_was_done() {
        let cases = [
            (edit("skills/plot.md", None, file("x")), "skill: add plot by hand"),
            (edit("skills/plot/SKILL.md", Some("y"), file("x")), "skill: change plot by hand"),
            (edit("workflows/a.md", Some("y"), Found::Gone), "workflow: delete a by hand"),
            (edit("README.md", None, file("x")), "file: add README.md by hand"),
        ];
        for (edit, want) in cases {
            assert_eq!(message(&[edit]), want);
        }
        let two =
            [edit("skills/a.md", Some("y"), Found::Gone), edit("skills/b.md", None, file("x"))];
        assert_eq!(
            message(&two),
            "files: 2 edited by hand\n\ndelete skills/a.md\nadd skills/b.md\n"
        );
    }

    #[test]
    fn what_is_broken_is_told_and_what_is_no_document_is_fine() {
        let cases = [
            ("skills/a.md", "---\nname: [\n---\n", false),
            ("skills/a.md", "---\nname: a\ndescription: d\n---\n\nText.\n", true),
            ("skills/a/notes.txt", "---\nname: [\n---\n", true),
            ("skills/README.md", "no skill", true),
            ("workflows/a.md", "no workflow", false),
            ("metadata.json", "[]", false),
            ("metadata.json", "{}", true),
        ];
        for (path, text, is_fine) in cases {
            let wrong = wrong_with(&edit(path, None, file(text)));
            assert_eq!(wrong.is_empty(), is_fine, "{path} {text:?}: {wrong:?}");
            assert!(wrong.iter().all(|found| found.severity == Severity::Error));
        }
    }
}
