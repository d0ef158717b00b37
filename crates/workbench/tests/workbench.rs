//! The use cases over volumes in memory: what HTTP does not show.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

use jiff::Timestamp;
use llmos_api::skill::{CreateSkill, PromoteSkill, UpdateSkill};
use llmos_core::{
    branch::{Branches, OverBranches, Volumes},
    seed::ShippedFile,
    store::{
        Author, BlobId, Change, CommitId, CommitInfo, Edit, Entry, Expected, HistoryQuery, Store,
        StoreError,
    },
    volume::{VolumeId, VolumePath},
};
use llmos_testkit::MemoryStore;
use llmos_workbench::{Caller, ErrorKind, Page, SkillFilter, Workbench, World};

struct Fixed(AtomicU32);

impl World for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-20T15:30:00Z".parse().expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Volumes in memory that count how many files are read. One of them may be damaged.
#[derive(Default)]
struct Counting {
    inner: MemoryStore,
    n_read: AtomicUsize,
    damaged: Mutex<Option<VolumeId>>,
}

impl Store for Counting {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        if self.damaged.lock().expect("nobody failed").as_ref() == Some(volume) {
            let reason = "its branch is gone".to_owned();
            return Err(StoreError::Damaged { volume: volume.clone(), reason });
        }
        self.inner.head(volume)
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.inner.list(volume, at, path)
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.n_read.fetch_add(1, Ordering::Relaxed);
        self.inner.read(volume, blob)
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        self.inner.commit(volume, change)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        self.inner.history(volume, query)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        self.inner.volumes()
    }
}

impl OverBranches for Counting {
    fn below(&self) -> &dyn Branches {
        &self.inner
    }
}

fn bench() -> (Workbench, Arc<Counting>) {
    let store = Arc::new(Counting::default());
    let world = Arc::new(Fixed(AtomicU32::new(0)));
    (Workbench::new(Arc::clone(&store) as Arc<dyn Volumes>, world), store)
}

fn caller(user: &str, team: Option<&str>) -> Caller {
    Caller::local(
        user.parse().expect("it is a slug"),
        team.map(|t| t.parse().expect("it is a slug")),
    )
}

fn skill(id: &str, description: &str) -> CreateSkill {
    CreateSkill {
        skill_id: Some(id.to_owned()),
        name: Some(id.to_owned()),
        description: Some(description.to_owned()),
        ..CreateSkill::default()
    }
}

fn all() -> SkillFilter {
    let page = Page::new(Some(1000), None).expect("it is a page");
    SkillFilter { q: None, category: None, kind: None, page }
}

fn shipped(path: &str, text: &str) -> ShippedFile {
    ShippedFile { path: path.parse().expect("it is a path"), content: text.into() }
}

#[test]
fn only_what_changed_is_read_again() {
    let (bench, store) = bench();
    let alice = caller("alice", None);
    for i in 0..50 {
        bench.create_skill(&alice, &skill(&format!("s{i}"), "d")).expect("it is new");
    }
    let read = |want: usize, why: &str| {
        store.n_read.store(0, Ordering::Relaxed);
        let list = bench.list_skills(&alice, &all()).expect("it can be listed");
        assert_eq!((list.total, store.n_read.load(Ordering::Relaxed)), (50, want), "{why}");
    };
    // Creating looks at the catalogue, so all but the newest file were read already.
    read(1, "after the last was made");
    read(0, "nothing changed");
    let change = UpdateSkill { description: Some("new".to_owned()), ..UpdateSkill::default() };
    let id = "s7".parse().expect("it is a slug");
    bench.update_skill(&alice, &id, None, &change).expect("it is there");
    read(1, "one changed");
}

#[test]
fn nobody_promotes_into_a_team_they_do_not_work_in() {
    let (bench, _) = bench();
    bench.create_skill(&caller("alice", None), &skill("mine", "d")).expect("it is new");
    let asked = PromoteSkill {
        team_id: Some("red".to_owned()),
        skill_id: "mine".to_owned(),
        reason: "r".to_owned(),
        ..PromoteSkill::default()
    };
    for team in [None, Some("blue")] {
        let error = bench.promote_skill(&caller("alice", team), &asked).expect_err("it is denied");
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert_eq!(error.to_string(), "`alice` may not promote into volume `team/red`");
    }
    bench.promote_skill(&caller("alice", Some("red")), &asked).expect("a member may");
}

#[test]
fn a_team_that_changed_its_copy_keeps_it() {
    let (bench, store) = bench();
    let alice = caller("alice", Some("red"));
    bench.create_skill(&alice, &skill("mine", "first")).expect("it is new");
    let asked = PromoteSkill {
        team_id: Some("red".to_owned()),
        skill_id: "mine".to_owned(),
        reason: "r".to_owned(),
        ..PromoteSkill::default()
    };
    bench.promote_skill(&alice, &asked).expect("a member may");
    let red: VolumeId = "team/red".parse().expect("it is a volume");
    let head = store.head(&red).expect("it works").expect("it exists");
    let entries = store.list(&red, &head, None).expect("it works");
    let entry = entries.into_iter().find(|entry| entry.path.file_name() == "mine.md");
    let entry = entry.expect("it was promoted");
    let mut text = store.read(&red, &entry.blob).expect("it is there");
    text.extend(b"\nTried and found good.\n");
    let edit = Edit { path: entry.path, expected: Expected::Anything, content: Some(text) };
    let author = Author { name: "bob".to_owned(), email: "bob@example.org".to_owned() };
    let time = "2026-11-20T16:00:00Z".parse().expect("it is a time");
    let change = Change { edits: vec![edit], author, time, message: "by the team".to_owned() };
    store.commit(&red, change).expect("it is allowed");
    let better = UpdateSkill { description: Some("better".to_owned()), ..UpdateSkill::default() };
    let id = "mine".parse().expect("it is a slug");
    bench.update_skill(&alice, &id, None, &better).expect("it is there");
    let error = bench.promote_skill(&alice, &asked).expect_err("the team's work is kept");
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

#[test]
fn a_damaged_volume_of_a_team_hides_nothing_but_itself() {
    let (bench, store) = bench();
    let alice = caller("alice", Some("red"));
    bench
        .seed_system(&[shipped("skills/s.md", "---\nname: S\ndescription: d\n---\n")], "1")
        .expect("it works");
    bench.create_skill(&alice, &skill("mine", "first")).expect("it is new");
    let asked = PromoteSkill {
        team_id: Some("red".to_owned()),
        skill_id: "mine".to_owned(),
        reason: "r".to_owned(),
        ..PromoteSkill::default()
    };
    bench.promote_skill(&alice, &asked).expect("a member may");
    let damage = |volume: Option<&str>| {
        *store.damaged.lock().expect("nobody failed") =
            volume.map(|volume| volume.parse().expect("it is a volume"));
    };
    damage(Some("team/red"));
    let list = bench.list_skills(&alice, &all()).expect("the rest can be listed");
    assert_eq!(list.skills.iter().map(|s| s.skill_id.as_str()).collect::<Vec<_>>(), ["mine", "s"]);
    let [broken] = list.broken.as_slice() else { panic!("{:?}", list.broken) };
    assert_eq!(
        (broken.volume.as_str(), broken.diagnostics[0].code.as_str()),
        ("team/red", "damaged-volume")
    );
    assert!(broken.diagnostics[0].message.contains("its branch is gone"));
    let stats = bench.volume_stats(&alice).expect("the rest can be counted");
    assert_eq!(stats.volumes.iter().map(|v| v.n_broken).collect::<Vec<_>>(), [0, 1, 0]);
    damage(None);
    assert!(bench.list_skills(&alice, &all()).expect("it is whole").broken.is_empty());
    for volume in ["user/alice", "system"] {
        damage(Some(volume));
        assert!(bench.list_skills(&alice, &all()).is_err(), "{volume} is needed");
    }
}

#[test]
fn the_library_is_brought_once_and_upgraded_without_touching_what_people_changed() {
    let (bench, store) = bench();
    let text = |description: &str| format!("---\nname: S\ndescription: {description}\n---\n");
    let first = [shipped("skills/a.md", &text("one")), shipped("skills/b.md", &text("one"))];
    assert!(bench.seed_system(&first, "1").expect("it works").commit.is_some());
    assert!(bench.seed_system(&first, "1").expect("it works").commit.is_none(), "nothing to do");
    let edit = Edit {
        path: "skills/a.md".parse().expect("it is a path"),
        expected: Expected::Anything,
        content: Some(text("ours").into_bytes()),
    };
    let author = Author { name: "root".to_owned(), email: "root@example.org".to_owned() };
    let time = "2026-11-20T16:00:00Z".parse().expect("it is a time");
    let change = Change { edits: vec![edit], author, time, message: "ours".to_owned() };
    store.commit(&VolumeId::System, change).expect("it is allowed");
    let second = [shipped("skills/a.md", &text("two")), shipped("skills/b.md", &text("two"))];
    let seeded = bench.seed_system(&second, "2").expect("it works");
    assert_eq!(seeded.kept.iter().map(ToString::to_string).collect::<Vec<_>>(), ["skills/a.md"]);
    let list = bench.list_skills(&caller("alice", None), &all()).expect("it can be listed");
    let descriptions: Vec<_> = list.skills.iter().map(|s| s.description.as_str()).collect();
    assert_eq!(descriptions, ["ours", "two"]);
}

#[test]
fn a_page_has_a_sensible_length() {
    for (limit, good) in
        [(None, true), (Some(1), true), (Some(1000), true), (Some(0), false), (Some(1001), false)]
    {
        assert_eq!(Page::new(limit, None).is_ok(), good, "{limit:?}");
    }
    assert_eq!(Page::new(None, Some(u64::MAX)).map(|page| page.limit).ok(), Some(100));
}
