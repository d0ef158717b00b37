//! Which nodes there are in the end, and what each of them is.

use std::collections::BTreeSet;

use super::{Net, ports, words};
use crate::{
    diff::Place,
    merge::{Picker, Reason, Take, Three},
    slug::Slug,
    workflow::{Node, PortRef, Uses, new_node_id},
};

/// Settles which nodes stay: afterwards a node that base has is in both sides or in none, and one
/// that both sides have without base is the same in both.
pub(super) fn settle(picker: &mut Picker<'_>, mut nets: Three<Net>) -> Three<Net> {
    added_twice(picker, &mut nets);
    let known: Vec<Slug> = nets.base.nodes.keys().cloned().collect();
    let (mut gone, mut back) = (Vec::new(), Vec::new());
    for id in known {
        let (in_mine, in_theirs) =
            (nets.mine.nodes.contains_key(&id), nets.theirs.nodes.contains_key(&id));
        if in_mine == in_theirs {
            if !in_mine {
                gone.push(id);
            }
            continue;
        }
        let left = if in_mine { &nets.mine } else { &nets.theirs };
        let place = Place::Node(id.clone());
        let keep = match picker.choice(&place) {
            Some(Take::Mine) => in_mine,
            Some(Take::Theirs | Take::Both) => in_theirs,
            None if needs(left, &nets.base, &id) => {
                let shown = nets.as_ref().map(|net| net.nodes.get(&id).map(words::node_words));
                picker.note(place, Reason::Removed, shown);
                true
            }
            None => false,
        };
        if keep { back.push((id, in_mine)) } else { gone.push(id) }
    }
    for id in &gone {
        for net in [&mut nets.base, &mut nets.mine, &mut nets.theirs] {
            net.remove(id);
        }
    }
    for (id, in_mine) in back {
        let base = nets.base.clone();
        restore(if in_mine { &mut nets.theirs } else { &mut nets.mine }, &base, &id);
    }
    nets
}

/// Nodes that both sides added under one id, and that are not the same.
fn added_twice(picker: &mut Picker<'_>, nets: &mut Three<Net>) {
    let twice: Vec<Slug> = nets
        .mine
        .nodes
        .iter()
        .filter(|(id, node)| {
            !nets.base.nodes.contains_key(id)
                && nets.theirs.nodes.get(id).is_some_and(|other| other != *node)
        })
        .map(|(id, _)| id.clone())
        .collect();
    for id in twice {
        let place = Place::Node(id.clone());
        match picker.choice(&place) {
            Some(Take::Both) => rename(nets, &id),
            Some(Take::Mine) => nets.theirs.remove(&id),
            Some(Take::Theirs) => nets.mine.remove(&id),
            None => {
                let shown = nets.as_ref().map(|net| net.nodes.get(&id).map(words::node_words));
                picker.note(place, Reason::BothAdded, shown);
                if let Some(conflict) = picker.conflicts.last_mut() {
                    conflict.can_keep_both = true;
                }
                // Until somebody chose, neither side has anything to do with it.
                let node = nets.theirs.nodes.get(&id).cloned();
                for net in [&mut nets.mine, &mut nets.theirs] {
                    net.remove(&id);
                    net.nodes.extend(node.clone().map(|node| (id.clone(), node)));
                }
            }
        }
    }
}

/// Gives a node of mine an id that no version has.
fn rename(nets: &mut Three<Net>, id: &Slug) {
    let taken = |new: &str| {
        [&nets.base, &nets.mine, &nets.theirs]
            .iter()
            .any(|net| net.nodes.keys().any(|id| id.as_str() == new))
    };
    let new = new_node_id(id.as_str(), taken);
    let mine = &mut nets.mine;
    let moved = |port: &PortRef| match port.node == *id {
        true => PortRef { node: new.clone(), port: port.port.clone() },
        false => port.clone(),
    };
    if let Some(node) = mine.nodes.remove(id) {
        mine.nodes.insert(new.clone(), Node { id: new.clone(), ..node });
    }
    let feeds = std::mem::take(&mut mine.feeds).into_iter();
    mine.feeds = feeds.map(|(to, from)| (moved(&to), from.iter().map(moved).collect())).collect();
    if let Some(interface) = &mut mine.interface {
        for port in interface.inputs.iter_mut().chain(&mut interface.outputs) {
            port.inner = moved(&port.inner);
        }
    }
}

/// Says whether one side changed a node, or drew something to it, that the other side removed.
fn needs(side: &Net, base: &Net, id: &Slug) -> bool {
    let still = |net: &Net| net.nodes.get(id).map(|node| Node { position: None, ..node.clone() });
    let edges = |net: &Net| -> BTreeSet<(PortRef, PortRef)> {
        net.edges_of(id).map(|(from, to)| (from.clone(), to.clone())).collect()
    };
    still(side) != still(base)
        || !edges(side).is_subset(&edges(base))
        || !side.outer_of(id).is_subset(&base.outer_of(id))
}

/// Puts a node back that one side removed, with the edges of base that went with it.
fn restore(side: &mut Net, base: &Net, id: &Slug) {
    let Some(node) = base.nodes.get(id) else { return };
    side.nodes.insert(id.clone(), node.clone());
    for (from, to) in base.edges_of(id) {
        let is_free = to.node == *id || ports::given(side, to).is_none();
        if is_free && side.nodes.contains_key(&from.node) && side.nodes.contains_key(&to.node) {
            side.feeds.entry(to.clone()).or_default().insert(from.clone());
        }
    }
    let (Some(mine), Some(old)) = (&mut side.interface, &base.interface) else { return };
    for (ports, old) in [(&mut mine.inputs, &old.inputs), (&mut mine.outputs, &old.outputs)] {
        for port in old.iter().filter(|port| port.inner.node == *id) {
            if !ports.contains(port) {
                ports.push(port.clone());
            }
        }
    }
}

/// Merges what a node is; what it is given is left out.
pub(super) fn merge(picker: &mut Picker<'_>, versions: Three<Option<&Node>>) -> Option<Node> {
    let Three { base, mine, theirs } = versions;
    let (Some(base), Some(mine), Some(theirs)) = (base, mine, theirs) else {
        return theirs.or(mine).cloned();
    };
    let three = Three { base, mine, theirs };
    let id = &theirs.id;
    let uses =
        picker.pick(&Place::Uses(id.clone()), three.map(|node| Some(&node.uses)), uses_words);
    let name = three.map(|node| node.name.as_ref());
    let name = picker.pick(&Place::NodeName(id.clone()), name, String::clone);
    let mut limit = |name: &'static str| {
        let limits = three.map(|node| words::limit(node, name));
        picker.pick(
            &Place::Limit(id.clone(), name),
            limits.as_ref().map(Option::as_ref),
            u64::to_string,
        )
    };
    let (timeout_ms, memory_mb, retries) =
        (limit("timeout_ms"), limit("memory_mb"), limit("retries"));
    let position = three.map(|node| node.position.as_ref());
    let position =
        picker.pick(&Place::Position(id.clone()), position, |(x, y)| format!("{x}, {y}"));
    Some(Node {
        id: id.clone(),
        uses: uses.unwrap_or_else(|| theirs.uses.clone()),
        name,
        inputs: theirs.inputs.clone(),
        timeout_ms,
        memory_mb,
        retries: retries.and_then(|retries| u32::try_from(retries).ok()).unwrap_or_default(),
        position,
    })
}

fn uses_words(uses: &Uses) -> String {
    format!("{} {}", uses.noun(), uses.id())
}

/// Notes nodes that run something else for one side while the other changed what they are given.
pub(super) fn runs(picker: &mut Picker<'_>, nets: Three<&Net>) {
    for (id, node) in &nets.base.nodes {
        let versions = nets.map(|net| net.nodes.get(id).map(|node| &node.uses));
        let (Some(mine), Some(theirs)) = (versions.mine, versions.theirs) else { continue };
        let other = match (*mine == node.uses, *theirs == node.uses) {
            (false, true) => nets.theirs,
            (true, false) => nets.mine,
            _ => continue,
        };
        let wired = |net: &Net| -> BTreeSet<(PortRef, PortRef)> {
            net.edges_of(id).map(|(from, to)| (from.clone(), to.clone())).collect()
        };
        let inputs = |net: &Net| net.nodes.get(id).map(|node| node.inputs.clone());
        let place = Place::Uses(id.clone());
        let is_new =
            inputs(other) != inputs(nets.base) || !wired(other).is_subset(&wired(nets.base));
        if is_new && picker.choice(&place).is_none() {
            picker.note(place, Reason::Runs, versions.map(|uses| uses.map(uses_words)));
        }
    }
}
