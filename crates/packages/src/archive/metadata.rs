//! What a package says about itself in `METADATA`.

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{PackageName, Requirement};

use crate::wheel::WheelName;

/// The part of `METADATA` that decides what else is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// The package.
    pub(crate) name: PackageName,
    /// The version.
    pub(crate) version: Version,
    /// What it requires.
    pub(crate) requires: Vec<Requirement>,
    /// The versions of Python that it runs on.
    pub(crate) requires_python: Option<VersionSpecifiers>,
}

/// Why a text is no `Metadata`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// A line that must be there is not.
    #[error("it has no `{field}`")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A line cannot be understood.
    #[error("its line `{field}: {value}` cannot be understood")]
    Bad {
        /// The field.
        field: &'static str,
        /// What it says.
        value: String,
    },
}

impl Metadata {
    /// Reads the header; the description below is passed over.
    pub(crate) fn parse(text: &str) -> Result<Self, MetadataError> {
        let fields = header(text);
        let all = |field: &'static str| {
            let named = fields.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(field));
            named.map(|(_, value)| value.as_str())
        };
        let one = |field| all(field).next().ok_or(MetadataError::Missing { field });
        let bad = |field, value: &str| MetadataError::Bad { field, value: super::shown(value) };
        let name = one("Name")?;
        let version = one("Version")?;
        let requires = all("Requires-Dist")
            .map(|value| value.parse().map_err(|_invalid| bad("Requires-Dist", value)));
        let python = all("Requires-Python").next();
        Ok(Self {
            name: PackageName::new(name.to_owned()).map_err(|_invalid| bad("Name", name))?,
            version: version.parse().map_err(|_invalid| bad("Version", version))?,
            requires: requires.collect::<Result<_, _>>()?,
            requires_python: python
                .map(|value| value.parse().map_err(|_invalid| bad("Requires-Python", value)))
                .transpose()?,
        })
    }

    /// Says what does not fit the name of the file it came from.
    pub(crate) fn check(&self, wheel: &WheelName) -> Result<(), String> {
        if self.name == wheel.name && self.version == wheel.version {
            return Ok(());
        }
        Err(format!("its METADATA is of {} {}", self.name, self.version))
    }
}

/// The fields of a header, with continued lines put together.
fn header(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    fields
}
