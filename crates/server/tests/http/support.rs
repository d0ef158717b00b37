//! A door over a small library, and a client for it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use jiff::Timestamp;
use llmos_core::{
    branch::Volumes,
    cron::{CronId, Progress, Zone},
    seed::ShippedFile,
};
use llmos_server::{AllowedHosts, NoPackages, Packages, ServerPython, Settings};
use llmos_testkit::{MemoryBlobs, MemoryJobs, MemorySessions, MemoryStore};
use llmos_volumes::GitStore;
use llmos_workbench::{CronParts, Crons, Error, Work, Workbench, World};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const LOAD: &str = "---\nskill_id: load\nname: Load numbers\ndescription: Gives a list of numbers\ntype: python-wasm\ncategory: data\ntags: [numbers]\nversion: 1.2.0\nauthor: Ana\ninputs:\n  - {name: n, type: integer, description: How many, default: 3}\noutputs:\n  - {name: values, type: array, description: The numbers}\n---\n\n```python\ndef execute(inputs):\n    return {\"values\": list(range(inputs[\"n\"]))}\n```\n";
pub(crate) const SUM: &str = "---\nskill_id: sum\nname: Sum\ndescription: Adds numbers\ntype: javascript\ncategory: math\ninputs:\n  - {name: values, type: array, description: The numbers}\noutputs:\n  - {name: total, type: number, description: The sum}\n---\n\n```javascript\nexport function execute({ values }) {\n  return { total: values.reduce((a, b) => a + b, 0) };\n}\n```\n";
pub(crate) const CODING: &str = "---\nname: Python coding\ncategory: coding\ndescription: How to write Python that others read\nkeywords: [python, style]\n---\n\n# Python coding\n\nWrite tests first.\n";
pub(crate) const BROKEN: &str =
    "---\nskill_id: broken\nname: Broken\ntype: python-wasm\ninputs: [\n---\n\nno code\n";
pub(crate) const FLOW: &str = "---\nworkflow_id: total\nname: Total of numbers\ndescription: Loads numbers and adds them\ntags: [example]\n---\n\n# Total of numbers\n\n```json\n{\n  \"nodes\": [\n    {\"id\": \"load\", \"skill_id\": \"load\", \"inputs\": {\"n\": 4}},\n    {\"id\": \"sum\", \"skill_id\": \"sum\"}\n  ],\n  \"edges\": [\n    {\"from\": \"load.values\", \"to\": \"sum.values\"}\n  ]\n}\n```\n";

/// The largest blob of this door.
pub(crate) const BLOB_LIMIT: u64 = 4 << 20;

/// A world in which it is always the same time, and chance counts up.
pub(crate) struct Fixed(AtomicU32);

impl Fixed {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0x0a1b_2c3d))
    }
}

impl World for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-20T15:30:00Z".parse().expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Work that has nothing to learn from.
struct Nothing;

impl Work for Nothing {
    fn crons(&self) -> Result<Vec<CronId>, Error> {
        Ok(Vec::new())
    }

    fn learn(&self, _: &CronId, _: &mut dyn FnMut(Progress) -> bool) -> Result<String, Error> {
        Ok(r#"{"status":"ok"}"#.to_owned())
    }
}

/// Crons with nothing to do, whose turns nobody takes.
pub(crate) fn crons(world: Arc<dyn World>) -> Arc<Crons> {
    Arc::new(Crons::new(CronParts {
        jobs: Arc::new(MemoryJobs::new()),
        work: Arc::new(Nothing),
        world,
        zone: Zone::utc(),
        holder: "test".to_owned(),
        runs_here: true,
    }))
}

/// A client of a door.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    /// The crons of the door; nobody takes their turns but the test.
    pub(crate) crons: Arc<Crons>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A door for the user `local`, which answers to names of this machine and runs nothing.
pub(crate) fn settings(workbench: Workbench, crons: &Arc<Crons>) -> Settings {
    Settings {
        workbench: Arc::new(workbench),
        crons: Arc::clone(crons),
        packages: Arc::new(NoPackages),
        python: None,
        runs: llmos_mcp::Runs::none(),
        user: "local".parse().expect("it is a slug"),
        hosts: AllowedHosts::loopback_and([]),
    }
}

impl Client {
    /// A door over volumes in memory.
    pub(crate) fn memory() -> Self {
        Self::over(Arc::new(MemoryStore::new()))
    }

    /// A door over Git repositories.
    pub(crate) fn git(root: &Path) -> Self {
        Self::over(Arc::new(GitStore::open(root.to_owned())))
    }

    pub(crate) fn over(store: Arc<dyn Volumes>) -> Self {
        Self::with(store, Arc::new(NoPackages))
    }

    /// A door over these volumes and packages.
    pub(crate) fn with(store: Arc<dyn Volumes>, packages: Arc<dyn Packages>) -> Self {
        Self::new(store, packages, None)
    }

    /// A door that runs skills on the server.
    pub(crate) fn with_python(python: Arc<dyn ServerPython>) -> Self {
        Self::new(Arc::new(MemoryStore::new()), Arc::new(NoPackages), Some(python))
    }

    fn new(
        store: Arc<dyn Volumes>,
        packages: Arc<dyn Packages>,
        python: Option<Arc<dyn ServerPython>>,
    ) -> Self {
        let world = Arc::new(Fixed::new());
        let crons = self::crons(Arc::clone(&world) as Arc<dyn World>);
        let workbench = Workbench::new(store, world)
            .with_sessions(Arc::new(MemorySessions::new()))
            .with_blobs(Arc::new(MemoryBlobs::new()), BLOB_LIMIT);
        let file = |path: &str, text: &str| ShippedFile {
            path: path.parse().expect("it is a path"),
            content: text.into(),
        };
        let library = [
            file("skills/load.md", LOAD),
            file("skills/sum.md", SUM),
            file("skills/python-coding.md", CODING),
            file("skills/broken.md", BROKEN),
            file("workflows/total.md", FLOW),
        ];
        workbench.seed_system(&library, "test").expect("the system volume is new");
        let router = llmos_server::router(Settings {
            packages,
            python,
            hosts: AllowedHosts::loopback_and(["box.example".to_owned()]),
            ..settings(workbench, &crons)
        });
        Self { router, crons }
    }

    /// A client of a door that is built already.
    pub(crate) fn of(router: Router, crons: Arc<Crons>) -> Self {
        Self { router, crons }
    }

    /// Sends a request whose answer may have no end, and returns where its body begins.
    pub(crate) async fn open(&self, request: Request<Body>) -> (axum::http::response::Parts, Body) {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        response.into_parts()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("the body is in memory");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(request(Method::GET, uri).body(Body::empty()).expect("it is a request")).await
    }

    pub(crate) async fn delete(&self, uri: &str) -> Answer {
        self.send(request(Method::DELETE, uri).body(Body::empty()).expect("it is a request")).await
    }

    pub(crate) async fn post(&self, uri: &str, body: Value) -> Answer {
        self.json(Method::POST, uri, body).await
    }

    pub(crate) async fn put(&self, uri: &str, body: Value) -> Answer {
        self.json(Method::PUT, uri, body).await
    }

    async fn json(&self, method: Method, uri: &str, body: Value) -> Answer {
        let request = request(method, uri).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("it is a request")).await
    }
}

/// Begins a request as a program on this machine sends it.
pub(crate) fn request(method: Method, uri: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(uri).header(header::HOST, "localhost:8000")
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Checks that this is a refusal as all of them should be, and returns it.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        let kind = self.headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
        assert_eq!(kind, Some(b"application/problem+json".as_slice()), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{problem}");
        for field in ["type", "title", "code", "detail", "hint"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {problem}"
            );
        }
        problem
    }

    /// Checks for success and returns the body.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.json()
    }

    /// Shows the answer for a snapshot.
    pub(crate) fn show(&self) -> String {
        let kind =
            self.headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap_or(""));
        let etag = self.headers.get(header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.map(|etag| format!("etag: {etag}\n")).unwrap_or_default();
        let body = serde_json::from_str::<Value>(&self.text)
            .map_or_else(|_| self.text.clone(), |json| without_scores(&format!("{json:#}")));
        format!("{} {kind}\n{etag}\n{body}", self.status.as_u16())
    }
}

/// Which hit comes first is the server's promise, by how much is the search's own affair.
fn without_scores(json: &str) -> String {
    let line = |line: &str| match line.split_once("\"score\": ") {
        Some((indent, _)) => format!("{indent}\"score\": \"[score]\","),
        None => line.to_owned(),
    };
    json.lines().map(line).collect::<Vec<_>>().join("\n")
}
