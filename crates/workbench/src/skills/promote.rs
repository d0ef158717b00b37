//! Skills: promotion, from a person to a team and from a team to the system, and where a promoted skill came from.

use llmos_api::{
    proposal::ProvenanceView,
    skill::{PromoteSkill, SavedSkill},
};
use llmos_core::{
    access::Action,
    proposal::{Provenance, promoted},
    slug::Slug,
    store::{BlobId, CommitId, CommitInfo, Edit, Expected, HistoryQuery},
    volume::VolumeId,
};
use serde_json::Value;

use super::{
    change::views,
    copied::{Copied, FROM, VERSION, stamped},
};
use crate::{Caller, Error, Workbench, catalogue::SkillFile, ids};

/// How many commits of a skill are looked at for the one that brought it.
const MAX_COMMITS: usize = 100;

impl Workbench {
    /// Copies a skill one step up: one of the caller into a team, or one of a team into the system volume.
    ///
    /// The copy says where it came from. One that was promoted earlier from the same volume is replaced as long as
    /// nobody changed it there; everything else of that id is left alone and the promotion refused.
    pub fn promote_skill(
        &self,
        caller: &Caller,
        asked: &PromoteSkill,
    ) -> Result<SavedSkill, Error> {
        let PromoteSkill { team_id, to, skill_id, reason, .. } = asked;
        let (to, from) = self.way(caller, to.as_deref(), team_id.as_deref(), Action::Promote)?;
        let copied = self.copied(&from, skill_id, reason)?;
        self.carry_blobs((&from, &to), copied.contents())?;
        let upgrades = self.may_replace(&to, &copied)?;
        let version = BlobId::of(copied.text());
        let edit = |(path, content): &(_, Vec<u8>)| Edit {
            path: Clone::clone(path),
            expected: match &upgrades {
                Some(version) if *path == copied.path => Expected::Version(version.clone()),
                Some(_) => Expected::Anything,
                None => Expected::Absent,
            },
            content: Some(content.clone()),
        };
        let edits = copied.files.iter().map(edit).collect();
        let message = promoted(&copied.id, &copied.provenance, false);
        let commit = self.commit(caller, &to, edits, message).map_err(|error| match error {
            Error::Stale { current: Some(version), .. } => taken(&copied.id, &to, version),
            other => other,
        })?;
        Ok(SavedSkill {
            skill_id: copied.id.to_string(),
            volume: to.to_string(),
            path: copied.path.to_string(),
            version: Some(version.to_string()),
            commit: commit.to_string(),
            diagnostics: views(&copied.diagnostics),
            merged: None,
        })
    }

    /// Returns the version that may be replaced; `None` where the volume has nothing of that id.
    fn may_replace(&self, to: &VolumeId, copied: &Copied) -> Result<Option<BlobId>, Error> {
        let Copied { id, provenance: Provenance { from, .. }, .. } = copied;
        let snapshot = self.catalogue.snapshot(to)?;
        let Some(there) = snapshot.skills.get(id) else { return Ok(None) };
        let said = |key: &str| there.skill.frontmatter.get(key).and_then(Value::as_str);
        let same_source = said(FROM) == Some(&from.to_string());
        let old =
            said(VERSION).filter(|_| same_source).and_then(|text| ids::version("", text).ok());
        let untouched = match old {
            Some(old) => {
                let before = self.text(from, &old).and_then(|text| stamped(&text, from, &old));
                before.is_ok_and(|before| BlobId::of(before.as_bytes()) == there.blob)
            }
            None => false,
        };
        if untouched || there.blob == BlobId::of(copied.text()) {
            return Ok(Some(there.blob.clone()));
        }
        Err(taken(id, to, there.blob.clone()))
    }

    /// Finds where a skill that was promoted came from: what the commit says that brought it.
    pub(super) fn provenance(&self, file: &SkillFile) -> Result<Option<ProvenanceView>, Error> {
        let said = |key: &str| file.skill.frontmatter.get(key).and_then(Value::as_str);
        let (Some(from), Some(version)) = (said(FROM), said(VERSION)) else { return Ok(None) };
        let path = Some(file.path.clone());
        let query = HistoryQuery { path, from: None, limit: MAX_COMMITS };
        let brought = self.store.history(&file.volume, &query)?.into_iter().find_map(|commit| {
            let provenance = Provenance::read(&commit.message)?;
            let this = provenance.from.to_string() == from && provenance.version.0 == version;
            this.then(|| provenance_view(&provenance, &commit))
        });
        Ok(brought)
    }
}

fn taken(id: &Slug, to: &VolumeId, version: BlobId) -> Error {
    Error::Exists {
        what: "skill",
        id: id.clone(),
        volume: to.clone(),
        version,
        hint: "propose it with `POST /proposals`, so that somebody compares the two, or give yours another `skill_id`",
    }
}

/// Shows where a skill came from, as the commit that brought it says.
pub(crate) fn provenance_view(from: &Provenance, commit: &CommitInfo) -> ProvenanceView {
    ProvenanceView {
        from: from.from.to_string(),
        version: from.version.to_string(),
        commit: from.commit.as_ref().map(CommitId::to_string),
        reason: from.reason.clone(),
        author: commit.author.name.clone(),
        time: commit.time.to_string(),
        brought_by: commit.id.to_string(),
    }
}
