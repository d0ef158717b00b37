//! `metadata.json`, the file that says what a volume is.
//!
//! It is for people and other programs: nothing in it gives anybody a right,
//! and a volume without it works.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    store::BlobId,
    volume::{VolumeId, VolumePath},
};

/// Where the file stands in every volume.
pub const PATH: &str = "metadata.json";

/// The layout of a volume that this program writes.
pub const FORMAT: u64 = 1;

/// Returns [`PATH`] as a path.
pub fn path() -> VolumePath {
    PATH.parse().expect("because `metadata.json` is a plain file name")
}

/// Prints the file that a new volume starts with.
pub fn print_new(volume: &VolumeId) -> Vec<u8> {
    print(&fresh(volume))
}

/// The content of the file; what this program does not know is kept as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// Starts the metadata of a new volume.
    pub fn new(volume: &VolumeId) -> Self {
        Self(fresh(volume))
    }

    /// Reads the file, or `None` where it is not a JSON object.
    pub fn parse(content: &[u8]) -> Option<Self> {
        serde_json::from_slice(content).ok().map(Self)
    }

    /// Prints the file.
    pub fn print(&self) -> Vec<u8> {
        print(&self.0)
    }

    /// Returns which content the program itself last put where; entries that make no sense are left out.
    pub fn shipped(&self) -> BTreeMap<VolumePath, BlobId> {
        let Some(Value::Object(shipped)) = self.0.get("shipped") else { return BTreeMap::new() };
        let entry = |(path, blob): (&String, &Value)| {
            Some((path.parse().ok()?, BlobId(blob.as_str()?.to_owned())))
        };
        shipped.iter().filter_map(entry).collect()
    }

    /// Replaces what [`Self::shipped`] returns.
    pub fn set_shipped(&mut self, shipped: &BTreeMap<VolumePath, BlobId>) {
        let object = shipped.iter().map(|(path, blob)| (path.to_string(), json!(blob.0))).collect();
        self.0.insert("shipped".to_owned(), Value::Object(object));
    }
}

fn fresh(volume: &VolumeId) -> Map<String, Value> {
    Map::from_iter([
        ("format".to_owned(), json!(FORMAT)),
        ("volume".to_owned(), json!(volume.to_string())),
    ])
}

fn print(object: &Map<String, Value>) -> Vec<u8> {
    let text = serde_json::to_string_pretty(object).expect("because keys are strings");
    format!("{text}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_volume_says_what_it_is() {
        let text = String::from_utf8(print_new(&"user/ana".parse().unwrap())).unwrap();
        assert_eq!(text, "{\n  \"format\": 1,\n  \"volume\": \"user/ana\"\n}\n");
    }

    #[test]
    fn what_it_does_not_know_is_kept() {
        let mut metadata = Metadata::parse(br#"{"title": "Ours", "format": 1}"#).unwrap();
        let shipped = BTreeMap::from([("a.md".parse().unwrap(), BlobId::of(b"a"))]);
        metadata.set_shipped(&shipped);
        let again = Metadata::parse(&metadata.print()).unwrap();
        assert_eq!(again, metadata);
        assert_eq!(again.shipped(), shipped);
        assert!(again.0.contains_key("title"));
    }

    #[test]
    fn nonsense_is_not_read() {
        for bad in ["", "[]", "7", "{", "\u{0}"] {
            assert_eq!(Metadata::parse(bad.as_bytes()), None, "input: {bad:?}");
        }
        let odd = br#"{"shipped": {"../x": "1", "a.md": 7, "b.md": "2"}}"#;
        let shipped = Metadata::parse(odd).unwrap().shipped();
        assert_eq!(shipped, BTreeMap::from([("b.md".parse().unwrap(), BlobId("2".into()))]));
    }
}
