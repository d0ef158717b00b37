//! What volumes are on disk: for plain `git`, for attackers and after a crash.

mod crash;
mod folder;
mod git;
#[cfg(unix)]
mod hostile;
mod left_behind;
