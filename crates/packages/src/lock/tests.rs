use super::*;

fn entry(name: &str, depends: &[&str], requested: &str) -> Locked {
    Locked {
        name: name.into(),
        version: "1.0".into(),
        file_name: format!("{name}-1.0-py3-none-any.whl"),
        install_dir: "site".into(),
        sha256: "a".repeat(64),
        package_type: "package".into(),
        imports: vec![name.into()],
        depends: depends.iter().map(|&name| name.to_owned()).collect(),
        unvendored_tests: false,
        size: 10,
        requires: Vec::new(),
        requested: requested.split_terminator(',').map(|text| text.parse().unwrap()).collect(),
        source: "https://example.org/".into(),
    }
}

fn lock(entries: impl IntoIterator<Item = Locked>) -> Lock {
    let packages = entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    Lock { packages, ..Lock::empty() }
}

#[test]
fn what_is_written_is_read_back() {
    let mut with = lock([entry("sympy", &["mpmath"], "sympy>=1.13"), entry("mpmath", &[], "")]);
    with.packages.get_mut("sympy").unwrap().requires =
        vec!["mpmath<1.4,>=1.1.0".parse().unwrap(), "gmpy2; extra == 'fast'".parse().unwrap()];
    assert_eq!(Lock::parse(with.to_json().as_bytes()).unwrap(), with);
    assert_eq!(Lock::parse(Lock::empty().to_json().as_bytes()).unwrap(), Lock::empty());
}

#[test]
fn what_could_lead_elsewhere_is_refused() {
    let cases: [fn(&mut Locked); 4] = [
        |entry| entry.sha256 = "../../etc/passwd".into(),
        |entry| entry.sha256 = "A".repeat(64),
        |entry| entry.file_name = "../sympy-1.0-py3-none-any.whl".into(),
        |entry| entry.name = "other".into(),
    ];
    for (n, spoil) in cases.iter().enumerate() {
        let mut bad = lock([entry("sympy", &[], "sympy")]);
        bad.packages.values_mut().for_each(spoil);
        let error = Lock::parse(bad.to_json().as_bytes()).unwrap_err();
        assert!(matches!(error, LockError::Entry { .. }), "case {n}: {error}");
    }
    let mut other = Lock::empty();
    other.info.abi_version = "2025_0".into();
    assert!(matches!(Lock::parse(other.to_json().as_bytes()), Err(LockError::OtherPython { .. })));
    assert!(matches!(Lock::parse(b"{\"packages\""), Err(LockError::Form { .. })));
}

#[test]
fn packages_that_nobody_needs_any_more_are_found() {
    let mut lock = lock([
        entry("a", &["b"], "a"),
        entry("b", &["c"], ""),
        entry("c", &["b"], ""),
        entry("d", &["e"], ""),
        entry("e", &[], ""),
        entry("f", &[], "f"),
    ]);
    assert_eq!(lock.dependents("b"), ["a", "c"]);
    assert_eq!(lock.drop_orphans(), ["d", "e"]);
    lock.packages.get_mut("a").unwrap().requested.clear();
    assert_eq!(lock.drop_orphans(), ["a", "b", "c"]);
}
