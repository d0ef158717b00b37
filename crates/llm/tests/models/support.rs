//! A service on this machine that answers as it is told, byte by byte, and
//! remembers what it was asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use llmos_core::model::{Model, ModelError, ModelEvent, ModelRequest, Provider};
use llmos_llm::model::{Http, HttpModel, Patience, Secret, Target};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// What one connection gets.
#[derive(Clone)]
pub(crate) struct Reply {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    pieces: Vec<Vec<u8>>,
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// The body ends as HTTP says.
    Whole,
    /// The connection is cut.
    Cut,
    /// Nothing more comes until the client goes away.
    Hang,
    /// Not even the head comes.
    Silence,
}

pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    /// Told whenever a client goes away while it hangs.
    pub(crate) left: Arc<Notify>,
}

impl Reply {
    pub(crate) fn events(pieces: &[&str]) -> Self {
        Self {
            status: "200 OK",
            headers: vec![("content-type", "text/event-stream; charset=utf-8".to_owned())],
            pieces: pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect(),
            end: End::Whole,
        }
    }

    pub(crate) fn refusal(status: &'static str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            pieces: vec![body.as_bytes().to_vec()],
            end: End::Whole,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// The same bytes, one to a piece.
    pub(crate) fn byte_by_byte(mut self) -> Self {
        self.pieces = self.pieces.concat().into_iter().map(|byte| vec![byte]).collect();
        self
    }
}

impl Service {
    /// Answers the connections in turn, the last reply for all that follow.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.expect("because it works on this machine");
        let url =
            format!("http://{}", listener.local_addr().expect("because it works on this machine"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let left = Arc::new(Notify::new());
        let (log, gone) = (Arc::clone(&asked), Arc::clone(&left));
        tokio::spawn(async move {
            let mut replies = VecDeque::from(replies);
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let reply = match replies.len() {
                    1 => replies[0].clone(),
                    _ => replies.pop_front().expect("because it works on this machine"),
                };
                tokio::spawn(answer(stream, reply, Arc::clone(&log), Arc::clone(&gone)));
            }
        });
        Self { url, asked, left }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("because it works on this machine").clone()
    }

    pub(crate) fn model(&self, provider: Provider, key: Option<&str>) -> HttpModel {
        let url = match provider {
            Provider::Anthropic => self.url.clone(),
            _ => format!("{}/v1", self.url),
        };
        let key = key.map(|key| Secret::new(key.to_owned()));
        let target = Target::new(provider, Some(&url), key);
        let target = target.unwrap_or_else(|error| panic!("{error:?}"));
        HttpModel::new(Http::new(quick()), target, "some-model".to_owned())
    }
}

/// Long enough for a busy machine, short enough where something never comes.
pub(crate) fn quick() -> Patience {
    Patience {
        connect: Duration::from_secs(20),
        first_byte: Duration::from_millis(700),
        idle: Duration::from_millis(700),
        tries: 3,
        back_off: Duration::from_millis(1),
        longest_wait: Duration::from_secs(2),
    }
}

async fn answer(
    mut stream: TcpStream,
    reply: Reply,
    log: Arc<Mutex<Vec<String>>>,
    left: Arc<Notify>,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let Ok(n) = stream.read(&mut buffer).await else { return };
        if n == 0 {
            return;
        }
        request.extend_from_slice(&buffer[..n]);
        if is_whole(&request) {
            break;
        }
    }
    log.lock()
        .expect("because it works on this machine")
        .push(String::from_utf8_lossy(&request).into_owned());
    if reply.end != End::Silence {
        let mut head = format!("HTTP/1.1 {}\r\ntransfer-encoding: chunked\r\n", reply.status);
        head.push_str("connection: close\r\n");
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        if stream.write_all(head.as_bytes()).await.is_err() {
            return;
        }
        let _ = stream.set_nodelay(true);
        for piece in &reply.pieces {
            let mut chunk = format!("{:x}\r\n", piece.len()).into_bytes();
            chunk.extend_from_slice(piece);
            chunk.extend_from_slice(b"\r\n");
            if stream.write_all(&chunk).await.is_err() {
                return;
            }
            let _ = stream.flush().await;
            tokio::task::yield_now().await;
        }
    }
    match reply.end {
        End::Whole => {
            let _ = stream.write_all(b"0\r\n\r\n").await;
        }
        End::Cut => {}
        End::Hang | End::Silence => {
            while matches!(stream.read(&mut buffer).await, Ok(n) if n > 0) {}
            left.notify_one();
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

/// Everything that a model gives.
pub(crate) async fn all(
    model: &dyn Model,
    request: ModelRequest,
) -> Vec<Result<ModelEvent, ModelError>> {
    model.ask(request).collect().await
}

/// The text of an answer, and how it ended.
pub(crate) fn text(events: &[Result<ModelEvent, ModelError>]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Ok(ModelEvent::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
