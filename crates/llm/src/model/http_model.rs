//! A model behind HTTP: the port `Model`, spoken in the protocol of its provider.

use futures_util::stream;
use llmos_core::model::{Model, ModelLabel, ModelRequest, ModelStream, Provider};

use super::{answer::Answer, anthropic, openai, service::Http, target::Target};

/// A model behind HTTP.
pub struct HttpModel {
    http: Http,
    target: Target,
    label: ModelLabel,
}

impl HttpModel {
    /// Talks to a model of a target.
    pub fn new(http: Http, target: Target, model: String) -> Self {
        let label = ModelLabel { provider: target.provider.to_string(), model };
        Self { http, target, label }
    }
}

impl Model for HttpModel {
    fn label(&self) -> &ModelLabel {
        &self.label
    }

    fn ask(&self, request: ModelRequest) -> ModelStream {
        let model = &self.label.model;
        let (path, body) = match self.target.provider {
            Provider::Anthropic if self.target.base.path().ends_with("/v1") => {
                ("/messages", anthropic::body(model, &request))
            }
            Provider::Anthropic => ("/v1/messages", anthropic::body(model, &request)),
            provider => ("/chat/completions", openai::body(provider, model, &request)),
        };
        let body = body.to_string().into_bytes();
        let answer = Answer::new(self.http.clone(), self.target.clone(), path, body);
        Box::pin(stream::try_unfold(answer, |mut answer| async move {
            Ok(answer.next().await?.map(|event| (event, answer)))
        }))
    }
}
