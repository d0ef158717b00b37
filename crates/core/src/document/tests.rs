use proptest::prelude::*;

use super::*;

/// What [`Document::split`] says, in short: the YAML and the body, or why there is none.
fn split(text: &str) -> (String, &str) {
    let document = Document::split(text);
    let front = match &document.front {
        Front::Missing => "missing".to_owned(),
        Front::Unclosed => "unclosed".to_owned(),
        Front::Found { .. } => format!("yaml:{}", document.yaml().unwrap()),
    };
    (front, document.body())
}

#[test]
fn front_matter_is_found_by_its_lines_alone() {
    let cases = [
        ("", "missing", ""),
        ("text", "missing", "text"),
        ("---", "unclosed", "---"),
        ("---\n", "unclosed", "---\n"),
        ("---\n---", "yaml:", ""),
        ("---\n---\nb", "yaml:", "b"),
        ("---\na: 1\n---\nb\n", "yaml:a: 1\n", "b\n"),
        ("---  \na: 1\n---\t\nb", "yaml:a: 1\n", "b"),
        ("\u{feff}---\r\na: 1\r\n---\r\nb\r\n", "yaml:a: 1\r\n", "b\r\n"),
        ("\u{feff}b", "missing", "b"),
        ("---\ra: 1\r---\rb\r", "yaml:a: 1\r", "b\r"),
        ("---\na: x --- y\n ---\n---\n---\nb", "yaml:a: x --- y\n ---\n", "---\nb"),
        ("---\na: 1\n...\nb", "unclosed", "---\na: 1\n...\nb"),
        ("----\na: 1\n----\n", "missing", "----\na: 1\n----\n"),
        ("\n---\na: 1\n---\n", "missing", "\n---\na: 1\n---\n"),
        (" ---\na: 1\n---\n", "missing", " ---\na: 1\n---\n"),
    ];
    for (text, front, body) in cases {
        assert_eq!(split(text), (front.to_owned(), body), "input: {text:?}");
    }
}

#[test]
fn positions_count_lines_and_characters() {
    let text = "\u{feff}añb\r\nc\rd\n";
    let index = LineIndex::new(text);
    let at = |what: &str| {
        let position = index.position(text.find(what).unwrap());
        (position.line, position.column)
    };
    assert_eq!(at("a"), (1, 1));
    assert_eq!(at("b"), (1, 3));
    assert_eq!(at("c"), (2, 1));
    assert_eq!(at("d"), (3, 1));
    assert_eq!(index.position(999), Position { line: 4, column: 1 });
}

#[test]
fn bytes_that_are_no_text_are_reported_where_they_stand() {
    let (text, found) = decode(b"---\ncaf\xe9 x");
    let found = found.unwrap();
    assert_eq!(text, "---\ncaf\u{fffd} x");
    assert_eq!((found.code, found.position), ("encoding", Position { line: 2, column: 4 }));
    assert_eq!(found.message, "the byte 0xe9 is not UTF-8");
    let (_, found) = decode(b"\xff\xfe-\0");
    assert_eq!(found.unwrap().message, "the file is UTF-16, not UTF-8");
    assert_eq!(decode("plain \u{1f680}".as_bytes()).1, None);
    assert_eq!(decode(&vec![b'x'; MAX_FILE_LEN + 1]).1.unwrap().code, "too-large");
}

#[test]
fn line_ends_are_kept_as_the_text_has_them() {
    assert_eq!(LineEnd::of("a\r\nb\n"), LineEnd::CrLf);
    assert_eq!(LineEnd::of("a\rb"), LineEnd::Cr);
    assert_eq!(LineEnd::of("a"), LineEnd::Lf);
    assert_eq!(LineEnd::CrLf.apply("a\nb\r\n"), "a\r\nb\r\n");
}

proptest! {
    #[test]
    fn the_parts_lie_inside_and_the_body_is_the_rest(text in "(---[ \t]{0,2}|[a-zé: ]{0,6}|\r\n|\r|\n|\u{feff}){0,12}") {
        let document = Document::split(&text);
        prop_assert_eq!(document.body.end, text.len());
        if let Front::Found { yaml, close } = &document.front {
            prop_assert!(yaml.end == close.start && close.end <= document.body.start);
            prop_assert!(text[close.clone()].starts_with("---"));
        }
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices() {
            let position = index.position(offset);
            prop_assert!(position.line >= 1 && position.column >= 1);
        }
    }
}
