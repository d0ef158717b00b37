//! The Python that packages are chosen for: CPython as Pyodide builds it.

use pep440_rs::Version;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use serde::{Deserialize, Serialize};

/// One release of Pyodide, as far as packages depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pyodide {
    /// The release.
    pub version: &'static str,
    /// The version of Python.
    pub python: &'static str,
    /// The `14` of Python 3.14.
    pub minor: u32,
    /// The version of the binary interface, as wheels name it.
    pub abi: &'static str,
    /// The compiler, whose version is part of the platform.
    pub emscripten: &'static str,
}

/// The release that the page contains; `ui/package.json` names the same.
pub const PYODIDE: Pyodide =
    Pyodide { version: "314.0.7", python: "3.14.2", minor: 14, abi: "2026_0", emscripten: "5.0.3" };

/// What a lock says about the Python that its packages are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The version of the binary interface.
    pub abi_version: String,
    /// The processor.
    pub arch: String,
    /// The compiler and its version.
    pub platform: String,
    /// The version of Python.
    pub python: String,
    /// The release of Pyodide, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Pyodide {
    /// The platforms that its wheels may name, the best first.
    pub fn platforms(&self) -> [String; 3] {
        let emscripten = self.emscripten.replace('.', "_");
        [
            format!("pyemscripten_{}_wasm32", self.abi),
            format!("pyodide_{}_wasm32", self.abi),
            format!("emscripten_{emscripten}_wasm32"),
        ]
    }

    /// What a lock for it says.
    pub fn info(&self) -> Info {
        Info {
            abi_version: self.abi.to_owned(),
            arch: "wasm32".to_owned(),
            platform: format!("emscripten_{}", self.emscripten.replace('.', "_")),
            python: self.python.to_owned(),
            version: Some(self.version.to_owned()),
        }
    }

    /// The version of Python.
    pub fn python_version(&self) -> Version {
        self.python.parse().expect("because the constant is a version")
    }

    /// What markers such as `sys_platform == "win32"` are compared with.
    pub fn markers(&self) -> MarkerEnvironment {
        MarkerEnvironment::try_from(MarkerEnvironmentBuilder {
            implementation_name: "cpython",
            implementation_version: self.python,
            os_name: "posix",
            platform_machine: "wasm32",
            platform_python_implementation: "CPython",
            platform_release: self.emscripten,
            platform_system: "Emscripten",
            platform_version: "#1",
            python_full_version: self.python,
            python_version: &format!("3.{}", self.minor),
            sys_platform: "emscripten",
        })
        .expect("because the constants are versions")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_release_that_the_page_contains() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/package.json");
        let text = std::fs::read_to_string(manifest).unwrap();
        let package: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(package["dependencies"]["pyodide"], PYODIDE.version);
    }

    #[test]
    fn markers_are_those_of_pyodide() {
        let env = PYODIDE.markers();
        let holds = |text: &str| {
            let needed: pep508_rs::Requirement = format!("x; {text}").parse().unwrap();
            needed.evaluate_markers(&env, &[])
        };
        assert!(holds("sys_platform == 'emscripten' and python_version >= '3.14'"));
        assert!(holds("platform_machine == 'wasm32' and os_name == 'posix'"));
        assert!(!holds("sys_platform == 'win32'"));
        assert!(!holds("platform_system == 'Linux' or python_version < '3.11'"));
    }
}
