//! Which model a person talks with, and that a key stays where it belongs.

use std::{fs, path::Path};

use llmos_core::{
    model::{KeyChange, Models, Provider, SettingsChange, SettingsError, SettingsSource},
    slug::Slug,
};
use llmos_llm::model::{Environment, HttpModels, Patience};

use crate::support::{Reply, Service};

const KEY: &str = "sk-planted-0123456789abcdef";

fn models(root: &Path, variables: &'static [(&'static str, &'static str)]) -> HttpModels {
    let environment = Environment::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    });
    // Nobody listens at port 9.
    HttpModels::new(root, None, environment, Patience::default())
        .looking_at("http://127.0.0.1:9/v1".to_owned())
}

fn user(name: &str) -> Slug {
    name.parse().expect("because it is a slug")
}

fn change(key: KeyChange) -> SettingsChange {
    SettingsChange { provider: Provider::Anthropic, url: None, model: "m".to_owned(), key }
}

#[test]
fn without_anything_no_model_is_connected() {
    let root = tempfile::tempdir().unwrap();
    let models = models(root.path(), &[]);
    assert!(models.model_of(&user("ana")).unwrap().is_none());
    assert_eq!(models.settings_of(&user("ana")).unwrap().source, None);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "asking leaves nothing behind");
}

#[test]
fn a_persons_choice_comes_before_the_environment_and_is_theirs_alone() {
    let root = tempfile::tempdir().unwrap();
    let models = models(root.path(), &[("OPENAI_API_KEY", "sk-of-the-server-0123456789")]);
    models.set(&user("ana"), change(KeyChange::Set(KEY.to_owned()))).unwrap();
    let ana = models.settings_of(&user("ana")).unwrap();
    assert_eq!(
        (ana.source, ana.provider, ana.key_ends_in.as_deref(), ana.has_key),
        (Some(SettingsSource::Person), Some(Provider::Anthropic), Some("cdef"), true)
    );
    let ben = models.settings_of(&user("ben")).unwrap();
    assert_eq!(
        (ben.source, ben.provider, ben.key_ends_in.as_deref()),
        (Some(SettingsSource::Environment), Some(Provider::Openai), Some("6789"))
    );
    models.clear(&user("ana")).unwrap();
    assert_eq!(models.settings_of(&user("ana")).unwrap().provider, Some(Provider::Openai));
}

#[test]
fn a_kept_key_goes_to_no_other_address() {
    let root = tempfile::tempdir().unwrap();
    let models = models(root.path(), &[]);
    models.set(&user("ana"), change(KeyChange::Set(KEY.to_owned()))).unwrap();
    let elsewhere = SettingsChange {
        url: Some("https://elsewhere.example".to_owned()),
        ..change(KeyChange::Keep)
    };
    let refused = models.set(&user("ana"), elsewhere);
    assert!(matches!(refused, Err(SettingsError::Bad { field: "key", .. })), "{refused:?}");
    models.set(&user("ana"), change(KeyChange::Keep)).unwrap();
    assert!(models.settings_of(&user("ana")).unwrap().has_key);
    // Nor does somebody who can write the file, but cannot read the master key, send it there.
    let file = root.path().join(".llmos-lite-models/ana.json");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replacen("\"model\"", "\"url\": \"https://elsewhere.example\", \"model\"", 1);
    fs::write(&file, text).unwrap();
    let opened = models.model_of(&user("ana"));
    assert!(matches!(opened, Err(SettingsError::Sealed { .. })));
    assert!(models.settings_of(&user("ana")).unwrap().has_key, "it can still be seen and mended");
}

#[test]
fn no_file_holds_the_key_and_only_the_owner_may_read_them() {
    let root = tempfile::tempdir().unwrap();
    let models = models(root.path(), &[]);
    models.set(&user("ana"), change(KeyChange::Set(KEY.to_owned()))).unwrap();
    let mut files = vec![root.path().to_owned()];
    let mut n = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        n += 1;
        let bytes = fs::read(&path).unwrap();
        let planted = |part: &str| bytes.windows(part.len()).any(|at| at == part.as_bytes());
        assert!(!planted("planted") && !planted("0123456789"), "{path:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{path:?}"
            );
        }
    }
    assert_eq!(n, 2, "the settings and the master key");
}

#[tokio::test]
async fn a_model_on_this_machine_is_found_by_itself() {
    let list = r#"{"object":"list","data":[{"id":"llama3.2:latest","object":"model"}]}"#;
    let service = Service::start(vec![Reply::refusal("200 OK", list)]).await;
    let root = tempfile::tempdir().unwrap();
    let models =
        HttpModels::new(root.path(), None, Environment::read(|_| None), Patience::default())
            .looking_at(format!("{}/v1", service.url));
    let found = tokio::task::spawn_blocking(move || models.settings_of(&user("ana"))).await;
    let found = found.unwrap().unwrap();
    assert_eq!(
        (found.source, found.model.as_deref()),
        (Some(SettingsSource::Found), Some("llama3.2:latest"))
    );
    assert!(service.asked()[0].starts_with("GET /v1/models HTTP/1.1"), "{:?}", service.asked());
}
