//! Models that answer: Anthropic's Messages API, and everything that speaks the
//! protocol of OpenAI. It implements the ports `Model` and `Models` of the core.
//! Keys stay in here, sealed on disk.

mod answer;
mod anthropic;
mod environment;
mod found;
mod http_model;
mod models;
mod openai;
mod patience;
mod safe;
mod secret;
mod service;
mod settings;
mod target;

pub use environment::Environment;
pub use http_model::HttpModel;
pub use models::HttpModels;
pub use patience::Patience;
pub use secret::Secret;
pub use service::Http;
pub use target::{Target, TargetError};
