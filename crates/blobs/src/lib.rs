//! Where blobs lie: on a disk, in a store that speaks the protocol of S3, or in
//! Vercel Blob. All three keep the promises of [`llmos_core::blob::Blobs`]. This
//! crate does not know who may read a blob, what refers to one, or what a pointer
//! looks like.

mod checked;
mod disk;
mod failed;
mod object;
mod receive;
mod s3;
mod secret;
mod vercel;
mod wait;

pub use disk::DiskBlobs;
pub use failed::OpenError;
pub use object::ObjectBlobs;
pub use s3::{S3, S3Settings};
pub use secret::Secret;
pub use vercel::{Vercel, VercelSettings};
