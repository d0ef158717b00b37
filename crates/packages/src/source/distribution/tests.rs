use super::*;

fn lock(entries: &str, abi: &str) -> String {
    format!(
        r#"{{"info":{{"abi_version":"{abi}","arch":"wasm32","platform":"emscripten_5_0_3","python":"3.14.2"}},"packages":{{{entries}}}}}"#
    )
}

fn entry(name: &str, file: &str, kind: &str) -> String {
    let hash = "a".repeat(64);
    format!(
        r#""{name}":{{"name":"{name}","version":"2.4.6","file_name":"{file}","install_dir":"site","sha256":"{hash}","package_type":"{kind}","imports":["{name}"],"depends":["libopenblas"],"unvendored_tests":true,"tool":{{}}}}"#
    )
}

#[test]
fn a_distribution_offers_what_loads() {
    let entries = [
        entry("numpy", "numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl", "package"),
        entry("libopenblas", "libopenblas-0.3.31.zip", "shared_library"),
        entry("numpy-tests", "numpy-tests.zip", "package"),
        entry("old", "old-1.0-cp313-cp313-pyodide_2025_0_wasm32.whl", "package"),
        entry("else", "https://elsewhere.example/else-1.0-py3-none-any.whl", "package"),
    ];
    let url = "https://cdn.example/v314/full/pyodide-lock.json".parse().unwrap();
    let found = parse(&url, lock(&entries.join(","), "2026_0").as_bytes()).unwrap();
    let names: Vec<String> = found.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["else", "libopenblas", "numpy"]);
    let numpy = &found[&PackageName::new("numpy".into()).unwrap()];
    assert_eq!(
        numpy.url.as_str(),
        "https://cdn.example/v314/full/numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    );
    assert_eq!(numpy.requires.as_ref().unwrap()[0].to_string(), "libopenblas");
    assert!(numpy.distribution.as_ref().unwrap().unvendored_tests);
}

#[test]
fn another_python_and_no_lock_are_refused() {
    let url: Url = "https://cdn.example/pyodide-lock.json".parse().unwrap();
    let error = parse(&url, lock("", "2025_0").as_bytes()).unwrap_err().to_string();
    assert!(error.contains("ABI 2025_0, and this program runs"), "{error}");
    assert!(matches!(parse(&url, b"<html>"), Err(DistributionError::Form { .. })));
}
