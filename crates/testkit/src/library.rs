//! The skills and workflows that the program ships.

use std::{fs, path::Path};

use llmos_core::seed::ShippedFile;

/// Reads the library as the program ships it.
///
/// # Panics
///
/// Panics where the sources are not as they are in the repository.
pub fn library() -> Vec<ShippedFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../library");
    let mut files = Vec::new();
    for folder in ["skills", "workflows"] {
        for entry in fs::read_dir(root.join(folder)).expect("the library is there") {
            let entry = entry.expect("it can be read");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let content = fs::read(entry.path()).expect("it can be read");
            files.push(ShippedFile { path: path.parse().expect("it is a path"), content });
        }
    }
    files
}
