use super::*;

/// A volume in memory, changed only by plans and by hand.
#[derive(Default)]
struct Folder(BTreeMap<VolumePath, Vec<u8>>);

impl Folder {
    fn put(&mut self, path: &str, content: &str) {
        self.0.insert(path.parse().unwrap(), content.as_bytes().to_vec());
    }

    fn delete(&mut self, path: &str) {
        self.0.remove(&path.parse().unwrap());
    }

    fn has(&self, path: &str) -> Option<&str> {
        self.0.get(&path.parse().unwrap()).map(|content| std::str::from_utf8(content).unwrap())
    }

    /// Plans, checks every expectation, applies; returns how many files were written and which were kept.
    #[track_caller]
    fn ship(&mut self, files: &[(&str, &str)]) -> (usize, Vec<String>) {
        let shipped: Vec<_> = files
            .iter()
            .map(|(path, text)| ShippedFile {
                path: path.parse().unwrap(),
                content: (*text).into(),
            })
            .collect();
        let entry = |(path, content): (&VolumePath, &Vec<u8>)| Entry {
            path: path.clone(),
            blob: BlobId::of(content),
        };
        let current: Vec<_> = self.0.iter().map(entry).collect();
        let metadata = self.0.get(&metadata::path()).map(Vec::as_slice);
        let plan = plan(&VolumeId::System, &shipped, &current, metadata);
        let n_files = plan.edits.iter().filter(|edit| edit.path != metadata::path()).count();
        for edit in plan.edits {
            let now = self.0.get(&edit.path).map(|content| BlobId::of(content));
            match edit.expected {
                Expected::Anything => {}
                Expected::Absent => assert_eq!(now, None, "{}", edit.path),
                Expected::Version(version) => assert_eq!(now, Some(version), "{}", edit.path),
            }
            match edit.content {
                Some(content) => self.0.insert(edit.path, content),
                None => self.0.remove(&edit.path),
            };
        }
        (n_files, plan.kept.iter().map(VolumePath::to_string).collect())
    }
}

const KEPT_NONE: Vec<String> = Vec::new();

#[test]
fn a_new_volume_gets_everything_and_then_nothing_more() {
    let mut folder = Folder::default();
    let files = [("skills/a.md", "a1"), ("skills/b.md", "b1")];
    assert_eq!(folder.ship(&files), (2, KEPT_NONE));
    assert!(folder.has("metadata.json").unwrap().contains("\"volume\": \"system\""));
    let before = folder.0.clone();
    assert_eq!(folder.ship(&files), (0, KEPT_NONE));
    assert_eq!(folder.0, before);
}

#[test]
fn nothing_shipped_into_nothing_is_nothing_to_do() {
    assert_eq!(plan(&VolumeId::System, &[], &[], None), Plan::default());
}

#[test]
fn untouched_files_are_upgraded_added_and_withdrawn() {
    let mut folder = Folder::default();
    folder.ship(&[("a.md", "a1"), ("b.md", "b1")]);
    assert_eq!(folder.ship(&[("a.md", "a2"), ("c.md", "c1")]), (3, KEPT_NONE));
    assert_eq!(
        (folder.has("a.md"), folder.has("b.md"), folder.has("c.md")),
        (Some("a2"), None, Some("c1"))
    );
}

#[test]
fn what_people_changed_stays_through_every_later_version() {
    let mut folder = Folder::default();
    folder.ship(&[("a.md", "a1"), ("b.md", "b1"), ("c.md", "c1")]);
    folder.put("a.md", "mine");
    folder.delete("b.md");
    folder.put("own.md", "mine");
    for version in ["2", "3"] {
        let files = [("a.md", version), ("b.md", version), ("c.md", version), ("own.md", version)];
        assert_eq!(folder.ship(&files), (1, ["a.md", "b.md", "own.md"].map(String::from).to_vec()));
        assert_eq!((folder.has("a.md"), folder.has("b.md")), (Some("mine"), None));
        assert_eq!((folder.has("c.md"), folder.has("own.md")), (Some(version), Some("mine")));
    }
}

#[test]
fn a_file_set_back_to_the_shipped_version_is_upgraded_again() {
    let mut folder = Folder::default();
    folder.ship(&[("a.md", "a1")]);
    folder.put("a.md", "mine");
    folder.ship(&[("a.md", "a2")]);
    folder.put("a.md", "a1");
    assert_eq!(folder.ship(&[("a.md", "a3")]), (1, KEPT_NONE));
    assert_eq!(folder.has("a.md"), Some("a3"));
}

#[test]
fn a_file_that_people_brought_to_the_same_content_counts_as_shipped() {
    let mut folder = Folder::default();
    folder.put("a.md", "a1");
    assert_eq!(folder.ship(&[("a.md", "a1")]), (0, KEPT_NONE));
    assert_eq!(folder.ship(&[("a.md", "a2")]), (1, KEPT_NONE));
}

#[test]
fn a_changed_file_that_is_no_longer_shipped_becomes_theirs() {
    let mut folder = Folder::default();
    folder.ship(&[("a.md", "a1")]);
    folder.put("a.md", "mine");
    assert_eq!(folder.ship(&[]), (0, vec!["a.md".to_owned()]));
    assert_eq!(folder.ship(&[]), (0, KEPT_NONE));
    assert_eq!(folder.has("a.md"), Some("mine"));
}

#[test]
fn broken_metadata_is_left_alone_and_nothing_is_replaced() {
    let mut folder = Folder::default();
    folder.ship(&[("a.md", "a1")]);
    folder.put("metadata.json", "{ broken");
    let (n, kept) = folder.ship(&[("a.md", "a2"), ("b.md", "b1")]);
    assert_eq!((n, kept), (1, ["a.md", "metadata.json"].map(String::from).to_vec()));
    assert_eq!(folder.has("metadata.json"), Some("{ broken"));
    assert_eq!(folder.has("a.md"), Some("a1"));
}

#[test]
fn what_people_wrote_into_the_metadata_stays() {
    let mut folder = Folder::default();
    folder.put("metadata.json", "{\"title\": \"Ours\"}");
    folder.ship(&[("a.md", "a1")]);
    assert!(folder.has("metadata.json").unwrap().contains("Ours"));
}

#[test]
fn the_metadata_file_itself_is_never_shipped() {
    let mut folder = Folder::default();
    assert_eq!(folder.ship(&[("metadata.json", "{}"), ("a.md", "a1")]), (1, KEPT_NONE));
    assert!(folder.has("metadata.json").unwrap().contains("shipped"));
}
