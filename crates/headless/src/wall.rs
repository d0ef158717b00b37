//! The wall around a process that runs skill code.
//!
//! On Linux the program starts itself again as [`COMMAND`], which gives up every
//! right that skill code has no use for and then becomes the process that was
//! wanted: no network, no files but a few to read, no other processes, no
//! signals to others, limits to time and memory. Nothing of it needs root. It
//! rests on Landlock and seccomp, and says what of them the kernel has.
//!
//! On other systems there is no wall, and [`strength`] says so.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod syscalls;

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};

/// The hidden command of the program that builds the wall: its arguments go to [`enter`].
pub const COMMAND: &str = "behind-wall";

/// What the process behind the wall keeps.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wall {
    /// Files and folders that it may read.
    pub read: Vec<PathBuf>,
    /// Programs that it may be, and what loads them.
    pub execute: Vec<PathBuf>,
    /// Devices that it may use: read, write and control.
    #[serde(default)]
    pub devices: Vec<PathBuf>,
    /// Whether only the system calls that an interpreter needs are left, instead of all that are harmless.
    pub strict: bool,
    /// Whether it must not be started where a part of the wall is missing.
    pub required: bool,
    /// Limits that the kernel holds.
    pub limits: Limits,
}

/// Limits that the kernel holds; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds of processor time.
    pub cpu_secs: Option<u64>,
    /// Bytes of address space.
    pub memory_bytes: Option<u64>,
    /// Bytes that a file may grow to.
    pub file_bytes: Option<u64>,
    /// Files that may be open.
    pub n_files: Option<u64>,
}

/// What the kernel offers to build a wall from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// The version of Landlock, which keeps files away; `None` where there is none.
    pub landlock: Option<u32>,
    /// Whether system calls can be filtered.
    pub seccomp: bool,
}

/// Why there is no wall.
#[derive(Debug, thiserror::Error)]
pub enum WallError {
    /// The kernel lacks something that is required.
    #[error("this system cannot wall a process in: it has {strength}")]
    Weak {
        /// What it has.
        strength: Strength,
    },
    /// A step failed.
    #[error("cannot {doing}: {reason}")]
    Step {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        reason: String,
    },
}

impl Strength {
    /// Says whether files and system calls can both be kept away.
    pub fn is_whole(self) -> bool {
        self.landlock.is_some() && self.seccomp
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.landlock, self.seccomp) {
            (Some(version), true) => write!(f, "Landlock {version} and seccomp"),
            (Some(version), false) => write!(f, "Landlock {version} but no seccomp"),
            (None, true) => write!(f, "seccomp but no Landlock"),
            (None, false) => write!(f, "neither Landlock nor seccomp"),
        }
    }
}

impl Wall {
    /// Makes the command that runs `program` behind this wall; `launcher` is the program that knows [`COMMAND`].
    ///
    /// Its environment is empty. Where there is no wall, it is the bare program.
    pub fn command(&self, launcher: &Path, program: &Path, args: &[String]) -> Command {
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new(launcher);
            let wall =
                serde_json::to_string(self).expect("because paths given as text are plain data");
            command.args([COMMAND, &std::process::id().to_string(), &wall]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(args).env_clear();
        command
    }
}

/// Says what the kernel offers.
pub fn strength() -> Strength {
    #[cfg(target_os = "linux")]
    return linux::strength();
    #[cfg(not(target_os = "linux"))]
    Strength { landlock: None, seccomp: false }
}

/// Walls this process in and becomes `program`: the body of [`COMMAND`]. Comes back only when that fails.
pub fn enter(parent: u32, wall: &str, program: &Path, args: &[String]) -> WallError {
    let wall: Wall = match serde_json::from_str(wall) {
        Ok(wall) => wall,
        Err(error) => return step("read the wall", error),
    };
    #[cfg(target_os = "linux")]
    return linux::enter(parent, &wall, program, args);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (parent, wall, program, args);
        WallError::Weak { strength: strength() }
    }
}

fn step(doing: &'static str, reason: impl fmt::Display) -> WallError {
    WallError::Step { doing, reason: reason.to_string() }
}
