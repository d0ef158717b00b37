//! Which Python packages a skill needs, of those that an installation has.
//!
//! A skill names packages in its front matter, and imports modules in its
//! code. Both are looked up in the lock of the installation; what a package
//! needs comes with it. A module that no package provides is none of this
//! module's business: it may belong to Python, and if not, Python says so.

use std::collections::{BTreeMap, BTreeSet};

/// One package of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// The version.
    pub version: String,
    /// The modules that it provides.
    pub imports: Vec<String>,
    /// The packages that it needs, by name.
    pub depends: Vec<String>,
}

/// What a skill needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// The names of all packages, with what they need.
    pub load: BTreeSet<String>,
    /// Everything that decides what the code meets, as `name==version`.
    pub versions: BTreeSet<String>,
    /// Whether the code chooses packages while it runs: then it is given every one to choose from.
    pub chooses: bool,
}

/// Why a skill cannot be given what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// It is not installed.
    #[error("the package `{name}` is not in the package cache")]
    Missing {
        /// What the skill asks for.
        name: String,
    },
    /// Another version is installed.
    #[error("the skill wants `{name}=={wanted}`, and the package cache holds version {installed}")]
    OtherVersion {
        /// The package.
        name: String,
        /// The version that the skill wants.
        wanted: String,
        /// The version that is there.
        installed: String,
    },
    /// It is no name of a package.
    #[error("`{text}` in `packages` is neither a name nor a name and a version")]
    BadName {
        /// What the skill says.
        text: String,
    },
    /// It has no build for the browser.
    #[error(
        "`{name}` cannot be loaded in the browser: its simulator is compiled code without a WebAssembly build"
    )]
    Qiskit {
        /// The package.
        name: String,
    },
}

/// The module that installs packages while code runs.
const INSTALLER: &str = "micropip";

/// Finds out what a skill needs.
pub fn needed(
    declared: &[String],
    code: &str,
    installed: &BTreeMap<String, Installed>,
) -> Result<Needed, PackageError> {
    let mut open = Vec::new();
    for text in declared {
        open.push(declared_name(text, installed)?);
    }
    let modules = imports(code);
    let provided = installed.iter().filter(|(_, package)| {
        package.imports.iter().any(|module| modules.contains(module.as_str()))
    });
    open.extend(provided.map(|(name, _)| name.clone()));
    let chooses = modules.contains(INSTALLER) && installed.contains_key(INSTALLER);
    let mut load = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(package) = installed.get(&name) else { continue };
        if load.insert(name) {
            open.extend(package.depends.iter().cloned());
        }
    }
    let counts = |name: &&String| chooses || load.contains(*name);
    let versions = installed.keys().filter(counts).filter_map(|name| {
        installed.get(name).map(|package| format!("{name}=={}", package.version))
    });
    Ok(Needed { versions: versions.collect(), load, chooses })
}

impl PackageError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { name } => {
                format!("run `llmos packages add {name}`, then run again")
            }
            Self::OtherVersion { name, wanted, .. } => {
                format!(
                    "run `llmos packages add {name}=={wanted}`, or leave the version out of the skill"
                )
            }
            Self::BadName { .. } => "write `sympy` or `sympy==1.14.0`".to_owned(),
            Self::Qiskit { .. } => {
                "write the circuit as an `openqasm` skill, or take the state-vector skills \
                of the library"
                    .to_owned()
            }
        }
    }
}

/// Reads an entry of `packages` and says which installed package it means.
fn declared_name(
    text: &str,
    installed: &BTreeMap<String, Installed>,
) -> Result<String, PackageError> {
    let (name, wanted) = match text.split_once("==") {
        Some((name, version)) => (name.trim(), Some(version.trim())),
        None => (text.trim(), None),
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || !name.chars().all(letter) || !wanted.is_none_or(is_version) {
        return Err(PackageError::BadName { text: text.to_owned() });
    }
    let name = normal(name);
    match (installed.get(&name), wanted) {
        (Some(package), Some(wanted)) if package.version != wanted => {
            let (wanted, installed) = (wanted.to_owned(), package.version.clone());
            Err(PackageError::OtherVersion { name, wanted, installed })
        }
        (Some(_), _) => Ok(name),
        (None, _) if name.starts_with("qiskit") => Err(PackageError::Qiskit { name }),
        (None, _) => Err(PackageError::Missing {
            name: wanted.map_or(name.clone(), |v| format!("{name}=={v}")),
        }),
    }
}

/// The normal form of a package's name: lower case, one `-` for each run of `-`, `_` and `.`.
fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() };
        if c != '-' || !normal.ends_with('-') {
            normal.push(c);
        }
    }
    normal
}

/// The modules that code imports, by the first part of their names.
///
/// It looks at lines, so an import inside of a text counts as well: that costs time, and changes no result.
fn imports(code: &str) -> BTreeSet<&str> {
    let mut modules = BTreeSet::new();
    for statement in code.lines().flat_map(|line| line.split(';')).map(str::trim_start) {
        let statement = statement.split('#').next().unwrap_or_default();
        if let Some(names) = word(statement, "import") {
            modules.extend(names.split(',').map(first_part));
        } else if let Some(name) = word(statement, "from") {
            modules.insert(first_part(name));
        }
    }
    modules.remove("");
    modules
}

fn word<'a>(statement: &'a str, keyword: &str) -> Option<&'a str> {
    let rest = statement.strip_prefix(keyword)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

/// The `a` of `a.b as c`; nothing for `.a`, which is no package.
fn first_part(name: &str) -> &str {
    let name = name.trim_start();
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
    &name[..end]
}

#[cfg(test)]
mod tests;
