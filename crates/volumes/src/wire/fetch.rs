//! Answering clients that clone and fetch: `git upload-pack` on a desk.

use std::{collections::BTreeMap, io::Write, time::Duration};

use gix::ObjectId;
use llmos_core::exchange::{ExchangeError, Protocol, Service};

use crate::{
    GitStore,
    volume::{MAIN, Volume},
    wire::{desk::Desk, failed, medium, packet, program, refs},
};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a volume says that it can do with a push.
const CAPABILITIES: &str =
    "report-status delete-refs side-band-64k quiet ofs-delta object-format=sha1 agent=llmos-lite";

impl GitStore {
    /// Sets up a desk for a volume, with the branches and tags that clients may see.
    pub(super) fn desk(
        &self,
        volume: &Volume,
        refs: &BTreeMap<String, ObjectId>,
    ) -> Result<Desk, ExchangeError> {
        let objects = volume.exists().then(|| volume.objects_folder());
        Desk::set_up(&self.root, objects.as_deref(), refs)
            .map_err(medium(volume, "preparing to talk to a client"))
    }

    pub(super) fn beginning(
        &self,
        volume: &Volume,
        service: Service,
        protocol: Protocol,
    ) -> Result<Vec<u8>, ExchangeError> {
        let refs = volume.refs()?;
        let mut answer = Vec::new();
        if service == Service::Push {
            packet::line(&mut answer, b"# service=git-receive-pack\n");
            packet::flush(&mut answer);
            advertise_to_pusher(&mut answer, &refs);
            return Ok(answer);
        }
        let desk = self.desk(volume, &refs)?;
        if protocol != Protocol::V2 {
            packet::line(&mut answer, b"# service=git-upload-pack\n");
            packet::flush(&mut answer);
        }
        let mut command =
            desk.git(&["upload-pack", "--stateless-rpc", "--http-backend-info-refs", "."]);
        speak(&mut command, protocol);
        let ended = program::run(command, PATIENCE).map_err(failed("listing branches"))?;
        if !ended.status.success() {
            return Err(failed("listing branches")(std::io::Error::other(ended.stderr)));
        }
        answer.extend_from_slice(&ended.stdout);
        Ok(answer)
    }

    pub(super) fn answer(
        &self,
        volume: &Volume,
        protocol: Protocol,
        request: &[u8],
        answer: &mut dyn Write,
    ) -> Result<(), ExchangeError> {
        let doing = "sending objects";
        let desk = self.desk(volume, &volume.refs()?)?;
        let file = desk.path().join("request");
        std::fs::write(&file, request).map_err(medium(volume, doing))?;
        let file = std::fs::File::open(&file).map_err(medium(volume, doing))?;
        let mut command = desk.git(&["upload-pack", "--stateless-rpc", "."]);
        command.stdin(file);
        speak(&mut command, protocol);
        // What went wrong, `git` says in the answer itself.
        program::pipe(command, PATIENCE, answer).map_err(failed(doing)).map(drop)
    }
}

impl Volume {
    /// The branches and tags that clients see.
    pub(super) fn refs(&self) -> Result<BTreeMap<String, ObjectId>, ExchangeError> {
        // Opened first, as that refuses a repository that leads elsewhere.
        let Some(repository) = self.open_on_disk()? else { return Ok(BTreeMap::new()) };
        self.recover_to_read();
        let listed = refs::list(&self.git()).map_err(medium(self, "listing branches"))?;
        // One that names nothing would end the whole conversation.
        Ok(listed.into_iter().filter(|(_, id)| repository.has_object(*id)).collect())
    }
}

fn speak(command: &mut std::process::Command, protocol: Protocol) {
    match protocol {
        Protocol::V0 => {}
        Protocol::V1 => drop(command.env("GIT_PROTOCOL", "version=1")),
        Protocol::V2 => drop(command.env("GIT_PROTOCOL", "version=2")),
    }
}

fn advertise_to_pusher(answer: &mut Vec<u8>, refs: &BTreeMap<String, ObjectId>) {
    let none = ObjectId::null(gix::hash::Kind::Sha1);
    let mut capabilities = Some(CAPABILITIES);
    // The branch that most clients look for comes first.
    let main = refs.iter().filter(|(name, _)| *name == MAIN);
    let others = refs.iter().filter(|(name, _)| *name != MAIN);
    let mut tell = |id: &ObjectId, name: &str| {
        let text = match capabilities.take() {
            Some(capabilities) => format!("{id} {name}\0{capabilities}\n"),
            None => format!("{id} {name}\n"),
        };
        packet::line(answer, text.as_bytes());
    };
    for (name, id) in main.chain(others) {
        tell(id, name);
    }
    if refs.is_empty() {
        tell(&none, "capabilities^{}");
    }
    packet::flush(answer);
}
