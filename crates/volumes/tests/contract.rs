//! Git repositories on disk keep the promises of a store.

use std::ops::Deref;

use llmos_volumes::GitStore;
use tempfile::TempDir;

struct Fresh {
    store: GitStore,
    _folder: TempDir,
}

impl Deref for Fresh {
    type Target = GitStore;

    fn deref(&self) -> &GitStore {
        &self.store
    }
}

fn fresh() -> Fresh {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    Fresh { store: GitStore::open(folder.path().join("volumes")), _folder: folder }
}

llmos_testkit::store_tests!(fresh);

mod branches {
    llmos_testkit::branch_tests!(super::fresh);
}
