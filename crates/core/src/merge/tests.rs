mod properties;

use super::*;
use crate::{
    diff,
    workflow::{Edge, Node, Uses, Workflow, parse, print, tests::slug},
};

/// A workflow from nodes, as `id:skill@x,y port=value …`, and edges, as `a.out>b.in`.
fn flow(text: &str) -> Workflow {
    let mut workflow = parse(
        "workflows/flow.md",
        b"---\nname: Flow\n---\n```json\n{\"nodes\": [], \"edges\": []}\n```\n",
    )
    .workflow
    .expect("it is a workflow");
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((from, to)) = part.split_once('>') {
            let port = |text: &str| text.parse().expect("a port");
            workflow.edges.push(Edge { from: port(from), to: port(to) });
            continue;
        }
        let mut words = part.split(' ');
        let (id, rest) = words.next().and_then(|head| head.split_once(':')).expect("a node");
        let (skill, place) = rest.split_once('@').unwrap_or((rest, "0"));
        let mut node = Node::new(slug(id), Uses::Skill(slug(skill)));
        node.position = Some((place.parse().expect("a number"), 0.0));
        for (port, value) in words.filter_map(|word| word.split_once('=')) {
            let value = serde_json::from_str(value).expect("JSON");
            node.inputs.insert(port.to_owned(), value);
        }
        workflow.nodes.push(node);
    }
    workflow
}

const BASE: &str = "a:load@0 n=1\nb:sum@0\na.out>b.in";

#[track_caller]
fn check_flow(mine: &str, theirs: &str, choose: &[(&str, Take)], want: Result<&str, &[&str]>) {
    let choices = choose.iter().map(|(key, take)| ((*key).to_owned(), *take)).collect();
    let merged = workflows(&flow(BASE), &flow(mine), &flow(theirs), &choices);
    let keys: Vec<_> = merged.conflicts.iter().map(|it| it.place.key()).collect();
    match want {
        Ok(want) => {
            assert_eq!(keys, [""; 0]);
            let changes = diff::workflows(&flow(want), &merged.value);
            let changes: Vec<_> = changes.iter().map(diff::Change::words).collect();
            assert_eq!(changes, [""; 0], "merged: {}", print(&merged.value));
        }
        Err(want) => assert_eq!(keys, want),
    }
}

#[test]
fn changes_of_different_things_both_stand() {
    let cases = [
        (
            "a:load@5 n=1\nb:sum@0\na.out>b.in",
            "a:load@0 n=1\nb:sum@9\na.out>b.in",
            "a:load@5 n=1\nb:sum@9\na.out>b.in",
        ),
        (
            "a:load@5 n=1\nb:sum@0\na.out>b.in",
            "a:load@0 n=2\nb:sum@0\na.out>b.in",
            "a:load@5 n=2\nb:sum@0\na.out>b.in",
        ),
        (
            "a:load@0 n=1\nb:sum@0\nc:plot@1\na.out>b.in\nb.total>c.y",
            "a:load@0 n=1\nb:sum@0\nd:csv@1\na.out>b.in\nb.total>d.rows",
            "a:load@0 n=1\nb:sum@0\nc:plot@1\nd:csv@1\na.out>b.in\nb.total>c.y\nb.total>d.rows",
        ),
        // A node that only moved can be removed.
        ("a:load@0 n=1", "a:load@0 n=1\nb:sum@9\na.out>b.in", "a:load@0 n=1"),
        (
            "a:load@0 n=1\nb:sum@0",
            "a:load@0 n=1\nb:sum@0 label=\"x\"\na.out>b.in",
            "a:load@0 n=1\nb:sum@0 label=\"x\"",
        ),
    ];
    for (mine, theirs, want) in cases {
        check_flow(mine, theirs, &[], Ok(want));
        check_flow(theirs, mine, &[], Ok(want));
    }
}

#[test]
fn what_does_not_fit_is_a_conflict() {
    let cases: [(&str, &str, &[&str]); 9] = [
        (
            "a:load@0 n=2\nb:sum@0\na.out>b.in",
            "a:load@0 n=3\nb:sum@0\na.out>b.in",
            &["nodes/a/inputs/n"],
        ),
        (
            "a:load@4 n=1\nb:sum@0\na.out>b.in",
            "a:load@5 n=1\nb:sum@0\na.out>b.in",
            &["nodes/a/position"],
        ),
        // A value and an edge for one input.
        (
            "a:load@0 n=1\nb:sum@0 k=7\na.out>b.in",
            "a:load@0 n=1\nb:sum@0\na.out>b.in\na.rest>b.k",
            &["nodes/b/inputs/k"],
        ),
        // Two edges for one input.
        (
            "a:load@0 n=1\nb:sum@0\na.rest>b.in",
            "a:load@0 n=1\nb:sum@0\na.more>b.in",
            &["nodes/b/inputs/in"],
        ),
        // One removes what the other changed.
        ("a:load@0 n=1", "a:load@0 n=1\nb:sum@0 label=\"x\"\na.out>b.in", &["nodes/b"]),
        // One removes what the other draws an edge to.
        ("a:load@0 n=1", "a:load@0 n=1\nb:sum@0\nc:plot@0\na.out>b.in\nb.total>c.y", &["nodes/b"]),
        // Two nodes under one id.
        (
            "a:load@0 n=1\nb:sum@0\nc:plot@1\na.out>b.in",
            "a:load@0 n=1\nb:sum@0\nc:plot@2\na.out>b.in",
            &["nodes/c"],
        ),
        // What runs, and what it is given.
        (
            "a:other@0 n=1\nb:sum@0\na.out>b.in",
            "a:load@0 n=2\nb:sum@0\na.out>b.in",
            &["nodes/a/uses"],
        ),
        // Round in a circle.
        (
            "a:load@0 n=1\nb:sum@0\nc:x@0\na.out>b.in\nb.out>c.in",
            "a:load@0 n=1\nb:sum@0\nc:x@0\na.out>b.in\nc.out>a.in",
            &["nodes/a/inputs/in", "nodes/c/inputs/in"],
        ),
    ];
    for (mine, theirs, want) in cases {
        check_flow(mine, theirs, &[], Err(want));
        check_flow(theirs, mine, &[], Err(want));
    }
}

#[test]
fn a_conflict_is_settled_by_a_choice() {
    let (mine, theirs) = ("a:load@5 n=2\nb:sum@0\na.out>b.in", "a:load@0 n=3\nb:sum@9\na.out>b.in");
    let key = "nodes/a/inputs/n";
    check_flow(mine, theirs, &[(key, Take::Mine)], Ok("a:load@5 n=2\nb:sum@9\na.out>b.in"));
    check_flow(mine, theirs, &[(key, Take::Theirs)], Ok("a:load@5 n=3\nb:sum@9\na.out>b.in"));
    // Gone, or back with the edge that went with it.
    let (mine, theirs) = ("a:load@0 n=1", "a:load@0 n=1\nb:sum@0 label=\"x\"\na.out>b.in");
    check_flow(mine, theirs, &[("nodes/b", Take::Mine)], Ok(mine));
    check_flow(mine, theirs, &[("nodes/b", Take::Theirs)], Ok(theirs));
    check_flow(theirs, mine, &[("nodes/b", Take::Mine)], Ok(theirs));
    // Two nodes that both people added.
    let (mine, theirs) = (
        "a:load@0 n=1\nb:sum@0\nc:plot@1\na.out>b.in\na.out>c.y",
        "a:load@0 n=1\nb:sum@0\nc:plot@2\na.out>b.in\nb.total>c.y",
    );
    check_flow(mine, theirs, &[("nodes/c", Take::Mine)], Ok(mine));
    check_flow(mine, theirs, &[("nodes/c", Take::Theirs)], Ok(theirs));
    check_flow(
        mine,
        theirs,
        &[("nodes/c", Take::Both)],
        Ok("a:load@0 n=1\nb:sum@0\nc:plot@2\nc-2:plot@1\na.out>b.in\nb.total>c.y\na.out>c-2.y"),
    );
    // A circle is opened by leaving out one of its edges.
    let (mine, theirs) = (
        "a:load@0 n=1\nb:sum@0\nc:x@0\na.out>b.in\nb.out>c.in",
        "a:load@0 n=1\nb:sum@0\nc:x@0\na.out>b.in\nc.out>a.in",
    );
    check_flow(mine, theirs, &[("nodes/a/inputs/in", Take::Mine)], Ok(mine));
}

const SKILL: &str = "---\nskill_id: s # the id\nname: S\ndescription: d\ntype: javascript\ninputs:\n  - name: x\n    type: number\noutputs:\n  - name: y\n    type: number\ntags: [a, b]\n---\n\n# What\n\nText.\n\n```js\nexecute = (i) => ({y: i.x});\n```\n\n# More\n\nMore text.\n";

#[track_caller]
fn check_skill(
    mine: &[(&str, &str)],
    theirs: &[(&str, &str)],
    want: Result<&[(&str, &str)], &[&str]>,
) {
    let text = |changes: &[(&str, &str)]| {
        changes.iter().fold(SKILL.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "`{old}` is not there");
            text.replacen(old, new, 1)
        })
    };
    let merged =
        skills(SKILL, &text(mine), &text(theirs), &Choices::new()).expect("all can be read");
    let keys: Vec<_> = merged.conflicts.iter().map(|it| it.place.key()).collect();
    match want {
        Ok(want) => {
            assert_eq!(keys, [""; 0]);
            assert_eq!(merged.value, text(want));
        }
        Err(want) => assert_eq!(keys, want),
    }
}

#[test]
fn fields_ports_code_and_sections_are_merged_apart() {
    let both = |one: (&'static str, &'static str), other: (&'static str, &'static str)| {
        check_skill(&[one], &[other], Ok(&[one, other]));
        check_skill(&[other], &[one], Ok(&[one, other]));
    };
    both(("description: d", "description: e"), ("name: S", "name: T"));
    both(("i.x", "2 * i.x"), ("More text.", "Other text."));
    both(("Text.", "New text."), ("i.x", "2 * i.x"));
    both(("description: d", "description: e"), ("- name: x", "- name: z"));
    let add = ("More text.\n", "More text.\n\n# Last\n\nEnd.\n");
    both(add, ("Text.\n", "New text.\n"));
    check_skill(&[("[a, b]", "[a, b, c]")], &[("[a, b]", "[b]")], Ok(&[("[a, b]", "[b, c]")]));
}

/// A piece of the text, and what stands there instead.
type Edited = (&'static str, &'static str);

#[test]
fn a_field_or_section_that_both_changed_is_a_conflict() {
    let cases: [(Edited, Edited, &str); 5] = [
        (
            ("description: d", "description: e"),
            ("description: d", "description: f"),
            "fields/description",
        ),
        (("i.x", "2 * i.x"), ("i.x", "3 * i.x"), "code"),
        (("More text.", "One."), ("More text.", "Two."), "sections/More"),
        (
            ("- name: x\n    type: number", "- name: x\n    type: integer"),
            ("- name: x\n    type: number", "- name: x\n    type: any"),
            "inputs/x",
        ),
        (("\n# More\n\nMore text.\n", ""), ("More text.", "Two."), "sections/More"),
    ];
    for (one, other, want) in cases {
        check_skill(&[one], &[other], Err(&[want]));
        check_skill(&[other], &[one], Err(&[want]));
    }
}

#[test]
fn code_that_loses_its_place_is_shown() {
    // One removes the section with the code, the other changes the code.
    let section = "# What\n\nText.\n\n```js\nexecute = (i) => ({y: i.x});\n```\n\n";
    check_skill(&[(section, "")], &[("i.x", "2 * i.x")], Err(&["code"]));
}

#[test]
fn files_are_merged_as_what_they_are() {
    let check = |path: &str, three: [Option<&str>; 3], want: Result<Option<&str>, &str>| {
        let [base, mine, theirs] = three.map(|text| text.map(str::as_bytes));
        let path = path.parse().expect("a path");
        let merged = files(&path, base, mine, theirs, &Choices::new());
        let text = merged.value.map(|bytes| String::from_utf8(bytes).expect("text"));
        match (merged.conflicts.first(), want) {
            (None, Ok(want)) => assert_eq!(text.as_deref(), want),
            (Some(conflict), Err(want)) => assert_eq!(conflict.place.key(), want),
            (got, want) => panic!("{path}: {got:?}, not {want:?}"),
        }
    };
    check(
        "a.txt",
        [Some("1\n2\n3\n"), Some("0\n2\n3\n"), Some("1\n2\n4\n")],
        Ok(Some("0\n2\n4\n")),
    );
    check("a.txt", [Some("1\n"), Some("2\n"), Some("3\n")], Err("file"));
    check("a.txt", [Some("1\n"), None, Some("1\n")], Ok(None));
    check("a.txt", [Some("1\n"), None, Some("2\n")], Err("file"));
    check("a.txt", [None, Some("1\n"), Some("2\n")], Err("file"));
    check("a.txt", [None, Some("1\n"), None], Ok(Some("1\n")));
    let skill =
        |name: &str, text: &str| format!("---\nname: {name}\ndescription: d\n---\n{text}\n");
    let (base, mine, theirs) = (skill("A", "x"), skill("B", "x"), skill("A", "y"));
    let merged = skill("B", "y");
    let three = [&base, &mine, &theirs].map(|text| Some(text.as_str()));
    check("skills/a.md", three, Ok(Some(&merged)));
}
