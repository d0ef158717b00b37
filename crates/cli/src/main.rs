//! The `llmos` command.

fn main() {}
