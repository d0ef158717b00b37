//! What a backup says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use llmos_core::volume::VolumeId;
use serde_json::{Value, json};

/// The member of the file that lists the others.
pub(super) const NAME: &str = "manifest.json";

/// The form of backup that this program makes. It reads the first one too, which had no files beside the volumes.
const FORMAT: u64 = 2;

/// What is never put beside the volumes: they themselves, and what only this installation knows.
const RESERVED: [&str; 5] =
    ["system", "teams", "users", ".llmos-lite-secret", ".llmos-lite-master-key"];

/// What a backup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The volumes.
    pub volumes: Vec<BackedUp>,
    /// The files beside them.
    pub files: Vec<BackedUpFile>,
}

/// A file beside the volumes, in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUpFile {
    /// Its path below the folder of the volumes, with `/`.
    pub name: String,
    /// How many bytes it has.
    pub n_bytes: u64,
    /// The SHA-1 of its content.
    pub sha1: String,
}

/// A volume in a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The volume.
    pub volume: VolumeId,
    /// Its branches, tags and other names, with what they name.
    pub names: BTreeMap<String, String>,
    /// How many bytes its pack has.
    pub n_bytes: u64,
    /// The SHA-1 of its pack.
    pub sha1: String,
}

/// The member of the file that holds a volume.
pub(super) fn pack_of(volume: &VolumeId) -> String {
    match volume {
        VolumeId::System => "volumes/system.pack".to_owned(),
        VolumeId::Team(id) => format!("volumes/teams/{id}.pack"),
        VolumeId::User(id) => format!("volumes/users/{id}.pack"),
    }
}

/// The member of the zip that holds a file beside the volumes.
pub(super) fn member_of(name: &str) -> String {
    format!("home/{name}")
}

/// Says whether a path may be that of a file beside the volumes; it leads nowhere else on any system.
pub(super) fn is_home_name(name: &str) -> bool {
    let is_plain = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        !part.is_empty() && part.chars().all(plain) && !part.trim_matches('.').is_empty()
    };
    let first = name.split('/').next().unwrap_or_default().to_ascii_lowercase();
    name.len() <= 200 && name.split('/').all(is_plain) && !RESERVED.contains(&first.as_str())
}

pub(super) fn print(contents: &Contents, made_at: Timestamp) -> Vec<u8> {
    let volumes: Vec<Value> = contents
        .volumes
        .iter()
        .map(|volume| {
            json!({
                "volume": volume.volume.to_string(),
                "pack": pack_of(&volume.volume),
                "bytes": volume.n_bytes,
                "sha1": volume.sha1,
                "names": volume.names,
            })
        })
        .collect();
    let file = |file: &BackedUpFile| {
        json!({
            "name": file.name, "member": member_of(&file.name), "bytes": file.n_bytes, "sha1": file.sha1,
        })
    };
    let files: Vec<Value> = contents.files.iter().map(file).collect();
    let made_at = made_at.to_string();
    let all = json!({ "format": FORMAT, "made_at": made_at, "volumes": volumes, "files": files });
    format!("{all:#}\n").into_bytes()
}

/// Reads a manifest; says what is wrong with it.
pub(super) fn parse(text: &[u8]) -> Result<Contents, String> {
    let all: Value = serde_json::from_slice(text).map_err(|err| format!("`{NAME}`: {err}"))?;
    if !all["format"].as_u64().is_some_and(|format| (1..=FORMAT).contains(&format)) {
        return Err(format!("its format is {}, this program reads 1 to {FORMAT}", all["format"]));
    }
    let volumes = all["volumes"].as_array().ok_or("`volumes` is no list")?;
    let volume = |entry: &Value| {
        let text = |field: &str| {
            let text = entry[field].as_str().map(str::to_owned);
            text.ok_or_else(|| format!("a volume in it has no `{field}`"))
        };
        let names = entry["names"].as_object().ok_or("a volume in it has no `names`")?;
        let names: Option<BTreeMap<String, String>> =
            names.iter().map(|(name, id)| Some((name.clone(), id.as_str()?.to_owned()))).collect();
        Ok(BackedUp {
            volume: text("volume")?.parse().map_err(|err| format!("`volume`: {err}"))?,
            names: names.ok_or("a name in it names nothing")?,
            n_bytes: entry["bytes"].as_u64().ok_or("a volume in it has no `bytes`")?,
            sha1: text("sha1")?,
        })
    };
    let file = |entry: &Value| {
        let name = entry["name"].as_str().filter(|name| is_home_name(name));
        Some(BackedUpFile {
            name: name?.to_owned(),
            n_bytes: entry["bytes"].as_u64()?,
            sha1: entry["sha1"].as_str()?.to_owned(),
        })
    };
    let files = all["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let files: Option<Vec<BackedUpFile>> = files.iter().map(file).collect();
    Ok(Contents {
        volumes: volumes.iter().map(volume).collect::<Result<_, String>>()?,
        files: files.ok_or("a file in it is none that lies beside volumes")?,
    })
}
