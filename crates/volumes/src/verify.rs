//! Looking for everything that can be wrong with a volume as a repository.

use std::fs;

use gix::ObjectId;
use llmos_core::{store::StoreError, volume::VolumeId};

use crate::{
    GitStore,
    journal::OWN_FOLDER,
    odd,
    program::{self, Borrowed},
    volume::{MAIN, Volume},
};

/// The most lines of `git fsck` that are told.
const MAX_LINES: usize = 50;

/// Something that is wrong with a volume, or that somebody should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What: lower case, no final dot.
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl GitStore {
    /// Checks the repository of a volume: every object and name, what they lead to, and the journals.
    ///
    /// Brings what a killed process left behind to Git first, as any use of the volume does.
    pub fn verify(&self, volume: &VolumeId) -> Vec<Fault> {
        let mut faults = Vec::new();
        match self.volume(volume).verify(&mut faults) {
            Ok(()) => {}
            Err(err) => faults.push(Fault {
                what: told(&err),
                hint: err.hint().unwrap_or("look at the disk, then check again"),
            }),
        }
        faults
    }
}

/// An error with its causes.
fn told(err: &StoreError) -> String {
    let causes = std::iter::successors(std::error::Error::source(err), |err| err.source());
    causes.fold(err.to_string(), |told, cause| format!("{told}: {cause}"))
}

impl Volume {
    fn verify(&self, faults: &mut Vec<Fault>) -> Result<(), StoreError> {
        let reading = "checking the volume";
        let Some(repository) = self.open_on_disk()? else { return Ok(()) };
        {
            let mut writing = self.writing();
            if writing.session.is_none() {
                writing.recovered = false;
                self.recover(&mut writing)?;
            }
        }
        if self.tip_on_disk(&repository)?.is_none() {
            faults.push(Fault {
                what: format!("it has no branch `main` (`{MAIN}`)"),
                hint: "restore it from a backup, or point `main` to a commit of `git fsck --lost-found`",
            });
        }
        let names = self.names_of(&repository)?;
        for (name, id) in &names {
            if !repository.has_object(*id) {
                faults.push(Fault {
                    what: format!("`{name}` names {id}, which is not there"),
                    hint: "restore the volume from a backup, or delete the name with `git update-ref -d`",
                });
            }
        }
        let there: Vec<ObjectId> =
            names.iter().map(|(_, id)| *id).filter(|id| repository.has_object(*id)).collect();
        self.fsck(&there, faults).map_err(self.medium(reading))?;
        for (name, _) in names.iter().filter(|(name, _)| name.starts_with("refs/llmos-lite/")) {
            faults.push(Fault {
                what: format!(
                    "`{name}` keeps changes that were saved while somebody moved `main` elsewhere"
                ),
                hint: "merge it with `git merge`, then delete it with `git update-ref -d`",
            });
        }
        let damaged = self.git().join(OWN_FOLDER).join("damaged");
        let n_damaged = fs::read_dir(&damaged).map_or(0, Iterator::count);
        if n_damaged > 0 {
            faults.push(Fault {
                what: format!("{n_damaged} objects were torn by a power cut and put aside in `.git/llmos-lite/damaged`"),
                hint: "delete them: everything that was promised was written anew",
            });
        }
        Ok(())
    }

    fn fsck(&self, roots: &[ObjectId], faults: &mut Vec<Fault>) -> std::io::Result<()> {
        let borrowed = Borrowed::new(&self.objects_folder(), roots)?;
        let mut command = borrowed.git(&["fsck", "--full", "--no-dangling", "--no-progress"]);
        let output = program::start(&mut command)?.wait_with_output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let lines = said.lines().filter(|line| !line.starts_with("notice:") && !line.is_empty());
        let mut n_told = 0;
        for line in lines.take(MAX_LINES) {
            n_told += 1;
            faults.push(Fault {
                what: format!("`git fsck` says: {line}"),
                hint: "copy the object from a clone or a backup, or restore the volume with `llmos restore-backup`",
            });
        }
        if n_told == 0 {
            faults.push(Fault {
                what: "`git fsck` failed".to_owned(),
                hint: "run `git fsck --full` in the folder of the volume",
            });
        }
        Ok(())
    }

    /// The names of the repository that hold on to objects, but those of remotes.
    pub(crate) fn names_of(
        &self,
        repository: &gix::Repository,
    ) -> Result<Vec<(String, ObjectId)>, StoreError> {
        let mut found = self.all_names(repository)?;
        found.retain(|(name, _)| !name.starts_with("refs/remotes/"));
        Ok(found)
    }

    /// All names of the repository that hold on to objects.
    pub(crate) fn all_names(
        &self,
        repository: &gix::Repository,
    ) -> Result<Vec<(String, ObjectId)>, StoreError> {
        let looked = odd::fault_in_refs(&self.git()).map_err(self.medium("listing names"))?;
        if let Some(fault) = looked {
            return Err(self.damaged(fault));
        }
        let all = repository.references().map_err(|err| self.damaged(err))?;
        let all = all.all().map_err(|err| self.damaged(err))?;
        let mut found = Vec::new();
        for reference in all {
            let reference = reference.map_err(|err| self.damaged(err))?;
            if let Some(id) = reference.target().try_id() {
                found.push((reference.name().as_bstr().to_string(), id.to_owned()));
            }
        }
        Ok(found)
    }
}
