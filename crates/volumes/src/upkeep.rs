//! What keeps volumes small and journals short, while nobody waits for it.

use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, File},
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use gix::{
    ObjectId,
    odb::{Header as _, find::Header},
};
use llmos_core::store::StoreError;

use crate::{
    branch,
    folder::Folder,
    journal::OWN_FOLDER,
    object::{self, Object, Shared},
    pack,
    volume::Volume,
};

/// From so many loose objects, or bytes in them, on they become a pack.
const MAX_LOOSE: usize = 400;
const MAX_LOOSE_BYTES: usize = 8 << 20;

/// So many packs of about one size are joined.
const FAN_IN: usize = 12;

/// Larger packs are not joined any more.
const MAX_JOINED_BYTES: u64 = 512 << 20;

/// How long what is kept twice stays, so that no `git` that is at work misses it: `git fsck` of a large
/// volume takes minutes, and does not look again for packs that were joined meanwhile.
const GRACE: Duration = Duration::from_secs(10 * 60);

/// The file that names the packs of this program, below [`OWN_FOLDER`].
const PACKS: &str = "packs";

/// How much of it is read.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// What stands there before the name of a pack that may go.
const OLD: &str = "old ";

/// What a volume has written since it was last looked after.
#[derive(Debug, Default)]
pub(crate) struct Upkeep(Mutex<Written>);

#[derive(Debug, Default)]
struct Written {
    /// Each with the older form of the same folder.
    loose: Vec<(ObjectId, Option<ObjectId>)>,
    loose_bytes: usize,
    packs: Vec<String>,
    /// What stands in a pack too, and since when.
    doomed: Vec<(Instant, Doomed)>,
    /// Whether the loose objects of earlier processes were counted.
    counted: bool,
}

/// Something that may be removed.
#[derive(Debug)]
enum Doomed {
    Loose(Vec<ObjectId>),
    Packs(Vec<String>),
}

impl Upkeep {
    pub(crate) fn add_pack(&self, name: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).packs.push(name);
    }

    /// Says whether there is more to pack than should wait for a quiet moment.
    pub(crate) fn is_urgent(&self) -> bool {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.packs.len() >= 2 * FAN_IN || written.loose_bytes >= MAX_LOOSE_BYTES
    }

    pub(crate) fn add_loose(&self, objects: &[Shared]) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.loose.extend(objects.iter().map(|object| (object.id, object.previous)));
        written.loose_bytes += objects.iter().map(|object| object.data.len()).sum::<usize>();
    }
}

impl Volume {
    /// Looks after a volume: packs what is loose, joins packs, empties the journal.
    pub(crate) fn look_after(&self) -> Result<(), StoreError> {
        let failed = self.medium("packing objects");
        self.remove_doomed();
        self.pack_loose().and_then(|()| self.join_packs()).map_err(failed)?;
        self.checkpoint()
    }

    /// Says whether there is something to remove later.
    pub(crate) fn has_doomed(&self) -> bool {
        !self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner).doomed.is_empty()
    }

    fn doom(&self, what: Doomed) {
        let mut written = self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.doomed.push((Instant::now(), what));
    }

    /// Removes what has been kept twice for long enough.
    fn remove_doomed(&self) {
        let due: Vec<Doomed> = {
            let mut written = self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
            let n = written.doomed.iter().take_while(|(since, _)| since.elapsed() >= GRACE).count();
            written.doomed.drain(..n).map(|(_, what)| what).collect()
        };
        let objects = self.objects_folder();
        for what in due {
            match what {
                Doomed::Loose(ids) => {
                    for id in ids {
                        let _ = fs::remove_file(object::loose_path(&objects, id));
                    }
                }
                Doomed::Packs(names) => names.iter().for_each(|name| pack::remove(&objects, name)),
            }
        }
    }

    /// Empties the journal if everything in it is in Git.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let bytes = {
            let writing = self.writing();
            match writing.journal_bytes() {
                Some(bytes) if writing.session.is_none() => bytes,
                _ => return Ok(()),
            }
        };
        if bytes > 0 {
            self.flush_all().map_err(self.medium("flushing the disk"))?;
        }
        let mut writing = self.writing();
        if writing.session.is_some() || writing.journal_bytes() != Some(bytes) {
            return Ok(());
        }
        writing.reset_journals().map_err(self.medium("writing the journal"))?;
        // A volume at rest holds no file open.
        writing.journal = None;
        Ok(())
    }

    pub(crate) fn flush_all(&self) -> io::Result<()> {
        self.disk.flush_all(&File::open(&self.folder)?)
    }

    /// Makes a pack of the loose objects, if there are many.
    fn pack_loose(&self) -> io::Result<()> {
        let objects = self.objects_folder();
        let loose = {
            let mut written = self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !written.counted {
                written.counted = true;
                let known: Vec<_> = written.loose.iter().map(|(id, _)| *id).collect();
                let others = count_loose(&objects, MAX_LOOSE)?;
                written.loose.extend(
                    others.into_iter().filter(|id| !known.contains(id)).map(|id| (id, None)),
                );
            }
            if written.loose.len() < MAX_LOOSE && written.loose_bytes < MAX_LOOSE_BYTES {
                return Ok(());
            }
            written.loose_bytes = 0;
            std::mem::take(&mut written.loose)
        };
        let Ok(repository) = self.must_open() else { return Ok(()) };
        let mut found: BTreeMap<ObjectId, Shared> = BTreeMap::new();
        let mut order = Vec::new();
        for (id, previous) in loose {
            // Somebody who ran `git gc` or `git prune` was faster.
            if found.contains_key(&id) || !object::loose_path(&objects, id).exists() {
                continue;
            }
            order.push(id);
            // A process that ended too early had packed it already.
            if matches!(repository.objects.try_header(&id), Ok(Some(Header::Packed(_)))) {
                continue;
            }
            let Ok(object) = repository.find_object(id) else { continue };
            let object = object.detach();
            let object = Object::with_id(id, object.kind, object.data, previous);
            found.insert(id, Arc::new(object));
        }
        let all: Vec<Shared> = order.iter().filter_map(|id| found.get(id).cloned()).collect();
        if !all.is_empty() {
            let name = pack::write(&*self.disk, &objects, &all)?;
            pack::flush(&*self.disk, &objects, &name)?;
            self.upkeep.add_pack(name);
        }
        self.doom(Doomed::Loose(order));
        Ok(())
    }

    /// Joins packs of about the same size, so that their number grows with the logarithm of what they hold.
    fn join_packs(&self) -> io::Result<()> {
        let new = {
            let mut written = self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut written.packs)
        };
        if new.is_empty() {
            return Ok(());
        }
        let objects = self.objects_folder();
        let own = Folder::open(&self.git())?.child(OWN_FOLDER)?;
        let listed = own.read_up_to(PACKS, MAX_LIST_BYTES).unwrap_or_default();
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let doomed = self.doomed_packs();
        for old in listed.lines().filter_map(|line| line.strip_prefix(OLD)) {
            // Of a process that ended before its time was up.
            if is_pack_name(old) && !doomed.iter().any(|name| name == old) {
                pack::remove(&objects, old);
            }
        }
        let mut names: Vec<String> =
            listed.lines().filter(|name| is_pack_name(name)).map(str::to_owned).collect();
        names.extend(new);
        let size = |name: &String| {
            let path = objects.join("pack").join(format!("{name}.pack"));
            fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file.len())
        };
        let mut tiers: BTreeMap<u32, VecDeque<(String, u64)>> = BTreeMap::new();
        for name in names {
            let Some(bytes) = size(&name) else { continue };
            tiers.entry(tier(bytes)).or_default().push_back((name, bytes));
        }
        while let Some((&at, _)) = tiers.iter().find(|(_, packs)| packs.len() >= FAN_IN) {
            let packs = tiers.remove(&at).unwrap_or_default();
            let total: u64 = packs.iter().map(|(_, bytes)| bytes).sum();
            let names: Vec<String> = packs.iter().map(|(name, _)| name.clone()).collect();
            if total > MAX_JOINED_BYTES {
                continue;
            }
            // Packs that cannot be joined are left to `git gc`.
            if let Some(name) = pack::merge(&*self.disk, &objects, &names)? {
                self.doom(Doomed::Packs(names.into_iter().filter(|old| *old != name).collect()));
                let bytes = size(&name).unwrap_or(total);
                tiers.entry(tier(bytes).max(at + 1)).or_default().push_back((name, bytes));
            }
        }
        let mut kept: String =
            tiers.values().flatten().map(|(name, _)| format!("{name}\n")).collect();
        kept.extend(self.doomed_packs().iter().map(|name| format!("{OLD}{name}\n")));
        branch::put(&own, &own, PACKS, kept.as_bytes())
    }

    fn doomed_packs(&self) -> Vec<String> {
        let written = self.upkeep.0.lock().unwrap_or_else(PoisonError::into_inner);
        let packs = written.doomed.iter().filter_map(|(_, what)| match what {
            Doomed::Packs(names) => Some(names.clone()),
            Doomed::Loose(_) => None,
        });
        packs.flatten().collect()
    }
}

/// Packs of one tier differ in size by less than a factor of eight.
fn tier(bytes: u64) -> u32 {
    bytes.max(1).ilog2() / 3
}

fn is_pack_name(name: &str) -> bool {
    name.strip_prefix("pack-")
        .is_some_and(|hex| hex.len() == 40 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns all loose objects if there are more than `limit`, judged by one folder of 256, else none.
fn count_loose(objects: &Path, limit: usize) -> io::Result<Vec<ObjectId>> {
    let in_folder = |number: u8| {
        let Ok(entries) = fs::read_dir(objects.join(format!("{number:02x}"))) else {
            return Vec::new();
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names
            .filter_map(|name| ObjectId::from_hex(format!("{number:02x}{name}").as_bytes()).ok())
            .collect()
    };
    if in_folder(0x17).len() * 256 <= limit {
        return Ok(Vec::new());
    }
    Ok((0..=255).flat_map(in_folder).collect())
}
