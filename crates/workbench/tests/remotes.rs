//! When remotes are talked to, with a clock that the test holds.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use jiff::Timestamp;
use llmos_core::{
    remote::{Remote, RemoteError, RemoteState, Remotes, Synced},
    store::{Author, Store},
    volume::VolumeId,
};
use llmos_testkit::{MemoryStore, store::put};
use llmos_workbench::{Caller, ErrorKind, RemoteKeeper, Workbench, World};

/// A clock that stands still until it is moved, and no chance.
struct Clock(AtomicI64);

impl World for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("it is a time")
    }

    fn random(&self) -> u32 {
        u32::MAX
    }
}

/// A remote of Ana's volume that answers as it is told, and counts.
struct Fake {
    store: Arc<MemoryStore>,
    away: AtomicBool,
    talks: Mutex<Vec<Timestamp>>,
    remote: Mutex<Option<Remote>>,
}

impl Remotes for Fake {
    fn remote(&self, _volume: &VolumeId) -> Result<Option<Remote>, RemoteError> {
        Ok(self.remote.lock().expect("nobody failed").clone())
    }

    fn set_remote(&self, _volume: &VolumeId, remote: Option<&Remote>) -> Result<(), RemoteError> {
        *self.remote.lock().expect("nobody failed") = remote.cloned();
        Ok(())
    }

    fn remote_state(&self, _volume: &VolumeId) -> Result<RemoteState, RemoteError> {
        Ok(RemoteState::default())
    }

    fn sync(&self, volume: &VolumeId, _by: &Author, now: Timestamp) -> Result<Synced, RemoteError> {
        self.talks.lock().expect("nobody failed").push(now);
        if self.away.load(Ordering::SeqCst) {
            return Err(RemoteError::Unreachable { reason: "it is away".to_owned() });
        }
        Ok(Synced::Equal { commit: self.store.head(volume)?, n_fetched: 0, n_pushed: 1 })
    }

    fn with_remotes(&self) -> Result<Vec<VolumeId>, RemoteError> {
        let has = self.remote.lock().expect("nobody failed").is_some();
        Ok(if has { vec![ana()] } else { Vec::new() })
    }
}

fn ana() -> VolumeId {
    "user/ana".parse().expect("it is a volume")
}

struct Setting {
    store: Arc<MemoryStore>,
    clock: Arc<Clock>,
    fake: Arc<Fake>,
    workbench: Arc<Workbench>,
}

impl Setting {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(Clock(AtomicI64::new(1_800_000_000)));
        let fake = Arc::new(Fake {
            store: Arc::clone(&store),
            away: AtomicBool::new(false),
            talks: Mutex::default(),
            remote: Mutex::default(),
        });
        let workbench = Workbench::new(Arc::clone(&store) as _, Arc::clone(&clock) as _)
            .with_remotes(Arc::clone(&fake) as _);
        Self { store, clock, fake, workbench: Arc::new(workbench) }
    }

    /// Lets seconds go by, one after the other; returns in which there was a talk.
    fn pass(&self, keeper: &RemoteKeeper, seconds: i64) -> Vec<i64> {
        let start = self.clock.0.load(Ordering::SeqCst);
        self.fake.talks.lock().expect("nobody failed").clear();
        for _ in 0..seconds {
            keeper.tick().expect("the workbench is there");
            self.clock.0.fetch_add(1, Ordering::SeqCst);
        }
        let talks = self.fake.talks.lock().expect("nobody failed");
        talks.iter().map(|at| at.as_second() - start).collect()
    }

    fn add(&self) {
        let url = "https://example.org/ana/x.git";
        self.workbench
            .set_remote(&Caller::operator(), Some(ana()), url, None)
            .expect("the operator may");
    }
}

#[test]
fn commits_are_sent_soon_and_together() {
    let it = Setting::new();
    let keeper = RemoteKeeper::new(&it.workbench);
    assert!(it.pass(&keeper, 10).is_empty(), "without a remote nothing happens");
    it.add();
    assert_eq!(it.pass(&keeper, 100), [0]);
    put(&*it.store, "user/ana", &[("a.md", "one")]);
    put(&*it.store, "user/ana", &[("a.md", "two")]);
    assert_eq!(it.pass(&keeper, 100), [3]);
    assert_eq!(it.pass(&keeper, 400), [203], "five minutes after the last one");
}

#[test]
fn a_remote_that_is_away_is_asked_less_and_less_often() {
    let it = Setting::new();
    let keeper = RemoteKeeper::new(&it.workbench);
    it.add();
    it.fake.away.store(true, Ordering::SeqCst);
    assert_eq!(it.pass(&keeper, 200), [0, 5, 15, 35, 75, 155]);
    put(&*it.store, "user/ana", &[("a.md", "one")]);
    assert!(it.pass(&keeper, 100).is_empty(), "a commit does not shorten the pause");
    it.fake.away.store(false, Ordering::SeqCst);
    assert_eq!(it.pass(&keeper, 100).len(), 1);
    put(&*it.store, "user/ana", &[("a.md", "two")]);
    assert_eq!(it.pass(&keeper, 20), [3]);
}

#[test]
fn who_may_not_write_a_volume_may_not_send_it_elsewhere() {
    let it = Setting::new();
    let ben = Caller::local("ben".parse().expect("it is a slug"), None);
    let url = "https://example.org/x.git";
    for volume in ["user/ana", "team/lab", "system"] {
        let volume: VolumeId = volume.parse().expect("it is a volume");
        let some = Some(volume.clone());
        let tried = [
            it.workbench.set_remote(&ben, some.clone(), url, None).err(),
            it.workbench.remove_remote(&ben, some.clone()).err(),
            it.workbench.sync_remote(&ben, some).err(),
        ];
        for error in tried {
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Denied), "{volume}");
        }
    }
    let folder = it.workbench.set_remote(&ben, None, "/srv/x.git", None);
    assert_eq!(folder.err().map(|error| error.kind()), Some(ErrorKind::Invalid));
    assert!(it.workbench.set_remote(&ben, None, url, None).is_ok(), "one's own may be sent");
}
