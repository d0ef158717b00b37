//! What a backup says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use llmos_core::volume::VolumeId;
use serde_json::{Value, json};

/// The member of the file that lists the others.
pub(super) const NAME: &str = "manifest.json";

/// The form of backup that this program makes and reads.
const FORMAT: u64 = 1;

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

pub(super) fn print(volumes: &[BackedUp], made_at: Timestamp) -> Vec<u8> {
    let volumes: Vec<Value> = volumes
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
    let all = json!({ "format": FORMAT, "made_at": made_at.to_string(), "volumes": volumes });
    format!("{all:#}\n").into_bytes()
}

/// Reads a manifest; says what is wrong with it.
pub(super) fn parse(text: &[u8]) -> Result<Vec<BackedUp>, String> {
    let all: Value = serde_json::from_slice(text).map_err(|err| format!("`{NAME}`: {err}"))?;
    if all["format"] != json!(FORMAT) {
        return Err(format!("its format is {}, this program reads {FORMAT}", all["format"]));
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
    volumes.iter().map(volume).collect()
}
