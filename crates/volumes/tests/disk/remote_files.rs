//! Both sides changed the same file: what fits together is brought together, what collides is told with both versions kept.

use llmos_core::{remote::Synced, store::BlobId};
use llmos_testkit::store::{put, text};

use crate::{backend::Backend, folder::git, remote::Pair};

const PLOT: &str = "---
name: Plot
description: How to plot
category: data
---

Label the axes.

## Colours

Few.

## Sizes

Large.
";

const FLOW: &str = r#"---
workflow_id: flow
name: Flow
description: Loads twice
---

# Flow

```json
{
  "nodes": [
    {"id": "a", "skill_id": "load", "inputs": {"n": 1}},
    {"id": "b", "skill_id": "load", "inputs": {"n": 2}}
  ],
  "edges": [],
  "layout": {
    "a": {"x": 0, "y": 0},
    "b": {"x": 100, "y": 0}
  }
}
```
"#;

/// Over a folder, and over a real `git http-backend`.
fn pairs() -> Vec<Pair> {
    let [folder, http] = [Pair::new(), Pair::new()];
    let backend = Backend::start(http.volumes.outside());
    http.point_to(&format!("http://127.0.0.1:{}/there.git", backend.port()));
    vec![folder, http]
}

/// Both begin with `from`; one side makes it `ours`, the other `theirs`.
fn both_changed(pair: &Pair, path: &str, [from, ours, theirs]: [&str; 3]) {
    put(&*pair.volumes, "user/ana", &[(path, from)]);
    pair.equal();
    pair.there(&[(path, Some(theirs))]);
    put(&*pair.volumes, "user/ana", &[(path, ours)]);
}

#[test]
fn changes_of_different_parts_of_one_file_are_both_kept() {
    let skill = [
        PLOT,
        &PLOT.replace("How to plot", "How to plot well").replace("Few.", "Three at most."),
        &PLOT
            .replace("category: data", "category: charts")
            .replace("Large.", "As large as it gets."),
    ];
    let flow = [
        FLOW,
        &FLOW.replace(r#""x": 0"#, r#""x": 50"#).replace(r#""n": 1"#, r#""n": 10"#),
        &FLOW.replace(r#""n": 2"#, r#""n": 20"#),
    ];
    let notes = ["one\n\ntwo\n\nthree\n", "ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\n"];
    for pair in pairs() {
        for (path, versions, wanted) in [
            (
                "skills/plot.md",
                skill,
                ["plot well", "charts", "Three at most.", "As large as it gets."],
            ),
            ("workflows/flow.md", flow, [r#""x": 50"#, r#""n": 10"#, r#""n": 20"#, "Flow"]),
            ("README.md", notes, ["ONE", "two", "THREE", "\n"]),
        ] {
            both_changed(&pair, path, versions);
            assert_eq!(pair.equal(), (2, 2), "{path}");
            let merged = text(&*pair.volumes, "user/ana", path).expect("it is there");
            for part in wanted {
                assert!(merged.contains(part), "{path}: `{part}` is lost:\n{merged}");
            }
            assert_eq!(git(&pair.bare(), &["show", &format!("main:{path}")]), merged.trim_end());
            let message = pair.volumes.git(&["log", "-1", "--format=%B"]);
            assert!(message.contains(&format!("Changed on both sides: {path}")), "{message}");
        }
        assert_eq!(pair.equal(), (0, 0), "both sides rest");
    }
}

#[test]
fn what_collides_within_a_file_is_told_and_nothing_is_merged() {
    let skill = [PLOT, &PLOT.replace("How to plot", "Here"), &PLOT.replace("How to plot", "There")];
    let flow =
        [FLOW, &FLOW.replace(r#""n": 1"#, r#""n": 10"#), &FLOW.replace(r#""n": 1"#, r#""n": 11"#)];
    let settings = [
        "{\n\"a\": 1,\n\"b\": 1\n}\n",
        "{\n\"a\": 2,\n\"b\": 1\n}\n",
        "{\n\"a\": 1,\n\"b\": 2\n}\n",
    ];
    let trace = ["one\n\ntwo\n\nthree\n", "ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\n"];
    for pair in pairs() {
        for (path, versions) in [
            ("skills/plot.md", skill),
            ("workflows/flow.md", flow),
            // Lines say nothing of these.
            ("data/settings.json", settings),
            ("traces/2026/11/20/a.md", trace),
        ] {
            both_changed(&pair, path, versions);
            put(&*pair.volumes, "user/ana", &[("skills/other.md", PLOT)]);
            let before = pair.volumes.git(&["rev-parse", "main"]);
            let synced = pair.sync().expect("the remote answers");
            let paths = vec![path.parse().expect("it is a path")];
            assert_eq!(synced, Synced::Conflict { paths }, "{path}");
            assert_eq!(pair.volumes.git(&["rev-parse", "main"]), before, "{path}");
            let [_, ours, theirs] = versions;
            assert_eq!(text(&*pair.volumes, "user/ana", path).as_deref(), Some(ours));
            let there =
                pair.volumes.git(&["rev-parse", &format!("refs/remotes/origin/main:{path}")]);
            assert_eq!(there, BlobId::of(theirs.as_bytes()).0, "{path}");
            // Somebody decides, and both are equal again.
            let volume = pair.volumes.ana();
            git(&volume, &["merge", "--quiet", "-s", "ours", "-m", "decided", "origin/main"]);
            assert_eq!(pair.equal().0, 0, "{path}");
        }
    }
}

/// A file that went on one side and changed on the other, or that both made, is nobody's to guess.
#[test]
fn a_file_that_went_or_came_on_both_sides_is_told() {
    let pair = Pair::new();
    put(&*pair.volumes, "user/ana", &[("skills/plot.md", PLOT)]);
    pair.equal();
    pair.there(&[("skills/plot.md", None), ("skills/new.md", Some(PLOT))]);
    let (changed, new) = (PLOT.replace("Few.", "None."), PLOT.replace("Few.", "Many."));
    put(&*pair.volumes, "user/ana", &[("skills/plot.md", &changed), ("skills/new.md", &new)]);
    let paths = ["skills/new.md", "skills/plot.md"];
    let paths = paths.map(|path| path.parse().expect("it is a path")).to_vec();
    assert_eq!(pair.sync().expect("the remote answers"), Synced::Conflict { paths });
}
