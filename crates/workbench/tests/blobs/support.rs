//! Volumes, sessions and blobs in memory, and a clock that the test turns.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

use jiff::Timestamp;
use llmos_api::{
    blob::UploadedBlob,
    session::{AddMessage, CreateSession, SentArtifact, SessionArtifact, SessionRole},
};
use llmos_core::{
    blob::Blobs,
    store::{Author, Change, Edit, Expected, Store},
    volume::VolumeId,
};
use llmos_testkit::{MemoryBlobs, MemorySessions, MemoryStore};
use llmos_workbench::{Caller, NewBlob, Workbench, World};

/// The largest blob.
pub(crate) const LIMIT: u64 = 1 << 20;

pub(crate) struct Clock {
    seconds: AtomicI64,
    random: AtomicU32,
}

impl World for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.random.fetch_add(1, Ordering::SeqCst)
    }
}

pub(crate) struct Fixture {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) blobs: Arc<MemoryBlobs>,
    pub(crate) workbench: Workbench,
    pub(crate) clock: Arc<Clock>,
}

pub(crate) fn volume(text: &str) -> VolumeId {
    text.parse().expect("it is a volume")
}

/// Somebody who works in the team `atlas`.
pub(crate) fn caller(user: &str) -> Caller {
    let slug = |text: &str| text.parse().expect("it is a slug");
    Caller::local(slug(user), Some(slug("atlas")))
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let blobs = Arc::new(MemoryBlobs::new());
        let clock = Clock { seconds: AtomicI64::new(1_790_000_000), random: AtomicU32::new(7) };
        let clock = Arc::new(clock);
        let workbench = Workbench::new(Arc::clone(&store) as _, Arc::clone(&clock) as _)
            .with_sessions(Arc::new(MemorySessions::new()))
            .with_blobs(Arc::clone(&blobs) as Arc<dyn Blobs>, LIMIT);
        Self { store, blobs, workbench, clock }
    }

    pub(crate) fn wait_hours(&self, hours: i64) {
        self.clock.seconds.fetch_add(hours * 3600, Ordering::SeqCst);
    }

    /// Uploads into the caller's own volume.
    pub(crate) fn put(&self, caller: &Caller, path: &str, content: &[u8]) -> UploadedBlob {
        self.upload(caller, Some(path), content)
    }

    pub(crate) fn put_loose(&self, caller: &Caller, content: &[u8]) -> UploadedBlob {
        self.upload(caller, None, content)
    }

    fn upload(&self, caller: &Caller, path: Option<&str>, mut content: &[u8]) -> UploadedBlob {
        let asked = NewBlob {
            volume: None,
            path: path.map(|path| path.parse().expect("it is a path")),
            media_type: "text/plain".parse().expect("it is a type"),
            name: None,
            expected: None,
            replace: true,
        };
        self.workbench.put_blob(caller, &asked, &mut content).expect("it is kept")
    }

    /// Writes a file as somebody does who pushes with `git`; `None` deletes it.
    pub(crate) fn write(&self, to: &VolumeId, path: &str, content: Option<&str>) {
        self.store.commit(to, change(path, content)).expect("it is kept");
    }

    pub(crate) fn text(&self, of: &VolumeId, path: &str) -> String {
        let path = path.parse().expect("it is a path");
        let head = self.store.head(of).expect("it is in memory").expect("it has commits");
        let found = self.store.list(of, &head, Some(&path)).expect("it is in memory");
        let content = self.store.read(of, &found[0].blob).expect("it is in memory");
        String::from_utf8(content).expect("it is text")
    }

    pub(crate) fn begin(&self, caller: &Caller) -> String {
        let asked = CreateSession { name: Some("Work".to_owned()), ..CreateSession::default() };
        self.workbench.create_session(caller, &asked).expect("it begins").id
    }

    /// Says something with a file of this content.
    pub(crate) fn say(&self, caller: &Caller, session: &str, content: &str) {
        let artifact = SessionArtifact {
            kind: "file".to_owned(),
            name: "plan.txt".to_owned(),
            path: None,
            content: Some(content.to_owned()),
            workflow: None,
            blob: None,
        };
        let asked = AddMessage {
            user_id: None,
            team_id: None,
            role: SessionRole::User,
            content: "look at this".to_owned(),
            replaces: None,
            timestamp: None,
            traces: None,
            artifacts: Some(vec![SentArtifact::Whole(artifact)]),
        };
        let id = session.parse().expect("it is a slug");
        self.workbench.add_message(caller, &id, None, &asked).expect("it is said");
    }
}

pub(crate) fn change(path: &str, content: Option<&str>) -> Change {
    Change {
        edits: vec![Edit {
            path: path.parse().expect("it is a path"),
            expected: Expected::Anything,
            content: content.map(|text| text.as_bytes().to_vec()),
        }],
        author: Author { name: "x".into(), email: "x@example.org".into() },
        time: "2026-11-20T15:00:00Z".parse().expect("it is a time"),
        message: format!("change {path}"),
    }
}
