//! Where a file stands that comes with nothing but its name.

use super::ENDING;
use crate::{intake, markdown, volume::VolumePath};

/// The longest name in the place of a file, in bytes: file systems take 255, the ending of pointers included.
const MAX_NAME_BYTES: usize = 180;

/// The longest ending that a number is put before, in bytes, its dot included.
const MAX_ENDING_BYTES: usize = 16;

/// Returns where the pointer of a file of this name stands: below `files/`, under that name as far as a path can
/// have it. The second and further ones of a name have their number in it: `files/data (2).csv.blob.md`.
pub fn place_for_name(name: &str, nth: usize) -> VolumePath {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let fitting = |c: char| match c {
        c if VolumePath::is_odd(c) || markdown::is_hidden(c) => '_',
        c => c,
    };
    let plain: String = last.chars().map(fitting).collect();
    let plain = match plain.trim().trim_end_matches(['.', ' ']) {
        "" => "file",
        plain => plain,
    };
    let ending = plain.rfind('.').filter(|at| *at > 0 && plain.len() - at <= MAX_ENDING_BYTES);
    let (stem, ending) = plain.split_at(ending.unwrap_or(plain.len()));
    let number = if nth > 1 { format!(" ({nth})") } else { String::new() };
    let room = MAX_NAME_BYTES - ending.len() - number.len();
    let stem = &stem[..stem.floor_char_boundary(room)];
    let path = |before| intake::path(&format!("files/{before}{stem}{number}{ending}{ENDING}"));
    // What Git keeps for itself, or Windows for a device, begins otherwise.
    path("").or_else(|_kept| path("_")).expect("because nothing odd is left in it, and it is short")
}
