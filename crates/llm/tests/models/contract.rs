//! What a model behind HTTP promises, against services that answer as the
//! documentation of the providers says, and as networks break them.

use std::time::Duration;

use futures_util::StreamExt;
use llmos_core::model::{
    EndReason, Limits, Message, Model, ModelError, ModelEvent, ModelRequest, Part, Provider, Role,
    SystemBlock, ToolCall, ToolSpec, Usage,
};
use serde_json::{Value, json};

use crate::support::{End, Reply, Service, all, text};

const KEY: &str = "sk-planted-0123456789abcdef";

/// An answer of Anthropic's Messages API, with everything that may stand in one.
const ANTHROPIC: &[&str] = &[
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"claude-sonnet-4-5-20250929\",\"stop_reason\":null,\"usage\":{\"input_tokens\":25,\"cache_creation_input_tokens\":100,\"cache_read_input_tokens\":7,\"output_tokens\":1}}}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "event: ping\ndata: {\"type\": \"ping\"}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße, \"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"世界 🌍\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"propose\",\"input\":{}}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"n\\\": \"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"[1, 2]}\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":1}\n\n",
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":15}}\n\n",
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
];

/// The same answer in the protocol of OpenAI.
const OPENAI: &[&str] = &[
    ": OPENROUTER PROCESSING\n\n",
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"some-model-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße, \"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"世界 🌍\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"toolu_1\",\"type\":\"function\",\"function\":{\"name\":\"propose\",\"arguments\":\"\"}}]},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"n\\\": \"}}]},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"[1, 2]}\"}}]},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":132,\"completion_tokens\":15,\"prompt_tokens_details\":{\"cached_tokens\":7,\"cache_write_tokens\":100}}}\n\n",
    "data: [DONE]\n\n",
];

fn answer_of(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Anthropic => ANTHROPIC,
        _ => OPENAI,
    }
}

fn request() -> ModelRequest {
    ModelRequest {
        system: vec![SystemBlock { text: "You know skills.".to_owned(), cached: true }],
        messages: vec![Message::text(Role::User, "hello")],
        tools: vec![ToolSpec {
            name: "propose".to_owned(),
            description: "proposes".to_owned(),
            schema: json!({"type": "object"}),
        }],
        limits: Limits::default(),
    }
}

#[track_caller]
fn is_the_answer(events: &[Result<ModelEvent, ModelError>]) {
    assert_eq!(text(events), "Grüße, 世界 🌍");
    let call = ToolCall {
        id: "toolu_1".to_owned(),
        name: "propose".to_owned(),
        arguments: json!({"n": [1, 2]}),
    };
    let usage = Usage { input: 25, cache_read: 7, cache_write: 100, output: 15, stated_usd: None };
    let tail = &events[events.len() - 3..];
    assert_eq!(
        tail,
        [
            Ok(ModelEvent::Call(call)),
            Ok(ModelEvent::Usage(usage)),
            Ok(ModelEvent::End(EndReason::Calls)),
        ]
    );
}

#[tokio::test]
async fn an_answer_reads_the_same_from_every_provider() {
    for provider in Provider::ALL {
        let service = Service::start(vec![Reply::events(answer_of(provider))]).await;
        is_the_answer(&all(&service.model(provider, Some(KEY)), request()).await);
    }
}

#[tokio::test]
async fn an_answer_may_be_cut_anywhere_also_inside_a_letter() {
    for provider in [Provider::Anthropic, Provider::Compatible] {
        let reply = Reply::events(answer_of(provider)).byte_by_byte();
        let service = Service::start(vec![reply]).await;
        is_the_answer(&all(&service.model(provider, None), request()).await);
    }
}

#[tokio::test]
async fn requests_carry_the_key_and_the_kept_part_where_the_provider_wants_them() {
    let sent = async |provider| {
        let service = Service::start(vec![Reply::events(answer_of(provider))]).await;
        all(&service.model(provider, Some(KEY)), request()).await;
        let asked = service.asked();
        let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), serde_json::from_str::<Value>(body).unwrap())
    };
    let (head, body) = sent(Provider::Anthropic).await;
    assert!(head.starts_with("post /v1/messages http/1.1"), "{head}");
    assert!(head.contains(&format!("x-api-key: {KEY}")) && !head.contains("authorization"));
    assert!(head.contains("anthropic-version: 2023-06-01"));
    assert_eq!(body["system"][0]["cache_control"], json!({"type": "ephemeral"}));
    assert_eq!(body["tools"][0]["input_schema"], json!({"type": "object"}));
    let (head, body) = sent(Provider::Openrouter).await;
    assert!(head.starts_with("post /v1/chat/completions http/1.1"), "{head}");
    assert!(head.contains(&format!("authorization: bearer {KEY}")));
    assert!(head.contains("http-referer: ") && head.contains("x-title: llmos-lite"));
    assert_eq!(body["messages"][0]["role"], "system");
    assert_eq!(body["stream_options"]["include_usage"], true);
    let (_, body) = sent(Provider::Openai).await;
    assert_eq!(body["max_completion_tokens"], 4096);
    assert_eq!(body["messages"][0]["content"], "You know skills.");
}

#[tokio::test]
async fn calls_and_their_results_go_back_in_the_form_of_the_protocol() {
    let mut asked = request();
    let call = ToolCall { id: "t1".to_owned(), name: "propose".to_owned(), arguments: json!({}) };
    let result = Part::Result { call: "t1".to_owned(), text: "no".to_owned(), failed: true };
    asked.messages.push(Message { role: Role::Assistant, parts: vec![Part::Call(call)] });
    asked.messages.push(Message { role: Role::User, parts: vec![result] });
    let mut bodies = Vec::new();
    for provider in [Provider::Anthropic, Provider::Compatible] {
        let service = Service::start(vec![Reply::events(answer_of(provider))]).await;
        all(&service.model(provider, None), asked.clone()).await;
        let sent = service.asked().remove(0);
        bodies.push(serde_json::from_str::<Value>(sent.split_once("\r\n\r\n").unwrap().1).unwrap());
    }
    let [anthropic, openai] = &bodies[..] else { panic!("two were sent") };
    assert_eq!(
        anthropic["messages"][2]["content"][0],
        json!({"type": "tool_result", "tool_use_id": "t1", "content": "no", "is_error": true})
    );
    assert_eq!(
        openai["messages"][3],
        json!({"role": "tool", "tool_call_id": "t1", "content": "no"})
    );
    assert_eq!(openai["messages"][2]["tool_calls"][0]["function"]["arguments"], "{}");
}

#[tokio::test]
async fn what_the_provider_says_it_costs_is_passed_on() {
    let events = [
        "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"cost\":0.00014}}\n\n",
        "data: [DONE]\n\n",
    ];
    let service = Service::start(vec![Reply::events(&events)]).await;
    let events = all(&service.model(Provider::Openrouter, Some(KEY)), request()).await;
    let usage = Usage { input: 3, output: 1, stated_usd: Some(0.000_14), ..Usage::default() };
    assert!(events.contains(&Ok(ModelEvent::Usage(usage))), "{events:?}");
}

/// Asks a service that refuses once in this way, then answers.
async fn refused(reply: Reply) -> (Vec<Result<ModelEvent, ModelError>>, usize) {
    let service = Service::start(vec![reply, Reply::events(ANTHROPIC)]).await;
    let events = all(&service.model(Provider::Anthropic, Some(KEY)), request()).await;
    (events, service.asked().len())
}

#[tokio::test]
async fn a_busy_service_is_asked_again_after_the_pause_it_wants() {
    let body = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#;
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let cases = [
        (Reply::refusal("429 Too Many Requests", body).header("retry-after", "1"), 1000),
        (Reply::refusal("429 Too Many Requests", body), 1),
        (Reply::refusal("529 Overloaded", overloaded).header("retry-after-ms", "20"), 20),
        (Reply::refusal("529 Overloaded", overloaded), 1),
        (Reply::refusal("503 Service Unavailable", "<html>busy</html>"), 1),
        (Reply::refusal("500 Internal Server Error", "{}"), 1),
    ];
    for (reply, ms) in cases {
        let (events, n_asked) = refused(reply).await;
        let Ok(ModelEvent::Again { wait, attempt: 2, reason }) = &events[0] else {
            panic!("{events:?}")
        };
        assert_eq!((wait.as_millis(), n_asked), (ms, 2), "{reason}");
        is_the_answer(&events);
    }
}

#[tokio::test]
async fn what_will_not_pass_is_told_at_once() {
    let quota = r#"{"error":{"message":"You exceeded your quota.","code":"insufficient_quota"}}"#;
    let cases = [
        (
            Reply::refusal("401 Unauthorized", r#"{"error":{"message":"invalid x-api-key"}}"#),
            "model-key",
        ),
        (Reply::refusal("400 Bad Request", r#"{"error":{"message":"too long"}}"#), "model-refused"),
        (Reply::refusal("404 Not Found", r#"{"error":"model 'x' not found"}"#), "model-refused"),
        (
            Reply::refusal(
                "402 Payment Required",
                r#"{"error":{"code":402,"message":"no credits"}}"#,
            ),
            "model-refused",
        ),
        (Reply::refusal("429 Too Many Requests", quota), "model-refused"),
        (Reply::refusal("429 Too Many Requests", "{}").header("retry-after", "3600"), "model-busy"),
        (
            Reply::refusal("302 Found", "{}").header("location", "https://elsewhere.org/"),
            "model-refused",
        ),
        (
            Reply::events(&["<html>hello</html>"]).header("content-type", "text/html"),
            "model-garbled",
        ),
    ];
    for (reply, code) in cases {
        let (events, n_asked) = refused(reply).await;
        let [Err(error)] = &events[..] else { panic!("{code}: {events:?}") };
        assert_eq!((error.code(), n_asked), (code, 1), "{error}");
        assert!(!error.hint().is_empty());
    }
}

#[tokio::test]
async fn a_service_that_repeats_the_key_does_not_spread_it() {
    let body = format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}.\"}}}}");
    let (events, _) = refused(Reply::refusal("401 Unauthorized", &body)).await;
    let [Err(error)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(error.to_string(), "anthropic refuses the key: Incorrect API key provided: [key]");
    assert!(!format!("{error:?}").contains(KEY));
    let event = format!(
        "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"api_error\",\"message\":\"{KEY} failed\"}}}}\n\n"
    );
    let service = Service::start(vec![Reply::events(&[&event])]).await;
    let events = all(&service.model(Provider::Anthropic, Some(KEY)), request()).await;
    assert!(!format!("{events:?}").contains(KEY), "{events:?}");
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_answer_and_is_not_tried_again() {
    let anthropic = [
        ANTHROPIC[0],
        ANTHROPIC[3],
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
    ];
    let openrouter = [
        OPENAI[1],
        OPENAI[2],
        "data: {\"id\":\"c\",\"error\":{\"code\":502,\"message\":\"Provider disconnected\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n",
    ];
    let cases = [
        (Provider::Anthropic, anthropic, "model-busy"),
        (Provider::Openrouter, openrouter, "model-failed"),
    ];
    for (provider, pieces, code) in cases {
        let service = Service::start(vec![Reply::events(&pieces)]).await;
        let events = all(&service.model(provider, None), request()).await;
        assert_eq!(text(&events), "Grüße, ");
        let Some(Err(error)) = events.last() else { panic!("{events:?}") };
        assert_eq!((error.code(), service.asked().len()), (code, 1));
    }
}

#[tokio::test]
async fn an_error_before_anything_was_shown_is_tried_again() {
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let (events, n_asked) = refused(Reply::events(&[error])).await;
    assert!(matches!(&events[0], Ok(ModelEvent::Again { .. })), "{events:?}");
    assert_eq!(n_asked, 2);
    is_the_answer(&events);
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_no_answer_that_looks_whole() {
    let cases = [
        (Provider::Anthropic, Reply::events(&ANTHROPIC[..6]).end(End::Cut)),
        (Provider::Anthropic, Reply::events(&ANTHROPIC[..6])),
        (Provider::Compatible, Reply::events(&OPENAI[..4]).end(End::Cut)),
        (Provider::Compatible, Reply::events(&OPENAI[..4])),
    ];
    for (provider, reply) in cases {
        let service = Service::start(vec![reply]).await;
        let events = all(&service.model(provider, None), request()).await;
        assert_eq!(text(&events), "Grüße, 世界 🌍");
        let Some(Err(error)) = events.last() else { panic!("{events:?}") };
        assert_eq!((error.code(), service.asked().len()), ("model-broke-off", 1));
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_and_a_cut_call_is_kept_as_text() {
    let garbled = [OPENAI[1], "data: {\"choices\":[{\"delta\":{\"cont\n\n"];
    let service = Service::start(vec![Reply::events(&garbled)]).await;
    let events = all(&service.model(Provider::Compatible, None), request()).await;
    assert!(matches!(events.last(), Some(Err(ModelError::Garbled { .. }))), "{events:?}");
    let cut: Vec<_> =
        OPENAI.iter().enumerate().filter(|(at, _)| *at != 6).map(|(_, piece)| *piece).collect();
    let service = Service::start(vec![Reply::events(&cut)]).await;
    let events = all(&service.model(Provider::Compatible, None), request()).await;
    let call = events.iter().find_map(|event| match event {
        Ok(ModelEvent::Call(call)) => Some(call.arguments.clone()),
        _ => None,
    });
    assert_eq!(call, Some(json!("{\"n\": ")));
}

#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let cases = [
        (Reply::events(&[]).end(End::Silence), "it was asked"),
        (Reply::events(&[]).end(End::Hang), "it began to answer"),
        (Reply::events(&ANTHROPIC[..4]).end(End::Hang), "it answered"),
    ];
    for (reply, want) in cases {
        let service = Service::start(vec![reply]).await;
        let events = all(&service.model(Provider::Anthropic, None), request()).await;
        let Some(Err(ModelError::Slow { waiting, .. })) = events.last() else {
            panic!("{events:?}")
        };
        assert_eq!((*waiting, service.asked().len()), (want, 1));
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_told_with_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let service = Service { url, asked: Default::default(), left: Default::default() };
    let events = all(&service.model(Provider::Compatible, None), request()).await;
    let Some(Err(error @ ModelError::Unreachable { url, .. })) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(*url, format!("{}/v1", service.url));
    assert!(error.hint().contains("address"));
}

#[tokio::test]
async fn dropping_an_answer_closes_the_connection() {
    let service = Service::start(vec![Reply::events(&ANTHROPIC[..4]).end(End::Hang)]).await;
    let mut answer = service.model(Provider::Anthropic, None).ask(request());
    assert!(matches!(answer.next().await, Some(Ok(ModelEvent::Start { .. }))));
    drop(answer);
    let left = tokio::time::timeout(Duration::from_secs(20), service.left.notified()).await;
    assert!(left.is_ok(), "the service still waits");
}
