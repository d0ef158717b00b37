//! Who may talk to the server, and what every answer carries.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::json;

use crate::support::{Client, request};

fn from(host: &str, method: Method, origin: Option<&str>) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri("/skills").header(header::HOST, host);
    if let Some(origin) = origin {
        builder = builder.header(header::ORIGIN, origin);
    }
    let builder = builder.header(header::CONTENT_TYPE, "application/json");
    let body = json!({"name": "Planted", "description": "by a page"}).to_string();
    builder.body(Body::from(body)).expect("it is a request")
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered_to() {
    let client = Client::memory();
    for host in [
        "localhost",
        "localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "LOCALHOST:1",
        "box.example:80",
    ] {
        assert_eq!(client.send(from(host, Method::GET, None)).await.status, 200, "{host}");
    }
    let foreign = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io:8000",
        "10.0.0.5:8000",
        "",
        "localhost:8000@evil",
        "0.0.0.0:8000",
        "[::]:8000",
        "box.example.evil",
    ];
    for host in foreign {
        let problem = client.send(from(host, Method::GET, None)).await.problem(421);
        assert_eq!(problem["code"], "foreign-host", "{host}");
    }
    let none = Request::builder().uri("/skills").body(Body::empty()).expect("it is a request");
    client.send(none).await.problem(400);
}

#[tokio::test]
async fn pages_from_elsewhere_change_nothing() {
    let client = Client::memory();
    let foreign = [
        "http://evil.example",
        "https://localhost.evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:8000",
        "file://",
        "chrome-extension://abc",
    ];
    for origin in foreign {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let problem =
                client.send(from("localhost:8000", method, Some(origin))).await.problem(403);
            assert_eq!(problem["code"], "foreign-origin", "{origin}");
        }
        let read = client.send(from("localhost:8000", Method::GET, Some(origin))).await;
        assert!(!read.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{origin}");
    }
    assert_eq!(client.get("/volumes/stats").await.ok()["volumes"][0]["exists"], false);
    let own = from("localhost:8000", Method::POST, Some("http://localhost:8000"));
    assert_eq!(client.send(own).await.status, 201);
}

#[tokio::test]
async fn a_page_from_elsewhere_that_hides_its_origin_changes_nothing() {
    let client = Client::memory();
    for site in ["cross-site", "same-site", "nonsense"] {
        let mut asked = from("localhost:8000", Method::POST, None);
        asked.headers_mut().insert("sec-fetch-site", site.parse().expect("it is a value"));
        let problem = client.send(asked).await.problem(403);
        assert_eq!(problem["code"], "foreign-origin", "{site}");
    }
    let mut own = from("localhost:8000", Method::POST, None);
    own.headers_mut().insert("sec-fetch-site", "same-origin".parse().expect("it is a value"));
    assert_eq!(client.send(own).await.status, 201);
}

#[tokio::test]
async fn a_request_with_two_hosts_is_refused() {
    let client = Client::memory();
    let mut asked = from("localhost:8000", Method::GET, None);
    asked.headers_mut().append(header::HOST, "evil.example".parse().expect("it is a value"));
    assert_eq!(client.send(asked).await.problem(400)["code"], "two-hosts");
}

#[tokio::test]
async fn a_preflight_is_not_answered_with_permission() {
    let client = Client::memory();
    let preflight = request(Method::OPTIONS, "/skills")
        .header(header::ORIGIN, "http://evil.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .body(Body::empty())
        .expect("it is a request");
    let answer = client.send(preflight).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    answer.problem(405);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let client = Client::memory();
    for uri in ["/", "/skills", "/nope", "/docs", "/workflows/system/total", "/skills/%2e%2e"] {
        let answer = client.get(uri).await;
        let header =
            |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap_or(""));
        assert_eq!(header("x-content-type-options"), "nosniff", "{uri}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{uri}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{uri}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{uri}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let client = Client::memory();
    let wrong = request(Method::DELETE, "/skills").body(Body::empty()).expect("it is a request");
    let answer = client.send(wrong).await;
    answer.problem(405);
    let allow =
        answer.headers.get(header::ALLOW).and_then(|value| value.to_str().ok()).unwrap_or("");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let client = Client::memory();
    for uri in ["/health", "/skills/sum", "/docs"] {
        let head = client
            .send(request(Method::HEAD, uri).body(Body::empty()).expect("it is a request"))
            .await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""), "{uri}");
    }
}
