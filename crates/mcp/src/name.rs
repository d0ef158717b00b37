//! The names of tools. They say what is called and by which id, and stay the same as long as the id does.
//!
//! Clients put the name of the server before that of a tool, and models take at most 64 characters for both
//! together; so a long id is cut, and the hash behind it keeps the name apart from all others.

use llmos_core::{slug::Slug, workflow::Uses};
use sha2::{Digest, Sha256};

/// The length of a name that was cut. Every other name is shorter.
pub(crate) const MAX_TOOL: usize = 48;

/// The length of the name of an argument that was cut.
const MAX_ARGUMENT: usize = 64;

/// How many digits of the hash a name that was cut ends with.
const N_DIGITS: usize = 12;

const SKILL: &str = "skill_";
const WORKFLOW: &str = "workflow_";

/// What a name of a tool may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// This, if it is there.
    This(Uses),
    /// Whatever has a long id that is cut to this name.
    Cut,
    /// Nothing.
    Nothing,
}

/// Returns the name of the tool that calls a skill or workflow.
pub(crate) fn of(what: &Uses) -> String {
    match what {
        Uses::Skill(id) => cut(format!("{SKILL}{id}"), MAX_TOOL),
        Uses::Workflow(id) => cut(format!("{WORKFLOW}{id}"), MAX_TOOL),
    }
}

/// Returns the name of the argument that is for an input.
pub(crate) fn argument(port: &str) -> String {
    cut(port.to_owned(), MAX_ARGUMENT)
}

/// Says what a name means.
pub(crate) fn meant(name: &str) -> Meant {
    let id = |text: &str| text.parse::<Slug>().ok();
    let found = match (name.strip_prefix(SKILL), name.strip_prefix(WORKFLOW)) {
        _ if name.len() > MAX_TOOL => return Meant::Nothing,
        (None, None) => return Meant::Nothing,
        _ if name.len() == MAX_TOOL => return Meant::Cut,
        (Some(text), _) => id(text).map(Uses::Skill),
        (_, Some(text)) => id(text).map(Uses::Workflow),
    };
    found.map_or(Meant::Nothing, Meant::This)
}

/// Cuts a name that has `most` bytes or more to exactly `most`, with a hash of the whole at its end.
fn cut(name: String, most: usize) -> String {
    if name.len() < most || !name.is_ascii() {
        return name;
    }
    let hash = Sha256::digest(&name);
    let digits: String = hash.iter().take(N_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digits}", &name[..most - N_DIGITS - 1])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn uses(id: &str) -> [Uses; 2] {
        let id: Slug = id.parse().expect("a slug");
        [Uses::Skill(id.clone()), Uses::Workflow(id)]
    }

    #[test]
    fn a_name_says_what_it_calls() {
        let [skill, workflow] = uses("linear-fit");
        assert_eq!(of(&skill), "skill_linear-fit");
        assert_eq!(of(&workflow), "workflow_linear-fit");
        assert_eq!(meant("skill_linear-fit"), Meant::This(skill));
        assert_eq!(meant("workflow_linear-fit"), Meant::This(workflow));
    }

    #[test]
    fn what_is_no_name_means_nothing() {
        let long = format!("skill_{}", "a".repeat(10_000));
        let names = ["", "skill_", "skill_../../x", "skill_A", "linear-fit", "workflow_a b", &long];
        for name in names {
            assert_eq!(meant(name), Meant::Nothing, "{name:.60}");
        }
    }

    #[test]
    fn names_differ_and_fit_however_long_and_alike_the_ids_are() {
        let mut seen = BTreeSet::new();
        let alike = |n: usize| (0..3).map(move |end| format!("{}{end}", "a".repeat(n)));
        let mut ids: Vec<String> = (1..99).flat_map(alike).collect();
        // An id that looks like the cut name of another one.
        let cut = of(&uses(&"b".repeat(90))[0]);
        ids.extend([cut[SKILL.len()..].to_owned(), "b".repeat(90)]);
        for id in &ids {
            for what in uses(id) {
                let name = of(&what);
                let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                assert!(name.len() <= MAX_TOOL && name.chars().all(valid), "{name}");
                assert!(seen.insert(name.clone()), "{name} twice");
                let want = if name.len() == MAX_TOOL { Meant::Cut } else { Meant::This(what) };
                assert_eq!(meant(&name), want);
            }
        }
    }

    #[test]
    fn arguments_fit_what_models_take() {
        assert_eq!(argument("bond_length"), "bond_length");
        let long = argument(&format!("{}-{}", "n".repeat(100), "p".repeat(64)));
        assert_eq!(long.len(), MAX_ARGUMENT);
    }
}
