use super::*;

fn installed() -> BTreeMap<String, Installed> {
    let package = |name: &str, version: &str, imports: &[&str], depends: &[&str]| {
        let own = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let package =
            Installed { version: version.into(), imports: own(imports), depends: own(depends) };
        (name.to_owned(), package)
    };
    BTreeMap::from([
        package("sympy", "1.14.0", &["isympy", "sympy"], &["mpmath"]),
        package("mpmath", "1.3.0", &["mpmath"], &[]),
        package("python-flint", "0.9.0", &["flint"], &[]),
        package("micropip", "0.11.1", &["micropip"], &[]),
    ])
}

#[track_caller]
fn check(declared: &[&str], code: &str, want: &[&str]) {
    let declared: Vec<String> = declared.iter().map(|&text| text.to_owned()).collect();
    let got = needed(&declared, code, &installed()).unwrap();
    assert_eq!(got.versions.iter().map(String::as_str).collect::<Vec<_>>(), want, "{code}");
}

#[test]
fn imports_are_found_with_what_they_need() {
    let both = ["mpmath==1.3.0", "sympy==1.14.0"];
    check(&[], "import sympy", &both);
    check(&[], "import json, sympy as sp", &both);
    check(
        &[],
        "def execute(inputs):\n    from sympy.abc import x; import flint # and more",
        &["mpmath==1.3.0", "python-flint==0.9.0", "sympy==1.14.0"],
    );
    check(&[], "import mpmath.libmp", &["mpmath==1.3.0"]);
    check(
        &[],
        "import math\nimportant = 1\nfrom_sympy = 2\nfrom . import sympy\n# import sympy",
        &[],
    );
}

#[test]
fn declared_packages_are_taken_by_any_spelling() {
    check(&["Python_Flint"], "", &["python-flint==0.9.0"]);
    check(&["sympy == 1.14.0"], "", &["mpmath==1.3.0", "sympy==1.14.0"]);
}

#[test]
fn code_that_installs_packages_is_given_all_to_choose_from() {
    let got = needed(&[], "import micropip", &installed()).unwrap();
    assert!(got.chooses);
    assert_eq!(got.load, BTreeSet::from(["micropip".to_owned()]));
    assert_eq!(got.versions.len(), 4);
}

#[test]
fn what_is_missing_is_said_with_the_command_for_it() {
    let refused = |text: &str| {
        let error = needed(&[text.to_owned()], "", &installed()).unwrap_err();
        (error.to_string(), error.hint())
    };
    let (message, hint) = refused("Numpy");
    assert_eq!(message, "the package `numpy` is not in the package cache");
    assert!(hint.starts_with("run `llmos packages add numpy`"), "{hint}");
    let (message, hint) = refused("sympy==1.12");
    assert!(message.contains("holds version 1.14.0"), "{message}");
    assert!(hint.contains("add sympy==1.12`"), "{hint}");
    assert!(refused("qiskit_aer").1.contains("openqasm"));
    for bad in ["sympy>=1", "", "a b", "sympy==", "../x"] {
        assert!(
            matches!(
                needed(&[bad.to_owned()], "", &installed()),
                Err(PackageError::BadName { .. })
            ),
            "{bad}"
        );
    }
}
