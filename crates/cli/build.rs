//! Tells Cargo that the program changes with the library it embeds: files that
//! come anew are in no source, so Cargo would not see them by itself.

#![expect(clippy::print_stdout, reason = "build scripts talk to Cargo by printing")]

fn main() {
    println!("cargo::rerun-if-changed=../../library");
}
