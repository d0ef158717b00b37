//! The Python packages that the server hands out.

use std::collections::BTreeMap;

use llmos_core::{
    package::{self, Installed, Needed, PackageError},
    skill::Runtime,
};
use serde::{Deserialize, Serialize};

use crate::skill::SkillsById;

/// Answer of `GET /packages`: the lock of the package cache, in the form that Pyodide reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageLock {
    /// The Python that the packages are for.
    pub info: PackageLockInfo,
    /// The packages by name.
    pub packages: BTreeMap<String, PackageView>,
}

/// The Python that packages are for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageLockInfo {
    /// The version of the binary interface.
    pub abi_version: String,
    /// The processor.
    pub arch: String,
    /// The compiler and its version.
    pub platform: String,
    /// The version of Python.
    pub python: String,
    /// The release of Pyodide.
    pub version: String,
}

/// One package of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageView {
    /// The name, in its normal form.
    pub name: String,
    /// The version.
    pub version: String,
    /// The file; `/packages/files/<sha256>/<file_name>` hands it out.
    pub file_name: String,
    /// Where Pyodide puts it: `site` or `dynlib`.
    pub install_dir: String,
    /// The hash of the file in lower-case hex.
    pub sha256: String,
    /// `package` or `shared_library`.
    pub package_type: String,
    /// The modules that it provides.
    pub imports: Vec<String>,
    /// The packages that it needs, by name.
    pub depends: Vec<String>,
    /// Whether its tests were taken out.
    pub unvendored_tests: bool,
    /// The size of the file in bytes.
    pub size: u64,
}

/// What one skill needs of the packages, or why it cannot have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededPackages {
    /// The names of all packages to load, with what they need.
    pub load: Vec<String>,
    /// Everything that decides what the code meets, as `name==version`; part of the derivation key.
    pub versions: Vec<String>,
    /// Whether the code chooses packages while it runs, and is given every one to choose from.
    pub chooses: bool,
    /// Why the skill cannot run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<PackageRefusal>,
}

/// Why a skill cannot have the packages that it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRefusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl PackageLock {
    /// The packages as the core looks at them.
    pub fn installed(&self) -> BTreeMap<String, Installed> {
        let installed = |one: &PackageView| Installed {
            version: one.version.clone(),
            imports: one.imports.clone(),
            depends: one.depends.clone(),
        };
        self.packages.iter().map(|(name, one)| (name.clone(), installed(one))).collect()
    }
}

impl NeededPackages {
    /// Finds out what each Python skill needs; other skills need nothing and are left out.
    pub fn of(skills: &SkillsById, lock: &PackageLock) -> BTreeMap<String, Self> {
        let installed = lock.installed();
        let is_python = |ty: &str| {
            let runtime = ty.parse::<Runtime>();
            runtime.is_ok_and(|known| matches!(known, Runtime::PythonWasm | Runtime::Qiskit))
        };
        let python = skills.iter().filter(|(_, skill)| is_python(&skill.ty));
        python
            .map(|(id, skill)| {
                let code = skill.code.as_deref().unwrap_or_default();
                let needed = package::needed(&skill.packages, code, &installed);
                (id.clone(), Self::from(needed))
            })
            .collect()
    }
}

impl From<Result<Needed, PackageError>> for NeededPackages {
    fn from(needed: Result<Needed, PackageError>) -> Self {
        match needed {
            Ok(Needed { load, versions, chooses }) => Self {
                load: load.into_iter().collect(),
                versions: versions.into_iter().collect(),
                chooses,
                error: None,
            },
            Err(error) => {
                let refusal = PackageRefusal { message: error.to_string(), hint: error.hint() };
                Self { error: Some(refusal), ..Self::default() }
            }
        }
    }
}
