//! Which crate may depend on which. Arrows point inward: a crate knows those
//! nearer to the domain and no others.

use super::{Member, Workspace};

/// For each crate, the crates of this workspace that it may know.
///
/// What only tests need is not looked at.
const ARROWS: [(&str, &[&str]); 18] = [
    ("llmos-core", &[]),
    ("llmos-api", &["llmos-core"]),
    ("llmos-volumes", &["llmos-core"]),
    ("llmos-members", &["llmos-core"]),
    ("llmos-store", &["llmos-core"]),
    ("llmos-headless", &["llmos-core", "llmos-api"]),
    ("llmos-blobs", &["llmos-core"]),
    ("llmos-mcp-client", &["llmos-core"]),
    ("llmos-llm", &["llmos-core"]),
    ("llmos-packages", &[]),
    ("llmos-workbench", &["llmos-core", "llmos-api"]),
    ("llmos-mcp", &["llmos-core", "llmos-api", "llmos-workbench"]),
    ("llmos-server", &["llmos-core", "llmos-api", "llmos-workbench", "llmos-mcp"]),
    (
        "llmos-cli",
        &[
            "llmos-core",
            "llmos-api",
            "llmos-blobs",
            "llmos-volumes",
            "llmos-members",
            "llmos-store",
            "llmos-headless",
            "llmos-llm",
            "llmos-mcp",
            "llmos-mcp-client",
            "llmos-packages",
            "llmos-workbench",
            "llmos-server",
        ],
    ),
    ("llmos-wasm", &["llmos-core", "llmos-api"]),
    ("llmos-testkit", &["llmos-core", "llmos-api"]),
    (
        "llmos-bench",
        &[
            "llmos-core",
            "llmos-api",
            "llmos-llm",
            "llmos-testkit",
            "llmos-volumes",
            "llmos-workbench",
        ],
    ),
    ("xtask", &[]),
];

/// What the pure crates must not know, however useful: each of these is a door
/// to the outside.
const OUTSIDE: [&str; 9] =
    ["axum", "gix", "reqwest", "sqlx", "tokio", "tower", "tower-http", "tracing", "rand"];
const PURE: [&str; 3] = ["llmos-core", "llmos-api", "llmos-wasm"];

/// Every arrow that is not allowed, with what is.
pub(super) fn offences(workspace: &Workspace) -> Vec<String> {
    let names: Vec<&str> = workspace.crates.iter().map(|member| member.name.as_str()).collect();
    workspace.crates.iter().flat_map(|member| of(member, &names)).collect()
}

fn of(member: &Member, names: &[&str]) -> Vec<String> {
    let Member { name, folder, needs } = member;
    let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
        return vec![format!(
            "`{folder}` is no crate that the arrows know; name it in `xtask/src/tidy/arrows.rs`"
        )];
    };
    let inner = needs.iter().filter(|needed| names.contains(&needed.as_str()));
    let inner = inner.filter(|needed| !allowed.contains(&needed.as_str())).map(|needed| {
        let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
        format!("{name} -> {needed} is not allowed; of this workspace it may know: {allowed}")
    });
    let outside = needs
        .iter()
        .filter(|needed| PURE.contains(&name.as_str()) && OUTSIDE.contains(&needed.as_str()));
    let outside = outside.map(|needed| format!("{name} -> {needed} is not allowed: it is pure"));
    inner.chain(outside).collect()
}
