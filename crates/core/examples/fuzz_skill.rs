//! Feeds broken skill files to the reader until the time is over, and says how
//! many it read. Anything but a finding (a panic, an endless loop, an edit that
//! changes what it should not) stops it with the input that caused it.
//!
//! `cargo run --release -p llmos-core --example fuzz_skill -- --seconds 60 --seed 1`
//!
//! Mutates the files of `LLMOS_BENCH_DATA` (default `../shared/bench` beside the
//! checkout) where they are, and its own seeds always.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program reads files, takes the time and prints what it found"
)]

use std::{
    env, fs, panic,
    path::PathBuf,
    time::{Duration, Instant},
};

use llmos_core::{
    document::{self, Document},
    skill::{SkillEdit, check, edit},
};
use serde_json::Value;

/// Whole files to begin with, where no data set is at hand.
const SEEDS: [&str; 4] = [
    "---\nname: a\ndescription: b\nkeywords: [x, y]\n---\nBody\n",
    "---\nskill_id: a\ntype: python-wasm\ninputs:\n  - name: x\n    type: number\n    default: 1\noutputs:\n  - name: y\n---\n\n```python\ndef execute(inputs):\n    return {}\n```\n",
    "---\na: &a [x, x]\nb: &b [*a, *a]\nc:\n  <<: {k: *b}\n  \"q\": 'it''s'\n  t: !!str |2-\n     x\n---\n",
    "\u{feff}---\r\n{\"name\": \"a\", b: [1, {c: d}]}\r\n---\r\nBody\r\n",
];
/// What breaks readers when it turns up in odd places.
const PIECES: [&str; 40] = [
    "---",
    "---\n",
    "...",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    ": ",
    ":",
    "- ",
    "? ",
    "#",
    " # ",
    "&a ",
    "*a",
    "!!int ",
    "!x ",
    "|",
    ">-\n",
    "\"",
    "'",
    "\\",
    "[",
    "]",
    "{",
    "}",
    ",",
    "<<: ",
    "%YAML 1.1\n",
    "\0",
    "\u{80}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "@",
    "`",
    "```python\n",
    "type: javascript\n",
    "inputs:\n  - name: x\n",
];

fn main() {
    let args: Vec<String> = env::args().collect();
    let number = |name: &str, otherwise: u64| {
        let at = args.iter().position(|arg| arg == name);
        at.and_then(|at| args.get(at + 1)?.parse().ok()).unwrap_or(otherwise)
    };
    let (seconds, seed) = (number("--seconds", 10), number("--seed", 1));
    let corpus = corpus();
    let mut chance = Chance(seed.wrapping_mul(2).wrapping_add(1));
    let start = Instant::now();
    let (mut n_inputs, mut n_bytes, mut n_skills, mut slowest) = (0_u64, 0, 0_u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let input = mutated(&corpus, &mut chance);
        let begun = Instant::now();
        match panic::catch_unwind(|| read(&input)) {
            Ok(Ok(is_skill)) => n_skills += u64::from(is_skill),
            Ok(Err(message)) => fail(&input, &message),
            Err(_) => fail(&input, "the reader panicked"),
        }
        let took = begun.elapsed();
        if took > slowest {
            slowest = took;
            if took > Duration::from_secs(1) {
                fail(&input, "the reader took more than a second");
            }
        }
        n_inputs += 1;
        n_bytes += input.len() as u64;
    }
    println!(
        "seed {seed}: {n_inputs} inputs, {} MB, from {} files in {seconds} s; {n_skills} were skills; slowest {} ms; no failure",
        n_bytes >> 20,
        corpus.len(),
        slowest.as_millis()
    );
}

/// Reads an input in every way. Says whether it was a skill, or what is wrong with the reader.
fn read(input: &[u8]) -> Result<bool, String> {
    let found = check("skills/a/SKILL.md", input);
    let (text, _) = document::decode(input);
    let n_lines = text.split(['\n', '\r']).count();
    if let Some(lost) =
        found.diagnostics.iter().find(|found| found.position.line > n_lines || found.hint.is_none())
    {
        return Err(format!("a finding stands nowhere or has no hint: {lost:?}"));
    }
    if edit(&text, &SkillEdit::default()).as_deref() != Ok(&*text) {
        return Err("an edit that changes nothing changed something".to_owned());
    }
    let set = vec![("name".to_owned(), Some(Value::from("n: 1\n---\n")))];
    if let Ok(edited) = edit(&text, &SkillEdit { set, ..SkillEdit::default() }) {
        let name = check("skills/a/SKILL.md", edited.as_bytes()).name;
        if name.as_deref() != Some("n: 1\n---\n") {
            return Err(format!("the name became {name:?}"));
        }
        if Document::split(&edited).body() != Document::split(&text).body() {
            return Err("changing the name changed the body".to_owned());
        }
    }
    Ok(found.skill.is_some())
}

fn mutated(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(8) {
        // Most of what can go wrong is in the front matter, at the beginning.
        let reach = if chance.below(4) > 0 { input.len().min(600) } else { input.len() };
        let at = chance.below(reach + 1);
        let end = (at + chance.below(40)).min(input.len());
        match chance.below(7) {
            0 => drop(input.drain(at..end)),
            1 => drop(input.splice(at..at, PIECES[chance.below(PIECES.len())].bytes())),
            2 => {
                let copy = input[at..end].repeat(1 + chance.below(40));
                drop(input.splice(at..at, copy));
            }
            3 => {
                let other = &corpus[chance.below(corpus.len())];
                let from = chance.below(other.len() + 1);
                let to = (from + chance.below(200)).min(other.len());
                drop(input.splice(at..end, other[from..to].iter().copied()));
            }
            4 => {
                let piece = PIECES[chance.below(PIECES.len())].repeat(1 + chance.below(300));
                drop(input.splice(at..at, piece.bytes()));
            }
            5 => input.truncate(at),
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = chance.below(256) as u8;
                }
            }
        }
    }
    input
}

fn corpus() -> Vec<Vec<u8>> {
    let mut corpus: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    let folder = env::var_os("LLMOS_BENCH_DATA")
        .map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
            PathBuf::from,
        )
        .join("2_skills");
    for folder in [folder.join("files"), folder.join("made")] {
        let Ok(entries) = fs::read_dir(&folder) else {
            eprintln!("skipped: no data set at {} (set LLMOS_BENCH_DATA)", folder.display());
            continue;
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let files = paths.iter().filter(|path| path.extension().is_some_and(|ext| ext == "md"));
        corpus.extend(files.filter_map(|path| fs::read(path).ok()));
    }
    corpus
}

fn fail(input: &[u8], message: &str) -> ! {
    let path = env::temp_dir().join("fuzz_skill_failure.md");
    let kept = fs::write(&path, input).map(|()| path.display().to_string());
    eprintln!("error: {message}\ninput: {}", kept.unwrap_or_else(|err| err.to_string()));
    panic!("a failure was found");
}

/// Numbers that look random and are the same for the same seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        drawn as usize % limit.max(1)
    }
}
