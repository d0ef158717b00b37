//! Keeping volumes equal with repositories elsewhere.

mod keep;

use std::sync::Arc;

use llmos_api::remote::{RemoteView, SyncedView};
use llmos_core::{
    access::Action,
    remote::{Remote, RemoteError, RemoteState, RemoteUrl, RemoteUrlError, Remotes, Transport},
    volume::VolumeId,
};

use crate::{Caller, Error, Workbench};

pub use keep::RemoteKeeper;

impl Workbench {
    /// Lets volumes be kept a second time elsewhere.
    #[must_use]
    pub fn with_remotes(mut self, remotes: Arc<dyn Remotes>) -> Self {
        self.remotes = Some(remotes);
        self
    }

    /// Says where a volume is kept a second time, and how the last talk went.
    pub fn remote(&self, caller: &Caller, volume: Option<VolumeId>) -> Result<RemoteView, Error> {
        let volume = volume.unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Read, &volume)?;
        let remotes = self.remotes()?;
        let remote = remotes.remote(&volume)?;
        let state = match &remote {
            Some(_) => remotes.remote_state(&volume)?,
            None => RemoteState::default(),
        };
        Ok(RemoteView::new(&volume, remote.as_ref(), &state))
    }

    /// Gives a volume a remote. Only an operator may name a folder of the machine.
    pub fn set_remote(
        &self,
        caller: &Caller,
        volume: Option<VolumeId>,
        url: &str,
        branch: Option<&str>,
    ) -> Result<RemoteView, Error> {
        let volume = volume.unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let bad = |err: RemoteUrlError| Error::BadField {
            field: "url",
            reason: err.to_string(),
            hint: err.hint().to_owned(),
        };
        let url: RemoteUrl = url.parse().map_err(bad)?;
        if *url.transport() == Transport::Folder && !caller.is_operator() {
            return Err(bad(RemoteUrlError::OtherTransport));
        }
        let remote = Remote { url, branch: branch.unwrap_or("main").to_owned() };
        self.remotes()?.set_remote(&volume, Some(&remote))?;
        Ok(RemoteView::new(&volume, Some(&remote), &RemoteState::default()))
    }

    /// Takes the remote of a volume away; both keep what they hold.
    pub fn remove_remote(
        &self,
        caller: &Caller,
        volume: Option<VolumeId>,
    ) -> Result<RemoteView, Error> {
        let volume = volume.unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let remotes = self.remotes()?;
        if remotes.remote(&volume)?.is_none() {
            return Err(RemoteError::None { volume }.into());
        }
        remotes.set_remote(&volume, None)?;
        Ok(RemoteView::new(&volume, None, &RemoteState::default()))
    }

    /// Makes a volume and its remote equal now.
    pub fn sync_remote(
        &self,
        caller: &Caller,
        volume: Option<VolumeId>,
    ) -> Result<SyncedView, Error> {
        let volume = volume.unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let synced = self.remotes()?.sync(&volume, &caller.author(), self.world.now())?;
        Ok(SyncedView::new(&volume, &synced))
    }

    /// Lists the volumes with a remote that the caller reads.
    pub fn remotes_of(&self, caller: &Caller) -> Result<Vec<VolumeId>, Error> {
        let all = self.remotes()?.with_remotes()?;
        Ok(all.into_iter().filter(|volume| caller.must(Action::Read, volume).is_ok()).collect())
    }

    fn remotes(&self) -> Result<&dyn Remotes, Error> {
        self.remotes.as_deref().ok_or_else(|| Error::Unknown {
            what: "way to",
            id: "remotes".to_owned(),
            volume: None,
            hint: "start the server with volumes on disk".to_owned(),
        })
    }
}
