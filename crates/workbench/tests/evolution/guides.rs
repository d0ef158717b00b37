//! What people ask again and again becomes a guide.

use std::sync::Arc;

use llmos_api::skill::CreateSkill;
use llmos_core::{
    branch::Volumes,
    evolution::{Author, AuthorError},
};
use llmos_testkit::MemoryStore;
use llmos_workbench::Workbench;

use crate::support::*;

#[test]
fn paraphrased_chats_become_a_guide_that_can_be_merged_into_a_skill() {
    let it = bench();
    let ana = caller("ana", None);
    for prompt in SALES {
        it.bench.save_chat(&ana, chat(prompt, None)).expect("it is kept");
    }
    it.bench.save_chat(&ana, chat("translate this letter to French", None)).expect("it is kept");
    let report = it.evolve(&ana, false);
    assert_eq!((report.traces_analyzed, report.traces_unreadable), (6, 0));
    let draft = it.one_draft(&ana);
    assert_eq!((draft.kind.as_str(), draft.status.as_str(), draft.count), ("guide", "proposed", 5));
    let head = it.head("user/ana");
    assert_eq!(it.evolve(&ana, false).drafts.len(), 0);
    assert_eq!(it.head("user/ana"), head);
    let skill = CreateSkill {
        skill_id: Some("charts".to_owned()),
        name: Some("Charts".to_owned()),
        description: Some("How to draw".to_owned()),
        content: Some("# Charts\n\nLabel the axes.\n".to_owned()),
        ..CreateSkill::default()
    };
    it.bench.create_skill(&ana, &skill).expect("it is new");
    let into = "charts".parse().expect("it is a slug");
    it.bench.merge_draft(&ana, &asked(&draft), &into).expect("it is a guide");
    let merged = it.bench.read_skill(&ana, &into, None, None).expect("it is there");
    assert!(merged.body.starts_with("\n# Charts\n\nLabel the axes.\n\n## "), "{}", merged.body);
    assert!(merged.body.contains("\n### Steps\n"));
    assert_eq!(it.one_draft(&ana).status, "merged");
    assert_eq!(it.evolve(&ana, true).skills_created, 0);
}

/// A model that says what it was told to.
struct Scripted(Result<&'static str, AuthorError>);

impl Author for Scripted {
    fn write(&self, brief: &str) -> Result<String, AuthorError> {
        assert!(brief.contains("monthly sales"));
        self.0.clone().map(str::to_owned)
    }
}

#[test]
fn a_model_writes_the_guide_and_what_does_not_hold_falls_back_to_what_was_counted() {
    let good = "# Monthly sales chart\n## Purpose\n- p\n## Inputs\n- i\n## Steps\n1. s\n## Example\n- e\n## Variations\n- v";
    let silent = AuthorError { reason: "it sleeps".to_owned() };
    for (answer, title) in [
        (Ok(good), Some("Monthly sales chart")),
        (Ok("I cannot do that"), None),
        (Err(silent), None),
    ] {
        let store = Arc::new(MemoryStore::new());
        let shared: Arc<dyn Volumes> = Arc::clone(&store) as _;
        let bench = Workbench::new(shared, Arc::new(Ticking::default()))
            .with_author(Arc::new(Scripted(answer)));
        let it = Bench { bench, store };
        let ana = caller("ana", None);
        for prompt in SALES {
            it.bench.save_chat(&ana, chat(prompt, None)).expect("it is kept");
        }
        it.evolve(&ana, false);
        let draft = it.one_draft(&ana);
        assert_eq!(draft.title == "Monthly sales chart", title.is_some(), "{}", draft.title);
        let view = it.bench.read_draft(&ana, &asked(&draft)).expect("it is there");
        assert_eq!(view.text.contains("## Variations"), title.is_some());
        assert!(view.text.contains("## Evidence"));
    }
}
