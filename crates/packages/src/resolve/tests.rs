use super::*;

/// A line `name version: requirement; requirement`.
fn candidate(line: &str) -> Candidate {
    let (head, requires) = line.split_once(':').unwrap_or((line, ""));
    let (name, version) = head.split_once(' ').unwrap();
    let requires = requires.split('|').map(str::trim).filter(|text| !text.is_empty());
    Candidate {
        name: PackageName::new(name.to_owned()).unwrap(),
        version: version.trim().trim_end_matches('!').parse().unwrap(),
        file_name: String::new(),
        url: "https://index.example/".parse().unwrap(),
        sha256: head.to_owned(),
        size: None,
        requires: Some(requires.map(|text| text.parse().unwrap()).collect()),
        distribution: None,
        yanked: version.ends_with('!'),
        rank: 0,
    }
}

fn known(lines: &[&str]) -> Known {
    let mut known = Known::default();
    for line in lines {
        let candidate = candidate(line);
        let offer = known.offers.entry(candidate.name.clone()).or_default();
        offer.known = true;
        offer.candidates.push(candidate);
        offer.sort();
    }
    known
}

fn roots(texts: &[&str]) -> Vec<Requirement> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[track_caller]
fn check(known: &Known, asked: &[&str], want: Result<&[&str], &str>) {
    let got = resolve(&roots(asked), known).map(|step| match step {
        Step::Done(all) => all
            .iter()
            .map(|one| format!("{} {}", one.candidate.name, one.candidate.version))
            .collect::<Vec<_>>(),
        other => panic!("asked for more: {other:?}"),
    });
    match (got, want) {
        (Ok(got), Ok(want)) => assert_eq!(got, want),
        (Err(error), Err(want)) => assert!(error.to_string().contains(want), "{error}"),
        (got, want) => panic!("got {got:?} instead of {want:?}"),
    }
}

#[test]
fn the_newest_that_go_together_are_taken() {
    let known = known(&[
        "sympy 1.14.0: mpmath<1.4,>=1.1.0 | pytest; extra == 'dev'",
        "sympy 1.13.0: mpmath<1.4,>=1.1.0",
        "mpmath 1.4.1",
        "mpmath 1.3.0",
        "mpmath 1.3.5rc1",
        "mpmath 1.3.9!",
    ]);
    check(&known, &["sympy"], Ok(&["mpmath 1.3.0", "sympy 1.14.0"]));
    check(&known, &["sympy<1.14", "mpmath"], Ok(&["mpmath 1.3.0", "sympy 1.13.0"]));
    check(&known, &["mpmath"], Ok(&["mpmath 1.4.1"]));
    check(&known, &["mpmath==1.3.9"], Ok(&["mpmath 1.3.9"]));
    check(&known, &["mpmath>=1.3.5rc1,<1.4"], Ok(&["mpmath 1.3.5rc1"]));
    check(
        &known,
        &["Sympy==9"],
        Err("no version of `sympy` fits `sympy==9`: there is 1.14.0, 1.13.0"),
    );
}

#[test]
fn markers_are_those_of_the_browser() {
    let known = known(&[
        "app 1.0: colorama; sys_platform == 'win32' | js; sys_platform == 'emscripten' | tomli; python_version < '3.11'",
        "js 1.0",
    ]);
    check(&known, &["app"], Ok(&["app 1.0", "js 1.0"]));
}

#[test]
fn extras_bring_what_they_need() {
    let known = known(&[
        "app 1.0: fast; extra == 'speed' | slow",
        "user 1.0: app[speed]",
        "fast 1.0",
        "slow 1.0: app",
    ]);
    check(&known, &["app"], Ok(&["app 1.0", "slow 1.0"]));
    check(&known, &["app[speed]"], Ok(&["app 1.0", "fast 1.0", "slow 1.0"]));
    check(&known, &["app", "user"], Ok(&["app 1.0", "fast 1.0", "slow 1.0", "user 1.0"]));
}

#[test]
fn it_goes_back_where_the_newest_do_not_go_together() {
    let known = known(&["a 2.0: c>=2", "a 1.0: c<2", "b 1.0: c<2", "c 2.0", "c 1.0"]);
    check(&known, &["a", "b"], Ok(&["a 1.0", "b 1.0", "c 1.0"]));
    check(&known, &["a==2.0", "b"], Err("`c<2` (needed by b 1.0) does not go with c 2.0"));
}

#[test]
fn what_the_cache_holds_stays() {
    let mut known = known(&["mpmath 1.4.1", "mpmath 1.3.0"]);
    known.locked.insert("mpmath".parse().unwrap(), candidate("mpmath 1.3.0"));
    check(&known, &["mpmath"], Ok(&["mpmath 1.3.0"]));
    check(&known, &["mpmath>1.3"], Ok(&["mpmath 1.4.1"]));
    known.offers.clear();
    check(&known, &["mpmath"], Ok(&["mpmath 1.3.0"]));
    known.locked.insert("old".parse().unwrap(), candidate("old 1.0: mpmath>1.3"));
    let asked = resolve(&roots(&["mpmath", "old"]), &known).unwrap();
    assert_eq!(asked, Step::Offer("old".parse().unwrap()));
}

#[test]
fn it_asks_for_what_it_does_not_know() {
    let mut known = Known::default();
    let asked = resolve(&roots(&["sympy"]), &known).unwrap();
    assert_eq!(asked, Step::Offer("sympy".parse().unwrap()));
    let sympy = Candidate { requires: None, ..candidate("sympy 1.14.0") };
    let offer = Offer { candidates: vec![sympy.clone()], known: true, ..Offer::default() };
    known.offers.insert(sympy.name.clone(), offer);
    let asked = resolve(&roots(&["sympy"]), &known).unwrap();
    assert_eq!(asked, Step::Requires(Box::new(sympy.clone())));
    known.requires.insert(sympy.sha256, roots(&["mpmath"]));
    assert_eq!(
        resolve(&roots(&["sympy"]), &known).unwrap(),
        Step::Offer("mpmath".parse().unwrap())
    );
}

#[test]
fn what_cannot_be_had_is_said_with_what_needs_it() {
    let mut known =
        known(&["qiskit 0.46.3: qiskit-terra==0.46.3", "linked 1.0: x @ https://x.example/x.whl"]);
    known.offers.insert(
        "qiskit-terra".parse().unwrap(),
        Offer { known: true, n_unusable: 40, ..Offer::default() },
    );
    known.offers.insert("nothing".parse().unwrap(), Offer::default());
    known.offers.insert(
        "later".parse().unwrap(),
        Offer { known: true, n_other_python: 2, ..Offer::default() },
    );
    known
        .offers
        .insert("bare".parse().unwrap(), Offer { known: true, n_unhashed: 3, ..Offer::default() });
    check(
        &known,
        &["qiskit"],
        Err(
            "`qiskit-terra` has no wheel for Pyodide in this index (needed by qiskit 0.46.3): all of its 40",
        ),
    );
    check(&known, &["nothing"], Err("there is no package `nothing`"));
    check(&known, &["later"], Err("2 of its files want another Python than 3.14.2"));
    check(&known, &["bare"], Err("3 of its files are named without a SHA-256"));
    check(&known, &["linked"], Err("names an address"));
    let hint = resolve(&roots(&["qiskit"]), &known).unwrap_err().hint();
    assert!(hint.contains("openqasm"), "{hint}");
}

#[test]
fn a_search_without_end_is_given_up() {
    let mut lines: Vec<String> =
        (0..20).flat_map(|p| (0..20).map(move |v| format!("p{p} {v}.0: p{}", p + 1))).collect();
    lines.push("p20 1.0: never>2".into());
    lines.push("never 1.0".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    check(&known(&lines), &["p0"], Err("no version of `never` fits `never>2` (needed by p20 1.0)"));
}
