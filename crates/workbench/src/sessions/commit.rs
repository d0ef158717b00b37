//! Committing a session: its document, the files of its artifacts and what its
//! message says, in one commit. Done again, it makes no second one.

use std::collections::BTreeMap;

use llmos_api::session::{CommitSession, SessionView};
use llmos_core::{
    access::Action,
    session::{
        Committed, KeptMessage, MAX_DOCUMENT_BYTES, Part, Session, SessionChange, SessionHead,
        print_document, print_message,
    },
    slug::Slug,
    store::{BlobId, CommitId, Edit, Expected, HistoryQuery},
    volume::{VolumeId, VolumePath},
};

use super::{incoming, view};
use crate::{Caller, Error, Workbench};

/// How many messages are read at once.
const STRIDE: usize = 500;

impl Workbench {
    /// Keeps a session in a volume: that which it belongs to, or the one that is asked for.
    pub fn commit_session(
        &self,
        caller: &Caller,
        id: &Slug,
        asked: &CommitSession,
    ) -> Result<SessionView, Error> {
        let head = self.session(caller, id, Part::Talk)?;
        let volume = match asked.volume.as_deref() {
            None => head.volume.clone(),
            Some(text) => incoming::volume(caller, Some(text), None)?,
        };
        caller.must(Action::Write, &volume).map_err(|error| elsewhere(error, caller))?;
        let (head, messages) = self.whole(id, MAX_DOCUMENT_BYTES)?;
        if messages.is_empty() {
            return Err(Error::NotReady {
                reason: "nothing was said in the session".to_owned(),
                hint: Some("say something first".to_owned()),
            });
        }
        let mut files: BTreeMap<VolumePath, Vec<u8>> = BTreeMap::new();
        for file in messages.iter().flat_map(|kept| &kept.files) {
            files.insert(file.path.clone(), file.content.clone().into_bytes());
        }
        let session = session_of(&head, messages);
        files.insert(session.path(), print_document(&session).into_bytes());
        let carried = files.iter().map(|(path, content)| (path, content.as_slice()));
        self.carry_blobs((&head.volume, &volume), carried)?;
        let commit = match self.commit_that_holds(&volume, &session.path(), &files)? {
            Some(commit) => commit,
            None => {
                let edits = files.into_iter().map(|(path, content)| Edit {
                    path,
                    expected: Expected::Anything,
                    content: Some(content),
                });
                self.commit(caller, &volume, edits.collect(), print_message(&session.commit()))?
            }
        };
        let at = self.world.now();
        let (name, n_messages) = (head.name, head.n_messages);
        let committed = Committed { commit, volume, at, name, n_messages };
        let change = SessionChange::Committed(committed);
        // More may have been said meanwhile: then the session is not committed, and says so.
        let head = self.sessions()?.change(id, None, &change, at)?;
        Ok(view::session(caller, &head))
    }

    /// Reads all of a session that has no more than so many bytes.
    pub(super) fn whole(
        &self,
        id: &Slug,
        max_bytes: usize,
    ) -> Result<(SessionHead, Vec<KeptMessage>), Error> {
        let (head, mut messages) = self.messages(id, 1, STRIDE)?;
        let mut n_bytes: usize = messages.iter().map(size).sum();
        while (messages.len() as u64) < head.n_messages && n_bytes <= max_bytes {
            let (_, more) = self.messages(id, messages.len() as u64 + 1, STRIDE)?;
            if more.is_empty() {
                break;
            }
            n_bytes += more.iter().map(size).sum::<usize>();
            messages.extend(more);
        }
        if n_bytes > max_bytes {
            return Err(Error::NotReady {
                reason: format!("the session has more than {} MiB", max_bytes >> 20),
                hint: Some("begin a new session for what comes next".to_owned()),
            });
        }
        // What was said since the head was read is not part of it.
        messages.truncate(usize::try_from(head.n_messages).unwrap_or(usize::MAX));
        Ok((head, messages))
    }

    /// The commit that brought exactly these files, where the volume holds them already.
    fn commit_that_holds(
        &self,
        volume: &VolumeId,
        document: &VolumePath,
        files: &BTreeMap<VolumePath, Vec<u8>>,
    ) -> Result<Option<CommitId>, Error> {
        let Some(head) = self.store.head(volume)? else { return Ok(None) };
        for (path, content) in files {
            let found = self.store.list(volume, &head, Some(path))?;
            if !found.iter().any(|entry| entry.path == *path && entry.blob == BlobId::of(content)) {
                return Ok(None);
            }
        }
        let query = HistoryQuery { path: Some(document.clone()), from: None, limit: 1 };
        Ok(self.store.history(volume, &query)?.pop().map(|commit| commit.id))
    }
}

/// The session as its document has it.
pub(super) fn session_of(head: &SessionHead, messages: Vec<KeptMessage>) -> Session {
    Session {
        id: head.id.clone(),
        name: head.name.clone(),
        user: head.user.clone(),
        created_at: head.created_at,
        messages: messages.into_iter().map(|kept| kept.message).collect(),
    }
}

/// About how many bytes a message takes in a document.
fn size(kept: &KeptMessage) -> usize {
    let files: usize = kept.files.iter().map(|file| file.content.len()).sum();
    kept.message.content.len() + files + 100 * (1 + kept.message.artifacts.len())
}

/// Says that there is another volume to commit to.
fn elsewhere(error: Error, caller: &Caller) -> Error {
    let Error::Denied { mut denied } = error else { return error };
    if denied.volume != caller.own_volume() && matches!(denied.volume, VolumeId::Team(_)) {
        denied.hint = "commit it to your own volume with `\"volume\": \"user\"`, or ask an admin of the team to commit it";
    }
    Error::Denied { denied }
}
