//! Carrying out what a model asks for, as far as it reads or was allowed: each call is a use case with its access check.

use llmos_core::{
    access::Action,
    chat::{Ask, MAX_MATERIAL, ProposedEdit, Replace, ToolAnswer, cut, edit_skill, ports_of},
    outside::OutsideCall,
    slug::Slug,
    trace::{TraceId, TraceKind},
    volume::{VolumeId, VolumePath},
};

use super::reading::{chat_text, run_text};
use crate::{
    Caller, Error, ErrorKind, FileFilter, LargeValues, Page, TraceFilter, Workbench,
    WorkflowFilter, catalogue::skill_paths, ids,
};

/// How many names or workflows a list gives.
const MAX_LISTED: usize = 200;
/// The folder whose files are listed by their time.
const TRACES: &str = "traces";
/// How much of a description stands in a list, in characters.
const MAX_DESCRIPTION: usize = 300;

impl Workbench {
    /// Carries out what a model asks for, in the name of the person who asked it. Blocks, and changes nothing here.
    /// What an outside tool does out there is its own affair: whoever drives the exchange asked the person.
    ///
    /// Runs and subagents are none of its business: whoever drives the exchange has them.
    pub fn carry_out(&self, caller: &Caller, ask: &Ask) -> Result<ToolAnswer, Error> {
        let text = match ask {
            Ask::Search { query, limit } => self.search_text(caller, query, *limit)?,
            Ask::ReadSkill { id, volume } => {
                let skill = self.read_skill(caller, id, volume.as_ref(), None)?;
                let (summary, content) = (skill.summary, skill.content);
                let place = format!("`{}` of volume `{}`", summary.path, summary.volume);
                format!("{place}:\n\n{content}")
            }
            Ask::ListFiles { volume, folder } => self.files_text(caller, volume, folder)?,
            Ask::ReadFile { volume, path, from } => self.file_text(caller, volume, path, *from)?,
            Ask::ListWorkflows { from } => self.workflows_text(caller, *from)?,
            Ask::ReadWorkflow { id, volume } => {
                let view = self.read_workflow(caller, id, volume.as_ref(), None)?;
                serde_json::to_string_pretty(&view).expect("because it is plain data")
            }
            Ask::ListTraces { before, limit } => {
                self.traces_text(caller, before.as_ref(), *limit)?
            }
            Ask::ReadTrace { id } => match id.kind() {
                TraceKind::Chat => chat_text(&self.read_chat(caller, id)?),
                TraceKind::Run => run_text(&self.read_trace(caller, id, LargeValues::Beside)?),
            },
            Ask::ProposeEdit { id, volume, reason, changes } => {
                return self.propose_edit(caller, id, volume.as_ref(), reason, changes);
            }
            Ask::Outside(call) => return self.outside_answer(caller, call),
            Ask::Run { .. } | Ask::ProposeWorkflow | Ask::Delegate { .. } => {
                return Ok(ToolAnswer::Refused(vec!["this cannot be done here".to_owned()]));
            }
        };
        Ok(ToolAnswer::Text(text))
    }

    fn outside_answer(&self, caller: &Caller, call: &OutsideCall) -> Result<ToolAnswer, Error> {
        match self.call_outside(caller, call) {
            Ok(answer) if answer.is_error => Ok(ToolAnswer::Failed(answer.text)),
            Ok(answer) if answer.text.is_empty() => Ok(ToolAnswer::Text("(no text)".to_owned())),
            Ok(answer) => Ok(ToolAnswer::Text(answer.text)),
            // What the server says of its failure is as much material as an answer.
            Err(Error::Outside { source }) => {
                Ok(ToolAnswer::Failed(format!("{source}; {}", source.hint())))
            }
            Err(error) => Err(error),
        }
    }

    fn search_text(&self, caller: &Caller, query: &str, limit: usize) -> Result<String, Error> {
        let view = self.catalogue.view(caller)?;
        let (total, hits) = view.finder().find(query, 0, limit, |_| true);
        let mut text = format!("{total} skills and workflows match; the best:");
        for hit in hits {
            let line = match view.skills.get(hit.doc) {
                Some(seen) => {
                    let skill = &seen.file.skill;
                    let what = match skill.executable() {
                        Some(executable) => format!("executable skill {}", ports_of(executable)),
                        None => "guidance".to_owned(),
                    };
                    let about = short(&skill.description);
                    format!("\n- `{}` in `{}`, {what}: {about}", skill.id, seen.file.volume)
                }
                None => {
                    let at = hit.doc - view.skills.len();
                    let Some(seen) = view.workflows.get(at) else { continue };
                    let workflow = &seen.file.workflow;
                    let about = short(&workflow.description);
                    format!("\n- `{}` in `{}`, workflow: {about}", workflow.id, seen.file.volume)
                }
            };
            text.push_str(&line);
        }
        Ok(text)
    }

    fn files_text(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        folder: &VolumePath,
    ) -> Result<String, Error> {
        caller.must(Action::Read, volume)?;
        if folder.as_str().split('/').next() == Some(TRACES) {
            return Err(Error::BadField {
                field: "folder",
                reason: "traces are listed by their time".to_owned(),
                hint: "call `list_traces`".to_owned(),
            });
        }
        let files = match self.store.head(volume)? {
            Some(head) => self.store.list(volume, &head, Some(folder))?,
            None => Vec::new(),
        };
        let mut text = format!("{} files below `{folder}` of volume `{volume}`", files.len());
        for file in files.iter().take(MAX_LISTED) {
            text.push_str(&format!("\n- {}", file.path));
        }
        if files.len() > MAX_LISTED {
            text.push_str(&format!("\n[{} more; name a deeper folder]", files.len() - MAX_LISTED));
        }
        Ok(text)
    }

    fn file_text(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        path: &VolumePath,
        from: usize,
    ) -> Result<String, Error> {
        // Room for these words in the frame.
        let most = MAX_MATERIAL - 500;
        if let Some(file) = self.blob_text(caller, (volume, path), from as u64, most)? {
            let (name, size) = (&file.pointer.name, file.pointer.size);
            let text = format!("`{path}` of volume `{volume}`, the file `{name}` of {size} bytes:");
            let next = file.next.map(|next| format!("\n[go on with `from`: {next}]"));
            return Ok(format!("{text}\n\n{}{}", file.text, next.unwrap_or_default()));
        }
        let (volume, path) = (Some(volume.clone()), path.clone());
        let view = self.read_file(caller, &FileFilter { volume, path, at: None, version: None })?;
        let text = view.text;
        if text.contains('\0') {
            return Err(Error::BadField {
                field: "path",
                reason: "the file is no text".to_owned(),
                hint: "read another file".to_owned(),
            });
        }
        let start = text.floor_char_boundary(from);
        let rest = &text[start..];
        let mut shown = cut(rest, most);
        if rest.len() > most {
            let next = start + rest.floor_char_boundary(most);
            shown.push_str(&format!("\n[go on with `from`: {next}]"));
        }
        Ok(format!("`{}` of volume `{}`:\n\n{shown}", view.path, view.volume))
    }

    fn workflows_text(&self, caller: &Caller, from: usize) -> Result<String, Error> {
        let page = Page { limit: 50, offset: from };
        let list = self.list_workflows(caller, &WorkflowFilter { page })?;
        let mut text = format!("{} workflows", list.total);
        for one in &list.workflows {
            let about = short(&one.description);
            let (id, volume, n) = (&one.workflow_id, &one.volume, one.n_nodes);
            text.push_str(&format!("\n- `{id}` in `{volume}`, {n} nodes: {about}"));
        }
        let next = from + list.workflows.len();
        if next < list.total {
            text.push_str(&format!("\n[go on with `from`: {next}]"));
        }
        Ok(text)
    }

    fn traces_text(
        &self,
        caller: &Caller,
        before: Option<&TraceId>,
        limit: usize,
    ) -> Result<String, Error> {
        let list = self.list_traces(caller, &TraceFilter { limit, before: before.cloned() })?;
        let mut text = format!("{} traces", list.total);
        for one in &list.traces {
            let what = one.workflow_id.as_deref().map(|id| format!(" of `{id}`"));
            let outcome = one
                .outcome
                .map_or("unreadable", |outcome| llmos_core::run::Outcome::from(outcome).as_str());
            let when = one.started_at.as_deref().unwrap_or("an unknown time");
            let what = what.unwrap_or_default();
            text.push_str(&format!("\n- `{}`{what}: {outcome}, {when}", one.trace_id));
        }
        if let Some(next) = &list.next {
            text.push_str(&format!("\n[go on with `before`: {next}]"));
        }
        Ok(text)
    }

    /// Makes an edit on a copy of the text. What the person may not change is copied into their own volume.
    fn propose_edit(
        &self,
        caller: &Caller,
        id: &Slug,
        volume: Option<&VolumeId>,
        reason: &str,
        changes: &[Replace],
    ) -> Result<ToolAnswer, Error> {
        let skill = self.read_skill(caller, id, volume, None)?;
        let summary = skill.summary;
        let (from, path) = (ids::volume(&summary.volume)?, ids::path(&summary.path)?);
        let (volume, path, base, copy_of) = if caller.may(Action::Write, &from) {
            (from, path, Some(ids::version("version", &summary.version)?), None)
        } else {
            let own = caller.own_volume();
            caller.must(Action::Write, &own)?;
            if self.catalogue.snapshot(&own)?.skills.contains_key(id) {
                let reason = format!("`{from}` cannot be changed, and `{own}` has a `{id}` too");
                return Ok(ToolAnswer::Refused(vec![format!("{reason}; edit that one")]));
            }
            let [path, _] = skill_paths(id);
            (own, path, None, Some(from))
        };
        let before = skill.content;
        Ok(match edit_skill(&path, id, &before, changes) {
            Err(reasons) => ToolAnswer::Refused(reasons),
            Ok(after) => ToolAnswer::Edit(Box::new(ProposedEdit {
                id: id.clone(),
                name: summary.name,
                volume,
                path,
                base,
                copy_of,
                reason: reason.to_owned(),
                before,
                after,
            })),
        })
    }

    /// Says what a model reads of a refusal: what it can do better, or that nobody can.
    pub fn refused_call(error: &Error) -> ToolAnswer {
        match error.kind() {
            ErrorKind::Internal | ErrorKind::NoRoom | ErrorKind::Busy => {
                ToolAnswer::Failed("the server failed; try it later or do without it".to_owned())
            }
            _ => {
                let mut reasons: Vec<String> = match error {
                    Error::BadWorkflow { findings } => {
                        findings.iter().take(8).map(|found| found.message.clone()).collect()
                    }
                    _ => vec![cut(&error.to_string(), 1000)],
                };
                reasons.extend(error.hint());
                ToolAnswer::Refused(reasons)
            }
        }
    }
}

/// One line of a description.
fn short(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MAX_DESCRIPTION).collect()
}
