//! What somebody pushes is hostile until it was looked at: it is taken as data, or refused with a reason.

mod packs;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use llmos_core::{
    diagnostic::{Diagnostic, Position},
    exchange::{Exchange, Judge, Protocol, Push, Refusal, Service},
    proposal::PushedRef,
    store::{Author, Store},
    volume::VolumePath,
};
use llmos_testkit::store::{put, text};

use crate::folder::{Volumes, ana, git, git_output};

/// Refuses what says that it is broken.
struct Strict;

impl Judge for Strict {
    fn looks_at(&self, path: &VolumePath) -> bool {
        path.as_str().starts_with("skills/")
    }

    fn check(&self, _path: &VolumePath, content: &[u8]) -> Vec<Diagnostic> {
        let is_broken = content.starts_with(b"broken");
        let found = Diagnostic::error("broken", Position { line: 3, column: 5 }, "it is broken");
        if is_broken { vec![found.with_hint("mend it")] } else { Vec::new() }
    }

    fn refuses(&self, pushed: PushedRef<'_>) -> Option<Refusal> {
        let is_closed = pushed.name.starts_with("refs/heads/closed/");
        is_closed.then(|| Refusal { reason: "it is closed".into(), hint: "knock".into() })
    }

    fn refuses_message(&self, message: &str) -> Option<Refusal> {
        let is_lie = message.contains("lie");
        is_lie.then(|| Refusal { reason: "it is a lie".into(), hint: "be honest".into() })
    }
}

/// Ana's volume with one file, and a repository in which somebody prepares a push.
struct Attack {
    volumes: Volumes,
    main: String,
}

impl Attack {
    fn new() -> Self {
        let volumes = Volumes::new();
        put(&*volumes, "user/ana", &[("a.md", "one")]);
        let main = volumes.git(&["rev-parse", "main"]);
        let path = volumes.outside().join("theirs");
        fs::create_dir(&path).expect("the test can do so");
        git(&path, &["init", "--quiet", "-b", "main"]);
        git(
            &path,
            &["fetch", "--quiet", volumes.ana().to_str().expect("the test can do so"), "main"],
        );
        Self { volumes, main }
    }

    fn theirs(&self) -> PathBuf {
        self.volumes.outside().join("theirs")
    }

    fn blob(&self, content: &[u8]) -> String {
        self.object(&["hash-object", "-w", "--stdin"], content)
    }

    fn object(&self, arguments: &[&str], input: &[u8]) -> String {
        let made = git_output(&self.theirs(), arguments, input);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).expect("the test can do so").trim().to_owned()
    }

    /// The content of an object.
    fn raw(&self, kind: &str, id: &str) -> Vec<u8> {
        git_output(&self.theirs(), &["cat-file", kind, id], b"").stdout
    }

    fn tree(&self, entries: &[(&str, &str, &[u8])]) -> String {
        let mut input = Vec::new();
        for (mode, id, name) in entries {
            let kind = match *mode {
                "040000" => "tree",
                "160000" => "commit",
                _ => "blob",
            };
            input.extend_from_slice(format!("{mode} {kind} {id}\t").as_bytes());
            input.extend_from_slice(name);
            input.push(0);
        }
        self.object(&["mktree", "-z", "--missing"], &input)
    }

    fn commit(&self, tree: &str) -> String {
        git(&self.theirs(), &["commit-tree", "-p", &self.main, "-m", "theirs", tree])
    }

    /// A commit whose tree holds one more name, of this mode.
    fn named(&self, mode: &str, id: &str, name: &[u8]) -> String {
        let one = self.blob(b"one");
        let mut entries = vec![("100644", one.as_str(), &b"a.md"[..]), (mode, id, name)];
        entries.sort_by(|a, b| a.2.cmp(b.2));
        self.commit(&self.tree(&entries))
    }

    /// A pack of what `commit` brings.
    fn pack(&self, commit: &str) -> Vec<u8> {
        let input = format!("{commit}\n^{}\n", self.main);
        let arguments = ["pack-objects", "--revs", "--stdout", "--thin", "--missing=allow-any"];
        let made = git_output(&self.theirs(), &arguments, input.as_bytes());
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        made.stdout
    }

    /// Pushes, and returns everything that the client hears.
    fn push(&self, name: &str, old: &str, new: &str, pack: &[u8]) -> String {
        let line = format!("{old} {new} {name}\0report-status side-band-64k");
        let mut request = format!("{:04x}{line}0000", line.len() + 4).into_bytes();
        request.extend_from_slice(pack);
        let push = Push {
            pusher: Author { name: "mallory".into(), email: "mallory@llmos.local".into() },
            time: "2026-11-20T15:30:00Z".parse().expect("the test can do so"),
            judge: &Strict,
        };
        match self.volumes.push(&ana(), &push, &mut request.as_slice()) {
            Ok(answer) => String::from_utf8_lossy(&answer).into_owned(),
            Err(err) => format!("refused: {err}"),
        }
    }

    fn push_main(&self, commit: &str) -> String {
        self.push("refs/heads/main", &self.main, commit, &self.pack(commit))
    }

    /// Nothing was taken, nothing was run, and nothing is left.
    #[track_caller]
    fn assert_unharmed(&self, name: &str) {
        assert_eq!(self.volumes.git(&["rev-parse", "main"]), self.main, "{name}");
        assert_eq!(self.volumes.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
        assert_eq!(names(&self.volumes.ana()), [".git", "a.md", "metadata.json"], "{name}");
        let all = names(&self.volumes.outside().join("volumes"));
        let known = [".llmos-lite-secret", ".llmos-lite-wire", "users"];
        assert_eq!(all, known, "{name}");
        let desks = names(&self.volumes.outside().join("volumes/.llmos-lite-wire"));
        assert!(desks.is_empty(), "{name}: {desks:?}");
        assert!(!self.volumes.outside().join("ran").exists(), "{name}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder).expect("the test can do so");
    let found = found.map(|entry| {
        entry.expect("the test can do so").file_name().into_string().expect("the test can do so")
    });
    found.collect::<BTreeSet<_>>().into_iter().collect()
}

const NONE: &str = "0000000000000000000000000000000000000000";

/// Every name that leads elsewhere on some system, and why it is refused.
#[test]
fn names_that_lead_elsewhere_are_refused() {
    let attack = Attack::new();
    let blob = attack.blob(b"x");
    let folder = attack.tree(&[("100644", &blob, b"config"), ("100755", &blob, b"hooks")]);
    let long = "a".repeat(500);
    let unsafe_name = "is not allowed";
    let table: &[(&str, &str, &[u8], &str)] = &[
        ("120000", &blob, b"link.md", "link.md: is a symbolic link"),
        ("120000", &blob, b".gitmodules", "is a symbolic link"),
        ("160000", &attack.main, b"module", "module: is a submodule"),
        ("040000", &folder, b".git", unsafe_name),
        ("040000", &folder, b".GIT", unsafe_name),
        ("040000", &folder, b".giT", unsafe_name),
        ("040000", &folder, b".git ", unsafe_name),
        ("040000", &folder, b".git.", unsafe_name),
        ("040000", &folder, b".git...", unsafe_name),
        ("040000", &folder, b".git::$INDEX_ALLOCATION", unsafe_name),
        ("040000", &folder, b"git~1", unsafe_name),
        ("040000", &folder, b"GIT~2", unsafe_name),
        ("040000", &folder, ".g\u{200c}it".as_bytes(), unsafe_name),
        ("040000", &folder, ".gi\u{feff}t".as_bytes(), unsafe_name),
        ("040000", &folder, "\u{202e}.git".as_bytes(), unsafe_name),
        ("040000", &folder, ".git\u{206a}".as_bytes(), unsafe_name),
        ("040000", &folder, b"..", unsafe_name),
        ("040000", &folder, b".", unsafe_name),
        ("100644", &blob, b"a\\..\\..\\b", unsafe_name),
        ("100644", &blob, b"c:evil", unsafe_name),
        ("100644", &blob, b"what?.md", unsafe_name),
        ("100644", &blob, b"tab\there", unsafe_name),
        ("100644", &blob, b"line\nhere", unsafe_name),
        ("100644", &blob, b"esc\x1b[31m", unsafe_name),
        ("100644", &blob, b"dot.", unsafe_name),
        ("100644", &blob, b"blank ", unsafe_name),
        ("100644", &blob, b"aux.md", "is the name of a device on Windows"),
        ("040000", &folder, b"NUL", "is the name of a device on Windows"),
        ("100644", &blob, b"\xff\xfe.md", "its name is no text"),
        ("100644", &blob, b"A.MD", "A.MD: differs from `a.md` in case only"),
        ("100644", &blob, long.as_bytes(), "the path has 500 bytes"),
    ];
    for (mode, id, name, reason) in table {
        let shown = String::from_utf8_lossy(name);
        let said = attack.push_main(&attack.named(mode, id, name));
        assert!(said.contains(reason), "{shown}: {said}");
        assert!(said.contains("ng refs/heads/main"), "{shown}: {said}");
        assert!(!said.contains('\u{1b}'), "{shown}: {said}");
        attack.assert_unharmed(&shown);
    }
    // The same in a commit that the newest one has undone.
    let link = attack.named("120000", &blob, b"link.md");
    let undone = git(
        &attack.theirs(),
        &["commit-tree", "-p", &link, "-m", "undone", &format!("{}^{{tree}}", attack.main)],
    );
    let said = attack.push_main(&undone);
    assert!(said.contains("link.md: is a symbolic link"), "{said}");
    attack.assert_unharmed("undone");
}

/// Ten names in each of twelve folders: few objects, and a million million paths.
#[test]
fn a_tree_of_a_million_million_paths_is_refused() {
    let attack = Attack::new();
    let blob = attack.blob(b"x");
    let mut mode = "100644";
    let mut id = blob;
    for _ in 0..12 {
        let names: Vec<String> = (0..10).map(|n| format!("n{n}")).collect();
        let entries: Vec<_> =
            names.iter().map(|name| (mode, id.as_str(), name.as_bytes())).collect();
        (id, mode) = (attack.tree(&entries), "040000");
    }
    let said = attack.push_main(&attack.commit(&id));
    assert!(said.contains("more than"), "{said}");
    attack.assert_unharmed("tree");
}

#[test]
fn refs_that_lead_elsewhere_are_refused() {
    let attack = Attack::new();
    let commit = attack.named("100644", &attack.blob(b"x"), b"x.md");
    let pack = attack.pack(&commit);
    let bad = [
        "HEAD",
        "refs/heads/../../config",
        "refs/heads/../../../../../x",
        "refs/llmos-lite/recovered-1",
        "refs/remotes/origin/main",
        "refs/replace/1111111111111111111111111111111111111111",
        "refs/notes/x",
        "refs/heads/a.lock",
        "refs/heads/.git/hooks/x",
        "refs/heads/nul",
        "refs/heads/a\\b",
        "refs/heads/@{-1}",
        "refs/heads/x\u{7f}",
    ];
    for name in bad {
        let said = attack.push(name, NONE, &commit, &pack);
        assert!(said.contains(&format!("ng {name}")), "{name}: {said}");
        attack.assert_unharmed(name);
    }
    let blob = attack.blob(b"x");
    for (name, new) in [("refs/heads/x", &blob), ("refs/tags/x", &blob)] {
        let said = attack.push(name, NONE, new, &attack.pack(&commit));
        assert!(said.contains("it names no commit"), "{name}: {said}");
        attack.assert_unharmed(name);
    }
    for nonsense in [&b""[..], b"0000", b"zzzz", b"0009abcde", b"ffffx", b"003cshallow"] {
        let push = Push {
            pusher: Author { name: "m".into(), email: "m".into() },
            time: "2026-11-20T15:30:00Z".parse().expect("the test can do so"),
            judge: &Strict,
        };
        let mut request = nonsense;
        let _ = attack.volumes.push(&ana(), &push, &mut request);
        attack.assert_unharmed("nonsense");
    }
}

/// Files that mean something to `git` elsewhere are files like others here.
#[test]
fn settings_that_come_with_a_push_are_plain_files() {
    let attack = Attack::new();
    let attributes = attack.blob(b"* filter=evil text eol=crlf diff=evil merge=evil ident\n");
    let lines = attack.blob(b"$Id$\r\nline\n");
    let tree = attack.tree(&[
        ("100644", &attributes, b".gitattributes"),
        ("100644", &attributes, b".lfsconfig"),
        ("100644", &lines, b"a.md"),
        ("100755", &lines, b"post-receive"),
    ]);
    let said = attack.push_main(&attack.commit(&tree));
    assert!(said.contains("ok refs/heads/main"), "{said}");
    assert_eq!(text(&*attack.volumes, "user/ana", "a.md").as_deref(), Some("$Id$\r\nline\n"));
    assert_eq!(
        fs::read(attack.volumes.ana().join("a.md")).expect("the test can do so"),
        b"$Id$\r\nline\n"
    );
    let said = attack.volumes.git(&["fsck", "--full", "--strict"]);
    assert_eq!(said, "");
}

#[test]
fn a_file_that_is_broken_is_refused_with_its_line() {
    let attack = Attack::new();
    let (good, bad) = (attack.blob(b"good"), attack.blob(b"broken"));
    let skills = attack.tree(&[("100644", &bad, b"b.md"), ("100644", &good, b"g.md")]);
    let commit = attack.commit(&attack.tree(&[("040000", &skills, b"skills")]));
    for name in ["refs/heads/main", "refs/heads/try"] {
        let old = if name.ends_with("main") { attack.main.as_str() } else { NONE };
        let said = attack.push(name, old, &commit, &attack.pack(&commit));
        assert!(said.contains("skills/b.md:3:5: error: it is broken [broken]\n"), "{said}");
        assert!(said.contains("  hint: mend it\n"), "{said}");
        assert!(said.contains(&format!("ng {name} 1 error, see above\n")), "{said}");
        attack.assert_unharmed(name);
    }
}

/// A volume that somebody handed over: what its `.git` says is not obeyed by a push or a fetch.
#[test]
fn nothing_of_a_volume_is_run_by_a_push_or_a_fetch() {
    let attack = Attack::new();
    let (folder, outside) = (attack.volumes.ana(), attack.volumes.outside().to_owned());
    let evil = outside.join("evil");
    let ran = outside.join("ran");
    fs::write(&evil, format!("#!/bin/sh\necho \"$0\" >> '{}'\ncat\n", ran.display()))
        .expect("the test can do so");
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).expect("the test can do so");
    let hooks = folder.join(".git/hooks");
    fs::create_dir_all(&hooks).expect("the test can do so");
    for hook in [
        "pre-receive",
        "update",
        "post-receive",
        "post-update",
        "proc-receive",
        "push-to-checkout",
        "reference-transaction",
        "post-checkout",
        "post-merge",
        "post-index-change",
        "fsmonitor-watchman",
        "pre-auto-gc",
        "post-rewrite",
        "pre-push",
    ] {
        fs::copy(&evil, hooks.join(hook)).expect("the test can do so");
    }
    let evil = evil.display();
    let sections = format!(
        "[core]\n\tfsmonitor = {evil}\n\tsshCommand = {evil}\n\taskPass = {evil}\n\
         \talternateRefsCommand = {evil}\n\tgitProxy = {evil}\n\thooksPath = {}\n\
         [uploadpack]\n\tpackObjectsHook = {evil}\n[receive]\n\tdenyCurrentBranch = ignore\n\
         \tprocReceiveRefs = refs\n[filter \"evil\"]\n\tclean = {evil}\n\tsmudge = {evil}\n\
         \tprocess = {evil}\n[gpg]\n\tprogram = {evil}\n[credential]\n\thelper = {evil}\n\
         [alias]\n\tupload-pack = !{evil}\n[transfer]\n\tcredentialsInUrl = allow\n\
         [includeIf \"gitdir:/\"]\n\tpath = {evil}\n",
        hooks.display()
    );
    let config = folder.join(".git/config");
    let honest = fs::read_to_string(&config).expect("the test can do so");
    fs::write(&config, honest + &sections).expect("the test can do so");

    let store = llmos_volumes::GitStore::open(outside.join("volumes"));
    for protocol in [Protocol::V0, Protocol::V1, Protocol::V2] {
        store.advertise(&ana(), Service::Fetch, protocol).expect("the test can do so");
    }
    let wish = format!("want {}\n", attack.main);
    let request = format!("{:04x}{wish}00000009done\n", wish.len() + 4);
    let mut answer = Vec::new();
    store.fetch(&ana(), Protocol::V0, request.as_bytes(), &mut answer).expect("the test can do so");
    assert!(answer.windows(4).any(|bytes| bytes == b"PACK"), "{answer:?}");
    let said = attack.push_main(&attack.named("100644", &attack.blob(b"x"), b"x.md"));
    assert!(said.contains("ok refs/heads/main"), "{said}");
    assert!(folder.join("x.md").is_file());
    assert!(!ran.exists(), "ran: {}", fs::read_to_string(&ran).unwrap_or_default());
}

/// Objects that lie in somebody else's repository would show what is theirs.
#[test]
fn a_volume_that_borrows_objects_is_refused() {
    for name in ["alternates", "http-alternates"] {
        let attack = Attack::new();
        let info = attack.volumes.ana().join(".git/objects/info");
        fs::create_dir_all(&info).expect("the test can do so");
        fs::write(info.join(name), format!("{}\n", attack.theirs().join(".git/objects").display()))
            .expect("the test can do so");
        let store = llmos_volumes::GitStore::open(attack.volumes.outside().join("volumes"));
        let got = store.head(&ana()).map_err(|err| err.to_string());
        let said = got.expect_err("it borrows");
        assert!(said.contains("borrows objects from elsewhere"), "{said}");
        assert!(store.advertise(&ana(), Service::Fetch, Protocol::V2).is_err());
    }
}
