//! A small world: people, their volumes with something to hide in each, and a door.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::Router;
use jiff::Timestamp;
use llmos_api::proposal::ProposeSkill;
use llmos_core::{
    access::TeamRole,
    blob::{BlobHash, Blobs, Pointer, Upload},
    branch::{Branches, Volumes},
    cron::Zone,
    members::{Directory, DirectoryError, Members, User},
    run::{NodeState, Outcome},
    seed::ShippedFile,
    session::{Message, NewMessage, Role, SessionHead, Sessions, Share, SharedWith, Shares},
    slug::Slug,
    store::{Author, Change, Edit, Expected, HistoryQuery, Store},
    trace::{self, NodeTrace, RunTrace, TraceValue},
    volume::VolumeId,
    workflow,
};
use llmos_server::{AllowedHosts, NoPackages, Settings};
use llmos_testkit::{MemoryBlobs, MemoryJobs, MemoryStore};
use llmos_workbench::{CronParts, Crons, Work, Workbench, World as Surroundings};

use crate::{heard::Heard, oracle::People, spy::Spy};

pub(crate) const USERS: [&str; 6] = ["ana", "bob", "cy", "eve", "root", "ghost"];
pub(crate) const TEAMS: [&str; 3] = ["atlas", "borea", "none"];
pub(crate) const SKILLS: [&str; 4] = ["load", "shared", "mine", "secret"];
/// The hash of a large value that every trace has.
pub(crate) const VALUE: &str = "080a9ed428559ef602668b4c00f114f1a11c3f6b02a435f0bdc154578e4d7f22";
/// Where each volume has a pointer to a blob that holds its marker.
pub(crate) const HIDDEN: &str = "files/hidden.txt.blob.md";
/// The hash of a token that nobody has.
const LINK: &str = "11d0e9b2a9d1d0c2c7a3ccf0ae36cbd6bc4de2cba2f1c8a2b6dcd5e0d5c7a1f3";
pub(crate) const TRACE: &str = "run-20261120-153000-0a1b2c3d";

/// The volumes that there are from the start.
pub(crate) const VOLUMES: [&str; 7] =
    ["user/ana", "user/bob", "user/cy", "user/eve", "team/atlas", "team/borea", "system"];

/// A skill with some text in it.
pub(crate) fn skill(id: &str, text: &str) -> String {
    format!(
        "---\nskill_id: {id}\nname: {id}\ndescription: Gives {text}\ntype: javascript\ncategory: data\ninputs: []\n\
         outputs:\n  - {{name: value, type: string, description: The text}}\n---\n\n\
         ```javascript\nexport function execute() {{\n  return {{ value: \"{text}\" }};\n}}\n```\n"
    )
}

/// What stands in one volume and nowhere else.
pub(crate) fn marker(volume: &str) -> String {
    format!("hidden-in-{}", volume.replace('/', "-"))
}

struct Fixed(AtomicU32);

impl Surroundings for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-20T15:30:00Z".parse().expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Members that the test changes; `None` is the local mode.
pub(crate) struct Kept(Mutex<Option<Arc<Members>>>);

impl Directory for Kept {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(self.0.lock().expect("nobody failed").clone())
    }
}

pub(crate) struct World {
    pub(crate) spy: Arc<Spy>,
    pub(crate) heard: Arc<Heard>,
    /// The sessions that there are from the start.
    pub(crate) sessions: Vec<String>,
    pub(crate) workbench: Arc<Workbench>,
    pub(crate) router: Router,
    pub(crate) people: People,
    kept: Arc<Kept>,
    pub(crate) local: bool,
    /// Commits, versions and proposals that calls may name.
    pub(crate) ids: Vec<String>,
    /// What was proposed: the volume and the commit.
    pub(crate) proposals: Vec<(String, String)>,
    /// The shares of sessions.
    pub(crate) shares: Vec<String>,
    /// The traces of chats.
    pub(crate) chats: Vec<String>,
    /// The volumes as they are at the start.
    begun: MemoryStore,
}

impl World {
    pub(crate) fn new() -> Self {
        let spy = Arc::new(Spy::default());
        for volume in VOLUMES {
            fill(&spy, volume);
        }
        let kept = Arc::new(Kept(Mutex::new(None)));
        let store: Arc<dyn Volumes> = Arc::clone(&spy) as _;
        let heard = Arc::new(Heard::default());
        let blobs = MemoryBlobs::new();
        VOLUMES.into_iter().for_each(|volume| hide(&blobs, volume));
        let workbench = Workbench::new(store, Arc::new(Fixed(AtomicU32::new(1))))
            .with_blobs(Arc::new(blobs), 1 << 20)
            .with_sessions(Arc::clone(&heard) as _)
            .with_directory(Arc::clone(&kept) as _);
        let shipped = |path: &str, content: String| ShippedFile {
            path: path.parse().expect("it is a path"),
            content: content.into(),
        };
        workbench
            .seed_system(&[shipped("skills/load.md", skill("load", "numbers"))], "test")
            .expect("it is new");
        let workbench = Arc::new(workbench);
        let router = llmos_server::router(Settings {
            workbench: Arc::clone(&workbench),
            crons: Arc::new(Crons::new(CronParts {
                jobs: Arc::new(MemoryJobs::new()),
                work: Arc::clone(&workbench) as Arc<dyn Work>,
                world: Arc::new(Fixed(AtomicU32::new(1))),
                zone: Zone::utc(),
                holder: "test".to_owned(),
                runs_here: false,
            })),
            packages: Arc::new(NoPackages),
            python: None,
            runs: llmos_mcp::Runs::none(),
            user: "ana".parse().expect("it is a slug"),
            hosts: AllowedHosts::default(),
        });
        let mut world = Self {
            begun: MemoryStore::new(),
            spy,
            heard,
            sessions: VOLUMES.map(|volume| session(volume).id.to_string()).to_vec(),
            workbench,
            router,
            people: people(),
            kept,
            local: false,
            ids: Vec::new(),
            proposals: Vec::new(),
            shares: Vec::new(),
            chats: Vec::new(),
        };
        world.tell();
        world.propose();
        world.branch();
        world.begun = (*world.spy.unseen()).clone();
        world
    }

    /// Begins anew.
    pub(crate) fn reset(&mut self, local: bool) {
        self.spy.replace(self.begun.clone());
        self.heard.clear();
        for volume in VOLUMES {
            let said = NewMessage {
                key: "k".parse().expect("it is a key"),
                message: Message {
                    role: Role::User,
                    at: Timestamp::UNIX_EPOCH,
                    content: marker(volume),
                    traces: Vec::new(),
                    artifacts: Vec::new(),
                    replaces: None,
                },
                files: Vec::new(),
            };
            let sessions = self.heard.unseen();
            sessions.create(&session(volume), &[said]).expect("it is new");
            sessions.add_share(&link(volume)).expect("it is new");
        }
        self.people = people();
        self.local = local;
        self.tell();
        self.learn();
    }

    /// The teams that the session of a volume is offered to.
    pub(crate) fn offers(&self, volume: &str) -> Vec<VolumeId> {
        self.heard.offers(&session(volume).id)
    }

    /// Lets some people propose something.
    fn propose(&self) {
        for (user, team, to) in [
            ("bob", "atlas", "team/atlas"),
            ("cy", "borea", "team/borea"),
            ("ana", "atlas", "system"),
        ] {
            let slug = |text: &str| text.parse::<Slug>().expect("it is a slug");
            let caller = self.workbench.caller(slug(user), Some(slug(team))).expect("a user");
            let asked = ProposeSkill {
                team_id: Some(team.to_owned()),
                to: Some(to.to_owned()),
                skill_id: "shared".to_owned(),
                reason: "it is good".to_owned(),
                ..ProposeSkill::default()
            };
            self.workbench.propose_skill(&caller, &asked).expect("it may be proposed");
        }
    }

    /// Gives each volume a branch that is no proposal.
    fn branch(&self) {
        let store = self.spy.unseen();
        for volume in VOLUMES {
            let id: VolumeId = volume.parse().expect("it is a volume");
            let head = store.head(&id).expect("it is in memory").expect("it was filled");
            let name = "topic".parse().expect("it is a name");
            store.create_branch(&id, &name, &head).expect("it is new");
        }
    }

    /// Tells the directory who exists.
    pub(crate) fn tell(&self) {
        let mut members = Members::default();
        for (user, system_admin) in &self.people.users {
            let user = user.parse().expect("it is a slug");
            let about = User { system_admin: *system_admin, ..User::default() };
            members.add_user(user, about).expect("it is new");
        }
        for (team, roles) in &self.people.teams {
            let team: Slug = team.parse().expect("it is a slug");
            let admin = roles.iter().find(|(_, admin)| **admin).expect("there is an admin").0;
            let admin = admin.parse().expect("it is a slug");
            members.add_team(team.clone(), None, &admin).expect("it is new");
            for (user, admin) in roles {
                let role = if *admin { TeamRole::Admin } else { TeamRole::Member };
                let user = user.parse().expect("it is a slug");
                members.set_member(&team, &user, role).expect("it is a user");
            }
        }
        let now = (!self.local).then(|| Arc::new(members));
        *self.kept.0.lock().expect("nobody failed") = now;
    }

    fn shares_of(&self, volume: &str) -> Vec<String> {
        let shares = self.heard.unseen().shares_of(&session(volume).id).expect("it is in memory");
        shares.into_iter().map(|share| share.id.to_string()).collect()
    }

    /// Looks up which commits, versions and proposals there are now.
    pub(crate) fn learn(&mut self) {
        self.ids.clear();
        self.proposals.clear();
        self.chats.clear();
        self.shares = VOLUMES.iter().flat_map(|volume| self.shares_of(volume)).collect();
        let store = self.spy.unseen();
        for volume in VOLUMES {
            let id: VolumeId = volume.parse().expect("it is a volume");
            let query = HistoryQuery { limit: 3, ..HistoryQuery::default() };
            let history = store.history(&id, &query).expect("it is in memory");
            let merged = history.iter().filter_map(|commit| commit.parents.get(1));
            self.proposals.extend(merged.map(|merged| (volume.to_owned(), merged.0.clone())));
            self.ids.extend(history.into_iter().map(|commit| commit.id.0));
            let branches = store.branches(&id).expect("it is in memory");
            let open =
                branches.into_iter().filter(|branch| branch.name.as_str().starts_with("pr/"));
            self.proposals.extend(open.map(|branch| (volume.to_owned(), branch.tip.0)));
            if let Some(head) = store.head(&id).expect("it is in memory") {
                let files = store.list(&id, &head, None).expect("it is in memory");
                let names = files.iter().filter_map(|entry| entry.path.as_str().rsplit('/').next());
                let chats = names.filter_map(|name| name.strip_suffix(".md"));
                self.chats.extend(chats.filter(|id| id.starts_with("chat-")).map(str::to_owned));
                self.ids.extend(files.into_iter().take(3).map(|entry| entry.blob.0));
            }
        }
    }
}

/// Puts the marker of a volume into a blob of it.
fn hide(blobs: &MemoryBlobs, volume: &str) {
    let upload = Upload {
        volume: &volume.parse().expect("it is a volume"),
        limit: 1 << 20,
        now: &|| Timestamp::UNIX_EPOCH,
    };
    blobs.put(upload, &mut marker(volume).as_bytes()).expect("it is in memory");
}

/// A session of a volume.
fn session(volume: &str) -> SessionHead {
    let id = format!("session-{}", volume.replace('/', "-"));
    let id = id.parse().expect("it is a slug");
    let volume_id = volume.parse().expect("it is a volume");
    let user = "ana".parse().expect("it is a slug");
    SessionHead::new(id, marker(volume), volume_id, user, Timestamp::UNIX_EPOCH)
}

/// A link to the session of a volume, whose token nobody has.
fn link(volume: &str) -> Share {
    let session = session(volume).id;
    Share {
        id: format!("link-{session}").parse().expect("it is a slug"),
        session,
        with: SharedWith::Link(LINK.parse().expect("it is a hash")),
        by: "ana".parse().expect("it is a slug"),
        created_at: Timestamp::UNIX_EPOCH,
        ends_at: None,
        n_messages: None,
    }
}

fn people() -> People {
    let set =
        |all: &[(&str, bool)]| all.iter().map(|(id, admin)| ((*id).to_owned(), *admin)).collect();
    People {
        users: set(&[
            ("ana", false),
            ("bob", false),
            ("cy", false),
            ("eve", false),
            ("root", true),
        ]),
        teams: [
            ("atlas".to_owned(), set(&[("ana", true), ("bob", false)])),
            ("borea".to_owned(), set(&[("bob", true), ("cy", false)])),
        ]
        .into(),
    }
}

fn fill(spy: &Spy, volume: &str) {
    let hidden = marker(volume);
    let hash = BlobHash::of(hidden.as_bytes());
    let kind = "text/plain".parse().expect("it is a type");
    let flow = format!(
        "---\nworkflow_id: secret\nname: {hidden}\n---\n\n```json\n{{\"nodes\": [{{\"id\": \"a\", \"skill_id\": \"secret\"}}], \"edges\": []}}\n```\n"
    );
    let files = [
        ("skills/secret.md", skill("secret", &hidden)),
        ("skills/mine.md", skill("mine", "something")),
        ("skills/shared.md", skill("shared", "something")),
        ("traces/2026/11/20/run-20261120-153000-0a1b2c3d.md", trace_of(&flow)),
        (HIDDEN, Pointer::new(hash, hidden.len() as u64, kind, "hidden.txt").to_string()),
        ("workflows/secret.md", flow),
    ];
    let object = format!("traces/2026/11/20/objects/{VALUE}.json");
    let files = files.into_iter().map(|(path, content)| (path.to_owned(), content));
    let files = files.chain([(object, "[1]".to_owned())]);
    // What everybody has can be promoted nowhere.
    let files =
        files.filter(|(path, _)| volume.starts_with("user/") || !path.ends_with("/mine.md"));
    let edit = |(path, content): (String, String)| Edit {
        path: path.parse().expect("it is a path"),
        expected: Expected::Anything,
        content: Some(content.into_bytes()),
    };
    let change = Change {
        edits: files.map(edit).collect(),
        author: Author { name: "x".into(), email: "x@example.org".into() },
        time: "2026-11-20T15:00:00Z".parse().expect("it is a time"),
        message: format!("begin {hidden}"),
    };
    spy.unseen().commit(&volume.parse().expect("it is a volume"), change).expect("it is new");
}

/// The trace of a run of a workflow.
fn trace_of(flow: &str) -> String {
    let check = workflow::parse("workflows/secret.md", flow.as_bytes());
    let large = TraceValue::Stored { sha256: VALUE.to_owned(), bytes: 3 };
    let node = NodeTrace {
        node: "a".parse().expect("it is a slug"),
        skill: "secret".parse().expect("it is a slug"),
        skill_version: None,
        state: NodeState::Success,
        key: None,
        attempts: 1,
        started_ms: None,
        duration_ms: None,
        error: None,
        inputs: BTreeMap::new(),
        outputs: [("value".to_owned(), large)].into(),
        logs: Vec::new(),
    };
    trace::print(&RunTrace {
        id: TRACE.parse().expect("it is an id"),
        user: "ana".parse().expect("it is a slug"),
        workflow: check.workflow.expect("it is a workflow"),
        workflow_volume: None,
        workflow_version: None,
        outcome: Outcome::Success,
        started_at: "2026-11-20T15:30:00Z".parse().expect("it is a time"),
        finished_at: "2026-11-20T15:30:01Z".parse().expect("it is a time"),
        nodes: vec![node],
    })
}
