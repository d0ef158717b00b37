use std::{collections::BTreeMap, process::Command, sync::Arc};

use tempfile::TempDir;

use super::*;
use crate::disk::RealDisk;

/// Repeatable choices.
struct Choice(u64);

impl Choice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(&folder, &["init", "--quiet"]);
    folder
}

fn git(folder: &TempDir, arguments: &[&str]) -> Vec<u8> {
    let run = Command::new("git").args(arguments).current_dir(folder.path()).output().unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn objects(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join(".git/objects")
}

/// The forms of a folder that changes at every step, with the files in it.
fn forms(choice: &mut Choice, n_files: usize, n_forms: usize) -> Vec<Shared> {
    let mut names: BTreeMap<String, ObjectId> = BTreeMap::new();
    let mut made = Vec::new();
    let mut previous = None;
    for step in 0..n_forms {
        let n_changes = if step == 0 { n_files } else { 1 + choice.below(3) };
        for _ in 0..n_changes {
            let blob = Object::new(Kind::Blob, format!("{step} {}", choice.0).into_bytes(), None);
            let name = format!("file-{:05}", choice.below(n_files * 2));
            if choice.below(4) == 0 {
                names.remove(&name);
            } else {
                names.insert(name, blob.id);
                made.push(Arc::new(blob));
            }
        }
        let mut data = Vec::new();
        for (name, id) in &names {
            data.extend_from_slice(format!("100644 {name}\0").as_bytes());
            data.extend_from_slice(id.as_slice());
        }
        let tree = Arc::new(Object::new(Kind::Tree, data, previous));
        previous = Some(tree.id);
        made.push(tree);
    }
    let mut seen = BTreeSet::new();
    made.retain(|object| seen.insert(object.id));
    made
}

fn assert_holds(folder: &TempDir, all: &[Shared]) {
    git(folder, &["fsck", "--full", "--strict", "--no-dangling"]);
    for object in all {
        let kind = if object.kind == Kind::Tree { "tree" } else { "blob" };
        assert_eq!(git(folder, &["cat-file", kind, &object.id.to_string()]), *object.data.whole());
    }
}

#[test]
fn git_reads_what_is_packed() {
    let mut choice = Choice(7);
    for (n_files, n_forms) in [(1, 1), (3, 30), (400, 60)] {
        let folder = repository();
        let all = forms(&mut choice, n_files, n_forms);
        let name = write(&RealDisk, &objects(&folder), &all).unwrap();
        let index = format!(".git/objects/pack/{name}.idx");
        git(&folder, &["verify-pack", &index]);
        assert_holds(&folder, &all);
    }
}

#[test]
fn a_folder_that_changes_often_takes_little_room() {
    let all = forms(&mut Choice(3), 2_000, 100);
    let whole: usize = all.iter().map(|object| object.data.len()).sum();
    let folder = repository();
    let name = write(&RealDisk, &objects(&folder), &all).unwrap();
    let packed = fs::metadata(objects(&folder).join(format!("pack/{name}.pack"))).unwrap().len();
    assert!(packed as usize * 15 < whole, "{packed} bytes of {whole}");
}

#[test]
fn joined_packs_hold_what_each_held() {
    let folder = repository();
    let mut choice = Choice(11);
    let (mut all, mut names) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let some = forms(&mut choice, 50, 20);
        names.push(write(&RealDisk, &objects(&folder), &some).unwrap());
        all.extend(some);
    }
    let joined = merge(&RealDisk, &objects(&folder), &names).unwrap().unwrap();
    names.iter().for_each(|name| remove(&objects(&folder), name));
    assert_eq!(fs::read_dir(objects(&folder).join("pack")).unwrap().count(), 2);
    git(&folder, &["verify-pack", &format!(".git/objects/pack/{joined}.idx")]);
    assert_holds(&folder, &all);
}

#[test]
fn packs_that_hold_the_same_object_are_not_joined() {
    let folder = repository();
    let some = forms(&mut Choice(5), 10, 5);
    let names = [
        write(&RealDisk, &objects(&folder), &some).unwrap(),
        write(&RealDisk, &objects(&folder), &some[..3]).unwrap(),
    ];
    assert_eq!(merge(&RealDisk, &objects(&folder), &names).unwrap(), None);
    assert_holds(&folder, &some);
}
