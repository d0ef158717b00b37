use super::*;

fn assets() -> Assets {
    let file = |path: &str, text: &'static str, hash: u8| {
        (path.to_owned(), Bytes::from_static(text.as_bytes()), [hash; 32])
    };
    Assets::from_files([
        file("index.html", "page", 1),
        file("index.html.br", "brotli", 2),
        file("index.html.gz", "gzip", 3),
        file("assets/main-B1c2D3e4.js", "code", 4),
        file("runtimes/python.data", "data", 5),
        file("sandbox.html", "sandbox", 6),
        file("lost.gz", "no plain twin", 7),
    ])
}

fn ask(path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    assets().get(path, &headers).expect("the file is there")
}

fn text(response: &Response, name: header::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn a_client_gets_the_best_encoding_it_takes() {
    let cases = [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("", ""),
    ];
    for (accepts, want) in cases {
        let response = ask("index.html", &[(header::ACCEPT_ENCODING, accepts)]);
        assert_eq!(text(&response, header::CONTENT_ENCODING), want, "accepts {accepts:?}");
        assert_eq!(text(&response, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(text(&response, header::VARY), "accept-encoding");
    }
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let tag = text(&ask("index.html", &[]), header::ETAG).to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let response = ask("index.html", &[(header::IF_NONE_MATCH, &known)]);
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "knows {known}");
    }
    let brotli = [(header::IF_NONE_MATCH, tag.as_str()), (header::ACCEPT_ENCODING, "br")];
    assert_eq!(ask("index.html", &brotli).status(), StatusCode::OK);
}

#[test]
fn names_with_a_hash_are_kept_for_good_and_others_are_asked_for_again() {
    let cached = |path| text(&ask(path, &[]), header::CACHE_CONTROL).to_owned();
    assert!(cached("assets/main-B1c2D3e4.js").contains("immutable"));
    assert_eq!(cached("index.html"), "no-cache");
    assert_eq!(cached("runtimes/python.data"), "no-cache");
}

#[test]
fn skill_code_is_served_into_a_sandbox_without_network() {
    let response = ask("sandbox.html", &[]);
    let policy = text(&response, header::CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("sandbox allow-scripts; default-src 'none';"), "{policy}");
    assert!(policy.contains("connect-src 'none'") && !policy.contains("allow-same-origin"));
    let response = ask("index.html", &[]);
    let policy = text(&response, header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("http"), "{policy}");
}

#[test]
fn every_kind_of_file_has_its_type() {
    let cases = [
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.data", "application/octet-stream"),
        ("a/b.whl", "application/zip"),
        ("noext", "application/octet-stream"),
    ];
    for (path, want) in cases {
        assert_eq!(mime(path), want, "{path}");
    }
}

#[test]
fn a_program_without_the_page_says_how_to_get_it() {
    let response = Assets::from_files([]).page(&HeaderMap::new());
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}
