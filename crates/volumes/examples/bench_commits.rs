//! Measures commits per second into a folder with 10 and with 10,000 files.
//!
//! `cargo run --release -p llmos-volumes --example bench_commits`
fn main() {}
