//! The port to the person who asked, while they wait for the answer.

use std::pin::Pin;

use llmos_core::chat::{Decision, Listed, Question};

use crate::Caller;

/// What outside servers list, on its way.
pub type Listing = Pin<Box<dyn Future<Output = Vec<Listed>> + Send>>;

/// A question that was put to a person.
pub struct Asked {
    /// What the person answers it by: nobody else can know it.
    pub id: String,
    /// After how many seconds nobody waits for an answer any more.
    pub secs: u64,
    /// The answer. Dropping it withdraws the question.
    pub decision: Pin<Box<dyn Future<Output = Decision> + Send>>,
}

/// A person who reads the answer as it comes, and can be asked in the middle of it.
///
/// Only where there is one is a model told of outside tools, and only what they allow is called.
pub trait Person: Send + Sync {
    /// Asks the outside servers that the caller may use for their tools, for a short time.
    fn list(&self, caller: Caller) -> Listing;

    /// Puts a question to the person.
    fn ask(&self, caller: &Caller, question: &Question) -> Asked;
}
