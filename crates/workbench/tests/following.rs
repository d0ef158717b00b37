//! Following a volume commit by commit gives what looking at all of it gives.

use std::sync::Arc;

use jiff::Timestamp;
use llmos_core::store::{Author, Change, Edit, Expected, Store};
use llmos_testkit::MemoryStore;
use llmos_workbench::{Caller, Page, SkillFilter, Workbench, World};
use proptest::prelude::*;

struct Still;

impl World for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn random(&self) -> u32 {
        7
    }
}

/// What somebody makes of one file.
#[derive(Clone, Debug)]
enum Content {
    /// A skill of this id.
    Skill(u8, u8),
    NoSkill,
    Gone,
}

impl Content {
    fn text(&self) -> Option<Vec<u8>> {
        let text = match self {
            Self::Skill(id, version) => {
                format!(
                    "---\nskill_id: s{id}\nname: S{id}\ndescription: version {version}\n---\n\nText.\n"
                )
            }
            Self::NoSkill => "---\nname: [\n---\n".to_owned(),
            Self::Gone => return None,
        };
        Some(text.into_bytes())
    }
}

fn change() -> impl Strategy<Value = Vec<(u8, Content)>> {
    let content = prop_oneof![
        6 => (0..6_u8, any::<u8>()).prop_map(|(id, version)| Content::Skill(id, version)),
        1 => Just(Content::NoSkill),
        2 => Just(Content::Gone),
    ];
    proptest::collection::vec((0..6_u8, content), 1..4)
}

fn commit(store: &MemoryStore, changes: &[(u8, Content)]) {
    let edits = changes.iter().map(|(file, content)| Edit {
        path: format!("skills/file-{file}.md").parse().expect("it is a path"),
        expected: Expected::Anything,
        content: content.text(),
    });
    let author = Author { name: "Ana".to_owned(), email: "ana@localhost".to_owned() };
    let (edits, message) = (edits.collect(), "change".to_owned());
    let change = Change { edits, author, time: Timestamp::UNIX_EPOCH, message };
    // Two changes of one file in one commit are refused, which changes nothing.
    let _ = store.commit(&"user/ana".parse().expect("it is a volume"), change);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn what_is_followed_is_what_a_new_start_finds(changes in proptest::collection::vec(change(), 1..12)) {
        let store = Arc::new(MemoryStore::default());
        let open = || Workbench::new(Arc::<MemoryStore>::clone(&store), Arc::new(Still));
        let ana = Caller::local("ana".parse().expect("it is a slug"), None);
        let list = |bench: &Workbench, q: Option<&str>| {
            let page = Page::new(Some(100), None).expect("it is a page");
            let q = q.map(str::to_owned);
            bench.list_skills(&ana, &SkillFilter { q, category: None, kind: None, page })
        };
        let follows = open();
        for change in changes {
            commit(&store, &change);
            let (followed, anew) = (list(&follows, None), list(&open(), None));
            prop_assert_eq!(followed.expect("it can be read"), anew.expect("it can be read"));
            let found = list(&follows, Some("version")).expect("it can be searched");
            prop_assert_eq!(found.total, list(&open(), Some("version")).expect("it can").total);
        }
    }
}
