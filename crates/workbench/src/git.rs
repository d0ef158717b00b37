//! Volumes for the ordinary `git` program: the same access table as everywhere.

use std::{
    io::{Read, Write},
    sync::Arc,
};

use llmos_core::{
    access::Action,
    diagnostic::Diagnostic,
    exchange::{Exchange, Judge, Protocol, Push, Service},
    intake,
    volume::{VolumeId, VolumePath},
};

use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Lets Git clients talk to the volumes.
    #[must_use]
    pub fn with_exchange(mut self, exchange: Arc<dyn Exchange>) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// Says whether the caller may do this with a volume, before a long answer begins.
    pub fn git_may(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        service: Service,
    ) -> Result<(), Error> {
        let action = match service {
            Service::Fetch => Action::Read,
            Service::Push => Action::Write,
        };
        caller.must(action, volume)
    }

    /// Returns how a conversation with a Git client begins.
    pub fn git_begin(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        service: Service,
        protocol: Protocol,
    ) -> Result<Vec<u8>, Error> {
        self.git_may(caller, volume, service)?;
        Ok(self.exchange()?.advertise(volume, service, protocol)?)
    }

    /// Answers a Git client that fetches.
    pub fn git_fetch(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        protocol: Protocol,
        request: &[u8],
        answer: &mut dyn Write,
    ) -> Result<(), Error> {
        self.git_may(caller, volume, Service::Fetch)?;
        Ok(self.exchange()?.fetch(volume, protocol, request, answer)?)
    }

    /// Takes what a Git client pushes, if every skill and workflow in it can be read.
    pub fn git_push(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        request: &mut dyn Read,
    ) -> Result<Vec<u8>, Error> {
        self.git_may(caller, volume, Service::Push)?;
        let push = Push { pusher: caller.author(), time: self.world.now(), judge: &Documents };
        Ok(self.exchange()?.push(volume, &push, request)?)
    }

    fn exchange(&self) -> Result<&dyn Exchange, Error> {
        self.exchange.as_deref().ok_or_else(|| Error::Unknown {
            what: "door for",
            id: "git".to_owned(),
            volume: None,
            hint: "start the server with volumes on disk".to_owned(),
        })
    }
}

/// Judges files that should be skills or workflows.
struct Documents;

impl Judge for Documents {
    fn looks_at(&self, path: &VolumePath) -> bool {
        intake::is_document(path)
    }

    fn check(&self, path: &VolumePath, content: &[u8]) -> Vec<Diagnostic> {
        intake::check(path, content)
    }
}
