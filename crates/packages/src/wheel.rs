//! Names of wheels, and which of them load into the Python of this program.

use pep440_rs::Version;
use pep508_rs::PackageName;

use crate::environment::Pyodide;

/// The file name of a wheel, taken apart.
///
/// The text form is `name-version(-build)?-python-abi-platform.whl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WheelName {
    /// The package, in its normal form.
    pub(crate) name: PackageName,
    /// The version.
    pub(crate) version: Version,
    pythons: Vec<String>,
    abis: Vec<String>,
    platforms: Vec<String>,
}

/// Why a text is not a [`WheelName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` is no name of a wheel: {reason}")]
pub(crate) struct WheelNameError {
    /// The text.
    pub(crate) file: String,
    /// What is wrong with it.
    pub(crate) reason: &'static str,
}

/// The longest file name that is believed.
const MAX_NAME: usize = 200;

impl WheelName {
    /// Takes a file name apart.
    pub(crate) fn parse(file: &str) -> Result<Self, WheelNameError> {
        let bad = |reason| WheelNameError { file: file.chars().take(MAX_NAME).collect(), reason };
        if !is_plain(file) {
            return Err(bad("it has other characters than a file name should"));
        }
        let stem = file.strip_suffix(".whl").ok_or_else(|| bad("it does not end in `.whl`"))?;
        let parts: Vec<&str> = stem.split('-').collect();
        let (name, version, tags) = match parts.as_slice() {
            [name, version, tags @ ..] if tags.len() == 3 => (name, version, tags),
            [name, version, build, tags @ ..] if tags.len() == 3 => {
                if !build.starts_with(|c: char| c.is_ascii_digit()) {
                    return Err(bad("its build number does not begin with a digit"));
                }
                (name, version, tags)
            }
            _ => return Err(bad("it has not five or six parts")),
        };
        let name = PackageName::new((*name).to_owned());
        let name = name.map_err(|_invalid| bad("it begins with no name of a package"))?;
        let version = version.parse().map_err(|_invalid| bad("its version is none"))?;
        let split = |tags: &str| tags.split('.').map(str::to_ascii_lowercase).collect();
        Ok(Self {
            name,
            version,
            pythons: split(tags[0]),
            abis: split(tags[1]),
            platforms: split(tags[2]),
        })
    }

    /// How well a wheel fits, lower is better; `None` where it does not load at all.
    pub(crate) fn rank(&self, pyodide: &Pyodide) -> Option<u32> {
        let mut best = None;
        for python in &self.pythons {
            for abi in &self.abis {
                for platform in &self.platforms {
                    let rank = rank_of(python, abi, platform, pyodide);
                    best = match (best, rank) {
                        (Some(old), Some(new)) => Some(u32::min(old, new)),
                        (old, new) => old.or(new),
                    };
                }
            }
        }
        best
    }
}

/// Says whether a name can be a file anywhere: one part, no separators, nothing invisible.
pub(crate) fn is_plain(file: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '!');
    !file.is_empty() && file.len() <= MAX_NAME && !file.starts_with('.') && file.chars().all(good)
}

fn rank_of(python: &str, abi: &str, platform: &str, pyodide: &Pyodide) -> Option<u32> {
    let own = python.strip_prefix("cp3").and_then(|minor| minor.parse::<u32>().ok());
    let pure = python.strip_prefix("py3").map(|minor| minor.parse::<u32>().unwrap_or_default());
    let minor = pyodide.minor;
    let by_platform = match platform {
        "any" => 100,
        _ => u32::try_from(pyodide.platforms().iter().position(|known| known == platform)?).ok()?,
    };
    let by_python = match (own, pure, abi) {
        (Some(own), _, _) if own == minor && abi == format!("cp3{minor}") => 0,
        (Some(own), _, "abi3") if own <= minor => 1 + (minor - own),
        (Some(own), _, "none") if own == minor => 30,
        (_, Some(pure), "none") if pure <= minor => 40 + (minor - pure).min(40),
        _ => return None,
    };
    Some(by_platform + by_python)
}

#[cfg(test)]
mod tests;
