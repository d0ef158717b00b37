//! What nothing refers to is removed when it is old, and nothing else ever.

use std::collections::{BTreeMap, BTreeSet};

use llmos_core::{
    blob::{BlobHash, Blobs, Pointer},
    branch::{BranchName, Branches},
    store::Store,
};
use llmos_workbench::{Caller, Collect, ErrorKind};
use proptest::prelude::*;

use crate::support::{Fixture, caller, change, volume};

const GRACE: i64 = 24;

/// What people do.
#[derive(Clone, Debug)]
enum Deed {
    /// Upload a content to a path.
    Put(u8, u8),
    /// Upload a content for a message that may never come.
    PutLoose(u8),
    /// Delete a file of the volume; its history stays.
    Delete(u8),
    /// Commit a pointer to a content on a branch.
    Branch(u8, u8),
    DeleteBranch(u8),
    /// Say something that carries a pointer, or mentions a hash in words.
    Say(u8, u8, bool),
    DeleteSession(u8),
    Wait(u8),
    Look,
    Collect,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let small = 0..4_u8;
    let content = 0..6_u8;
    let deed = prop_oneof![
        3 => (small.clone(), content.clone()).prop_map(|(path, content)| Deed::Put(path, content)),
        3 => content.clone().prop_map(Deed::PutLoose),
        1 => small.clone().prop_map(Deed::Delete),
        2 => (small.clone(), content.clone()).prop_map(|(name, content)| Deed::Branch(name, content)),
        1 => small.clone().prop_map(Deed::DeleteBranch),
        2 => (small.clone(), content, any::<bool>()).prop_map(|(id, content, words)| Deed::Say(id, content, words)),
        1 => small.prop_map(Deed::DeleteSession),
        3 => (1..30_u8).prop_map(Deed::Wait),
        1 => Just(Deed::Look),
        3 => Just(Deed::Collect),
    ];
    prop::collection::vec(deed, 1..40)
}

/// What must be so, kept apart from the program.
#[derive(Default)]
struct Model {
    hour: i64,
    /// When each content was last put; only those that are there.
    there: BTreeMap<u8, i64>,
    history: BTreeSet<u8>,
    branches: BTreeMap<u8, BTreeSet<u8>>,
    sessions: BTreeMap<u8, (String, BTreeSet<u8>)>,
}

impl Model {
    fn refers_to(&self, content: u8) -> bool {
        self.history.contains(&content)
            || self.branches.values().any(|all| all.contains(&content))
            || self.sessions.values().any(|(_, all)| all.contains(&content))
    }

    fn collect(&mut self) {
        let gone: Vec<u8> = self
            .there
            .iter()
            .filter(|(content, at)| self.hour - **at > GRACE && !self.refers_to(**content))
            .map(|(content, _)| *content)
            .collect();
        self.there.retain(|content, _| !gone.contains(content));
    }
}

fn content(of: u8) -> Vec<u8> {
    format!("content {of}").into_bytes()
}

fn pointer(to: u8) -> String {
    let content = content(to);
    let kind = "text/plain".parse().expect("it is a type");
    Pointer::new(BlobHash::of(&content), content.len() as u64, kind, "x.txt").to_string()
}

fn do_it(fixture: &Fixture, model: &mut Model, deed: &Deed) {
    let ana = caller("ana");
    let own = volume("user/ana");
    let branch =
        |name: u8| -> BranchName { format!("pr/ana/b{name}").parse().expect("it is a name") };
    match *deed {
        Deed::Put(path, of) => {
            fixture.put(&ana, &format!("files/f{path}.txt"), &content(of));
            model.history.insert(of);
            model.there.insert(of, model.hour);
        }
        Deed::PutLoose(of) => {
            fixture.put_loose(&ana, &content(of));
            model.there.insert(of, model.hour);
        }
        Deed::Delete(path) => {
            fixture.write(&own, "README.md", Some("so that there is a commit"));
            fixture.write(&own, &format!("files/f{path}.txt.blob.md"), None);
        }
        Deed::Branch(name, of) => {
            fixture.write(&own, "README.md", Some("so that there is a commit"));
            let head =
                fixture.store.head(&own).expect("it is in memory").expect("there is a commit");
            if !model.branches.contains_key(&name) {
                fixture.store.create_branch(&own, &branch(name), &head).expect("it is new");
            }
            let path = format!("skills/s/assets/a{of}.blob.md");
            let change = change(&path, Some(&pointer(of)));
            fixture.store.commit_to(&own, &branch(name), change, None).expect("it is kept");
            model.branches.entry(name).or_default().insert(of);
        }
        Deed::DeleteBranch(name) => {
            if model.branches.remove(&name).is_some() {
                let all = fixture.store.branches(&own).expect("it is in memory");
                let found = all.into_iter().find(|found| found.name == branch(name));
                let tip = found.expect("it is there").tip;
                fixture.store.delete_branch(&own, &branch(name), &tip).expect("it is there");
            }
        }
        Deed::Say(id, of, in_words) => {
            let (session, said) =
                model.sessions.entry(id).or_insert_with(|| (fixture.begin(&ana), BTreeSet::new()));
            let text = match in_words {
                true => format!("see {} in the store", BlobHash::of(&content(of))),
                false => pointer(of),
            };
            fixture.say(&ana, session, &text);
            said.insert(of);
        }
        Deed::DeleteSession(id) => {
            if let Some((session, _)) = model.sessions.remove(&id) {
                let id = session.parse().expect("it is a slug");
                fixture.workbench.delete_session(&ana, &id, None).expect("it is hers");
            }
        }
        Deed::Wait(hours) => {
            fixture.wait_hours(hours.into());
            model.hour += i64::from(hours);
        }
        Deed::Look => {
            let look = Collect { grace_hours: 24, remove: false };
            fixture.workbench.collect_blobs(&Caller::operator(), look).expect("it may look");
        }
        Deed::Collect => {
            let collect = Collect { grace_hours: 24, remove: true };
            let found = fixture.workbench.collect_blobs(&Caller::operator(), collect);
            let found = found.expect("it may collect");
            let is_known = fixture.store.head(&own).expect("it is in memory").is_some()
                || !model.sessions.is_empty();
            if is_known {
                model.collect();
            } else {
                assert!(
                    found.volumes.iter().all(|volume| volume.left_alone.is_some()),
                    "{found:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_referred_to_is_ever_removed(deeds in deeds()) {
        let fixture = Fixture::new();
        let mut model = Model::default();
        for deed in &deeds {
            do_it(&fixture, &mut model, deed);
            let mut there = BTreeSet::new();
            fixture.blobs.list(&volume("user/ana"), &mut |kept| there.extend([kept.hash])).expect("in memory");
            let want: BTreeSet<BlobHash> = model.there.keys().map(|of| BlobHash::of(&content(*of))).collect();
            prop_assert_eq!(there, want, "after {:?}", deed);
        }
    }
}

#[test]
fn a_dry_run_says_what_would_go_and_removes_nothing() {
    let fixture = Fixture::new();
    let ana = caller("ana");
    fixture.put(&ana, "files/a.txt", b"stays");
    fixture.put_loose(&ana, b"goes");
    fixture.wait_hours(25);
    let collect = |remove| {
        let asked = Collect { grace_hours: 24, remove };
        let found = fixture.workbench.collect_blobs(&Caller::operator(), asked).expect("it may");
        assert_eq!(found.volumes.len(), 1);
        let volume = &found.volumes[0];
        let garbage: Vec<&str> = volume.garbage.iter().map(|blob| blob.hash.as_str()).collect();
        assert_eq!(garbage, [BlobHash::of(b"goes").to_string()]);
        assert_eq!((volume.n_kept, &volume.left_alone), (1, &None));
    };
    collect(false);
    collect(false);
    collect(true);
    let own = volume("user/ana");
    assert!(fixture.blobs.find(&own, &BlobHash::of(b"goes")).expect("in memory").is_none());
    assert!(fixture.blobs.find(&own, &BlobHash::of(b"stays")).expect("in memory").is_some());
}

#[test]
fn only_whoever_runs_the_program_collects_and_nothing_younger_than_an_hour() {
    let fixture = Fixture::new();
    fixture.put_loose(&caller("ana"), b"x");
    let collect = |caller: &Caller, grace_hours| {
        let asked = Collect { grace_hours, remove: true };
        fixture.workbench.collect_blobs(caller, asked).map_err(|error| error.kind())
    };
    assert_eq!(collect(&caller("bob"), 24), Err(ErrorKind::Denied));
    assert_eq!(collect(&Caller::operator(), 0), Err(ErrorKind::Invalid));
    assert!(collect(&Caller::operator(), 1).is_ok());
}
