//! One answer: asked for, asked for again, read piece by piece. Dropping it
//! closes the connection, which every provider takes as a cancel.

use std::{collections::VecDeque, pin::Pin, time::Duration};

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures_util::{Stream, StreamExt};
use llmos_core::model::{EndReason, ModelError, ModelEvent};
use reqwest::{Response, header};
use tokio::time::timeout;

use super::{
    anthropic, openai,
    patience::Tries,
    service::{Http, garbled, innermost, slow, tidy},
    target::Target,
};
use llmos_core::model::Provider;

/// The longest answer, with everything that stands around it.
const MAX_BYTES: usize = 64 << 20;

/// One answer.
pub(crate) struct Answer {
    http: Http,
    target: Target,
    path: &'static str,
    body: Vec<u8>,
    tries: Tries,
    state: State,
    ready: VecDeque<ModelEvent>,
    /// Whether something was shown: then nothing is asked again.
    begun: bool,
}

enum State {
    Pause(Duration),
    Ask,
    Read(Box<Reading>),
    Over,
}

struct Reading {
    events: Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<Broken>>> + Send>>,
    parser: Parser,
    n_events: usize,
}

/// Why the bytes ended.
#[derive(Debug)]
enum Broken {
    Slow { first: bool },
    Connection(String),
    TooLong,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Broken {}

/// What a provider's events mean.
enum Parser {
    Anthropic(anthropic::Parser),
    Openai(openai::Parser),
}

/// What is wrong with an event.
pub(crate) enum Trouble {
    /// The provider says that it fails, in the middle.
    Failed {
        /// What it says.
        reason: String,
        /// Whether it has too much to do.
        busy: bool,
    },
    /// The event is none of the protocol.
    Garbled(String),
}

impl Answer {
    pub(crate) fn new(http: Http, target: Target, path: &'static str, body: Vec<u8>) -> Self {
        let tries = Tries::new(http.patience);
        let (state, ready) = (State::Ask, VecDeque::new());
        Self { http, target, path, body, tries, state, ready, begun: false }
    }

    /// Returns the next piece; `None` after the end.
    pub(crate) async fn next(&mut self) -> Result<Option<ModelEvent>, ModelError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                if matches!(event, ModelEvent::End(_)) {
                    self.state = State::Over;
                    self.ready.clear();
                }
                self.begun = true;
                return Ok(Some(event));
            }
            if let State::Over = self.state {
                return Ok(None);
            }
            let Err(error) = self.step().await else { continue };
            self.state = State::Over;
            let again = (!self.begun).then(|| self.tries.next(&error)).flatten();
            let Some((wait, attempt)) = again else { return Err(error) };
            self.state = State::Pause(wait);
            return Ok(Some(ModelEvent::Again { reason: error.to_string(), wait, attempt }));
        }
    }

    async fn step(&mut self) -> Result<(), ModelError> {
        match &mut self.state {
            State::Pause(wait) => {
                tokio::time::sleep(*wait).await;
                self.state = State::Ask;
            }
            State::Ask => {
                let response = self.http.post(&self.target, self.path, self.body.clone()).await?;
                self.state = State::Read(Box::new(self.open(response)?));
            }
            State::Read(reading) => {
                let next = reading.events.next().await;
                let read = match next {
                    Some(Ok(event)) => {
                        reading.n_events += 1;
                        reading.parser.read(&event, &mut self.ready)
                    }
                    Some(Err(error)) => return Err(self.broken(error)),
                    None => match reading.parser.close(&mut self.ready) {
                        true => Ok(()),
                        false => {
                            let reason = "the connection was closed before the end".to_owned();
                            return Err(self.broke_off(reason));
                        }
                    },
                };
                read.map_err(|trouble| self.trouble(trouble))?;
            }
            State::Over => {}
        }
        Ok(())
    }

    fn open(&self, response: Response) -> Result<Reading, ModelError> {
        let mime = response.headers().get(header::CONTENT_TYPE);
        let mime = mime.and_then(|mime| mime.to_str().ok()).unwrap_or_default().to_owned();
        if !mime.trim_start().starts_with("text/event-stream") {
            let reason = format!("it is `{mime}`, not a stream of events");
            return Err(garbled(&self.target, reason));
        }
        let parser = match self.target.provider {
            Provider::Anthropic => Parser::Anthropic(anthropic::Parser::default()),
            _ => Parser::Openai(openai::Parser::default()),
        };
        let patience = self.http.patience;
        let bytes = futures_util::stream::unfold((response, 0), move |(mut response, seen)| {
            let time = if seen == 0 { patience.first_byte } else { patience.idle };
            async move {
                let piece = match timeout(time, response.chunk()).await {
                    Ok(Ok(None)) => return None,
                    Ok(Ok(Some(bytes))) if seen + bytes.len() > MAX_BYTES => Err(Broken::TooLong),
                    Ok(Ok(Some(bytes))) => Ok(bytes),
                    Ok(Err(error)) => Err(Broken::Connection(innermost(&error))),
                    Err(_elapsed) => Err(Broken::Slow { first: seen == 0 }),
                };
                let seen = seen + piece.as_ref().map_or(0, |bytes| bytes.len());
                Some((piece, (response, seen)))
            }
        });
        Ok(Reading { events: Box::pin(bytes.eventsource()), parser, n_events: 0 })
    }

    fn broken(&self, error: EventStreamError<Broken>) -> ModelError {
        let patience = self.http.patience;
        match error {
            EventStreamError::Transport(Broken::Slow { first: true }) => {
                slow(&self.target, "it began to answer", patience.first_byte)
            }
            EventStreamError::Transport(Broken::Slow { first: false }) => {
                slow(&self.target, "it answered", patience.idle)
            }
            EventStreamError::Transport(Broken::Connection(reason)) => self.broke_off(reason),
            EventStreamError::Transport(Broken::TooLong) => {
                garbled(&self.target, format!("it is longer than {} MiB", MAX_BYTES >> 20))
            }
            EventStreamError::Utf8(_) => garbled(&self.target, "it is not UTF-8".to_owned()),
            EventStreamError::Parser(_) => {
                garbled(&self.target, "it is not a stream of events".to_owned())
            }
        }
    }

    fn broke_off(&self, reason: String) -> ModelError {
        let reason = tidy(&self.target, &reason);
        ModelError::BrokeOff { provider: self.target.provider.to_string(), reason }
    }

    fn trouble(&self, trouble: Trouble) -> ModelError {
        let provider = self.target.provider.to_string();
        match trouble {
            Trouble::Failed { reason, busy: true } => {
                ModelError::Busy { provider, reason: tidy(&self.target, &reason), after: None }
            }
            Trouble::Failed { reason, busy: false } => {
                ModelError::Failed { provider, reason: tidy(&self.target, &reason) }
            }
            Trouble::Garbled(reason) => garbled(&self.target, reason),
        }
    }
}

impl Parser {
    fn read(&mut self, event: &Event, out: &mut VecDeque<ModelEvent>) -> Result<(), Trouble> {
        match self {
            Self::Anthropic(parser) => parser.read(&event.data, out),
            Self::Openai(parser) => parser.read(&event.data, out),
        }
    }

    /// The bytes are over: says whether that was to be expected.
    fn close(&mut self, out: &mut VecDeque<ModelEvent>) -> bool {
        match self {
            // Its last event says so; that it did not come means that something is missing.
            Self::Anthropic(_) => false,
            Self::Openai(parser) => parser.close(out),
        }
    }
}

/// Makes JSON of what a model wrote as arguments; a text where that is none.
pub(crate) fn arguments(text: String) -> serde_json::Value {
    if text.trim().is_empty() {
        return serde_json::json!({});
    }
    serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
}

/// Reads why a model stopped, by the names of either protocol.
pub(crate) fn reason(name: &str) -> EndReason {
    match name {
        "end_turn" | "stop_sequence" | "stop" => EndReason::Done,
        "tool_use" | "tool_calls" | "function_call" => EndReason::Calls,
        "max_tokens" | "length" | "model_context_window_exceeded" => EndReason::Length,
        "refusal" | "content_filter" => EndReason::Filtered,
        _ => EndReason::Other,
    }
}
