//! Talking to Git clients over HTTP: cloning, fetching, pushing.
//!
//! The program `git` does the work on a repository of this program's own, see
//! [`desk`]; it never runs in a volume. What is pushed is counted before it is
//! unfolded, looked at before it is taken, and taken by the one who writes the
//! volume, so that working tree, index and readers follow.

mod admit;
pub(crate) mod depth;
mod desk;
mod fetch;
mod inspect;
mod packet;
mod program;
mod receive;
pub(crate) mod refs;
mod remote;
pub(crate) mod scan;

use std::io::{self, Read, Write};

use gix::{ObjectId, Repository};
use llmos_core::{
    exchange::{Exchange, ExchangeError, Protocol, Push, Service},
    volume::VolumeId,
};

use crate::{GitStore, tree::TreeError, volume::Volume, worktree::FileChange};

impl Exchange for GitStore {
    fn advertise(
        &self,
        volume: &VolumeId,
        service: Service,
        protocol: Protocol,
    ) -> Result<Vec<u8>, ExchangeError> {
        let volume = self.volume(volume);
        volume.settle();
        self.beginning(&volume, service, protocol)
    }

    fn fetch(
        &self,
        volume: &VolumeId,
        protocol: Protocol,
        request: &[u8],
        answer: &mut dyn Write,
    ) -> Result<(), ExchangeError> {
        let volume = self.volume(volume);
        volume.settle();
        self.answer(&volume, protocol, request, answer)
    }

    fn push(
        &self,
        volume: &VolumeId,
        push: &Push<'_>,
        request: &mut dyn Read,
    ) -> Result<Vec<u8>, ExchangeError> {
        let volume = self.volume_to_write(volume);
        volume.settle();
        let answer = self.receive(&volume, push, request);
        self.keeper.note(&volume);
        answer
    }
}

/// Returns the files in which one tree differs from another.
pub(crate) fn changes(
    repository: &Repository,
    old: Option<ObjectId>,
    new: ObjectId,
) -> Result<Vec<FileChange>, TreeError> {
    inspect::Inspector::new(repository).changes(old, new)
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> ExchangeError {
    move |source| ExchangeError::Git { doing, source }
}

fn medium(volume: &Volume, doing: &'static str) -> impl FnOnce(io::Error) -> ExchangeError {
    let made = volume.medium(doing);
    move |err: io::Error| ExchangeError::Store { source: made(err) }
}
