//! Every file of the skill data set, compared with what other readers of YAML
//! say about it. The data set stays outside the repository: `LLMOS_BENCH_DATA`
//! names its folder, `../shared/bench` beside the checkout by default.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test reads files and says what it skips"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use llmos_core::{
    diagnostic::Severity,
    document::{self, Document, Front},
    skill::{FileKind, SkillCheck, check},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Where this reading differs from ruamel.yaml's on purpose: file, key, reason.
const DIFFERENCES: [(&str, &str, &str); 3] = [
    (
        "scalars_12.md",
        "n3",
        "`1_000` is a text in the core schema of YAML 1.2; ruamel groups digits",
    ),
    ("nel_ls.md", "description", "NEL ends no line in YAML 1.2 (section 5.4); ruamel folds it"),
    (
        "tab_after_colon.md",
        "",
        "a tab may follow a colon in YAML 1.2 (section 6.2); ruamel refuses it",
    ),
];

/// The folder of the data set, or a word on stderr about what is skipped.
fn data() -> Option<PathBuf> {
    let folder = env::var_os("LLMOS_BENCH_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
        PathBuf::from,
    );
    let folder = folder.join("2_skills");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no skill data set at {} (set LLMOS_BENCH_DATA)", folder.display());
    None
}

/// One file with its expectation and what was found.
struct Case {
    file: String,
    expected: Value,
    bytes: Vec<u8>,
    check: SkillCheck,
}

fn cases(folder: &Path, files: &str, list: &str) -> Vec<Case> {
    let list = fs::read_to_string(folder.join(list)).unwrap();
    let rows = list.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|expected| {
        let file = expected["file"].as_str().unwrap().to_owned();
        let bytes = fs::read(folder.join(files).join(&file)).unwrap();
        let check = check(&format!("skills/{file}"), &bytes);
        Case { file, expected, bytes, check }
    })
    .collect()
}

impl Case {
    fn errors(&self) -> usize {
        self.check.diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
    }

    /// Compares where the front matter ends, and the body.
    fn cut(&self, wrong: &mut Vec<String>) {
        let (text, _) = document::decode(&self.bytes);
        let document = Document::split(&text);
        let got = match document.front {
            Front::Missing => "none",
            Front::Unclosed => "unclosed",
            Front::Found { .. } => "ok",
        };
        let want = self.expected["front_matter"].as_str().unwrap();
        if want.split(':').next() != Some(got) {
            wrong.push(format!("{}: front matter {want}, got {got}", self.file));
        }
        let Some(want) = self.expected["body_sha256"].as_str() else { return };
        let hash = Sha256::digest(document::unified(document.body()).as_bytes());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        if hash != want {
            wrong.push(format!("{}: the body differs", self.file));
        }
    }

    /// Compares the value of the front matter, key by key.
    fn value(&self, want: &Value, wrong: &mut Vec<String>) {
        let got = self.check.frontmatter.clone().unwrap_or_default();
        let permitted = |key: &str| {
            DIFFERENCES
                .iter()
                .any(|(file, at, _)| *file == self.file && (*at == key || at.is_empty()))
        };
        match (&got, want) {
            (Value::Object(got), Value::Object(want)) => {
                for key in got.keys().chain(want.keys()) {
                    if got.get(key) != want.get(key) && !permitted(key) {
                        wrong.push(format!(
                            "{}: {key} is {:?}, not {:?}",
                            self.file,
                            got.get(key),
                            want.get(key)
                        ));
                    }
                }
            }
            _ if got == *want || permitted("") => {}
            _ => wrong.push(format!("{}: {got} is not {want}", self.file)),
        }
    }

    /// Checks that broken YAML is an error with line and hint.
    fn broken(&self, wrong: &mut Vec<String>) {
        if DIFFERENCES.iter().any(|(file, at, _)| *file == self.file && at.is_empty()) {
            return;
        }
        let found = self.check.diagnostics.iter().find(|found| found.code.starts_with("yaml-"));
        let Some(found) = found else {
            wrong.push(format!("{}: the broken YAML is not reported", self.file));
            return;
        };
        let n_lines = document::unified(&String::from_utf8_lossy(&self.bytes)).lines().count();
        let inside = found.position.line >= 2 && found.position.line <= n_lines;
        if found.severity != Severity::Error || found.hint.is_none() || !inside {
            wrong.push(format!("{}: {found:?}", self.file));
        }
    }
}

#[test]
fn real_files_read_as_expected() {
    let Some(folder) = data() else { return };
    let mut wrong = Vec::new();
    let (mut n_strict, mut n_broken) = (0, 0);
    let cases = cases(&folder, "files", "expected.jsonl");
    for case in &cases {
        case.cut(&mut wrong);
        match case.expected["strict"].as_bool() {
            None => {
                if case.check.kind != FileKind::None || case.check.diagnostics.is_empty() {
                    wrong.push(format!("{}: taken for a skill", case.file));
                }
            }
            Some(true) => {
                n_strict += 1;
                case.value(&case.expected["yaml"], &mut wrong);
                if case.check.diagnostics.iter().any(|found| found.code.starts_with("yaml-")) {
                    wrong.push(format!("{}: {:?}", case.file, case.check.diagnostics));
                }
            }
            Some(false) => {
                n_broken += 1;
                case.broken(&mut wrong);
                salvaged(case, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let n_errors = cases.iter().filter(|case| case.errors() > 0).count();
    eprintln!(
        "{} files agree: {n_strict} valid, {n_broken} broken; {n_errors} have errors",
        cases.len()
    );
}

/// Compares what could be saved: the keys, the name and the description.
fn salvaged(case: &Case, wrong: &mut Vec<String>) {
    let want = case.expected["salvage"].as_object().unwrap();
    let got =
        case.check.frontmatter.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let keys = |map: &serde_json::Map<String, Value>| {
        let mut keys: Vec<_> = map.keys().cloned().collect();
        keys.sort();
        keys
    };
    if keys(&got) != keys(want) {
        wrong.push(format!("{}: keys {:?}, not {:?}", case.file, keys(&got), keys(want)));
    }
    for (key, got) in [("name", &case.check.name), ("description", &case.check.description)] {
        if got.as_deref() != want.get(key).and_then(Value::as_str) {
            wrong.push(format!("{}: {key} {got:?}, not {:?}", case.file, want.get(key)));
        }
    }
}

#[test]
fn made_files_read_as_expected() {
    let Some(folder) = data() else { return };
    let mut wrong = Vec::new();
    let cases = cases(&folder, "made", "made/expected.jsonl");
    for case in &cases {
        case.cut(&mut wrong);
        let ruamel = &case.expected["ruamel"];
        match (ruamel.get("ok"), ruamel.get("err")) {
            (Some(want), _) => case.value(want, &mut wrong),
            (None, Some(_)) => case.broken(&mut wrong),
            (None, None) => {}
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let differences = DIFFERENCES.map(|(file, _, reason)| format!("{file}: {reason}")).join("; ");
    eprintln!("{} files agree, but for: {differences}", cases.len());
}
