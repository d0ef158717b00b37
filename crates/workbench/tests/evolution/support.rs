//! Volumes in memory that learn, and what people leave there.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use llmos_api::{
    evolution::{DraftSummary, EvolveReport, EvolveRequest},
    trace::{ChatReport, Feedback, LogLine, NodeReport, NodeState, Outcome, RunReport},
    workflow::{ExecuteWorkflow, WorkflowDoc},
};
use llmos_core::{
    branch::Volumes,
    store::{Author as Person, Change, Edit, Expected, Store},
    volume::VolumeId,
};
use llmos_testkit::MemoryStore;
use llmos_workbench::{Caller, Drafts, Ledgers, Workbench, World};
use serde_json::{Value, json};

/// A world whose time goes on with each look at it.
#[derive(Default)]
pub(crate) struct Ticking(AtomicU64, AtomicU32);

impl World for Ticking {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-20T15:30:00Z".parse().expect("it is a time");
        let secs = i64::try_from(self.0.fetch_add(1, Ordering::Relaxed)).expect("it is small");
        start.checked_add(SignedDuration::from_secs(secs)).expect("it is a time")
    }

    fn random(&self) -> u32 {
        self.1.fetch_add(1, Ordering::Relaxed)
    }
}

/// What was counted, in memory, and how often it was asked for.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Mutex<BTreeMap<VolumeId, Vec<u8>>>);

impl Ledgers for Kept {
    fn load(&self, volume: &VolumeId) -> Option<Vec<u8>> {
        self.0.lock().expect("nobody failed").get(volume).cloned()
    }

    fn save(&self, volume: &VolumeId, content: &[u8]) {
        self.0.lock().expect("nobody failed").insert(volume.clone(), content.to_vec());
    }
}

pub(crate) struct Bench {
    pub(crate) bench: Workbench,
    pub(crate) store: Arc<MemoryStore>,
}

pub(crate) const VQE: &str = "---\nskill_id: vqe\nname: VQE\ndescription: Finds a ground energy\ntype: javascript\ncategory: quantum\ninputs:\n  - {name: iterations, type: integer, description: How many, default: 50}\noutputs:\n  - {name: eigenvalue, type: number, description: The energy}\n  - {name: trace, type: array, description: Its way there}\n---\n\n```javascript\nfunction execute({ iterations }) {\n  return { eigenvalue: -1.1, trace: [iterations] };\n}\n```\n";
pub(crate) const PLOT: &str = "---\nskill_id: plot\nname: plot\ndescription: Draws a list\ntype: javascript\ncategory: plot\ninputs:\n  - {name: values, type: array, description: The list}\n  - {name: title, type: string, description: Above it, default: Plot}\noutputs:\n  - {name: plot, type: object, description: The picture}\n---\n\n```javascript\nfunction execute({ values, title }) {\n  return { plot: { title, values } };\n}\n```\n";

pub(crate) fn bench() -> Bench {
    let store = Arc::new(MemoryStore::new());
    let shared: Arc<dyn Volumes> = Arc::clone(&store) as _;
    let bench = Workbench::new(shared, Arc::new(Ticking::default()));
    let files = [("skills/vqe.md", VQE), ("skills/plot.md", PLOT)];
    let file = |(path, text): (&str, &str)| llmos_core::seed::ShippedFile {
        path: path.parse().expect("it is a path"),
        content: text.into(),
    };
    bench.seed_system(&files.map(file), "1").expect("it is new");
    Bench { bench, store }
}

pub(crate) fn caller(user: &str, team: Option<&str>) -> Caller {
    let slug = |text: &str| text.parse().expect("it is a slug");
    Caller::local(slug(user), team.map(slug))
}

impl Bench {
    /// Runs VQE and plot as a browser would, under these names for the two nodes.
    pub(crate) fn run(&self, who: &Caller, names: [&str; 2], iterations: Value, outcome: Outcome) {
        let [vqe, plot] = names;
        let doc: WorkflowDoc = serde_json::from_value(json!({
            "workflow_id": "untitled", "name": "Untitled", "description": "", "tags": [],
            "nodes": [
                {"id": vqe, "skill_id": "vqe", "inputs": {"iterations": iterations}},
                {"id": plot, "skill_id": "plot", "inputs": {"title": "Convergence"}},
            ],
            "edges": [{"from": {"node": vqe, "port": "trace"}, "to": {"node": plot, "port": "values"}}],
        }))
        .expect("it is a workflow");
        self.run_doc(who, doc, outcome);
    }

    /// Prepares a workflow and keeps the trace that its run would leave.
    pub(crate) fn run_doc(&self, who: &Caller, doc: WorkflowDoc, outcome: Outcome) {
        let asked = ExecuteWorkflow { workflow: Some(doc), ..ExecuteWorkflow::default() };
        let ready = self.bench.execute_workflow(who, &asked).expect("it can run").payload;
        let skills = &ready.skills;
        let nodes = ready.workflow.nodes.iter().enumerate().map(|(i, node)| {
            let skill = node.skill_id.clone();
            let failed = outcome == Outcome::Error && i + 1 == ready.workflow.nodes.len();
            let outputs: BTreeMap<String, Value> = match skill.as_str() {
                "vqe" => [("eigenvalue".into(), json!(-1.1)), ("trace".into(), json!([1]))].into(),
                _ => [("plot".into(), json!({}))].into(),
            };
            NodeReport {
                node: node.id.clone(),
                skill_version: Some(skills[&skill].version.clone()),
                skill_id: skill,
                state: if failed { NodeState::Error } else { NodeState::Success },
                key: None,
                attempts: 1,
                started_ms: Some(0.0),
                duration_ms: Some(1.0),
                error: None,
                inputs: node.inputs.clone(),
                outputs: if failed { BTreeMap::new() } else { outputs },
                logs: Vec::<LogLine>::new(),
            }
        });
        let report = RunReport {
            nodes: nodes.collect(),
            workflow: ready.workflow.clone(),
            workflow_volume: None,
            workflow_version: None,
            outcome,
            started_at: "2026-11-20T15:30:00Z".to_owned(),
            finished_at: "2026-11-20T15:30:01Z".to_owned(),
        };
        self.bench.save_trace(who, report).expect("it is kept");
    }

    /// The five runs of the example in the first source.
    pub(crate) fn five(&self, who: &Caller) {
        let names = [["vqe", "plot"], ["a", "b"], ["n2", "n1"], ["plot", "vqe"], ["x", "y"]];
        for (iterations, names) in [100, 150, 120, 130, 110].into_iter().zip(names) {
            self.run(who, names, json!(iterations), Outcome::Success);
        }
    }

    pub(crate) fn evolve(&self, who: &Caller, auto_apply: bool) -> EvolveReport {
        let asked = EvolveRequest { auto_apply, ..EvolveRequest::default() };
        self.bench.evolve(who, &asked).expect("it works")
    }

    pub(crate) fn head(&self, volume: &str) -> Option<String> {
        let volume = volume.parse().expect("it is a volume");
        self.store.head(&volume).expect("it works").map(|head| head.0)
    }

    pub(crate) fn one_draft(&self, who: &Caller) -> DraftSummary {
        let mut list = self.bench.list_drafts(who, None, true).expect("it works").drafts;
        assert_eq!(list.len(), 1, "{list:?}");
        list.remove(0)
    }

    pub(crate) fn write(&self, volume: &str, path: &str, text: &str) {
        let edit = Edit {
            path: path.parse().expect("it is a path"),
            expected: Expected::Anything,
            content: Some(text.into()),
        };
        let author = Person { name: "ana".to_owned(), email: "ana@example.org".to_owned() };
        let time = "2026-11-21T15:30:00Z".parse().expect("it is a time");
        let change = Change { edits: vec![edit], author, time, message: "by hand".to_owned() };
        self.store.commit(&volume.parse().expect("it is a volume"), change).expect("it is kept");
    }
}

pub(crate) fn asked(draft: &DraftSummary) -> Drafts {
    Drafts { volume: None, id: draft.draft_id.parse().expect("it is a slug"), version: None }
}

pub(crate) fn all() -> llmos_workbench::WorkflowFilter {
    let page = llmos_workbench::Page::new(None, None).expect("it is a page");
    llmos_workbench::WorkflowFilter { page }
}

pub(crate) fn chat(prompt: &str, feedback: Option<Feedback>) -> ChatReport {
    ChatReport {
        prompt: prompt.to_owned(),
        answer: "1. Load the CSV file\n2. Group the rows by month\n3. Draw a bar chart".to_owned(),
        skills_used: vec!["plot".to_owned()],
        outcome: Outcome::Success,
        feedback,
        started_at: "2026-11-20T15:30:00Z".to_owned(),
        finished_at: "2026-11-20T15:30:02Z".to_owned(),
    }
}

pub(crate) const SALES: [&str; 5] = [
    "plot the monthly sales from sales.csv as a bar chart",
    "draw a bar chart of monthly sales out of orders.csv",
    "monthly sales bar chart from 2024.csv please",
    "make a bar chart with the monthly sales of q3.csv",
    "bar chart: sales by month, data in shop.csv",
];
