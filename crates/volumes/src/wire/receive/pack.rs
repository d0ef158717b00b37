//! The pack of a push: counted, unfolded on the desk, and later brought to the volume.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    sync::Arc,
};

use gix::Repository;
use llmos_core::exchange::ExchangeError;

use super::PATIENCE;
use crate::{
    object::{Object, Shared},
    volume::Volume,
    wire::{
        admit::Admission,
        depth,
        desk::Desk,
        failed, medium,
        packet::strange,
        program::{self, Ended},
        scan::{self, Limits},
    },
};

/// The longest pack that is taken.
const MAX_PACK_BYTES: u64 = 1 << 30;

/// Up to so many objects and bytes are written as this program writes its own.
const MAX_OWN_OBJECTS: u32 = 5_000;
const MAX_OWN_BYTES: u64 = 32 << 20;

/// Takes the pack that follows in the request; the inner error says why it is refused.
pub(super) fn take(
    desk: &Desk,
    volume: &Volume,
    request: &mut dyn Read,
) -> Result<Result<(), Vec<String>>, ExchangeError> {
    let path = desk.path().join("incoming");
    let doing = "keeping what was pushed";
    let mut file = File::create(&path).map_err(medium(volume, doing))?;
    let n = io::copy(&mut request.take(MAX_PACK_BYTES + 1), &mut file)
        .map_err(|err| strange(&err.to_string()))?;
    drop(file);
    if n > MAX_PACK_BYTES {
        let line = format!("the pack has more than {MAX_PACK_BYTES} bytes");
        return Ok(Err(vec![line, "  hint: push a part of the commits first".to_owned()]));
    }
    if n == 0 {
        return Ok(Err(vec!["the pack is missing".to_owned()]));
    }
    let file = File::open(&path).map_err(medium(volume, doing))?;
    if let Err(refused) = scan::scan(&mut BufReader::new(file), Limits::PACK) {
        let hint = "  hint: keep large files elsewhere, and push a part of the commits first";
        return Ok(Err(vec![refused.to_string(), hint.to_owned()]));
    }
    let strict = index(desk, true)?;
    if strict.status.success() {
        return deep(desk, volume);
    }
    // Names that `git` refuses are found by the inspection as well, and with their path.
    let found = complaint(&strict.stderr);
    if strict.stderr.contains("fsck error") && is_about_names(&strict.stderr) {
        let lenient = index(desk, false)?;
        if lenient.status.success() {
            return deep(desk, volume);
        }
    }
    Ok(Err(found))
}

/// Refuses what is a difference of a difference too often: each reading of it would take all of them.
fn deep(desk: &Desk, volume: &Volume) -> Result<Result<(), Vec<String>>, ExchangeError> {
    let packs = desk.packs().map_err(medium(volume, "looking at what was pushed"))?;
    for name in packs {
        if let Err(refused) =
            depth::check(&desk.path().join("objects/pack").join(name), Limits::PACK)
        {
            let hint = "  hint: pack it anew with `git repack -adf`, then push again";
            return Ok(Err(vec![refused.to_string(), hint.to_owned()]));
        }
    }
    Ok(Ok(()))
}

fn index(desk: &Desk, strict: bool) -> Result<Ended, ExchangeError> {
    let doing = "unfolding what was pushed";
    let mut arguments = vec!["index-pack", "--stdin", "--fix-thin", "--threads=1"];
    arguments.extend(strict.then_some("--strict"));
    let mut command = desk.git(&arguments);
    command.stdin(File::open(desk.path().join("incoming")).map_err(failed(doing))?);
    program::run(command, PATIENCE).map_err(failed(doing))
}

/// Says whether all that `git` found wrong are names in folders.
fn is_about_names(complaint: &str) -> bool {
    const NAMES: [&str; 4] = [": hasDotgit:", ": hasDot:", ": hasDotdot:", ": fullPathname:"];
    let mut errors = complaint.lines().filter(|line| line.starts_with("error: ")).peekable();
    errors.peek().is_some() && errors.all(|line| NAMES.iter().any(|name| line.contains(name)))
}

fn complaint(stderr: &str) -> Vec<String> {
    let lines: Vec<String> =
        stderr.lines().filter(|line| !line.trim().is_empty()).take(10).map(str::to_owned).collect();
    if lines.is_empty() { vec!["the pack is broken".to_owned()] } else { lines }
}

/// Says how the objects get to the volume: a few as its own, many as the pack that they are in.
pub(in crate::wire) fn place(
    desk: &Desk,
    repository: &Repository,
    volume: &Volume,
    admission: &mut Admission,
) -> Result<(), ExchangeError> {
    let doing = "looking at what was pushed";
    let packs = desk.packs().map_err(medium(volume, doing))?;
    let folder = desk.path().join("objects/pack");
    for name in packs {
        let stem = folder.join(&name);
        let own = match &mut admission.main {
            Some((_, incoming)) => own_objects(repository, &stem.with_extension("idx"))
                .map_err(medium(volume, doing))?
                .map(|objects| incoming.objects.extend(objects)),
            None => None,
        };
        if own.is_none() {
            admission.packs.push(stem);
        }
    }
    Ok(())
}

/// Reads the objects of a pack; `None` where they are too many.
fn own_objects(
    repository: &Repository,
    index: &std::path::Path,
) -> io::Result<Option<Vec<Shared>>> {
    let pack = fs::metadata(index.with_extension("pack"))?.len();
    let index =
        gix::odb::pack::index::File::at(index, gix::hash::Kind::Sha1).map_err(io::Error::other)?;
    if index.num_objects() > MAX_OWN_OBJECTS || pack > MAX_OWN_BYTES / 4 {
        return Ok(None);
    }
    let ids: Vec<_> = index.iter().map(|entry| entry.oid).collect();
    let mut bytes = 0;
    for id in &ids {
        bytes += repository.find_header(*id).map_err(io::Error::other)?.size();
    }
    if bytes > MAX_OWN_BYTES {
        return Ok(None);
    }
    let read = |id| -> io::Result<Shared> {
        let object = repository.find_object(id).map_err(io::Error::other)?.detach();
        Ok(Arc::new(Object::with_id(id, object.kind, object.data, None)))
    };
    ids.into_iter().map(read).collect::<io::Result<Vec<_>>>().map(Some)
}
