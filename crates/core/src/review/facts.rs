//! What a skill is and what it may do, in sentences for whoever decides about it.

use super::{LONG_LINE, count_hidden};
use crate::skill::{Executable, ExecutionMode, Runtime, Skill, SkillKind};

/// How much a fact weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Look twice.
    Caution,
}

/// One thing to know about a skill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, in a word or two: `runs`, `packages`, `time limit`.
    pub about: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// What there is to know: a sentence without its dot, whose subject is the skill.
    pub text: String,
}

/// Says what a skill is and may do. `text` is its whole file.
pub fn facts(skill: &Skill, text: &str) -> Vec<Fact> {
    let mut facts = match &skill.kind {
        SkillKind::Executable(executable) => executable_facts(executable),
        SkillKind::Context => {
            vec![guides("is text that a language model reads as guidance; it runs no code")]
        }
        SkillKind::Agent => {
            vec![guides(
                "is an agent skill, which a language model reads as guidance; its other files come with it",
            )]
        }
    };
    facts.extend(text_facts(text));
    facts
}

fn guides(text: &str) -> Fact {
    // What a model reads may tell it to do something else than its user wants.
    Fact { about: "runs", weight: Weight::Caution, text: text.to_owned() }
}

fn executable_facts(executable: &Executable) -> Vec<Fact> {
    let note = |about, text| Fact { about, weight: Weight::Note, text };
    let caution = |about, text| Fact { about, weight: Weight::Caution, text };
    let mut facts = vec![note("runs", format!("runs {}", what_runs(executable.runtime)))];
    facts.push(match executable.execution_mode {
        ExecutionMode::BrowserWasm => {
            note("where", "runs in the browser of whoever uses it, without network and files".into())
        }
        ExecutionMode::ServerPython => caution(
            "where",
            "runs on the server where its operator allows that, without network and files".into(),
        ),
        ExecutionMode::Hybrid => caution(
            "where",
            "runs in the browser first, and on the server where that is too little and its operator allows it"
                .into(),
        ),
    });
    if !executable.packages.is_empty() {
        let text = format!("loads the packages {}", executable.packages.join(", "));
        facts.push(caution("packages", text));
    }
    facts.push(match executable.timeout_ms {
        Some(ms) => note("time limit", format!("is stopped after {}", seconds(ms))),
        None => {
            note("time limit", "sets no time limit, so that of the node or the page holds".into())
        }
    });
    if let Some(mb) = executable.memory_mb {
        facts.push(note("memory", format!("may use {mb} MB")));
    }
    let code = &executable.code;
    let text =
        format!("has {} of code, {} bytes", counted(code.lines().count(), "line"), code.len());
    facts.push(note("code", text));
    if !executable.deterministic {
        facts.push(note("results", "may give other results each time".into()));
    }
    facts
}

fn text_facts(text: &str) -> Vec<Fact> {
    let caution = |about, text| Fact { about, weight: Weight::Caution, text };
    let mut facts = Vec::new();
    let hidden = count_hidden(text);
    if hidden > 0 {
        let what = counted(hidden, "character");
        facts.push(caution(
            "hidden text",
            format!("holds {what} that cannot be seen; they are shown as their names"),
        ));
    }
    let long = text.lines().filter(|line| line.chars().count() > LONG_LINE).count();
    if long > 0 {
        let what = counted(long, "line");
        facts.push(caution(
            "long lines",
            format!("has {what} of more than {LONG_LINE} characters; read them to the end"),
        ));
    }
    facts
}

fn what_runs(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::PythonWasm => "Python code",
        Runtime::Qiskit => "Python code with the Qiskit interface",
        Runtime::Javascript => "JavaScript code",
        Runtime::Threejs => "JavaScript code that makes a 3D scene",
        Runtime::Spice | Runtime::Ngspice => "a SPICE circuit",
        Runtime::Openqasm => "an OpenQASM program on a simulator",
        Runtime::Qsharp => "a Q# program on a simulator",
        Runtime::Webgpu => "kernels on the graphics processor",
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) { format!("{} s", ms / 1000) } else { format!("{ms} ms") }
}

fn counted(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}
