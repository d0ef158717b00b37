use gix::objs::{Tree, WriteTo, tree};
use proptest::prelude::*;

use super::*;

fn id(number: u8) -> ObjectId {
    ObjectId::Sha1([number; ID_BYTES])
}

/// What Git writes of the same entries.
fn by_git(entries: &std::collections::BTreeMap<String, (bool, u8)>) -> Vec<u8> {
    let entry = |(name, (is_tree, number)): (&String, &(bool, u8))| tree::Entry {
        mode: if *is_tree { tree::EntryKind::Tree } else { tree::EntryKind::Blob }.into(),
        filename: name.as_str().into(),
        oid: id(*number),
    };
    let mut entries: Vec<_> = entries.iter().map(entry).collect();
    entries.sort();
    let mut out = Vec::new();
    Tree { entries }.write_to(&mut out).unwrap();
    out
}

proptest! {
    #[test]
    fn edits_give_the_tree_that_git_writes(
        edits in proptest::collection::vec(("[a-b]{1,2}[-.0/~]?b?", proptest::option::of((any::<bool>(), 0..9_u8))), 0..60)
    ) {
        let mut expected = std::collections::BTreeMap::new();
        let mut listed = Listed::default();
        for (name, new) in edits {
            let name = name.replace('/', "+");
            let mode = |is_tree: bool| if is_tree { "40000" } else { "100644" };
            listed.set(name.as_bytes(), new.map(|(is_tree, number)| (mode(is_tree), id(number)))).unwrap();
            match new {
                Some(new) => drop(expected.insert(name.clone(), new)),
                None => drop(expected.remove(&name)),
            }
            let found = listed.find(name.as_bytes()).map(|found| (found.is_tree(), found.id));
            prop_assert_eq!(found, new.map(|(is_tree, number)| (is_tree, id(number))));
        }
        prop_assert_eq!(listed.content().whole().into_owned(), by_git(&expected));
        prop_assert!(Listed::read(&by_git(&expected)).is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_id_of_an_edited_large_tree_is_that_of_its_bytes(
        edits in proptest::collection::vec((0..1_500_u32, proptest::option::weighted(0.9, 0..9_u8)), 1..40)
    ) {
        let name = |n: u32| format!("file-{n:04}.md");
        let mut listed = Listed::default();
        for n in 0..1_000 {
            listed.set(name(n).as_bytes(), Some(("100644", id(0)))).unwrap();
        }
        for (n, new) in edits {
            listed.set(name(n).as_bytes(), new.map(|number| ("100644", id(number)))).unwrap();
            let whole = listed.content().whole().into_owned();
            prop_assert_eq!(listed.len(), whole.len());
            prop_assert_eq!(listed.id(), object::id_of(Kind::Tree, &whole));
            prop_assert_eq!(listed.id(), listed.clone().id());
            let mut again = Listed::read(&whole).unwrap();
            prop_assert_eq!(listed.id(), again.id());
            prop_assert_eq!(listed.differing(&again).count(), 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn two_forms_of_a_large_tree_differ_in_what_was_edited(
        edits in proptest::collection::vec((0..1_500_u32, proptest::option::weighted(0.8, 1..9_u8)), 1..40),
        is_read_anew: bool,
    ) {
        let name = |n: u32| format!("file-{n:04}.md");
        let mut before = Listed::default();
        for n in 0..1_000 {
            before.set(name(n).as_bytes(), Some(("100644", id(0)))).unwrap();
        }
        let mut expected = std::collections::BTreeMap::new();
        let mut after = before.clone();
        for (n, new) in edits {
            let was = (n < 1_000).then(|| id(0));
            after.set(name(n).as_bytes(), new.map(|number| ("100644", id(number)))).unwrap();
            expected.insert(name(n), [was, new.map(id)]);
        }
        expected.retain(|_, [was, is]| was != is);
        if is_read_anew {
            after = Listed::read(&after.content().whole()).unwrap();
        }
        let found: std::collections::BTreeMap<String, [Option<ObjectId>; 2]> = before
            .differing(&after)
            .map(|(entry, both)| {
                (String::from_utf8(entry.name.to_vec()).unwrap(), both.map(|it| it.map(|it| it.id)))
            })
            .collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn an_edit_copies_one_piece_alone() {
    let mut listed = Listed::default();
    for n in 0..2_000 {
        listed.set(format!("file-{n:04}.md").as_bytes(), Some(("100644", id(0)))).unwrap();
    }
    let before = listed.content();
    listed.set(b"file-1000.md", Some(("100644", id(1)))).unwrap();
    let own = listed.content().bytes_beside(&before);
    assert!((1..=2 * PIECE_BYTES).contains(&own), "{own} of {} bytes", listed.len());
    listed.set(b"file-1000-more.md", Some(("100644", id(1)))).unwrap();
    let own = listed.content().bytes_beside(&before);
    assert!((1..=3 * PIECE_BYTES).contains(&own), "{own} of {} bytes", listed.len());
}

#[test]
fn a_tree_out_of_order_or_cut_off_is_not_read() {
    let mut listed = Listed::default();
    listed.set(b"a", Some(("100644", id(1)))).unwrap();
    let a = listed.content().whole().into_owned();
    let mut listed = Listed::default();
    listed.set(b"b", Some(("100644", id(1)))).unwrap();
    let b = listed.content().whole().into_owned();
    assert!(Listed::read(&[a.clone(), b.clone()].concat()).is_some());
    assert!(Listed::read(&[b.clone(), a.clone()].concat()).is_none());
    assert!(Listed::read(&[a.clone(), a.clone()].concat()).is_none());
    assert!(Listed::read(&b[..b.len() - 1]).is_none());
}
