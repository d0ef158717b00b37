//! A session step by step: from a commit, or as it is kept now; each message with the skills that
//! went along with it and what its artifacts held, as they were then.

use std::collections::BTreeMap;

use jiff::Timestamp;
use llmos_api::{
    problem,
    replay::{ReplayPlace, ReplaySkill, ReplayStep, SessionReplay},
    session::SessionMessage,
};
use llmos_core::{
    access::Action,
    session::{KeptMessage, Message, Part, Replaced, Session, SessionFile, parse_document},
    slug::Slug,
    store::{BlobId, CommitId, HistoryQuery},
    trace::{self, ChatTrace, Trace},
    volume::{VolumeId, VolumePath},
};

use super::{MessageFilter, Pageful};
use crate::{Caller, Error, Workbench, catalogue::skill_paths};

/// How many versions of a skill are looked through for the one of some time.
const MAX_VERSIONS: usize = 200;

/// A commit of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPoint {
    /// The volume.
    pub volume: VolumeId,
    /// The commit.
    pub commit: CommitId,
}

/// Some messages, and the session that they are from.
struct Scene {
    name: String,
    volume: VolumeId,
    message_count: u64,
    messages: Vec<KeptMessage>,
    replaced: Replaced,
}

/// What is looked up once for all steps of an answer.
struct Stage<'a> {
    caller: &'a Caller,
    /// Where skills may be, the nearest first; at a commit, or as of the time of a step.
    layers: Vec<(VolumeId, Option<CommitId>)>,
    /// Where traces may be.
    traces: Vec<(VolumeId, CommitId)>,
    /// What was found of a skill and a time.
    seen: BTreeMap<(Slug, Timestamp), ReplaySkill>,
}

impl Workbench {
    /// Shows a session step by step: from a commit, or without one as it is kept now.
    pub fn replay_session(
        &self,
        caller: &Caller,
        id: &Slug,
        at: Option<&SessionPoint>,
        filter: MessageFilter,
    ) -> Result<SessionReplay, Error> {
        let Scene { name, volume, message_count, messages, replaced } = match at {
            Some(point) => self.scene_at(caller, id, point, filter)?,
            None => {
                let head = self.session(caller, id, Part::Look)?;
                let Pageful { head, messages, .. } =
                    self.page(id, head.n_messages, None, filter)?;
                let message_count = head.n_messages;
                let (name, volume, replaced) = (head.name, head.volume, head.replaced);
                Scene { name, volume, message_count, messages, replaced }
            }
        };
        let mut stage = self.stage(caller, at)?;
        let last = messages.last().map_or(0, |kept| kept.number);
        let mut steps = Vec::with_capacity(messages.len());
        for kept in messages {
            steps.push(self.step(&mut stage, kept, &replaced)?);
        }
        Ok(SessionReplay {
            session_id: id.to_string(),
            name,
            commit: at.map(|point| point.commit.to_string()),
            volume: volume.to_string(),
            message_count,
            steps,
            later: (last > 0 && last < message_count).then_some(last),
        })
    }

    /// The session as its document at a commit has it.
    fn scene_at(
        &self,
        caller: &Caller,
        id: &Slug,
        point: &SessionPoint,
        filter: MessageFilter,
    ) -> Result<Scene, Error> {
        let SessionPoint { volume, commit } = point;
        caller.must(Action::Read, volume)?;
        let session = self.document_at(id, point)?;
        let total = session.messages.len() as u64;
        let replaced = Replaced::of(session.messages.iter().map(|message| message.replaces));
        let (first, n) = filter.window(total);
        let skip = usize::try_from(first - 1).unwrap_or(usize::MAX);
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let messages: Vec<(u64, Message)> =
            (1..).zip(session.messages).skip(skip).take(n).collect();
        let folder: VolumePath =
            format!("sessions/{id}").parse().expect("because a slug is a plain name");
        let files: BTreeMap<VolumePath, BlobId> = self.files_at(volume, commit, Some(&folder))?;
        let mut kept = Vec::with_capacity(messages.len());
        for (number, message) in messages {
            let mut held = Vec::new();
            for path in message.artifacts.iter().filter_map(|artifact| artifact.path.as_ref()) {
                let Some(blob) = files.get(path) else { continue };
                let content = String::from_utf8_lossy(&self.store.read(volume, blob)?).into_owned();
                held.push(SessionFile { path: path.clone(), content });
            }
            kept.push(KeptMessage { number, message, files: held });
        }
        Ok(Scene {
            name: session.name,
            volume: volume.clone(),
            message_count: total,
            messages: kept,
            replaced,
        })
    }

    fn document_at(&self, id: &Slug, point: &SessionPoint) -> Result<Session, Error> {
        let SessionPoint { volume, commit } = point;
        let path: VolumePath =
            format!("sessions/{id}.md").parse().expect("because a slug is a plain name");
        let text = self.text_at(volume, commit, &path)?.ok_or_else(|| Error::Unknown {
            what: "session",
            id: id.to_string(),
            volume: Some(volume.clone()),
            hint: "take a commit that keeps it: `commit_hash` of the session names the last one"
                .to_owned(),
        })?;
        let text = String::from_utf8_lossy(&text);
        parse_document(&text).map_err(|found| Error::BrokenFile {
            volume: volume.clone(),
            path,
            diagnostics: vec![problem::Diagnostic::from(&found)],
        })
    }

    /// Finds out where skills and traces of a session may be, of what the caller may read.
    fn stage<'a>(&self, caller: &'a Caller, at: Option<&SessionPoint>) -> Result<Stage<'a>, Error> {
        let own = caller.own_volume();
        let mut layers: Vec<(VolumeId, Option<CommitId>)> = Vec::new();
        let mut traces: Vec<(VolumeId, CommitId)> = Vec::new();
        if let Some(SessionPoint { volume, commit }) = at {
            layers.push((volume.clone(), Some(commit.clone())));
            traces.push((volume.clone(), commit.clone()));
        }
        for volume in caller.layers()? {
            if layers.iter().all(|(there, _)| *there != volume) {
                layers.push((volume, None));
            }
        }
        if let Some(head) = self.store.head(&own)? {
            traces.push((own, head));
        }
        Ok(Stage { caller, layers, traces, seen: BTreeMap::new() })
    }

    fn step(
        &self,
        stage: &mut Stage<'_>,
        kept: KeptMessage,
        replaced: &Replaced,
    ) -> Result<ReplayStep, Error> {
        let mut model = None;
        let mut skills = Vec::new();
        for path in &kept.message.traces {
            let Some(trace) = self.chat_trace(stage, path)? else { continue };
            model = model.or(trace.model);
            for id in trace.skills_used {
                let skill = self.skill_then(stage, &id, trace.started_at)?;
                if !skills.contains(&skill) {
                    skills.push(skill);
                }
            }
        }
        Ok(ReplayStep { message: SessionMessage::new(kept, replaced), model, skills })
    }

    /// The trace of an exchange, where the caller may read it and it can be read.
    fn chat_trace(&self, stage: &Stage<'_>, path: &VolumePath) -> Result<Option<ChatTrace>, Error> {
        for (volume, commit) in &stage.traces {
            stage.caller.must(Action::Read, volume)?;
            let id = path.file_name().strip_suffix(".md").and_then(|name| name.parse().ok());
            let bytes = match id {
                Some(id) => {
                    let traces = self.traces(volume, commit);
                    traces.find(&id)?.map(|found| traces.read(&found)).transpose()?
                }
                None => self.text_at(volume, commit, path)?,
            };
            if let Some(Ok(Trace::Chat(trace))) = bytes.map(|bytes| trace::parse_any(&bytes)) {
                return Ok(Some(*trace));
            }
        }
        Ok(None)
    }

    /// A skill as it was when a message was answered.
    fn skill_then(
        &self,
        stage: &mut Stage<'_>,
        id: &Slug,
        time: Timestamp,
    ) -> Result<ReplaySkill, Error> {
        if let Some(seen) = stage.seen.get(&(id.clone(), time)) {
            return Ok(seen.clone());
        }
        let mut skill = ReplaySkill { skill_id: id.to_string(), name: id.to_string(), found: None };
        for (volume, commit) in &stage.layers {
            let commit = match commit {
                Some(commit) => Some(commit.clone()),
                None => self.commit_then(volume, id, time)?,
            };
            let Some(commit) = commit else { continue };
            // One that cannot be read, or was not there, is in another layer or nowhere.
            let Ok(file) = self.skill_file_at(id, volume, &commit) else { continue };
            skill.name = file.skill.name;
            skill.found = Some(ReplayPlace {
                volume: volume.to_string(),
                commit: commit.to_string(),
                version: file.blob.to_string(),
            });
            break;
        }
        stage.seen.insert((id.clone(), time), skill.clone());
        Ok(skill)
    }

    /// The commit of a volume that had last changed a skill at some time.
    fn commit_then(
        &self,
        volume: &VolumeId,
        id: &Slug,
        time: Timestamp,
    ) -> Result<Option<CommitId>, Error> {
        let Some(head) = self.store.head(volume)? else { return Ok(None) };
        for path in skill_paths(id) {
            // A volume may have a million commits: only what is there is looked for in all of them.
            if self.files_at(volume, &head, Some(&path))?.is_empty() {
                continue;
            }
            let query = HistoryQuery { path: Some(path), from: None, limit: MAX_VERSIONS };
            let history = self.store.history(volume, &query)?;
            return Ok(history.into_iter().find(|then| then.time <= time).map(|then| then.id));
        }
        Ok(None)
    }

    /// What a file held at a commit.
    fn text_at(
        &self,
        volume: &VolumeId,
        commit: &CommitId,
        path: &VolumePath,
    ) -> Result<Option<Vec<u8>>, Error> {
        let files = self.files_at(volume, commit, Some(path))?;
        files.get(path).map(|blob| self.store.read(volume, blob)).transpose().map_err(Error::from)
    }
}
