//! Against a server on this machine that speaks the protocol as providers do, whims included.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use llmos_core::search::semantic::Embedder;
use llmos_llm::{
    Key, Patience,
    embeddings::{HttpEmbedder, KeptVectors, Settings, SettingsError},
};
use serde_json::{Value, json};

/// What the server does, request after request; the last one again and again.
#[derive(Clone, Copy)]
enum Does {
    Answers,
    Refuses(u16, Option<&'static str>),
    Sleeps,
    SaysOdd(&'static str),
}

#[derive(Clone)]
struct Provider {
    plan: Arc<Vec<Does>>,
    n_requests: Arc<AtomicUsize>,
    sizes: Arc<Mutex<Vec<usize>>>,
}

/// A vector that tells texts apart.
fn vector(text: &str) -> [f32; 2] {
    [text.len() as f32, text.bytes().map(f32::from).sum()]
}

async fn embeddings(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    let n = provider.n_requests.fetch_add(1, Ordering::SeqCst);
    match provider.plan[n.min(provider.plan.len() - 1)] {
        Does::Answers => {}
        Does::Refuses(status, after) => {
            let message = format!("no: {:?}", headers.get("authorization"));
            let body = Json(json!({"error": {"message": message}}));
            let status = StatusCode::from_u16(status).expect("a status");
            let after = after.map(|after| [("retry-after", after)]);
            return (status, after.unwrap_or([("x-none", "")]), body).into_response();
        }
        Does::Sleeps => std::future::pending().await,
        Does::SaysOdd(body) => return body.into_response(),
    }
    assert_eq!(asked["model"], "small");
    let texts = asked["input"].as_array().expect("texts");
    provider.sizes.lock().expect("no panic").push(texts.len());
    // Providers need not keep the order: the index says which is which.
    let row = |(i, text): (usize, &Value)| json!({"object": "embedding", "index": i, "embedding": vector(text.as_str().expect("text"))});
    let data: Vec<Value> = texts.iter().enumerate().rev().map(row).collect();
    Json(json!({"object": "list", "data": data, "model": "small"})).into_response()
}

/// Starts the server on its own thread and returns an embedder that asks it.
fn start(plan: &[Does]) -> (HttpEmbedder, Provider) {
    let provider = Provider {
        plan: Arc::new(plan.to_vec()),
        n_requests: Arc::default(),
        sizes: Arc::default(),
    };
    let app = Router::new().route("/v1/embeddings", post(embeddings)).with_state(provider.clone());
    let (tell, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("a listener");
            axum::serve(listener, app).await.expect("it serves");
        });
    });
    let address = address.recv().expect("the server starts");
    let patience = Patience {
        answer: Duration::from_millis(500),
        tries: 3,
        back_off: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    };
    let settings = Settings {
        url: format!("http://{address}/v1").parse().expect("an address"),
        model: "small".to_owned(),
        key: Key::new("sk-secret-1234"),
        patience,
    };
    (HttpEmbedder::new(settings).expect("it is made"), provider)
}

fn texts(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("text {i}")).collect()
}

#[test]
fn texts_are_sent_in_batches_and_vectors_come_in_order() {
    let (embedder, provider) = start(&[Does::Answers]);
    let texts = texts(150);
    let vectors = embedder.embed(&texts).expect("vectors");
    let want: Vec<Vec<f32>> = texts.iter().map(|text| vector(text).to_vec()).collect();
    assert_eq!(vectors, want);
    assert_eq!(*provider.sizes.lock().expect("no panic"), [64, 64, 22]);
    assert_eq!(embedder.embed(&[]).expect("nothing"), Vec::<Vec<f32>>::new());
    assert_eq!(embedder.embed(&[String::new()]).expect("a vector").len(), 1);
}

#[test]
fn a_busy_provider_is_asked_again() {
    let busy = [Does::Refuses(429, Some("0")), Does::Refuses(503, None), Does::Answers];
    let (embedder, provider) = start(&busy);
    assert_eq!(embedder.embed(&texts(2)).expect("vectors").len(), 2);
    assert_eq!(provider.n_requests.load(Ordering::SeqCst), 3);
}

#[test]
fn what_cannot_pass_is_said_at_once_and_without_the_key() {
    let cases: [(Does, usize, &str); 6] = [
        (Does::Refuses(401, None), 1, "check the key"),
        (Does::Refuses(404, None), 1, "check the address and the name of the model"),
        (Does::Refuses(429, Some("3600")), 1, "wait, or ask the provider for a higher limit"),
        (Does::Sleeps, 3, "check the address, and that the provider runs"),
        (
            Does::SaysOdd("<html>"),
            1,
            "give the address of an OpenAI-compatible provider, up to `/v1`",
        ),
        (
            Does::SaysOdd("{\"data\": [{\"index\": 0, \"embedding\": []}]}"),
            1,
            "give the address of an OpenAI-compatible provider, up to `/v1`",
        ),
    ];
    for (does, n_requests, hint) in cases {
        let (embedder, provider) = start(&[does]);
        let error = embedder.embed(&texts(1)).expect_err("it fails");
        assert_eq!(error.hint, hint, "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert_eq!(provider.n_requests.load(Ordering::SeqCst), n_requests, "{error}");
    }
}

#[test]
fn no_text_is_sent_twice_and_damage_only_costs_a_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let (embedder, provider) = start(&[Does::Answers]);
    let kept = KeptVectors::new(embedder, folder.path().join("vectors"));
    let mut wanted = texts(5);
    wanted.push("text 0".to_owned());
    let first = kept.embed(&wanted).expect("vectors");
    assert_eq!((first.len(), first[5].clone()), (6, first[0].clone()));
    assert_eq!(kept.embed(&wanted).expect("vectors"), first);
    assert_eq!(*provider.sizes.lock().expect("no panic"), [5]);
    let shards = std::fs::read_dir(folder.path().join("vectors")).expect("a folder");
    let shard = shards.map(|shard| shard.expect("an entry").path()).next().expect("a folder");
    let file = std::fs::read_dir(shard).expect("a folder").next().expect("a file").expect("it");
    std::fs::write(file.path(), "odd").expect("written");
    assert_eq!(kept.embed(&wanted).expect("vectors"), first);
    assert_eq!(provider.sizes.lock().expect("no panic").iter().sum::<usize>(), 6);
}

#[test]
fn embeddings_are_off_until_they_are_asked_for() {
    let read = |set: &[(&str, &str)]| {
        let set: Vec<(String, String)> =
            set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::read(move |name| {
            set.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })
    };
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&[("LLMOS_EMBEDDINGS_URL", " ")]), Ok(None));
    let url = ("LLMOS_EMBEDDINGS_URL", "http://localhost:1/v1");
    assert_eq!(read(&[url]), Err(SettingsError::NoModel));
    assert!(matches!(read(&[("LLMOS_EMBEDDINGS_URL", "nowhere")]), Err(SettingsError::Url { .. })));
    assert!(matches!(
        read(&[("LLMOS_EMBEDDINGS_URL", "file:///x")]),
        Err(SettingsError::Url { .. })
    ));
    let all = [url, ("LLMOS_EMBEDDINGS_MODEL", "small"), ("LLMOS_EMBEDDINGS_KEY", "sk-1")];
    let settings = read(&all).expect("settings").expect("on");
    assert_eq!((settings.model.as_str(), settings.key.clone()), ("small", Key::new("sk-1")));
    assert!(!format!("{settings:?}").contains("sk-1"));
}
