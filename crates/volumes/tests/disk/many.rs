//! Many volumes: what is held open is bounded, and nothing is lost by closing.

use std::fs;

use llmos_core::{store::Store, volume::VolumeId};
use llmos_testkit::store::{put, text};
use llmos_volumes::{GitStore, MAX_OPEN};

/// Open files of this process.
fn n_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("a process sees its files").count()
}

#[test]
fn a_thousand_volumes_are_opened_on_demand_and_closed_again() {
    let folder = tempfile::tempdir().expect("the test can use its folder");
    let store = GitStore::open(folder.path().join("volumes"));
    let n = 2 * MAX_OPEN + 10;
    let before = n_files();
    let mut most = 0;
    for i in 0..n {
        put(&store, &format!("user/u{i}"), &[("a.md", &format!("one {i}"))]);
        most = most.max(n_files());
    }
    assert!(store.n_open() <= MAX_OPEN, "{} volumes are open", store.n_open());
    assert!(most < before + 4 * MAX_OPEN, "{most} files were open at once, {before} before");
    for i in (0..n).rev() {
        assert_eq!(text(&store, &format!("user/u{i}"), "a.md"), Some(format!("one {i}")));
    }
    assert!(store.n_open() <= MAX_OPEN, "{} volumes are open", store.n_open());
    // One that was closed is written to again.
    put(&store, "user/u0", &[("a.md", "two")]);
    assert_eq!(text(&store, "user/u0", "a.md").as_deref(), Some("two"));
    let all = store.volumes().expect("the list is read");
    assert_eq!(all.len(), n);
    assert!(all.contains(&"user/u7".parse::<VolumeId>().expect("it is an id")));
}
