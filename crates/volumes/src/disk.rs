//! What is asked of the disk where it matters that it may fail.

use std::{
    fs::File,
    io::{self, Write},
};

/// Writes and flushes; tests put one in its place that fails.
pub trait Disk: std::fmt::Debug + Send + Sync {
    /// Writes all of `bytes` at the file's position.
    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()>;

    /// Returns when the content of the file would survive a power cut.
    fn flush(&self, file: &File) -> io::Result<()>;

    /// Returns when everything written to the file system of `folder` would survive a power cut.
    fn flush_all(&self, folder: &File) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn flush(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    #[cfg(target_os = "linux")]
    fn flush_all(&self, folder: &File) -> io::Result<()> {
        Ok(rustix::fs::syncfs(folder)?)
    }

    #[cfg(all(unix, not(target_os = "linux")))]
    fn flush_all(&self, folder: &File) -> io::Result<()> {
        rustix::fs::sync();
        folder.sync_all()
    }

    #[cfg(not(unix))]
    fn flush_all(&self, _folder: &File) -> io::Result<()> {
        Ok(())
    }
}
