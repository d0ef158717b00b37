//! Providers of models, over HTTP. Nothing here is used until it is configured,
//! and no key is ever shown or written in clear.

pub mod embeddings;
mod http;
mod key;
pub mod model;

pub use http::{HttpError, Patience};
pub use key::Key;
