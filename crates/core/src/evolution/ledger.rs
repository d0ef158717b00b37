//! The ledger: what all traces of a volume say, counted. It grows with what is
//! different in them, not with their number.

mod memo;
mod text;

use std::collections::BTreeMap;

use super::{
    digest::{self, Digest, RunDigest},
    tally::{Counted, Tally},
};
use crate::{
    markdown,
    pattern::structure::StructureKey,
    run::Outcome,
    slug::Slug,
    store::BlobId,
    trace::{ChatTrace, TraceId},
};

pub use text::LedgerError;

use memo::Memo;

/// The longest text of a chat that is kept, in characters.
const MAX_SAID: usize = 2_000;
/// The longest answer that is kept, in characters.
const MAX_ANSWER: usize = 1_000;
/// The longest message of a failure that is kept, in characters.
const MAX_PITFALL: usize = 160;

/// What the traces of a volume say, counted.
///
/// Counting them one by one, in any order and in any number of steps, gives the same ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// How many traces were read, also those that could not be understood.
    pub n_traces: u64,
    /// How many of them could not be understood.
    pub n_unreadable: u64,
    pub(super) runs: BTreeMap<StructureKey, Tally>,
    pub(super) chats: BTreeMap<TraceId, Said>,
    /// The skills that nodes ran, by version.
    pub(super) skills: BTreeMap<(Slug, Option<BlobId>), Usage>,
    /// The workflows that were run under their own name.
    pub(super) workflows: BTreeMap<Slug, Usage>,
    /// What ran as a node of a larger workflow.
    pub(super) nested: BTreeMap<StructureKey, Usage>,
    memo: Memo,
}

/// What somebody asked a model, shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who asked.
    pub user: Slug,
    /// Whether an answer came that nobody called bad.
    pub ok: bool,
    /// What was asked.
    pub prompt: String,
    /// What was answered.
    pub answer: String,
    /// The skills that the model was given.
    pub skills: Vec<Slug>,
}

/// How often something was used, by whom and with what success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How often.
    pub n: u64,
    /// How often the whole run succeeded.
    pub n_success: u64,
    /// How often each person used it.
    pub users: BTreeMap<Slug, u64>,
    /// The last time.
    pub last: Option<TraceId>,
}

impl Ledger {
    /// Counts the file of a trace.
    pub fn add(&mut self, file: &[u8]) {
        self.n_traces += 1;
        let counted = digest::with(file, |digest| match digest {
            Digest::Run(run) => self.add_run(&run),
            Digest::Chat(chat) => self.add_chat(*chat),
        });
        self.n_unreadable += u64::from(counted.is_none());
    }

    fn add_chat(&mut self, chat: ChatTrace) {
        let ok = chat.succeeded();
        for skill in &chat.skills_used {
            let usage = self.skills.entry((skill.clone(), None)).or_default();
            usage.add(&chat.id, &chat.user, ok);
        }
        let cut = |text: &str, most: usize| text.chars().take(most).collect();
        let said = Said {
            ok,
            prompt: cut(&chat.prompt, MAX_SAID),
            answer: cut(&chat.answer, MAX_ANSWER),
            skills: chat.skills_used,
            user: chat.user,
        };
        self.chats.insert(chat.id, said);
    }

    fn add_run(&mut self, run: &RunDigest<'_>) {
        // A run that somebody stopped says neither that it works nor that it does not.
        if run.outcome == Outcome::Cancelled {
            return;
        }
        let ok = run.outcome == Outcome::Success;
        let usage = self.workflows.entry(run.workflow.clone()).or_default();
        usage.add(&run.id, &run.user, ok);
        let mut skills: Vec<(&str, Option<&str>)> =
            run.nodes.iter().map(|node| (&*node.skill_id, node.skill_version.as_deref())).collect();
        skills.sort_unstable();
        skills.dedup();
        for (skill, version) in skills {
            let Ok(skill) = skill.parse() else { continue };
            let version = version.map(|text| BlobId(text.to_owned()));
            self.skills.entry((skill, version)).or_default().add(&run.id, &run.user, ok);
        }
        let Some(drawn) = self.memo.look_up(&run.graph) else { return };
        for key in &drawn.nested {
            self.nested.entry(*key).or_default().add(&run.id, &run.user, ok);
        }
        let places: BTreeMap<&str, u32> = (0_u32..)
            .zip(&drawn.places)
            .filter_map(|(place, &at)| Some((&*run.graph.nodes.get(at)?.id, place)))
            .collect();
        let tally =
            self.runs.entry(drawn.key).or_insert_with(|| Tally::new(drawn.structure.clone()));
        let mut counted = Counted {
            id: run.id.clone(),
            user: run.user.clone(),
            ok,
            not_done: Vec::new(),
            pitfall: None,
            values: Vec::new(),
        };
        for node in &run.nodes {
            let Some(&place) = places.get(&*node.node) else { continue };
            if ok {
                let inputs = node.inputs.0.iter();
                let values = inputs.map(|(port, json)| (place, &**port, digest::inline(json)));
                counted.values.extend(values);
            } else if !node.succeeded() {
                counted.not_done.push(place);
                if let (None, Some(error)) = (&counted.pitfall, &node.error) {
                    let what = markdown::plain(&error.message, MAX_PITFALL);
                    counted.pitfall = Some((place, what));
                }
            }
        }
        counted.not_done.sort_unstable();
        tally.add(counted);
    }

    /// Adds what another ledger counted.
    pub fn merge(&mut self, other: &Self) {
        self.n_traces += other.n_traces;
        self.n_unreadable += other.n_unreadable;
        for (key, tally) in &other.runs {
            match self.runs.get_mut(key) {
                Some(mine) => mine.merge(tally),
                None => _ = self.runs.insert(*key, tally.clone()),
            }
        }
        self.chats.extend(other.chats.iter().map(|(id, said)| (id.clone(), said.clone())));
        merge(&mut self.skills, &other.skills);
        merge(&mut self.workflows, &other.workflows);
        merge(&mut self.nested, &other.nested);
    }

    /// Returns the chats, the oldest first.
    pub fn chats(&self) -> impl Iterator<Item = (&TraceId, &Said)> {
        self.chats.iter()
    }

    /// Returns how often each version of each skill was used.
    pub fn skills(&self) -> impl Iterator<Item = (&Slug, Option<&BlobId>, &Usage)> {
        self.skills.iter().map(|((skill, version), usage)| (skill, version.as_ref(), usage))
    }

    /// Returns how often a workflow was used: run by itself, or as a node where it has this structure.
    pub fn uses_of_workflow(&self, id: &Slug, structure: StructureKey) -> Usage {
        let mut usage = self.workflows.get(id).cloned().unwrap_or_default();
        if let Some(nested) = self.nested.get(&structure) {
            usage.merge(nested);
        }
        usage
    }

    /// Returns how often a skill was used, in all its versions.
    pub fn uses_of_skill(&self, id: &Slug) -> Usage {
        let mut usage = Usage::default();
        let of_skill = self.skills.iter().filter(|((skill, _), _)| skill == id);
        of_skill.for_each(|(_, more)| usage.merge(more));
        usage
    }

    /// Returns how many different structures ran.
    pub fn n_structures(&self) -> usize {
        self.runs.len()
    }
}

impl Usage {
    fn add(&mut self, id: &TraceId, user: &Slug, ok: bool) {
        self.n += 1;
        self.n_success += u64::from(ok);
        match self.users.get_mut(user) {
            Some(n) => *n += 1,
            None => _ = self.users.insert(user.clone(), 1),
        }
        if self.last.as_ref().is_none_or(|last| last < id) {
            self.last = Some(id.clone());
        }
    }

    /// Adds other uses.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.n_success += other.n_success;
        other.users.iter().for_each(|(user, n)| *self.users.entry(user.clone()).or_default() += n);
        self.last = self.last.take().max(other.last.clone());
    }
}

fn merge<K: Ord + Clone>(mine: &mut BTreeMap<K, Usage>, theirs: &BTreeMap<K, Usage>) {
    theirs.iter().for_each(|(key, usage)| mine.entry(key.clone()).or_default().merge(usage));
}
