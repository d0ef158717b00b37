use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};

use super::*;

fn draft() -> Draft {
    let text = "---\nskill_id: total\nname: Total\n---\n\n# Total\n\n```json\n{}\n```\n".to_owned();
    Draft {
        id: "compound-0123".parse().expect("a slug"),
        kind: DraftKind::Compound,
        status: DraftStatus::Accepted,
        target: "total".parse().expect("a slug"),
        title: "Load > sum".to_owned(),
        evidence: Evidence {
            count: 5,
            n_success: 4,
            users: [("ana".parse().expect("a slug"), 5)].into(),
            first: Some("run-20261120-153000-0a1b2c3d".parse().expect("an id")),
            traces: vec!["run-20261121-153000-0a1b2c3d".parse().expect("an id")],
        },
        proof: Proof { n_held_back: 1, n_passed: 1, problem: None },
        warnings: vec!["look: here".to_owned()],
        generated: sha256(text.as_bytes()),
        taught: 5,
        kept: Some(Kept::new(
            "workflows/total.md".parse().expect("a path"),
            BlobId::of(b"x"),
            &Evidence::default(),
        )),
        stale: Some("nobody needed it since 2026-01-01".to_owned()),
        text,
    }
}

#[test]
fn people_read_what_it_rests_on_and_what_it_says() {
    let text = print(&draft());
    for part in [
        "# Draft: Load \\> sum",
        "The same steps ran 5 times, 4 of them with success (80 %).",
        "1 of 1 traces that were held back speak for it.",
        "It became `workflows/total.md`.",
        "To look at again: nobody needed it since 2026-01-01.",
        "````markdown\n---\nskill_id: total\n",
    ] {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
    assert_eq!(parse(text.as_bytes()), Ok(draft()));
}

#[test]
fn an_edit_of_the_text_shows() {
    let mut draft = draft();
    assert!(!draft.is_edited());
    draft.text.push_str("More.\n");
    assert!(draft.is_edited());
    assert!(parse(print(&draft).as_bytes()).expect("it was printed").is_edited());
}

#[test]
fn what_is_no_draft_says_so() {
    let good = print(&draft());
    for (bad, want) in [
        (String::new(), "the file has no front matter"),
        (good.replace("kind: compound", "kind: other"), "bad `kind`: `other`"),
        (good.replace("count: 5\n", ""), "`count` is missing"),
        (good.replace("markdown", "text"), "the file has no text of a skill"),
    ] {
        let found = parse(bad.as_bytes()).expect_err("it is none");
        assert_eq!(found.message, want);
    }
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(7), cases: 64, ..Config::default() })]

    #[test]
    fn no_text_gets_lost_or_breaks_out(
        title in "[ -~\u{e9}\u{202e}`#|\\-]{0,40}",
        text in "(---|```|````markdown|status: rejected|[ -~]{0,12}|~~~|\u{202e}|# x|\n){0,20}",
        problem in prop::option::of("[ -~\n]{1,40}"),
    ) {
        let mut wild = draft();
        wild.title = title;
        wild.text = format!("{text}\n");
        wild.proof.problem = problem;
        let file = print(&wild);
        prop_assert_eq!(parse(file.as_bytes()), Ok(wild), "{}", file);
    }
}
