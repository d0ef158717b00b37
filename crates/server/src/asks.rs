//! Asks the person in the middle of an answer, and waits for what they say.
//!
//! A question lives as long as the stream in which it was put: closing that withdraws it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use llmos_api::outside::OutsideServerView;
use llmos_core::{
    chat::{Decision, Listed, Question},
    slug::Slug,
};
use llmos_workbench::{Asked, Caller, Listing, Person, Workbench};
use tokio::sync::oneshot;

/// How long a person may think about a question.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long a message waits for the lists of outside servers. One that takes longer to start goes on with it, and is
/// there for the next message.
const LISTING: Duration = Duration::from_secs(5);

/// How many servers are asked for their tools.
const MAX_SERVERS: usize = 16;

/// All questions that wait for an answer.
#[derive(Clone, Default)]
pub(crate) struct Asks {
    open: Arc<Mutex<BTreeMap<String, Open>>>,
}

struct Open {
    user: Slug,
    answer: oneshot::Sender<Decision>,
}

/// Takes a question away once nobody waits for its answer.
struct Withdrawn {
    asks: Asks,
    id: String,
}

impl Drop for Withdrawn {
    fn drop(&mut self) {
        self.asks.lock().remove(&self.id);
    }
}

impl Asks {
    /// Takes the answer of a user; says whether a question of theirs waited for it. Only the first one counts.
    pub(crate) fn decide(&self, user: &Slug, id: &str, decision: Decision) -> bool {
        let mut open = self.lock();
        // Whoever is not asked learns nothing of the question, and does not end it.
        if open.get(id).is_none_or(|open| open.user != *user) {
            return false;
        }
        open.remove(id).is_some_and(|open| open.answer.send(decision).is_ok())
    }

    fn put(&self, user: Slug) -> Asked {
        let mut drawn = [0; 16];
        getrandom::fill(&mut drawn)
            .expect("because the operating system has random numbers once it runs");
        let id: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
        let (answer, answered) = oneshot::channel();
        self.lock().insert(id.clone(), Open { user, answer });
        let withdrawn = Withdrawn { asks: self.clone(), id: id.clone() };
        let decision = async move {
            let decision = tokio::time::timeout(PATIENCE, answered).await;
            drop(withdrawn);
            decision.ok().and_then(Result::ok).unwrap_or(Decision::Unanswered)
        };
        Asked { id, secs: PATIENCE.as_secs(), decision: Box::pin(decision) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever reads a stream.
pub(crate) struct Reader {
    pub(crate) workbench: Arc<Workbench>,
    pub(crate) asks: Asks,
}

impl Person for Reader {
    fn list(&self, caller: Caller) -> Listing {
        let workbench = Arc::clone(&self.workbench);
        Box::pin(async move {
            let servers = workbench.outside_servers(&caller).into_iter().take(MAX_SERVERS);
            join_all(servers.map(|server| list(&workbench, &caller, server))).await
        })
    }

    fn ask(&self, caller: &Caller, _: &Question) -> Asked {
        self.asks.put(caller.user())
    }
}

async fn list(workbench: &Arc<Workbench>, caller: &Caller, server: OutsideServerView) -> Listed {
    let (workbench, caller) = (Arc::clone(workbench), caller.clone());
    let OutsideServerView { name, place } = server;
    let server: Slug = name.parse().expect("because it is the name of a server");
    let asked = server.clone();
    let listing = move || workbench.outside_tools(&caller, &asked, LISTING);
    let tools = match tokio::task::spawn_blocking(listing).await {
        Ok(listed) => listed.map_err(|error| error.to_string()),
        Err(panic) => {
            tracing::error!(?panic, "an outside server could not be asked");
            Err("the server failed".to_owned())
        }
    };
    Listed { server, place, tools }
}

#[cfg(test)]
mod tests {
    use futures_util::future::FutureExt;

    use super::*;

    fn slug(text: &str) -> Slug {
        text.parse().expect("it is a slug")
    }

    #[tokio::test]
    async fn a_question_is_answered_once_by_whom_it_was_put_to() {
        let asks = Asks::default();
        let Asked { id, decision, .. } = asks.put(slug("ana"));
        assert_eq!(id.len(), 32);
        assert!(!asks.decide(&slug("ben"), &id, Decision::Allowed), "it is not theirs");
        assert!(!asks.decide(&slug("ana"), "0123", Decision::Allowed), "there is none");
        assert!(asks.decide(&slug("ana"), &id, Decision::Declined));
        assert!(!asks.decide(&slug("ana"), &id, Decision::Allowed), "it was answered");
        assert_eq!(decision.await, Decision::Declined);
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_nobody_answers_is_over_in_the_end() {
        let asks = Asks::default();
        let Asked { id, mut decision, .. } = asks.put(slug("ana"));
        assert_eq!((&mut decision).now_or_never(), None);
        assert_eq!(decision.await, Decision::Unanswered);
        assert!(!asks.decide(&slug("ana"), &id, Decision::Allowed));
        assert!(asks.lock().is_empty());
    }

    #[tokio::test]
    async fn a_stream_that_is_closed_withdraws_its_questions() {
        let asks = Asks::default();
        let asked = asks.put(slug("ana"));
        let id = asked.id.clone();
        drop(asked);
        assert!(!asks.decide(&slug("ana"), &id, Decision::Allowed));
        assert!(asks.lock().is_empty());
    }
}
