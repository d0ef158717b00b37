//! Taking what was pushed: the one who writes the volume moves its branch.

use std::{
    fs::{self, File},
    path::PathBuf,
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use gix::ObjectId;
use llmos_core::{exchange::ExchangeError, store::StoreError};

use crate::{
    session::{Incoming, Session, again},
    volume::Volume,
    wire::{medium, refs},
    writer::Writing,
};

/// What is to become of a volume.
#[derive(Default)]
pub(super) struct Admission {
    /// Packs that go to the volume as they are: their files, without ending.
    pub(super) packs: Vec<PathBuf>,
    /// What `main` must be, and the commits that it moves on to.
    pub(super) main: Option<(Option<ObjectId>, Incoming)>,
    /// What a remote holds, by the name under which that is kept.
    pub(super) tracked: Vec<(String, ObjectId)>,
    /// Other branches and tags: what they must be, and what they become.
    pub(super) others: Vec<(String, Option<ObjectId>, Option<ObjectId>)>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// Why `main` did not move.
    pub(super) main: Option<Kept>,
    /// What was wrong with others, by name.
    pub(super) others: Vec<(String, String)>,
}

/// Why a branch did not move.
#[derive(Debug)]
pub(super) enum Kept {
    /// It moved on meanwhile.
    Moved,
    /// The volume refused.
    Refused(StoreError),
}

impl Volume {
    /// Does all of it while nobody else writes; what it calls done would survive a power cut.
    pub(super) fn admit(self: &Arc<Self>, admission: Admission) -> Result<Admitted, ExchangeError> {
        let _beside = self.alone_beside();
        let mut writing = self.alone()?;
        if self.open_on_disk()?.is_none() {
            self.create()?;
        }
        self.recover(&mut writing)?;
        let locks = self.locks()?;
        self.reopen_journal(&mut writing)?;
        let mut session = Session::new(self, self.must_open()?, locks)?;
        self.take_packs(&admission.packs).map_err(medium(self, "writing objects"))?;
        let flush = |volume: &Self| volume.flush_all().map_err(volume.medium("flushing the disk"));
        // The objects first: no branch names what a power cut could take.
        flush(self)?;
        let mut admitted = Admitted::default();
        self.move_others(admission.others, &mut admitted)?;
        for (name, id) in admission.tracked {
            refs::put_if_other(&self.git(), &name, id)
                .map_err(medium(self, "noting what the remote holds"))?;
        }
        let published = self.tip_on_disk(&self.must_open()?)?;
        match admission.main {
            Some((old, _)) if old != published => {
                admitted.main = Some(Kept::Moved);
                session.end();
            }
            Some((_, incoming)) => match session.admit(self, incoming) {
                Ok(round) => {
                    self.publish(&round)?;
                    let followed = self.follow_round(&round).is_ok();
                    session.admitted(&round, followed);
                }
                Err(err) => {
                    admitted.main = Some(Kept::Refused(err));
                    session.end();
                }
            },
            None => session.end(),
        }
        flush(self)?;
        // What the journal holds lies below what is in Git and flushed now; nothing may be put on top of it.
        writing.reset_journals().map_err(self.medium("writing the journal"))?;
        Ok(admitted)
    }

    /// Waits until everything that was promised is in Git, and keeps others from promising more.
    fn alone(self: &Arc<Self>) -> Result<MutexGuard<'_, Writing>, StoreError> {
        let mut writing = self.writing();
        while writing.session.is_some() {
            if let Some(reason) = &writing.stuck {
                let err = std::io::Error::other(reason.clone());
                return Err(again(self, "bringing earlier changes to Git", &err));
            }
            writing.closing = true;
            self.start_publishing();
            self.hurry(&mut writing);
            let waited = self.progress.wait_timeout(writing, Duration::from_millis(50));
            writing = waited.unwrap_or_else(PoisonError::into_inner).0;
            self.let_go_if_drained(&mut writing);
        }
        Ok(writing)
    }

    fn take_packs(&self, packs: &[PathBuf]) -> std::io::Result<()> {
        let folder = self.objects_folder().join("pack");
        fs::create_dir_all(&folder)?;
        for pack in packs {
            let name = pack.file_name().unwrap_or_default();
            // Git looks for the index, so the pack is there first.
            for ending in ["pack", "rev", "idx"] {
                let from = pack.with_extension(ending);
                if !from.exists() {
                    continue;
                }
                self.disk.flush(&File::open(&from)?)?;
                fs::rename(from, folder.join(name).with_extension(ending))?;
            }
        }
        Ok(())
    }

    fn move_others(
        &self,
        others: Vec<(String, Option<ObjectId>, Option<ObjectId>)>,
        admitted: &mut Admitted,
    ) -> Result<(), ExchangeError> {
        if others.is_empty() {
            return Ok(());
        }
        let repository = self.must_open()?;
        let found = refs::list(&self.git()).map_err(medium(self, "listing branches"))?;
        for (name, old, new) in others {
            if found.get(&name).copied() != old {
                admitted.others.push((name, "it moved meanwhile: fetch first".to_owned()));
                continue;
            }
            if let Some(Ok(branch)) = name.strip_prefix("refs/heads/").map(str::parse)
                && let Err(err) = self.must_not_be_shown(&repository, &branch)
            {
                admitted.others.push((name, err.to_string()));
                continue;
            }
            let moved = match new {
                Some(new) => refs::put(&self.git(), &name, new),
                None => refs::remove(&self.git(), &name),
            };
            if let Err(err) = moved {
                admitted.others.push((name, err.to_string()));
            }
        }
        Ok(())
    }
}
