//! Volumes kept as Git repositories on disk.
