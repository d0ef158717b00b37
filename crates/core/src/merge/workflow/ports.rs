//! What the inputs of nodes are given, and which ports a workflow has as a node.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Net, words as say};
use crate::{
    diff::{Place, Side, shown},
    merge::{Picker, Three, order},
    workflow::{Interface, OuterPort, PortRef},
};

/// What an input is given: a value, or what edges bring.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    value: Option<Value>,
    feeds: BTreeSet<PortRef>,
}

/// Returns what an input is given, if anything.
pub(super) fn given(net: &Net, to: &PortRef) -> Option<Given> {
    let value = net.nodes.get(&to.node).and_then(|node| node.inputs.get(&to.port)).cloned();
    let feeds = net.feeds.get(to).cloned().unwrap_or_default();
    (value.is_some() || !feeds.is_empty()).then_some(Given { value, feeds })
}

/// Says what an input is given.
pub(super) fn words(given: &Given) -> String {
    let feeds: Vec<_> = given.feeds.iter().map(|from| format!("fed by {from}")).collect();
    match &given.value {
        Some(value) if feeds.is_empty() => shown(value),
        Some(value) => format!("{} and {}", feeds.join(" and "), shown(value)),
        None => feeds.join(" and "),
    }
}

/// Merges what each input is given into the nodes that there are.
pub(super) fn merge(picker: &mut Picker<'_>, nets: Three<&Net>, merged: &mut Net) {
    let mut inputs: BTreeSet<PortRef> = BTreeSet::new();
    for net in [nets.base, nets.mine, nets.theirs] {
        inputs.extend(net.feeds.keys().cloned());
        for (id, node) in &net.nodes {
            let port = |port: &String| PortRef { node: id.clone(), port: port.clone() };
            inputs.extend(node.inputs.keys().map(port));
        }
    }
    for to in inputs {
        let three = nets.map(|net| given(net, &to));
        let place = Place::Input(to.node.clone(), to.port.clone());
        let taken = picker.pick(&place, three.as_ref().map(Option::as_ref), words);
        let Given { value, feeds } = taken.unwrap_or(Given { value: None, feeds: BTreeSet::new() });
        if let Some(node) = merged.nodes.get_mut(&to.node) {
            match value {
                Some(value) => node.inputs.insert(to.port.clone(), value),
                None => node.inputs.remove(&to.port),
            };
        }
        if !feeds.is_empty() {
            merged.feeds.insert(to, feeds);
        }
    }
}

/// Merges the ports that a workflow has as a node.
pub(super) fn interface(
    picker: &mut Picker<'_>,
    three: Three<Option<&Interface>>,
) -> Option<Interface> {
    let Three { base, mine, theirs } = three;
    let both = mine != theirs && mine != base && theirs != base;
    let (true, Some(mine), Some(theirs)) = (both, mine, theirs) else {
        let wrapped = three.map(|interface| interface.cloned());
        let shown = |interface: &Option<Interface>| say::interface_words(interface.as_ref());
        return picker.pick(&Place::Interface, wrapped.as_ref().map(Some), shown).flatten();
    };
    let nothing = Interface::default();
    let three = Three { base: base.unwrap_or(&nothing), mine, theirs };
    Some(Interface {
        inputs: outer(picker, Side::Input, three.map(|it| &*it.inputs)),
        outputs: outer(picker, Side::Output, three.map(|it| &*it.outputs)),
    })
}

fn outer(picker: &mut Picker<'_>, side: Side, three: Three<&[OuterPort]>) -> Vec<OuterPort> {
    let names = three.map(|ports| {
        let mut names: Vec<String> = Vec::new();
        for port in ports {
            if !names.contains(&port.name) {
                names.push(port.name.clone());
            }
        }
        names
    });
    let by_name = three.map(say::outer);
    let mut found: BTreeMap<String, Vec<PortRef>> = BTreeMap::new();
    for name in names.base.iter().chain(&names.mine).chain(&names.theirs) {
        if found.contains_key(name) {
            continue;
        }
        let place = Place::Outer(side, name.clone());
        let inner = by_name.as_ref().map(|ports| ports.get(&**name));
        let inner = picker.pick(&place, inner, |inner| say::outer_words(inner));
        found.insert(name.clone(), inner.into_iter().flatten().cloned().collect());
    }
    let keep = |name: &String| found.get(name).is_some_and(|inner| !inner.is_empty());
    let names = names.as_ref().map(|names| &**names);
    let order = order::of_names(picker, &Place::Interface, names, keep);
    let mut ports = Vec::new();
    for name in order {
        for inner in found.remove(&name).unwrap_or_default() {
            ports.push(OuterPort { name: name.clone(), inner });
        }
    }
    ports
}
