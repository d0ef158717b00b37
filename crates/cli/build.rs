//! Tells Cargo that the program changes with the library it embeds: files that
//! come anew are in no source, so Cargo would not see them by itself.

fn main() {
    println!("cargo::rerun-if-changed=../../library");
}
