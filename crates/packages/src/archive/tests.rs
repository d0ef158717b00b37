use std::io::Write;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const METADATA: &str = "Metadata-Version: 2.1\nName: Tiny\nVersion: 1.0\nRequires-Python: >=3.9\n\
                        Requires-Dist: mpmath<1.4,>=1.1\nRequires-Dist: pytest;\n extra == 'dev'\n\nName: no field\n";

/// A wheel that is in order, to be spoiled.
fn tiny() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = [
        ("tiny/__init__.py", "x = 1\n"),
        ("tiny/data, more.txt", "x"),
        ("_tiny.so", ""),
        ("tiny.libs/lib.so", ""),
        ("tiny-1.0.data/scripts/run.py", ""),
        ("tiny-1.0.dist-info/WHEEL", WHEEL),
        ("tiny-1.0.dist-info/METADATA", METADATA),
    ]
    .map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()))
    .to_vec();
    let record = record_of(&files);
    files.push(("tiny-1.0.dist-info/RECORD".into(), record.into_bytes()));
    files
}

fn record_of(files: &[(String, Vec<u8>)]) -> String {
    let mut lines: String = files
        .iter()
        .map(|(path, content)| {
            let hash = record::base64(&Sha256::digest(content));
            let path = if path.contains(',') { format!("\"{path}\"") } else { path.clone() };
            format!("{path},sha256={hash},{}\n", content.len())
        })
        .collect();
    lines.push_str("tiny-1.0.dist-info/RECORD,,\n");
    lines
}

fn zipped(files: &[(String, Vec<u8>)]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let mut zip = ZipWriter::new(file.reopen().unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (path, content) in files {
        match path.strip_prefix("link:") {
            Some(path) => zip.add_symlink(path, "/etc/passwd", options).unwrap(),
            None => {
                zip.start_file(path.as_str(), options).unwrap();
                zip.write_all(content).unwrap();
            }
        }
    }
    zip.finish().unwrap();
    file
}

fn check(files: &[(String, Vec<u8>)]) -> Result<Contents, ArchiveError> {
    let name = WheelName::parse("tiny-1.0-py3-none-any.whl").unwrap();
    check_wheel(zipped(files).path(), &name, false)
}

#[track_caller]
fn refused(spoil: impl FnOnce(&mut Vec<(String, Vec<u8>)>), words: &str) {
    let mut files = tiny();
    spoil(&mut files);
    let error = check(&files).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn a_wheel_in_order_tells_what_it_needs_and_provides() {
    let contents = check(&tiny()).unwrap();
    assert_eq!(contents.imports, ["_tiny", "tiny"]);
    let requires: Vec<String> = contents.requires.iter().map(ToString::to_string).collect();
    assert_eq!(requires, ["mpmath>=1.1,<1.4", "pytest ; extra == 'dev'"]);
}

#[test]
fn what_is_not_as_recorded_is_refused() {
    refused(|files| files[0].1 = b"x = 2\n".to_vec(), "`tiny/__init__.py` has another hash");
    refused(|files| files.push(("tiny/more.py".into(), vec![])), "`tiny/more.py` is not in it");
    refused(|files| drop(files.remove(0)), "`tiny/__init__.py` is missing");
    refused(|files| drop(files.remove(5)), "WHEEL` is missing");
    refused(|files| drop(files.remove(7)), "no `tiny-1.0.dist-info/RECORD`");
    refused(|files| files[7].1 = b"tiny/__init__.py,md5=x,1".to_vec(), "is no line of one");
    refused(|files| files[7].1 = b"a,,\na,,\n".to_vec(), "is in it twice");
}

#[test]
fn tests_may_be_missing_where_the_distribution_took_them_out() {
    let mut files = tiny();
    files.remove(0);
    let name = WheelName::parse("tiny-1.0-py3-none-any.whl").unwrap();
    assert!(check_wheel(zipped(&files).path(), &name, true).is_ok());
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for bad in [
        "../evil.py",
        "/etc/evil",
        "tiny/../../evil",
        "C:/evil",
        "tiny\\evil",
        "tiny/./x",
        "tiny//x",
    ] {
        let mut files = tiny();
        files.push((bad.into(), vec![]));
        let error = check(&files).unwrap_err();
        assert!(matches!(error, ArchiveError::Path { .. }), "{bad}: {error}");
    }
    refused(|files| files.push(("link:tiny/passwd".into(), vec![])), "is a link");
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let mut files = tiny();
    files.push(("tiny/zeros".into(), vec![0; 64 << 20]));
    let error = check(&files).unwrap_err();
    assert!(matches!(error, ArchiveError::TooLarge { bytes, .. } if bytes > 64 << 20), "{error}");
}

#[test]
fn a_wheel_of_another_name_is_refused() {
    let named = |file: &str| WheelName::parse(file).unwrap();
    let wheel = zipped(&tiny());
    for other in ["tiny-1.1-py3-none-any.whl", "small-1.0-py3-none-any.whl"] {
        let error = check_wheel(wheel.path(), &named(other), false).unwrap_err();
        assert!(matches!(error, ArchiveError::NotThatWheel { .. }), "{error}");
    }
    let lie = METADATA.replace("1.0", "2.0").into_bytes();
    refused(
        |files| {
            files[6].1 = lie;
            files.pop();
            let record = record_of(files).into_bytes();
            files.push(("tiny-1.0.dist-info/RECORD".into(), record));
        },
        "its METADATA is of tiny 2.0",
    );
}

#[test]
fn what_is_no_archive_is_refused() {
    let name = WheelName::parse("tiny-1.0-py3-none-any.whl").unwrap();
    let whole = std::fs::read(zipped(&tiny()).path()).unwrap();
    for cut in [0, 10, whole.len() / 2, whole.len() - 1] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&whole[..cut]).unwrap();
        assert!(check_wheel(file.path(), &name, false).is_err(), "cut to {cut}");
    }
}

#[test]
fn two_files_of_one_name_are_refused() {
    // Written by hand: no writer makes such an archive.
    let mut files = tiny();
    files.push(("tiny/__init__.pz".into(), b"x = 2\n".to_vec()));
    let mut bytes = std::fs::read(zipped(&files).path()).unwrap();
    let from = b"tiny/__init__.pz";
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    for at in places {
        bytes[at + from.len() - 1] = b'y';
    }
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let name = WheelName::parse("tiny-1.0-py3-none-any.whl").unwrap();
    let error = check_wheel(file.path(), &name, false).unwrap_err().to_string();
    assert!(error.contains("files of one name"), "{error}");
}
