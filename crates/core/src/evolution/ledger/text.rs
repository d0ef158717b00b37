//! A ledger as text, one JSON value per line, so that it outlives the program.

use std::{collections::BTreeMap, io::Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Ledger, Said, Usage};
use crate::{
    evolution::{
        tally::{Seen, Tally},
        values::{Distinct, Numbers, Values},
    },
    lookup::small,
    pattern::structure::{Link, Structure},
    slug::Slug,
    store::BlobId,
    trace::TraceId,
    workflow::Uses,
};

/// Changes whenever ledgers are kept or counted in another way, so that an old one is not taken for a new one.
const FORM: &str = "llmos ledger 1";

/// Why a text is not a [`Ledger`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger cannot be read at line {line}")]
pub struct LedgerError {
    /// The line, counted from 1.
    pub line: usize,
}

#[derive(Serialize, Deserialize)]
struct RawHead {
    form: String,
    n_traces: u64,
    n_unreadable: u64,
}

/// One line after the first.
#[derive(Serialize, Deserialize)]
enum RawLine {
    Run(RawTally),
    Chat(String, RawSaid),
    Skill(String, Option<String>, RawUsage),
    Workflow(String, RawUsage),
    Nested(String, RawUsage),
}

#[derive(Serialize, Deserialize)]
struct RawTally {
    steps: Vec<(bool, String)>,
    links: Vec<(u32, u32, String, String)>,
    ok: u64,
    failed: u64,
    users: BTreeMap<String, u64>,
    recent: Vec<(String, String, bool)>,
    first: Option<String>,
    values: Vec<BTreeMap<String, RawValues>>,
    troubles: Vec<(Vec<u32>, u64)>,
    pitfalls: Vec<(u32, String, u64)>,
}

#[derive(Serialize, Deserialize)]
struct RawValues {
    n: u64,
    large: u64,
    distinct: Option<BTreeMap<String, u64>>,
    /// How many numbers, how many of them whole, the sum of those, and of the others with what was lost.
    numbers: (u64, u64, String, f64, f64),
}

#[derive(Serialize, Deserialize)]
struct RawSaid {
    user: String,
    ok: bool,
    prompt: String,
    answer: String,
    skills: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct RawUsage {
    n: u64,
    ok: u64,
    users: BTreeMap<String, u64>,
    last: Option<String>,
}

impl Ledger {
    /// Writes the ledger as text. Reading it gives the same ledger back.
    pub fn print(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let head = RawHead {
            form: FORM.to_owned(),
            n_traces: self.n_traces,
            n_unreadable: self.n_unreadable,
        };
        line(&mut out, &head);
        self.runs.values().for_each(|tally| line(&mut out, &RawLine::Run(tally.into())));
        for (id, said) in &self.chats {
            line(&mut out, &RawLine::Chat(id.to_string(), said.into()));
        }
        for ((skill, version), usage) in &self.skills {
            let version = version.as_ref().map(ToString::to_string);
            line(&mut out, &RawLine::Skill(skill.to_string(), version, usage.into()));
        }
        for (id, usage) in &self.workflows {
            line(&mut out, &RawLine::Workflow(id.to_string(), usage.into()));
        }
        for (key, usage) in &self.nested {
            line(&mut out, &RawLine::Nested(key.to_string(), usage.into()));
        }
        out
    }

    /// Reads what [`Self::print`] wrote. A ledger of another form is an error: counting anew makes it good.
    pub fn parse(text: &[u8]) -> Result<Self, LedgerError> {
        let mut lines =
            text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate();
        let first = lines.next().map(|(_, line)| line).unwrap_or_default();
        let head: RawHead = read(first)
            .filter(|head: &RawHead| head.form == FORM)
            .ok_or(LedgerError { line: 1 })?;
        let mut ledger =
            Self { n_traces: head.n_traces, n_unreadable: head.n_unreadable, ..Self::default() };
        for (i, text) in lines {
            let line: Option<RawLine> = read(text);
            line.and_then(|line| ledger.take(line)).ok_or(LedgerError { line: i + 1 })?;
        }
        Ok(ledger)
    }

    fn take(&mut self, line: RawLine) -> Option<()> {
        match line {
            RawLine::Run(raw) => {
                let tally = raw.read()?;
                self.runs.insert(tally.structure.key(), tally);
            }
            RawLine::Chat(id, raw) => _ = self.chats.insert(id.parse().ok()?, raw.read()?),
            RawLine::Skill(skill, version, raw) => {
                self.skills.insert((skill.parse().ok()?, version.map(BlobId)), raw.read()?);
            }
            RawLine::Workflow(id, raw) => _ = self.workflows.insert(id.parse().ok()?, raw.read()?),
            RawLine::Nested(key, raw) => _ = self.nested.insert(key.parse().ok()?, raw.read()?),
        }
        Some(())
    }
}

fn line(out: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(&mut *out, value).expect("because keys are strings and memory takes all");
    out.write_all(b"\n").expect("because memory takes all");
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(line).ok()
}

impl From<&Tally> for RawTally {
    fn from(tally: &Tally) -> Self {
        let links = tally.structure.links.iter();
        Self {
            steps: tally
                .structure
                .steps
                .iter()
                .map(|uses| (matches!(uses, Uses::Skill(_)), uses.id().to_string()))
                .collect(),
            links: links
                .map(|link| (link.from, link.to, link.output.to_string(), link.input.to_string()))
                .collect(),
            ok: tally.n_success,
            failed: tally.n_error,
            users: texts(&tally.users),
            recent: tally
                .recent
                .iter()
                .map(|(id, seen)| (id.to_string(), seen.user.to_string(), seen.ok))
                .collect(),
            first: tally.first.as_ref().map(ToString::to_string),
            values: tally
                .values
                .iter()
                .map(|of| of.iter().map(|(port, values)| (port.clone(), values.into())).collect())
                .collect(),
            troubles: tally.troubles.iter().map(|(steps, n)| (steps.clone(), *n)).collect(),
            pitfalls: tally
                .pitfalls
                .iter()
                .map(|((at, what), n)| (*at, what.clone(), *n))
                .collect(),
        }
    }
}

impl RawTally {
    fn read(self) -> Option<Tally> {
        let steps = self.steps.into_iter().map(|(is_skill, id)| {
            let id = id.parse().ok()?;
            Some(if is_skill { Uses::Skill(id) } else { Uses::Workflow(id) })
        });
        let steps: Vec<Uses> = steps.collect::<Option<_>>()?;
        let links = self.links.into_iter().map(|(from, to, output, input)| Link {
            from,
            to,
            output: output.into(),
            input: input.into(),
        });
        let links: Vec<Link> = links.collect();
        let n = small(steps.len());
        if self.values.len() != steps.len() || links.iter().any(|link| link.from.max(link.to) >= n)
        {
            return None;
        }
        let recent = self
            .recent
            .into_iter()
            .map(|(id, user, ok)| Some((id.parse().ok()?, Seen { user: user.parse().ok()?, ok })));
        let values = self.values.into_iter().map(|of| {
            of.into_iter().map(|(port, raw)| Some((port, raw.read()?))).collect::<Option<_>>()
        });
        Some(Tally {
            structure: Structure { steps, links },
            n_success: self.ok,
            n_error: self.failed,
            users: slugs(self.users)?,
            recent: recent.collect::<Option<_>>()?,
            first: self.first.map(|id| id.parse::<TraceId>()).transpose().ok()?,
            values: values.collect::<Option<_>>()?,
            troubles: self.troubles.into_iter().collect(),
            pitfalls: self.pitfalls.into_iter().map(|(at, what, n)| ((at, what), n)).collect(),
        })
    }
}

impl From<&Values> for RawValues {
    fn from(values: &Values) -> Self {
        let Numbers { n, n_whole, whole, sum, lost } = values.numbers;
        Self {
            n: values.n,
            large: values.n_large,
            distinct: values.distinct.0.clone(),
            numbers: (n, n_whole, whole.to_string(), sum, lost),
        }
    }
}

impl RawValues {
    fn read(self) -> Option<Values> {
        let (n, n_whole, whole, sum, lost) = self.numbers;
        Some(Values {
            n: self.n,
            n_large: self.large,
            distinct: Distinct(self.distinct),
            numbers: Numbers { n, n_whole, whole: whole.parse().ok()?, sum, lost },
        })
    }
}

impl From<&Said> for RawSaid {
    fn from(said: &Said) -> Self {
        Self {
            user: said.user.to_string(),
            ok: said.ok,
            prompt: said.prompt.clone(),
            answer: said.answer.clone(),
            skills: said.skills.iter().map(ToString::to_string).collect(),
        }
    }
}

impl RawSaid {
    fn read(self) -> Option<Said> {
        let skills = self.skills.into_iter().map(|skill| skill.parse().ok());
        Some(Said {
            user: self.user.parse().ok()?,
            ok: self.ok,
            prompt: self.prompt,
            answer: self.answer,
            skills: skills.collect::<Option<_>>()?,
        })
    }
}

impl From<&Usage> for RawUsage {
    fn from(usage: &Usage) -> Self {
        Self {
            n: usage.n,
            ok: usage.n_success,
            users: texts(&usage.users),
            last: usage.last.as_ref().map(ToString::to_string),
        }
    }
}

impl RawUsage {
    fn read(self) -> Option<Usage> {
        Some(Usage {
            n: self.n,
            n_success: self.ok,
            users: slugs(self.users)?,
            last: self.last.map(|id| id.parse()).transpose().ok()?,
        })
    }
}

fn texts(users: &BTreeMap<Slug, u64>) -> BTreeMap<String, u64> {
    users.iter().map(|(user, n)| (user.to_string(), *n)).collect()
}

fn slugs(users: BTreeMap<String, u64>) -> Option<BTreeMap<Slug, u64>> {
    users.into_iter().map(|(user, n)| Some((user.parse().ok()?, n))).collect()
}
