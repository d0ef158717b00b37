//! Made-up volumes of any size, the same at each run.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

const WORDS: [&str; 40] = [
    "matrix",
    "plot",
    "energy",
    "table",
    "filter",
    "signal",
    "circuit",
    "molecule",
    "gradient",
    "spectrum",
    "average",
    "cluster",
    "sample",
    "regression",
    "histogram",
    "tensor",
    "orbital",
    "voltage",
    "current",
    "resistor",
    "capacitor",
    "frequency",
    "transform",
    "convolution",
    "network",
    "graph",
    "path",
    "schedule",
    "optimize",
    "simulate",
    "measure",
    "compare",
    "summarize",
    "translate",
    "review",
    "document",
    "invoice",
    "customer",
    "report",
    "calendar",
];

/// A small generator of repeatable choices.
#[derive(Debug)]
pub(crate) struct Choice(u64);

impl Choice {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let n = u64::try_from(n).expect("because usize has at most 64 bits");
        usize::try_from(self.0 % n).expect("because it is below a usize")
    }

    /// So many words of those that skills are made of.
    pub(crate) fn words(&mut self, n: usize) -> String {
        (0..n).map(|_| WORDS[self.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }
}

/// The text of one made-up skill; every second one is executable.
pub(crate) fn skill(n: usize) -> String {
    let mut choice = Choice::new(n as u64 + 1);
    let (name, description) = (choice.words(3), choice.words(12));
    let tags = choice.words(4).replace(' ', ", ");
    let category = WORDS[choice.below(8)];
    let mut text = String::new();
    if n.is_multiple_of(2) {
        let _ = write!(
            text,
            "---\nname: {name}\ncategory: {category}\ndescription: {description}\nkeywords: [{tags}]\n---\n\n"
        );
    } else {
        let _ = write!(
            text,
            "---\nskill_id: made-{n:05}\nname: {name}\ndescription: {description}\n\
             type: javascript\nexecution_mode: browser-wasm\ncategory: {category}\ntags: [{tags}]\n\
             version: 1.0.0\ninputs:\n  - {{name: value, type: number, default: 1}}\n\
             outputs:\n  - {{name: result, type: number}}\n---\n\n\
             ```javascript\nfunction execute(inputs) {{\n  return {{ result: inputs.value + {n} }};\n}}\n```\n\n"
        );
    }
    for _ in 0..4 {
        let _ = writeln!(text, "{}.\n", choice.words(24));
    }
    text
}

/// Makes a volume of `n` skills with plain Git.
pub(crate) fn make(volume: &Path, n: usize) -> Result<()> {
    make_of(volume, (0..n).map(|i| (format!("made-{i:05}"), skill(i))))
}

/// Makes a volume of skills, each an id and a text, with plain Git.
pub(crate) fn make_of(volume: &Path, all: impl Iterator<Item = (String, String)>) -> Result<()> {
    let skills = volume.join("skills");
    fs::create_dir_all(&skills)?;
    git(volume, &["init", "--quiet", "--initial-branch", "main"])?;
    for (id, text) in all {
        fs::write(skills.join(format!("{id}.md")), text)?;
    }
    git(volume, &["add", "--all"])?;
    git(volume, &["commit", "--quiet", "--message", "skills: made up for a measurement"])
}

fn git(dir: &Path, args: &[&str]) -> Result<()> {
    let status = Command::new("git")
        .args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"])
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null())
        .status()?;
    ensure!(status.success(), "`git {}` failed", args.join(" "));
    Ok(())
}
