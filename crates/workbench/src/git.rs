//! Volumes for the ordinary `git` program: the same access table as everywhere.

use std::{
    io::{Read, Write},
    sync::Arc,
};

use llmos_core::{
    access::Action,
    diagnostic::Diagnostic,
    exchange::{Exchange, Judge, Protocol, Push, Refusal, Service},
    intake,
    proposal::{self, PushedRef},
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
        match service {
            Service::Fetch => caller.must(Action::Read, volume),
            Service::Push => proposal::may_push(caller.actor(), volume)
                .map_err(|denied| Error::Denied { denied }),
        }
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

    /// Takes what a Git client pushes, if every skill and workflow in it can be read and no commit claims what
    /// only this program may say. Which branches may move, is decided one by one.
    pub fn git_push(
        &self,
        caller: &Caller,
        volume: &VolumeId,
        request: &mut dyn Read,
    ) -> Result<Vec<u8>, Error> {
        self.git_may(caller, volume, Service::Push)?;
        let is_begun = self.store.head(volume)?.is_some();
        let judge = Pushed { caller, volume, is_begun };
        let push = Push { pusher: caller.author(), time: self.world.now(), judge: &judge };
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

/// Judges what somebody pushes to a volume.
struct Pushed<'a> {
    caller: &'a Caller,
    volume: &'a VolumeId,
    /// Whether there is anything in it.
    is_begun: bool,
}

impl Judge for Pushed<'_> {
    fn looks_at(&self, path: &VolumePath) -> bool {
        intake::is_document(path)
    }

    fn check(&self, path: &VolumePath, content: &[u8]) -> Vec<Diagnostic> {
        intake::check(path, content)
    }

    fn refuses(&self, pushed: PushedRef<'_>) -> Option<Refusal> {
        if !self.is_begun && !self.caller.may(Action::Write, self.volume) {
            let reason = format!("there is nothing in volume `{}` yet", self.volume);
            let hint = "propose a skill in the page, or with `llmos proposal create`".to_owned();
            return Some(Refusal { reason, hint });
        }
        let refused = proposal::check_push(self.caller.actor(), self.volume, pushed).err()?;
        Some(Refusal { reason: refused.to_string(), hint: refused.hint().to_owned() })
    }

    fn refuses_message(&self, message: &str) -> Option<Refusal> {
        let key = proposal::claimed(message)?;
        Some(Refusal {
            reason: format!("its message says `{key}`, which only this program may"),
            hint: "write another message, as with `git commit --amend` or `git rebase -i`"
                .to_owned(),
        })
    }
}
