//! Looking after what is there.

use llmos_packages::{CacheError, Pruned, RemoveError, prune, remove, verify};

use crate::server::{Upstream, hash};

#[tokio::test]
async fn removing_takes_along_what_nobody_else_needs() {
    let upstream = Upstream::start().await;
    upstream.offer("app", "1.0", &["lib", "tool"]);
    upstream.offer("lib", "1.0", &[]);
    upstream.offer("tool", "1.0", &[]);
    upstream.add(&["app", "tool"]).await.unwrap();
    let cache = upstream.cache();
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();

    let error = remove(&cache, &names(&["lib"]), &|_| {}).await.unwrap_err();
    assert!(matches!(&error, RemoveError::Needed { by, .. } if by == &["app"]), "{error}");
    assert_eq!(error.hint(), "remove them together: `llmos packages remove app lib`");
    let error = remove(&cache, &names(&["other"]), &|_| {}).await.unwrap_err();
    assert!(matches!(error, RemoveError::NotThere { .. }));

    assert_eq!(remove(&cache, &names(&["app"]), &|_| {}).await.unwrap(), ["app", "lib"]);
    assert_eq!(cache.lock().unwrap().packages.keys().collect::<Vec<_>>(), ["tool"]);
    let pruned = prune(&cache, &|_| {}).await.unwrap();
    assert_eq!(pruned.n_files, 2);
    assert_eq!(prune(&cache, &|_| {}).await.unwrap(), Pruned::default());
    upstream.is_sound();
}

#[tokio::test]
async fn what_is_not_what_was_kept_is_found_and_never_handed_out() {
    let upstream = Upstream::start().await;
    let app = upstream.offer("app", "1.0", &["lib"]);
    let lib = upstream.offer("lib", "1.0", &[]);
    upstream.add(&["app"]).await.unwrap();
    let cache = upstream.cache();
    assert!(verify(&cache).unwrap().iter().all(|finding| finding.problem.is_none()));

    let file = cache.root().join("files").join(&app.sha256);
    let mut content = std::fs::read(&file).unwrap();
    content[100] ^= 1;
    std::fs::write(&file, &content).unwrap();
    std::fs::remove_file(cache.root().join("files").join(&lib.sha256)).unwrap();

    let problems: Vec<String> =
        verify(&cache).unwrap().into_iter().filter_map(|found| found.problem).collect();
    assert_eq!(problems.len(), 2);
    assert!(problems[0].contains(&hash(&content)), "{problems:?}");
    assert!(matches!(cache.read("app", &app.sha256), Err(CacheError::Changed { .. })));
    assert!(matches!(cache.read("lib", &lib.sha256), Err(CacheError::Gone { .. })));
    assert!(matches!(cache.read("x", "../lock.json"), Err(CacheError::Gone { .. })));
}
