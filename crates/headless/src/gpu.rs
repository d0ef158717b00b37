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
    /// Looks where `LLMOS_WEBGPU` points, along `NODE_PATH` and in the `node_modules` of the working directory.
    pub fn find() -> Self {
        let here = env::current_dir().unwrap_or_default();
        Self::find_with(&|name| env::var_os(name).filter(|value| !value.is_empty()), &here)
    }

    fn find_with(variable: &dyn Fn(&str) -> Option<OsString>, here: &Path) -> Self {
        let places = match variable("LLMOS_WEBGPU") {
            Some(named) => vec![PathBuf::from(named)],
            None => {
                let along = variable("NODE_PATH").unwrap_or_default();
                let along = env::split_paths(&along).filter(|folder| folder.is_absolute());
                along
                    .chain([here.join("node_modules")])
                    .map(|folder| folder.join("webgpu"))
                    .collect()
            }
        };
        let folder = places.into_iter().find(|folder| folder.join("index.js").is_file());
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
    use std::{ffi::OsString, fs, path::Path};

    use super::Gpu;
    use crate::wall::Wall;

    fn package(folder: &Path) {
        fs::create_dir_all(folder).expect("there is room");
        fs::write(folder.join("index.js"), "").expect("there is room");
    }

    #[test]
    fn the_package_is_found_by_its_variable_then_along_the_path_then_here() {
        let place = tempfile::tempdir().expect("there is room");
        let root = place.path().canonicalize().expect("it is there");
        let names = ["named", "along/webgpu", "here/node_modules/webgpu"];
        names.iter().for_each(|name| package(&root.join(name)));
        let here = root.join("here");
        let found = |known: &[(&str, &str)]| {
            let variable = |name: &str| {
                let value = known.iter().find(|(known, _)| *known == name)?.1;
                Some(OsString::from(root.join(value)))
            };
            Gpu::find_with(&variable, &here)
                .folder
                .map(|folder| folder.strip_prefix(&root).map(Path::to_owned))
        };
        let path = |name: &str| Some(Ok(name.into()));
        assert_eq!(found(&[("LLMOS_WEBGPU", "named"), ("NODE_PATH", "along")]), path("named"));
        assert_eq!(found(&[("NODE_PATH", "along")]), path("along/webgpu"));
        assert_eq!(found(&[]), path("here/node_modules/webgpu"));
        assert_eq!(found(&[("LLMOS_WEBGPU", "nowhere")]), None, "what is named is not passed over");
    }

    #[test]
    fn the_wall_opens_for_a_package_only() {
        let nothing = Gpu::find_with(&|_| None, Path::new("/nowhere"));
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
