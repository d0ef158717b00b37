//! The graphics processor of runs without a browser: the npm package `webgpu`
//! and the Vulkan drivers of the machine.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::wall::Wall;

/// Variables that name Vulkan drivers instead of those that are installed.
const DRIVER_VARIABLES: &[&str] = &["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/// Where drivers are described, and what they read of the machine.
const DRIVERS: &[&str] = &[
    "/etc/vulkan",
    "/usr/share/vulkan",
    "/usr/local/share/vulkan",
    "/run/opengl-driver",
    "/usr/share/libdrm",
    "/usr/share/drirc.d",
    "/sys/dev/char",
    "/sys/devices",
    "/proc/driver/nvidia",
];

/// Graphics cards.
const DEVICES: &[&str] = &[
    "/dev/dri",
    "/dev/nvidiactl",
    "/dev/nvidia0",
    "/dev/nvidia-modeset",
    "/dev/nvidia-uvm",
    "/dev/dxg",
];

/// What a run needs to compute on a graphics processor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gpu {
    /// The folder of the npm package.
    folder: Option<PathBuf>,
    /// Variables that name drivers.
    drivers: BTreeMap<&'static str, String>,
}

impl Gpu {
    /// Looks where `LLMOS_WEBGPU` points, and nowhere else: the package is native code, so it is never
    /// taken from where the command happens to be started.
    pub fn find() -> Self {
        Self::find_with(&|name| env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn find_with(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let folder = variable("LLMOS_WEBGPU").map(PathBuf::from);
        let folder = folder.filter(|named| named.is_absolute() && named.join("index.js").is_file());
        // Package managers put links in its place.
        let folder = folder.and_then(|folder| folder.canonicalize().ok());
        let named = |name: &'static str| Some((name, variable(name)?.into_string().ok()?));
        Self { folder, drivers: DRIVER_VARIABLES.iter().filter_map(|name| named(name)).collect() }
    }

    /// The folder of the npm package, where it was found.
    pub(crate) fn package(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What Node.js is told of it.
    pub(crate) fn told(&self) -> String {
        serde_json::to_string(self).expect("because paths given as text are plain data")
    }

    /// Makes the openings that drivers need in the wall; none where there is no package to use them.
    pub(crate) fn open(&self, wall: &mut Wall) {
        let Some(folder) = &self.folder else { return };
        wall.read.push(folder.clone());
        wall.read.extend(DRIVERS.iter().map(PathBuf::from));
        // A driver lies beside its description, or says where.
        let described = self.drivers.values().flat_map(|files| env::split_paths(files));
        wall.read.extend(described.filter_map(|file| Some(file.parent()?.to_owned())));
        wall.devices.extend(DEVICES.iter().map(PathBuf::from));
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use super::Gpu;
    use crate::wall::Wall;

    fn package(folder: &Path) {
        fs::create_dir_all(folder).expect("there is room");
        fs::write(folder.join("index.js"), "").expect("there is room");
    }

    #[test]
    fn the_package_is_where_its_variable_says_and_nowhere_else() {
        let place = tempfile::tempdir_in(".").expect("there is room");
        let root = place.path().canonicalize().expect("it is there");
        package(&root.join("named"));
        package(&root.join("along/webgpu"));
        let found = |known: &[(&str, &Path)]| {
            let value = |name: &str| Some(known.iter().find(|(known, _)| *known == name)?.1.into());
            Gpu::find_with(&value).folder
        };
        let named = root.join("named");
        assert_eq!(found(&[("LLMOS_WEBGPU", &named)]), Some(named.clone()));
        assert_eq!(found(&[("NODE_PATH", &root.join("along"))]), None, "other variables do not");
        assert_eq!(found(&[("LLMOS_WEBGPU", &root.join("nowhere"))]), None);
        let relative = place.path().join("named");
        let relative =
            relative.strip_prefix(env::current_dir().expect("there is one")).unwrap_or(&relative);
        assert!(relative.is_relative() && relative.join("index.js").is_file());
        assert_eq!(
            found(&[("LLMOS_WEBGPU", relative)]),
            None,
            "it depends on the working directory"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_package_of_the_working_directory_is_left_alone() {
        let place = tempfile::tempdir().expect("there is room");
        package(&place.path().join("node_modules/webgpu"));
        // The working directory is that of the whole process, so another one is asked.
        let test = env::current_exe().expect("it runs");
        let output = std::process::Command::new(test)
            .args(["--exact", "gpu::tests::nothing_is_found_here", "--ignored"])
            .current_dir(place.path())
            .env_remove("LLMOS_WEBGPU")
            .output()
            .expect("it starts");
        let talk = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && talk.contains("1 passed"), "{talk}");
    }

    #[test]
    #[ignore = "the test above runs it in a folder with a package"]
    fn nothing_is_found_here() {
        assert_eq!(Gpu::find().folder, None);
    }

    #[test]
    fn the_wall_opens_for_a_package_only() {
        let nothing = Gpu::find_with(&|_| None);
        let mut wall = Wall::default();
        nothing.open(&mut wall);
        assert!(wall.read.is_empty() && wall.devices.is_empty());
        let drivers = [("VK_DRIVER_FILES", "/opt/driver/icd.json".to_owned())].into();
        let gpu = Gpu { folder: Some("/p/webgpu".into()), drivers };
        gpu.open(&mut wall);
        assert!(
            wall.read.contains(&"/p/webgpu".into()) && wall.read.contains(&"/opt/driver".into())
        );
        assert!(wall.devices.contains(&"/dev/dri".into()));
        assert_eq!(
            gpu.told(),
            r#"{"folder":"/p/webgpu","drivers":{"VK_DRIVER_FILES":"/opt/driver/icd.json"}}"#
        );
    }
}
