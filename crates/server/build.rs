//! Tells Cargo that the program changes with the page it embeds: files that come
//! anew are in no source, so Cargo would not see them by itself. A program built
//! before there was a page would otherwise stay without one.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
