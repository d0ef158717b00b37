use super::*;
use crate::environment::PYODIDE;

#[track_caller]
fn check(file: &str, want: Option<u32>) {
    assert_eq!(WheelName::parse(file).unwrap().rank(&PYODIDE), want, "{file}");
}

#[test]
fn wheels_that_load_are_ranked_and_others_refused() {
    check("python_flint-0.9.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", Some(0));
    check("python_flint-0.9.0-1-cp314-cp314-pyemscripten_2026_0_wasm32.whl", Some(0));
    check("fast-1.0-cp310-abi3-pyemscripten_2026_0_wasm32.whl", Some(5));
    check("sympy-1.14.0-py3-none-any.whl", Some(154));
    check("six-1.16.0-py2.py3-none-any.whl", Some(154));
    check("new-1.0-py314-none-any.whl", Some(140));
    for other in [
        "numpy-2.4.6-cp314-cp314-manylinux_2_28_x86_64.whl",
        "numpy-2.4.6-cp313-cp313-pyemscripten_2026_0_wasm32.whl",
        "numpy-2.4.6-cp314-cp314-pyemscripten_2025_0_wasm32.whl",
        "numpy-2.4.6-cp314-cp314t-pyemscripten_2026_0_wasm32.whl",
        "old-1.0-py2-none-any.whl",
        "newer-1.0-py315-none-any.whl",
        "pypy-1.0-pp311-pypy311_pp73-any.whl",
    ] {
        check(other, None);
    }
}

#[test]
fn names_that_are_none_are_refused() {
    for bad in [
        "",
        ".whl",
        "sympy.whl",
        "sympy-1.14.0.tar.gz",
        "../sympy-1.14.0-py3-none-any.whl",
        "a/b-1.0-py3-none-any.whl",
        "sympy-x.y-py3-none-any.whl",
        "sympy-1.0-build-py3-none-any.whl",
        "sym py-1.0-py3-none-any.whl",
        "sympy\n-1.0-py3-none-any.whl",
        "a-1-1-1-1-1-1.whl",
    ] {
        assert!(WheelName::parse(bad).is_err(), "{bad:?}");
    }
}
