//! A bench with the skills that the system volume starts with, a model that says what it is told, and a carrier that
//! carries reads out at once and lets runs wait for ever.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicI64, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::FutureExt;
use jiff::Timestamp;
use llmos_api::{
    chat::{ChatAnswer, ChatEvent, ChatRequest},
    skill::CreateSkill,
    trace::RunReport,
};
use llmos_core::{
    chat::{Ask, Asker, ToolAnswer},
    model::{EndReason, Model, ModelError, ModelEvent, ToolCall},
    outside::OutsideTools,
    slug::Slug,
    store::Store,
};
use llmos_testkit::{MemoryStore, OneModel, ScriptedModel, library};
use llmos_workbench::{Caller, Carrier, Carrying, ChatExchange, Workbench, World};
use serde_json::{Value, json};

pub(crate) type Event = Result<ModelEvent, ModelError>;

/// A clock that moves by a step each time it is looked at.
pub(crate) struct Clock {
    now: AtomicI64,
    step: AtomicI64,
    drawn: AtomicU32,
}

impl Clock {
    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn step(&self, seconds: i64) {
        self.step.store(seconds, Ordering::Relaxed);
    }
}

impl World for Clock {
    fn now(&self) -> Timestamp {
        let step = self.step.load(Ordering::Relaxed);
        let now = self.now.fetch_add(step, Ordering::Relaxed);
        Timestamp::from_second(1_790_000_000 + now).expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }
}

/// Reads at once; a run goes on until it is dropped.
pub(crate) struct TestCarrier {
    workbench: Weak<Workbench>,
    n_running: Arc<AtomicUsize>,
}

struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl TestCarrier {
    pub(crate) fn n_running(&self) -> usize {
        self.n_running.load(Ordering::Relaxed)
    }
}

impl Carrier for TestCarrier {
    fn carry(&self, caller: Caller, ask: Ask, _: Duration) -> Carrying {
        let workbench = self.workbench.upgrade().expect("the bench is there");
        if let Ask::Run { what, inputs } = &ask {
            if let Err(error) = workbench.prepare_call(&caller, what, inputs) {
                return Box::pin(std::future::ready(Workbench::refused_call(&error)));
            }
            self.n_running.fetch_add(1, Ordering::Relaxed);
            let running = Running(Arc::clone(&self.n_running));
            return Box::pin(async move {
                let _running = running;
                std::future::pending().await
            });
        }
        let answer = workbench.carry_out(&caller, &ask);
        let answer = answer.unwrap_or_else(|error| Workbench::refused_call(&error));
        Box::pin(std::future::ready(answer))
    }
}

pub(crate) struct Bench {
    pub(crate) workbench: Arc<Workbench>,
    /// What says what it is told; says nothing where the bench has another model.
    pub(crate) model: Arc<ScriptedModel>,
    store: Arc<MemoryStore>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) carrier: Arc<TestCarrier>,
}

impl Bench {
    pub(crate) fn talking(answers: Vec<Vec<Event>>) -> Self {
        let model = ScriptedModel::new(answers);
        Self { model: Arc::clone(&model), ..Self::with_model(model) }
    }

    pub(crate) fn with_model(model: Arc<dyn Model>) -> Self {
        Self::with(model, None)
    }

    /// A bench from which outside tools can be reached.
    pub(crate) fn reaching(answers: Vec<Vec<Event>>, tools: Arc<dyn OutsideTools>) -> Self {
        let model = ScriptedModel::new(answers);
        Self { model: Arc::clone(&model), ..Self::with(model, Some(tools)) }
    }

    fn with(model: Arc<dyn Model>, outside: Option<Arc<dyn OutsideTools>>) -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(Clock {
            now: AtomicI64::new(0),
            step: AtomicI64::new(0),
            drawn: AtomicU32::new(0),
        });
        let world = Arc::clone(&clock) as Arc<dyn World>;
        let workbench = Workbench::new(store.clone(), world).with_models(Arc::new(OneModel(model)));
        workbench.seed_system(&library(), "0").expect("the library fits");
        let workbench = match outside {
            Some(tools) => workbench.with_outside(tools),
            None => workbench,
        };
        let workbench = Arc::new(workbench);
        let n_running = Arc::new(AtomicUsize::new(0));
        let carrier = Arc::new(TestCarrier { workbench: Arc::downgrade(&workbench), n_running });
        let model = ScriptedModel::new(Vec::new());
        Self { workbench, model, store, clock, carrier }
    }

    /// Everything that is kept, apart from traces: volume, path and version of each file.
    pub(crate) fn kept(&self) -> Vec<String> {
        let volumes =
            ["system", "user/ana", "user/ben"].map(|volume| volume.parse().expect("a volume"));
        let mut files = Vec::new();
        for volume in volumes {
            let Some(head) = self.store.head(&volume).expect("it can be read") else { continue };
            let listed = self.store.list(&volume, &head, None).expect("it can be listed");
            let others = listed.iter().filter(|file| !file.path.as_str().starts_with("traces/"));
            files.extend(others.map(|file| format!("{volume}/{} {}", file.path, file.blob)));
        }
        files
    }

    pub(crate) fn begin(&self, message: &str) -> ChatExchange {
        let exchange = self.workbench.begin_chat(&ana(), &asking(message));
        exchange.expect("it is a message").carried_by(self.carrier.clone())
    }

    /// Brings an exchange to its end.
    pub(crate) fn ask(&self, message: &str) -> (ChatAnswer, Vec<ChatEvent>) {
        let mut exchange = self.begin(message);
        let mut events = Vec::new();
        while let Some(event) = exchange.next().now_or_never().expect("nothing is waited for") {
            events.push(event);
        }
        events.push(self.workbench.end_chat(&mut exchange).expect("the trace is kept"));
        (exchange.whole(), events)
    }

    /// Carries out one call, and gives what a model would read.
    pub(crate) fn carry(&self, caller: &Caller, tool: &str, arguments: Value) -> String {
        let call = ToolCall { id: "c".to_owned(), name: tool.to_owned(), arguments };
        let ask = Ask::check(&call, Asker::Chief).expect("it is a call");
        match self.workbench.carry_out(caller, &ask) {
            Ok(ToolAnswer::Text(text)) => text,
            Ok(other) => format!("{other:?}"),
            Err(error) => error.to_string(),
        }
    }

    pub(crate) fn skill(&self, caller: &Caller, id: &str, body: &str) {
        let source = format!("---\nname: {id}\ndescription: about {id}\n---\n{body}\n");
        let create = json!({"skill_id": id, "source": source});
        let create: CreateSkill = serde_json::from_value(create).expect("it is a request");
        self.workbench.create_skill(caller, &create).expect("it is a skill");
    }

    /// Keeps the trace of a run that failed.
    pub(crate) fn keep_a_trace(&self, caller: &Caller) -> String {
        let run: RunReport = serde_json::from_value(json!({
            "workflow": {"workflow_id": "w", "name": "W", "description": "", "tags": [],
                "nodes": [{"id": "a", "skill_id": "fft", "inputs": {}}], "edges": []},
            "outcome": "error",
            "started_at": "2026-11-20T15:00:00Z",
            "finished_at": "2026-11-20T15:00:01Z",
            "nodes": [{"node": "a", "skill_id": "fft", "state": "error",
                "error": {"kind": "exception", "message": "ValueError: no points", "hint": null}}],
        }))
        .expect("it is a report");
        self.workbench.save_trace(caller, run).expect("it is kept").trace_id
    }
}

/// A skill of the person who asks.
pub(crate) fn note(bench: &Bench, id: &str, body: &str) {
    bench.skill(&ana(), id, body);
}

pub(crate) fn ana() -> Caller {
    Caller::local("ana".parse().expect("it is a slug"), None)
}

pub(crate) fn ben() -> Caller {
    Caller::local("ben".parse().expect("it is a slug"), None)
}

pub(crate) fn skill_id(id: &str) -> Slug {
    id.parse().expect("it is a slug")
}

pub(crate) fn asking(message: &str) -> ChatRequest {
    let asked = json!({"message": message});
    serde_json::from_value(asked).expect("it is a request")
}

pub(crate) fn text(text: &str) -> Event {
    Ok(ModelEvent::Text(text.to_owned()))
}

pub(crate) fn call(name: &str, arguments: Value) -> Event {
    let (id, name) = ("t1".to_owned(), name.to_owned());
    Ok(ModelEvent::Call(ToolCall { id, name, arguments }))
}

pub(crate) fn end(reason: EndReason) -> Event {
    Ok(ModelEvent::End(reason))
}

pub(crate) fn kind(event: &ChatEvent) -> String {
    let json = serde_json::to_value(event).expect("it is plain data");
    json["type"].as_str().expect("it has a type").to_owned()
}
