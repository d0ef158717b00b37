//! The MCP door over HTTP: who is let in. What it offers is tried by a client of others in the browser tests.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use llmos_core::{
    api_key::{ApiKey, ApiKeySource, ApiKeySourceError, ApiKeys, FreshKey},
    members::{Directory, DirectoryError, Members, User},
};
use llmos_testkit::MemoryStore;
use llmos_workbench::{Workbench, World};
use serde_json::{Value, json};

use crate::support::{self, Answer, Client, Fixed};

/// Keys that stay as they are.
struct Keys(ApiKeys);

impl ApiKeySource for Keys {
    fn api_keys(&self) -> Result<Arc<ApiKeys>, ApiKeySourceError> {
        Ok(Arc::new(self.0.clone()))
    }
}

/// Keys that nobody can read.
struct Broken;

impl ApiKeySource for Broken {
    fn api_keys(&self) -> Result<Arc<ApiKeys>, ApiKeySourceError> {
        let (place, reason, hint) = ("api-keys.md".into(), "line 1: no".into(), "mend it".into());
        Err(ApiKeySourceError::Broken { place, reason, hint })
    }
}

/// Members that stay as they are.
struct Known(Members);

impl Directory for Known {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        Ok(Some(Arc::new(self.0.clone())))
    }
}

fn key_of(user: &str, number: u32) -> (FreshKey, ApiKey) {
    let fresh = FreshKey::new(number, &[7; 32]);
    let key = ApiKey {
        user: user.parse().expect("a slug"),
        team: None,
        name: None,
        created_at: "2026-11-30T08:00:00Z".parse().expect("a time"),
        sha256: fresh.sha256(),
    };
    (fresh, key)
}

fn door(keys: Arc<dyn ApiKeySource>, directory: Option<Members>) -> Client {
    let world = Arc::new(Fixed::new()) as Arc<dyn World>;
    let mut workbench = Workbench::new(Arc::new(MemoryStore::new()), Arc::clone(&world));
    workbench = workbench.with_keys(keys);
    if let Some(members) = directory {
        workbench = workbench.with_directory(Arc::new(Known(members)));
    }
    let crons = support::crons(world);
    let router = llmos_server::router(support::settings(workbench, &crons));
    Client::of(router, crons)
}

fn request(method: Method, headers: &[(header::HeaderName, &str)]) -> Request<Body> {
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        },
    });
    let mut request = Request::builder()
        .method(method)
        .uri("/mcp")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream");
    if !headers.iter().any(|(name, _)| name == header::HOST) {
        request = request.header(header::HOST, "localhost:8000");
    }
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.body(Body::from(initialize.to_string())).expect("it is a request")
}

fn refused(answer: &Answer, status: u16, code: &str) {
    let problem = answer.problem(status);
    assert_eq!(problem["code"], code, "{problem}");
    let asks = answer.headers.get(header::WWW_AUTHENTICATE).and_then(|it| it.to_str().ok());
    assert_eq!(asks, (status == 401).then_some("Bearer realm=\"llmos\""));
}

#[tokio::test]
async fn only_a_key_that_is_kept_opens_the_door() {
    let (fresh, key) = key_of("ana", 1);
    let mut keys = ApiKeys::default();
    keys.add(fresh.id, key).expect("it is new");
    let client = door(Arc::new(Keys(keys)), None);
    let right = format!("Bearer {}", fresh.text);
    let lower = format!("bearer {}", fresh.text);
    for shown in [&right, &lower] {
        let (parts, _) =
            client.open(request(Method::POST, &[(header::AUTHORIZATION, shown)])).await;
        assert_eq!(parts.status, 200, "{shown}");
        assert!(parts.headers.contains_key("mcp-session-id"));
    }
    let wrong = ["", "Bearer", "Bearer ", "Bearer llmos_00000001_", "Basic YTpi", &fresh.text];
    for shown in wrong {
        for method in [Method::POST, Method::GET, Method::DELETE, Method::OPTIONS, Method::PUT] {
            let asked = request(method, &[(header::AUTHORIZATION, shown)]);
            refused(&client.send(asked).await, 401, "no-key");
        }
    }
    refused(&client.send(request(Method::POST, &[])).await, 401, "no-key");
    let twice = [(header::AUTHORIZATION, right.as_str()), (header::AUTHORIZATION, right.as_str())];
    refused(&client.send(request(Method::POST, &twice)).await, 401, "no-key");
}

#[tokio::test]
async fn a_key_does_not_open_the_door_for_a_page_or_under_another_name() {
    let (fresh, key) = key_of("ana", 1);
    let mut keys = ApiKeys::default();
    keys.add(fresh.id, key).expect("it is new");
    let client = door(Arc::new(Keys(keys)), None);
    let right = format!("Bearer {}", fresh.text);
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let host = [(header::AUTHORIZATION, right.as_str()), (header::HOST, "evil.example")];
        refused(&client.send(request(method.clone(), &host)).await, 421, "foreign-host");
        let origin =
            [(header::AUTHORIZATION, right.as_str()), (header::ORIGIN, "http://evil.example")];
        refused(&client.send(request(method, &origin)).await, 403, "foreign-origin");
    }
}

#[tokio::test]
async fn a_user_who_is_gone_takes_the_key_along_and_a_broken_file_lets_nobody_in() {
    let (fresh, key) = key_of("ana", 1);
    let mut keys = ApiKeys::default();
    keys.add(fresh.id, key).expect("it is new");
    let right = format!("Bearer {}", fresh.text);
    let asked = || request(Method::POST, &[(header::AUTHORIZATION, right.as_str())]);
    let mut members = Members::default();
    members.add_user("bob".parse().expect("a slug"), User::default()).expect("new");
    let client = door(Arc::new(Keys(keys.clone())), Some(members.clone()));
    refused(&client.send(asked()).await, 401, "no-key");
    members.add_user("ana".parse().expect("a slug"), User::default()).expect("new");
    let client = door(Arc::new(Keys(keys)), Some(members));
    assert_eq!(client.open(asked()).await.0.status, 200);
    let problem: Value = door(Arc::new(Broken), None).send(asked()).await.problem(503);
    assert_eq!(problem["code"], "keys");
}
