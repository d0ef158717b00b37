//! The fake keeps the promises of its port.

use llmos_testkit::MemorySessions;

llmos_testkit::sessions_tests!(|| Box::new(MemorySessions::new()));
