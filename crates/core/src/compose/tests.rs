use std::collections::BTreeMap;

use super::*;
use crate::skill::{self, SkillKind};

/// A kitchen of skills, each written as `id(inputs) -> (outputs)` with `name:type`, `?` for optional.
struct Shelf(BTreeMap<Slug, Executable>);

impl SkillSource for Shelf {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.0.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.0.keys().collect()
    }
}

impl Kitchen for Shelf {
    fn name_of(&self, id: &Slug) -> Option<&str> {
        self.0.get_key_value(id).map(|(id, _)| id.as_str())
    }
}

fn shelf(skills: &[(&str, &str, &str)]) -> Shelf {
    let ports = |text: &str| -> String {
        let port = |port: &str| {
            let (name, ty) = port.split_once(':').unwrap();
            let (ty, optional) = match ty.strip_suffix('?') {
                Some(ty) => (ty, ", required: false"),
                None => (ty, ""),
            };
            format!("  - {{name: {name}, type: {ty}{optional}}}\n")
        };
        let all: String = text.split_whitespace().map(port).collect();
        if all.is_empty() { " []\n".to_owned() } else { format!("\n{all}") }
    };
    let parse = |(id, inputs, outputs): &(&str, &str, &str)| {
        let text = format!(
            "---\nskill_id: {id}\nname: {id}\ntype: javascript\ninputs:{}outputs:{}---\n```js\nfunction execute() {{}}\n```\n",
            ports(inputs),
            ports(outputs),
        );
        let check = skill::check(&format!("skills/{id}.md"), text.as_bytes());
        let skill = check.skill.unwrap_or_else(|| panic!("{id}: {:?}", check.diagnostics));
        let SkillKind::Executable(executable) = skill.kind else { panic!("{id} does not run") };
        (skill.id, *executable)
    };
    Shelf(skills.iter().map(parse).collect())
}

/// The best proposal for leads in this order, as its nodes and edges; a lead is found by its own name.
#[track_caller]
fn check(shelf: &Shelf, leads: &[&str], want: Option<(&[&str], &[&str])>) {
    let why: Vec<_> = leads
        .iter()
        .map(|lead| vec![Why { field: Field::Name, terms: vec![(*lead).to_owned()] }])
        .collect();
    let leads: Vec<_> = leads
        .iter()
        .zip(&why)
        .map(|(lead, why)| {
            let (id, executable) = shelf.0.get_key_value(&lead.parse::<Slug>().unwrap()).unwrap();
            Lead { what: LeadKind::Skill(id, executable), name: id.as_str(), why }
        })
        .collect();
    let proposals = propose("do it", &leads, shelf);
    for proposal in &proposals {
        assert!(!has_errors(&validate(&proposal.workflow, shelf)));
    }
    let best = proposals.first().map(|best| {
        let mut nodes: Vec<_> =
            best.workflow.nodes.iter().map(|node| node.id.to_string()).collect();
        let edge = |edge: &crate::workflow::Edge| format!("{} > {}", edge.from, edge.to);
        let mut edges: Vec<_> = best.workflow.edges.iter().map(edge).collect();
        nodes.sort();
        edges.sort();
        (nodes, edges)
    });
    let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    assert_eq!(best, want.map(|(nodes, edges)| (owned(nodes), owned(edges))));
}

#[test]
fn skills_are_chained_back_from_the_goal_by_name_and_type() {
    let shelf = shelf(&[
        ("molecule", "", "hamiltonian:object terms:table"),
        ("optimizer", "hamiltonian:object", "trace:array energy:number"),
        ("plot", "trace:array", "plot:plot"),
        ("other", "", "values:array"),
    ]);
    check(
        &shelf,
        &["plot", "optimizer", "molecule"],
        Some((
            &["molecule", "optimizer", "plot"],
            &["molecule.hamiltonian > optimizer.hamiltonian", "optimizer.trace > plot.trace"],
        )),
    );
}

#[test]
fn what_nobody_asked_for_is_added_only_where_an_input_needs_it() {
    let shelf = shelf(&[
        ("numbers", "", "values:array"),
        ("histogram", "values:array", "plot:plot"),
        ("unrelated", "", "scene:object"),
    ]);
    check(
        &shelf,
        &["histogram"],
        Some((&["histogram", "numbers"], &["numbers.values > histogram.values"])),
    );
}

#[test]
fn a_text_that_somebody_must_write_is_not_made_up() {
    let shelf = shelf(&[
        ("reader", "text:string", "table:table"),
        ("note", "", "text:string"),
        ("chart", "table:table", "plot:plot"),
    ]);
    check(&shelf, &["chart", "reader"], None);
}

#[test]
fn arrays_of_other_names_and_circles_are_no_chain() {
    let shelf = shelf(&[
        ("sink", "weights:array", "plot:plot"),
        ("source", "", "angles:array"),
        ("snake", "tail:table", "tail:table"),
    ]);
    check(&shelf, &["sink"], None);
    check(&shelf, &["snake"], None);
}

#[test]
fn a_setting_that_describes_the_data_comes_from_where_the_data_does() {
    let shelf = shelf(&[
        ("wave", "", "samples:array rate:number"),
        ("fft", "samples:array rate:number?", "plot:plot"),
    ]);
    check(
        &shelf,
        &["fft", "wave"],
        Some((&["fft", "wave"], &["wave.rate > fft.rate", "wave.samples > fft.samples"])),
    );
}
