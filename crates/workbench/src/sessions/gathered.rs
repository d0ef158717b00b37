//! What came of a session, gathered from all of its messages.

use std::collections::BTreeMap;

use llmos_api::session::{GatheredArtifact, GatheredArtifacts};
use llmos_core::{
    session::{Artifact, Part},
    slug::Slug,
};

use crate::{Caller, Error, Workbench};

/// How many messages are read at once.
const STRIDE: usize = 500;

/// The most artifacts that are told of.
const MOST: usize = 1000;

impl Workbench {
    /// Lists what came of a session: each artifact once, with the message that made it last; the newest first.
    pub fn session_artifacts(
        &self,
        caller: &Caller,
        id: &Slug,
    ) -> Result<GatheredArtifacts, Error> {
        let n_messages = self.session(caller, id, Part::Look)?.n_messages;
        let mut found: BTreeMap<Artifact, GatheredArtifact> = BTreeMap::new();
        let mut next = 1;
        while next <= n_messages {
            let (head, messages) = self.messages(id, next, STRIDE)?;
            let Some(last) = messages.last() else { break };
            next = last.number + 1;
            for kept in messages {
                for artifact in kept.message.artifacts {
                    let file =
                        kept.files.iter().rfind(|file| Some(&file.path) == artifact.path.as_ref());
                    let gathered = GatheredArtifact {
                        kind: artifact.kind.to_string(),
                        name: artifact.name.clone(),
                        path: artifact.path.as_ref().map(ToString::to_string),
                        bytes: file.map(|file| file.content.len() as u64),
                        number: kept.number,
                        replaced: head.replaced.has(kept.number),
                    };
                    found.insert(artifact, gathered);
                }
            }
        }
        let total = found.len() as u64;
        let mut artifacts: Vec<_> = found.into_values().collect();
        artifacts.sort_by_key(|one| std::cmp::Reverse(one.number));
        artifacts.truncate(MOST);
        Ok(GatheredArtifacts { total, artifacts })
    }
}
