//! Search by words, and by meaning too where embeddings are configured.

use llmos_core::search::{
    Fields, Hit, Index,
    semantic::{self, EmbedError, Embedder, Vectors},
};
use llmos_llm::embeddings::{HttpEmbedder, KeptVectors, Settings};

use crate::{
    failure::{Failure, FailureKind},
    headless,
    out::say,
};

/// The search over a list of skills; hits name their places in the list.
pub(crate) struct Search {
    index: Index,
    meaning: Option<Meaning>,
}

struct Meaning {
    embedder: Box<dyn Embedder>,
    vectors: Vectors,
}

impl Search {
    /// Indexes skills, and asks the provider for the vectors of those that have none yet.
    ///
    /// A provider that fails costs the meaning and says so; the words are always searched.
    pub(crate) fn new<'a>(
        skills: impl Iterator<Item = Fields<'a>> + Clone,
    ) -> Result<Self, Failure> {
        let meaning = match embedder()? {
            None => None,
            Some(embedder) => {
                let texts: Vec<String> =
                    skills.clone().map(|fields| semantic::text(&fields)).collect();
                let found = embedder.embed(&texts);
                let vectors = said(found).map(|found| {
                    let mut vectors = Vectors::default();
                    found.iter().enumerate().for_each(|(doc, vector)| vectors.insert(doc, vector));
                    vectors
                });
                vectors.map(|vectors| Meaning { embedder, vectors })
            }
        };
        Ok(Self { index: Index::new(skills.enumerate()), meaning })
    }

    /// Finds the best `limit` skills for each query.
    pub(crate) fn find(&self, queries: &[String], limit: usize) -> Vec<Vec<Hit>> {
        let by_words = || queries.iter().map(|query| self.index.search(query, limit)).collect();
        let Some(Meaning { embedder, vectors }) = &self.meaning else { return by_words() };
        let Some(asked) = said(embedder.embed(queries)) else { return by_words() };
        let both = queries
            .iter()
            .zip(asked)
            .map(|(query, vector)| semantic::search(&self.index, vectors, query, &vector, limit));
        both.collect()
    }
}

/// The embedder that the environment asks for, with what it gave before on disk.
fn embedder() -> Result<Option<Box<dyn Embedder>>, Failure> {
    let settings = Settings::read(|name| std::env::var(name).ok());
    let settings = settings
        .map_err(|error| Failure::new(FailureKind::Usage, error.to_string(), error.hint()))?;
    let Some(settings) = settings else { return Ok(None) };
    let embedder = HttpEmbedder::new(settings)
        .map_err(|error| Failure::new(FailureKind::Internal, error.reason, error.hint))?;
    let folder = headless::cache_folder().join("embeddings");
    Ok(Some(Box::new(KeptVectors::new(embedder, folder))))
}

/// Says that a provider failed, and goes on.
fn said<T>(answer: Result<T, EmbedError>) -> Option<T> {
    answer
        .inspect_err(|error| {
            say(&format!("searched by words alone: {error}\nhint: {}", error.hint));
        })
        .ok()
}
