use super::version;

#[test]
fn versions_are_found_in_what_tools_print() {
    for (text, want) in [
        ("v20.20.2", Some((20, 20, 2))),
        ("11.19.1", Some((11, 19, 1))),
        ("rustc 1.96.0 (ac68faa20 2026-05-25)", Some((1, 96, 0))),
        ("git version 2.47.3", Some((2, 47, 3))),
        ("no number", None),
        ("", None),
    ] {
        assert_eq!(version(text), want, "input: {text:?}");
    }
}
