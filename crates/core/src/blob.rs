//! Blobs: files of any size that lie outside of Git, by the hash of their
//! content, and the port to where they lie. In a volume a small text stands for
//! each, its pointer; whoever may read the pointer may read the blob.

mod blobs;
mod garbage;
mod hash;
mod media;
mod place;
mod pointer;

pub use blobs::{Blobs, BlobsError, KeptBlob, OpenBlob, Upload};
pub use garbage::garbage;
pub use hash::{BlobHash, BlobHashError, mentioned};
pub use media::{MediaType, MediaTypeError, Shown};
pub use place::place_for_name;
pub use pointer::{
    ENDING, MAX_NAME_CHARS, MAX_POINTER_BYTES, Pointer, PointerError, PointerPlaceError,
    is_pointer_path, place_for_upload, pointer_path,
};

#[cfg(test)]
mod tests;
