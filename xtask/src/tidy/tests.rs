use std::collections::BTreeSet;

use super::{CHECKS, Member, Workspace, arrows, map};

fn workspace(name: &str, needs: &[&str]) -> Workspace {
    let member = |name: &str, needs: &[&str]| Member {
        name: name.to_owned(),
        folder: format!("crates/{}", name.trim_start_matches("llmos-")),
        needs: needs.iter().map(|&need| need.to_owned()).collect(),
    };
    let others = ["llmos-core", "llmos-volumes", "llmos-server"].iter();
    let others = others.filter(|&&other| other != name).map(|other| member(other, &[]));
    Workspace { crates: std::iter::once(member(name, needs)).chain(others).collect() }
}

#[test]
fn this_workspace_is_tidy() {
    let workspace = Workspace::read().expect("cargo can describe this workspace");
    for (name, check) in CHECKS {
        let offences = check(&workspace).expect("the check can run");
        assert!(offences.is_empty(), "{name}:\n{}", offences.join("\n"));
    }
}

#[test]
fn an_arrow_outward_is_an_offence() {
    for (name, needs, n_offences) in [
        ("llmos-server", &["llmos-core", "axum"][..], 0),
        ("llmos-server", &["llmos-volumes"], 1),
        ("llmos-core", &["serde", "sha2"], 0),
        ("llmos-core", &["llmos-server", "tokio"], 2),
        ("llmos-unheard-of", &[], 1),
    ] {
        let offences = arrows::offences(&workspace(name, needs));
        assert_eq!(offences.len(), n_offences, "{name} -> {needs:?}: {offences:?}");
    }
}

#[test]
fn the_map_is_read_from_its_code_spans() {
    let text = "`crates/core` is pure, `crates/api/` knows it; `crates/*` and `crates/core/src` \
                are no crates, crates/gone is no code, `xtask` is one";
    assert_eq!(map::named(text), BTreeSet::from(["crates/api", "crates/core", "xtask"]));
}

#[test]
fn the_map_must_name_what_is_there_and_nothing_else() {
    let named = BTreeSet::from(["crates/core", "crates/gone"]);
    let there = BTreeSet::from(["crates/core", "crates/new"]);
    assert_eq!(
        map::compare(&named, &there),
        [
            "ARCHITECTURE.md does not name `crates/new`",
            "ARCHITECTURE.md names `crates/gone`, which is gone",
        ]
    );
}
