//! Packages, as the page and an installer ask for them.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use llmos_api::package::{PackageLock, PackageLockInfo, PackageView};
use llmos_server::{Packages, PackagesError};
use llmos_testkit::MemoryStore;
use serde_json::{Value, json};

use crate::support::Client;

/// One package that is in order, and one whose file is not what it was.
struct Two;

fn package(name: &str, digit: &str) -> PackageView {
    PackageView {
        name: name.into(),
        version: "1.0".into(),
        file_name: format!("{name}-1.0-py3-none-any.whl"),
        install_dir: "site".into(),
        sha256: digit.repeat(64),
        package_type: "package".into(),
        imports: vec![name.into()],
        depends: vec![],
        unvendored_tests: false,
        size: 3,
    }
}

impl Packages for Two {
    fn lock(&self) -> Result<PackageLock, PackagesError> {
        let packages = [package("good", "a"), package("bad", "b")];
        let info = PackageLockInfo { abi_version: "2026_0".into(), ..PackageLockInfo::default() };
        Ok(PackageLock { info, packages: packages.map(|one| (one.name.clone(), one)).into() })
    }

    fn read(&self, name: &str, sha256: &str) -> Result<Vec<u8>, PackagesError> {
        if name == "good" && sha256 == "a".repeat(64) {
            return Ok(b"zip".to_vec());
        }
        Err(PackagesError {
            message: format!("the file of `{name}` is not the one that was kept"),
            hint: format!("run `llmos packages add {name}`"),
        })
    }
}

fn client() -> Client {
    Client::with(Arc::new(MemoryStore::new()), Arc::new(Two))
}

#[tokio::test]
async fn a_file_is_handed_out_for_good() {
    let client = client();
    let path = format!("/packages/files/{}/good-1.0-py3-none-any.whl", "a".repeat(64));
    let answer = client.get(&path).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "zip"));
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/zip");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(answer.headers[header::ETAG], format!("\"{}\"", "a".repeat(64)));
    assert_eq!(client.get(&format!("/api{path}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_else_is_handed_out() {
    let client = client();
    let (a, b) = ("a".repeat(64), "b".repeat(64));
    for (path, status, word) in [
        (format!("{b}/bad-1.0-py3-none-any.whl"), 500, "llmos packages add bad"),
        (format!("{a}/bad-1.0-py3-none-any.whl"), 404, "unknown-package"),
        (format!("{}/good-1.0-py3-none-any.whl", "c".repeat(64)), 404, "unknown-package"),
        (format!("{}/good-1.0-py3-none-any.whl", "A".repeat(64)), 400, "bad-path"),
        ("..%2F..%2Flock.json/x".to_owned(), 400, "bad-path"),
        (format!("{a}/..%2Flock.json"), 404, "unknown-package"),
        (format!("{a}%00/x"), 400, "bad-path"),
    ] {
        let answer = client.get(&format!("/packages/files/{path}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        assert!(answer.text.contains(word), "{path}: {}", answer.text);
        assert!(!answer.headers.contains_key(header::ETAG), "{path}");
    }
}

#[tokio::test]
async fn the_lock_is_the_one_of_pyodide() {
    let answer = client().get("/packages").await;
    let lock: Value = serde_json::from_str(&answer.text).expect("it is JSON");
    assert_eq!(lock["info"]["abi_version"], "2026_0");
    assert_eq!(lock["packages"]["good"]["imports"], json!(["good"]));
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn installers_find_an_index() {
    let client = client();
    let answer = client.get("/packages/simple/").await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/vnd.pypi.simple.v1+json");
    let all: Value = serde_json::from_str(&answer.text).expect("it is JSON");
    assert_eq!(all["projects"], json!([{"name": "bad"}, {"name": "good"}]));

    let answer = client.get("/packages/simple/good/").await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/vnd.pypi.simple.v1+json");
    let one: Value = serde_json::from_str(&answer.text).expect("it is JSON");
    let url = format!(
        "http://localhost:8000/packages/files/{}/good-1.0-py3-none-any.whl",
        "a".repeat(64)
    );
    assert_eq!(one["files"][0]["url"], url);
    assert_eq!(one["files"][0]["hashes"]["sha256"], "a".repeat(64));
    let answer = client.get("/packages/simple/missing/").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("llmos packages add"), "{}", answer.text);
}
