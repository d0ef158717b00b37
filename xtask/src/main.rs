//! Builds, serves, tests and measures LLMos-Lite.

fn main() {}
