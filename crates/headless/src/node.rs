//! Finding a Node.js that is new enough.

use std::{
    env,
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The oldest Node.js that has all that is needed.
pub const MIN_NODE: Version = Version { major: 20, minor: 19, patch: 0 };

/// From here on the permission model is no experiment, and its flag has another name.
const STABLE_PERMISSION: [Version; 2] =
    [Version { major: 22, minor: 13, patch: 0 }, Version { major: 23, minor: 5, patch: 0 }];

/// A Node.js on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The program itself, not a script that chooses one.
    pub program: PathBuf,
    /// Its version.
    pub version: Version,
}

/// A version of Node.js.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

/// Why there is no Node.js to use.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// No program of that name is on the path.
    #[error("Node.js was not found")]
    Missing,
    /// It does not say its version.
    #[error("`{}` does not answer like Node.js", .program.display())]
    Mute {
        /// The program.
        program: PathBuf,
    },
    /// It is too old.
    #[error("`{}` is Node.js {version}, which is too old", .program.display())]
    TooOld {
        /// The program.
        program: PathBuf,
        /// Its version.
        version: Version,
    },
}

impl NodeError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        format!(
            "install Node.js {MIN_NODE} or newer (https://nodejs.org, or your system's package `nodejs`), \
             or name one with `LLMOS_NODE`"
        )
    }
}

impl Node {
    /// Looks where `LLMOS_NODE` points, or along the path.
    pub fn find() -> Result<Self, NodeError> {
        let named = env::var_os("LLMOS_NODE").filter(|name| !name.is_empty());
        let path = env::var_os("PATH").unwrap_or_default();
        let program = match named {
            Some(named) => PathBuf::from(named),
            None => on_path(&path).ok_or(NodeError::Missing)?,
        };
        Self::at(program)
    }

    /// Asks a program whether it is one.
    pub fn at(program: PathBuf) -> Result<Self, NodeError> {
        let ask = |args: &[&str]| {
            let output = Command::new(&program).args(args).stdin(Stdio::null()).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            output.status.success().then(|| text.trim().to_owned())
        };
        let mute = || NodeError::Mute { program: program.clone() };
        let version = ask(&["--version"]).ok_or_else(mute)?;
        let version = Version::read(&version).ok_or_else(mute)?;
        if version < MIN_NODE {
            return Err(NodeError::TooOld { program, version });
        }
        // Version managers put scripts on the path; behind the wall they could start nothing.
        let real = match std::fs::canonicalize(&program) {
            Ok(real) if !is_script(&real) => real,
            _ => ask(&["-p", "process.execPath"]).map(PathBuf::from).ok_or_else(mute)?,
        };
        Ok(Self { program: real, version })
    }

    /// The flags that take every right from it but to read below `folder` and to have threads.
    ///
    /// With `addon`, the native code of that folder may be loaded, too.
    pub(crate) fn flags(&self, folder: &Path, addon: Option<&Path>) -> Vec<String> {
        let [old, new] = STABLE_PERMISSION;
        let stable = self.version >= new || (self.version.major == 22 && self.version >= old);
        let permission = if stable { "--permission" } else { "--experimental-permission" };
        // The system's configuration of OpenSSL lies behind the wall.
        let no_config = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let below = |folder: &Path| {
            format!("--allow-fs-read={}{}*", folder.display(), std::path::MAIN_SEPARATOR)
        };
        let mut flags = vec![
            permission.to_owned(),
            format!("--openssl-config={no_config}"),
            "--allow-worker".to_owned(),
            below(folder),
            "--disallow-code-generation-from-strings".to_owned(),
            "--experimental-vm-modules".to_owned(),
            "--no-warnings".to_owned(),
        ];
        match addon {
            Some(addon) => flags.extend(["--allow-addons".to_owned(), below(addon)]),
            None => flags.push("--no-addons".to_owned()),
        }
        flags
    }
}

fn on_path(path: &OsStr) -> Option<PathBuf> {
    let name = format!("node{}", env::consts::EXE_SUFFIX);
    env::split_paths(path).map(|folder| folder.join(&name)).find(|program| program.is_file())
}

fn is_script(program: &Path) -> bool {
    use std::io::Read;
    let mut head = [0; 2];
    let read = std::fs::File::open(program).and_then(|mut file| file.read_exact(&mut head));
    read.is_err() || head == *b"#!"
}

impl Version {
    /// Reads `v20.19.0`.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.trim().strip_prefix('v')?.split(['.', '-']).map(str::parse::<u32>);
        let mut next = || numbers.next()?.ok();
        Some(Self { major: next()?, minor: next()?, patch: next()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, patch } = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Node, NodeError, Version};

    fn flag(version: &str) -> String {
        let version = Version::read(version).expect("it is a version");
        let node = Node { program: PathBuf::from("node"), version };
        node.flags(Path::new("/cache"), None).swap_remove(0)
    }

    #[test]
    fn the_permission_flag_is_the_one_that_the_version_knows() {
        for version in ["v20.19.0", "v22.12.9", "v23.4.0"] {
            assert_eq!(flag(version), "--experimental-permission", "{version}");
        }
        for version in ["v22.13.0", "v23.5.0", "v24.1.0-rc.1", "v26.0.0"] {
            assert_eq!(flag(version), "--permission", "{version}");
        }
    }

    #[test]
    fn native_code_is_allowed_from_the_folder_of_an_addon_only() {
        let version = Version { major: 22, minor: 13, patch: 0 };
        let node = Node { program: PathBuf::from("node"), version };
        let bare = node.flags(Path::new("/cache"), None);
        assert!(bare.contains(&"--no-addons".to_owned()), "{bare:?}");
        assert!(!bare.contains(&"--allow-addons".to_owned()), "{bare:?}");
        let with = node.flags(Path::new("/cache"), Some(Path::new("/p/webgpu")));
        assert!(with.contains(&"--allow-addons".to_owned()), "{with:?}");
        let read: Vec<_> = with.iter().filter(|flag| flag.starts_with("--allow-fs")).collect();
        assert_eq!(read.len(), 2, "{read:?}");
    }

    #[test]
    fn what_is_no_node_is_told_apart_from_what_is_missing() {
        let missing = Node::at(PathBuf::from("/nowhere/node")).expect_err("it is not there");
        assert!(matches!(missing, NodeError::Mute { .. }));
        assert!(missing.hint().contains("20.19.0"));
    }

    #[cfg(unix)]
    #[test]
    fn an_old_one_is_refused_by_its_version() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("there is room");
        let program = folder.path().join("node");
        std::fs::write(&program, "#!/bin/sh\necho v18.20.4\n").expect("there is room");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
            .expect("it is ours");
        let old = Node::at(program).expect_err("it is old");
        assert!(old.to_string().ends_with("is Node.js 18.20.4, which is too old"), "{old}");
    }
}
