//! The store in memory keeps the promises of a store.

use llmos_testkit::MemoryStore;

llmos_testkit::store_tests!(|| Box::new(MemoryStore::new()));

mod branches {
    use super::MemoryStore;

    llmos_testkit::branch_tests!(|| Box::new(MemoryStore::new()));
}
