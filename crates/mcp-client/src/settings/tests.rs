use super::*;

fn variable(name: &str) -> Option<String> {
    (name == "TOKEN").then(|| "s3cr3t".to_owned())
}

fn check(text: &str) -> Result<Settings, String> {
    parse(text, &variable)
}

#[test]
fn commands_and_addresses_are_read_as_other_clients_read_them() {
    let settings = check(
        r#"{"mcpServers": {
            "files": {"command": "npx", "args": ["-y", "files"], "env": {"KEY": "${TOKEN}"}, "tools": ["read"]},
            "web": {"type": "http", "url": "https://example.org/mcp?x=${TOKEN}",
                    "headers": {"Authorization": "Bearer ${TOKEN}"}, "timeout_secs": 5, "users": ["ana"]},
            "off": {"command": "x", "disabled": true}
        }}"#,
    )
    .expect("it is sound");
    assert_eq!(settings.keys().map(Slug::as_str).collect::<Vec<_>>(), ["files", "web"]);
    let shown = format!("{settings:?}");
    let places: Vec<String> = settings.values().map(|server| server.place.shown()).collect();
    assert_eq!(places, ["npx and 2 arguments", "https://example.org/mcp"]);
    assert!(!shown.contains("Bearer") && !places.concat().contains("s3cr3t"), "{shown}");
    let web = &settings[&"web".parse().expect("it is a slug")];
    assert_eq!((web.patience.as_secs(), web.users.len()), (5, 1));
    let Place::Address { headers, .. } = &web.place else { panic!("{web:?}") };
    assert_eq!(headers[0].1, "Bearer s3cr3t");
}

#[test]
fn what_makes_no_sense_is_refused_as_a_whole() {
    for (server, reason) in [
        (r#"{}"#, "give it a `command`"),
        (r#"{"command": "x", "url": "https://a.example"}"#, "give it a `command`"),
        (r#"{"type": "sse", "url": "https://a.example"}"#, "give it a `command`"),
        (r#"{"url": "http://a.example/mcp"}"#, "begins with `https://`"),
        (r#"{"url": "https://me:pw@a.example/mcp"}"#, "name or password"),
        (r#"{"url": "file:///etc/passwd"}"#, "begins with `https://`"),
        (r#"{"command": "x", "args": ["${NOWHERE}"]}"#, "`NOWHERE` is not set"),
        (r#"{"command": "x", "args": ["${TOKEN"]}"#, "not closed"),
        (r#"{"command": "x", "headers": {"a": "b"}}"#, "no `headers`"),
        (r#"{"url": "https://a.example", "headers": {"a b": "c"}}"#, "is none"),
        (r#"{"url": "https://a.example", "headers": {"a": "c\n"}}"#, "is no text"),
        (r#"{"command": "x", "timeout_secs": 0}"#, "1 to 600"),
        (r#"{"command": "x", "tools": ["a b"]}"#, "no name of a tool"),
        (r#"{"command": "x", "users": ["A B"]}"#, "`users`"),
        (r#"{"command": "x", "shell": true}"#, "unknown field `shell`"),
    ] {
        let text = format!(r#"{{"mcpServers": {{"a": {server}}}}}"#);
        let error = check(&text).expect_err(server);
        assert!(error.contains(reason), "{server}: {error}");
        assert!(!error.contains("s3cr3t"), "{error}");
    }
    assert!(check(r#"{"mcpServers": {"../a": {"command": "x"}}}"#).is_err());
    assert!(check(r#"{"servers": {}}"#).is_err());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_write_starts_nothing() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let folder = tempfile::TempDir::new().expect("there is room for a folder");
    let file = folder.path().join(FILE);
    assert!(read(&file, &variable).expect("there is none").is_empty());
    fs::write(&file, r#"{"mcpServers": {"a": {"command": "x"}}}"#).expect("it can be written");
    let allow =
        |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is ours");
    for (mode, want) in [(0o600, true), (0o644, true), (0o664, false), (0o602, false)] {
        allow(mode);
        assert_eq!(read(&file, &variable).is_ok(), want, "{mode:o}");
    }
    allow(0o600);
    let link = folder.path().join("link.json");
    std::os::unix::fs::symlink(&file, &link).expect("the name is free");
    assert!(matches!(read(&link, &variable), Err(SettingsError::Unsafe { .. })));
}
