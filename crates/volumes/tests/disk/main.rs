//! What volumes are on disk: for plain `git`, for attackers and after a crash.

#[cfg(unix)]
mod backend;
mod backup;
mod between;
mod crash;
mod folder;
mod git;
#[cfg(target_os = "linux")]
mod hands;
#[cfg(unix)]
mod hostile;
mod left_behind;
mod many;
#[cfg(unix)]
mod odd;
mod pushed;
#[cfg(unix)]
mod remote;
mod remote_files;
mod signed;
