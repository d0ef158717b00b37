use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::*;
use crate::disk::RealDisk;

fn git() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(git: &TempDir) -> Journal {
    Journal::open(git.path(), Arc::new(RealDisk), &Secret::of(git.path())).unwrap()
}

fn batch(n: usize) -> Vec<KeptCommit> {
    let file = |content: Option<Vec<u8>>| KeptFile {
        path: format!("skills/{n}.md").parse().unwrap(),
        executable: n.is_multiple_of(2) && content.is_some(),
        content,
    };
    vec![
        KeptCommit {
            commit: format!("commit {n}").into_bytes(),
            files: vec![file(Some(vec![7; n]))],
        },
        KeptCommit { commit: Vec::new(), files: vec![file(None)] },
    ]
}

fn batches(git: &TempDir) -> Vec<Vec<KeptCommit>> {
    left(git.path(), &Secret::of(git.path()))
        .unwrap()
        .into_iter()
        .flat_map(|left| left.batches)
        .collect()
}

#[test]
fn what_was_kept_is_found_once_its_writer_is_gone() {
    let git = git();
    let mut journal = open(&git);
    for n in [3, 0, 100_000] {
        journal.append(&batch(n)).unwrap();
    }
    assert_eq!(batches(&git), Vec::<Vec<_>>::new(), "somebody still writes it");
    drop(journal);
    assert_eq!(batches(&git), [batch(3), batch(0), batch(100_000)]);
    for left in left(git.path(), &Secret::of(git.path())).unwrap() {
        left.discard().unwrap();
    }
    assert!(batches(&git).is_empty());
}

#[test]
fn a_journal_that_was_reset_holds_only_what_came_after() {
    let git = git();
    let mut journal = open(&git);
    for n in 0..50 {
        journal.append(&batch(n)).unwrap();
    }
    journal.reset().unwrap();
    assert_eq!(journal.len(), 0);
    journal.append(&batch(7)).unwrap();
    drop(journal);
    assert_eq!(batches(&git), [batch(7)]);
}

#[test]
fn each_process_has_a_journal_of_its_own() {
    let git = git();
    let (mut one, mut two) = (open(&git), open(&git));
    one.append(&batch(1)).unwrap();
    two.append(&batch(2)).unwrap();
    drop((one, two));
    assert_eq!(batches(&git), [batch(1), batch(2)]);
    let mut three = open(&git);
    three.append(&batch(3)).unwrap();
    drop(three);
    assert_eq!(batches(&git).len(), 3, "what another one left is not written over");
}

/// Whatever of the last record is missing or wrong, the records before it count and it does not.
#[test]
fn a_torn_record_is_none() {
    let git = git();
    let mut journal = open(&git);
    journal.append(&batch(5)).unwrap();
    let first = journal.len() as usize;
    journal.append(&batch(9)).unwrap();
    let end = journal.len() as usize;
    drop(journal);
    let path = git.path().join(OWN_FOLDER).join("journal-0");
    let whole = fs::read(&path).unwrap();
    for at in first..end {
        let mut torn = whole.clone();
        torn[at] ^= 0x10;
        fs::write(&path, &torn).unwrap();
        assert_eq!(batches(&git), [batch(5)], "byte {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(batches(&git), [batch(5)], "cut at {at}");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(batches(&git).len(), 2);
}

/// A disk that fails to flush while it is told to.
#[derive(Debug, Default)]
struct Failing(AtomicBool);

impl Disk for Failing {
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(file, bytes)
    }

    fn flush(&self, file: &File) -> io::Result<()> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(io::Error::other("the disk is gone")),
            false => RealDisk.flush(file),
        }
    }

    fn flush_all(&self, _folder: &File) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_could_not_be_flushed_does_not_come_back() {
    let git = git();
    let disk = Arc::new(Failing::default());
    let mut journal =
        Journal::open(git.path(), Arc::<Failing>::clone(&disk), &Secret::of(git.path())).unwrap();
    journal.append(&batch(1)).unwrap();
    disk.0.store(true, Ordering::Relaxed);
    journal.append(&batch(2)).unwrap_err();
    assert!(journal.is_broken(), "it is not known whether the record is on disk");
    disk.0.store(false, Ordering::Relaxed);
    journal.append(&batch(3)).unwrap_err();
    drop(journal);
    assert_eq!(batches(&git), [batch(1)]);
}

#[test]
fn a_journal_of_another_installation_is_none() {
    let git = git();
    let mut journal = open(&git);
    journal.append(&batch(1)).unwrap();
    drop(journal);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Secret::of(elsewhere.path());
    assert!(left(git.path(), &other).unwrap().is_empty(), "it has no secret");
    other.get_or_make().unwrap();
    assert!(left(git.path(), &other).unwrap().is_empty(), "it has another secret");
    assert_eq!(batches(&git), [batch(1)]);
}
