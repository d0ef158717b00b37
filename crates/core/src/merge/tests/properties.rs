//! What holds for any three workflows.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{Choices, Merged, Take, workflows},
    flow,
};
use crate::{
    diff::{self, workflows_mean_the_same},
    graph::Graph,
    slug::Slug,
    workflow::{Edge, Node, Uses, Workflow, tests::slug},
};

/// Any workflow of a few nodes: no edge without its nodes, one for each input, no circle.
fn any_flow() -> impl Strategy<Value = Workflow> {
    let node = (0..5_u8, 0..3_u8, 0..3_i32, prop::option::of(0..3_i32));
    let nodes = prop::collection::vec(node, 0..5);
    let edges = prop::collection::vec((0..5_u8, 0..2_u8, 0..5_u8, 0..2_u8), 0..6);
    (nodes, edges, "[xy]?", prop::collection::vec("[abc]", 0..3)).prop_map(
        |(nodes, edges, name, tags)| {
            let mut workflow = flow("");
            workflow.name = format!("Flow {name}");
            for tag in tags {
                if !workflow.tags.contains(&tag) {
                    workflow.tags.push(tag);
                }
            }
            for (id, skill, x, value) in nodes {
                let id = slug(&format!("n{id}"));
                if workflow.nodes.iter().any(|node| node.id == id) {
                    continue;
                }
                let mut node = Node::new(id, Uses::Skill(slug(&format!("s{skill}"))));
                node.position = Some((f64::from(x), 0.0));
                node.inputs.extend(value.map(|value| ("v".to_owned(), json!(value))));
                workflow.nodes.push(node);
            }
            for (from, output, to, input) in edges {
                let edge = Edge {
                    from: format!("n{from}.o{output}").parse().expect("a port"),
                    to: format!("n{to}.i{input}").parse().expect("a port"),
                };
                let has = |id: &Slug| workflow.nodes.iter().any(|node| node.id == *id);
                let is_fed = workflow.edges.iter().any(|other| other.to == edge.to);
                if from < to && has(&edge.from.node) && has(&edge.to.node) && !is_fed {
                    workflow.edges.push(edge);
                }
            }
            workflow
        },
    )
}

/// What is wrong with the structure of a workflow.
fn faults(workflow: &Workflow) -> Vec<String> {
    let mut found = Vec::new();
    let at = |id: &Slug| workflow.nodes.iter().position(|node| node.id == *id);
    let mut edges = Vec::new();
    for (i, edge) in workflow.edges.iter().enumerate() {
        match (at(&edge.from.node), at(&edge.to.node)) {
            (Some(from), Some(to)) => edges.push((from, to)),
            _ => found.push(format!("an edge without its node: {edge:?}")),
        }
        if workflow.edges[..i].iter().any(|other| other.to == edge.to) {
            found.push(format!("two edges into one input: {edge:?}"));
        }
    }
    if Graph::new(workflow.nodes.len(), &edges).levels().is_err() {
        found.push("a circle".to_owned());
    }
    found
}

/// What a workflow says, so that two edits can be looked for in a merge.
fn facts(workflow: &Workflow) -> BTreeMap<String, Value> {
    let mut facts = BTreeMap::new();
    for node in &workflow.nodes {
        facts.insert(format!("{}", node.id), json!(node.uses.id().as_str()));
        facts.insert(format!("{} at", node.id), json!(node.position));
        for (port, value) in &node.inputs {
            facts.insert(format!("{}.{port}", node.id), value.clone());
        }
    }
    for edge in &workflow.edges {
        facts.insert(format!("into {}", edge.to), json!(edge.from.to_string()));
    }
    facts
}

proptest! {
    #[test]
    fn one_change_made_twice_is_that_change(base in any_flow(), x in any_flow()) {
        let merged = workflows(&base, &x, &x, &Choices::new());
        prop_assert!(merged.is_clean() && workflows_mean_the_same(&merged.value, &x));
    }

    #[test]
    fn one_change_alone_is_that_change(base in any_flow(), x in any_flow()) {
        for (mine, theirs) in [(&base, &x), (&x, &base)] {
            let merged = workflows(&base, mine, theirs, &Choices::new());
            prop_assert!(merged.is_clean() && workflows_mean_the_same(&merged.value, &x));
        }
    }

    #[test]
    fn which_side_is_mine_does_not_matter(base in any_flow(), a in any_flow(), b in any_flow()) {
        let one = workflows(&base, &a, &b, &Choices::new());
        let other = workflows(&base, &b, &a, &Choices::new());
        let keys = |merged: &Merged<Workflow>| -> BTreeSet<String> {
            merged.conflicts.iter().map(|conflict| conflict.place.key()).collect()
        };
        prop_assert_eq!(keys(&one), keys(&other));
        if one.is_clean() {
            prop_assert!(workflows_mean_the_same(&one.value, &other.value));
        }
    }

    #[test]
    fn a_clean_merge_is_sound_and_holds_both_changes(base in any_flow(), a in any_flow(), b in any_flow()) {
        let merged = workflows(&base, &a, &b, &Choices::new());
        if merged.is_clean() {
            prop_assert_eq!(faults(&merged.value), Vec::<String>::new());
            let (before, after) = (facts(&base), facts(&merged.value));
            for side in [&a, &b] {
                for (fact, value) in facts(side) {
                    let node = fact.trim_start_matches("into ").split([' ', '.']).next().unwrap_or_default();
                    let is_new = before.get(&fact) != Some(&value);
                    let is_there = after.contains_key(node);
                    // A node that only moved may be removed by the other side.
                    if is_new && (is_there || !fact.ends_with(" at")) {
                        prop_assert_eq!(after.get(&fact), Some(&value), "{} is lost", fact);
                    }
                }
            }
        } else {
            prop_assert_eq!(&merged.conflicts, &workflows(&base, &a, &b, &Choices::new()).conflicts);
        }
    }

    #[test]
    fn choices_settle_every_conflict(base in any_flow(), a in any_flow(), b in any_flow(), mine in any::<bool>()) {
        let take = if mine { Take::Mine } else { Take::Theirs };
        let mut choices = Choices::new();
        for _ in 0..8 {
            let merged = workflows(&base, &a, &b, &choices);
            if merged.is_clean() {
                prop_assert_eq!(faults(&merged.value), Vec::<String>::new());
                return Ok(());
            }
            choices.extend(merged.conflicts.iter().map(|it| (it.place.key(), take)));
        }
        prop_assert!(false, "conflicts are left");
    }

    #[test]
    fn nothing_differs_if_and_only_if_the_meaning_is_one(a in any_flow(), b in any_flow()) {
        prop_assert_eq!(diff::workflows(&a, &b).is_empty(), workflows_mean_the_same(&a, &b));
        let mut turned = a.clone();
        turned.nodes.reverse();
        turned.edges.reverse();
        turned.tags.reverse();
        prop_assert_eq!(diff::workflows(&a, &turned), vec![]);
    }
}
