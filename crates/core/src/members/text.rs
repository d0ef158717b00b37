//! The file of members: read with findings that have a place, and printed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Members, MembersCheck, Team, User};
use crate::{
    access::TeamRole,
    register::{self, line, list, only},
    skill::report::Report,
    slug::Slug,
    yaml::{self, Node},
};

/// Reads the file.
pub fn parse(bytes: &[u8]) -> MembersCheck {
    let hint = "begin it with a line `---`, `users:` and `teams:`, and another line `---`";
    let (members, diagnostics) = register::read(bytes, &["users", "teams"], hint, read);
    MembersCheck { members, diagnostics }
}

fn read(root: &Node, report: &mut Report<'_>) -> Members {
    let mut members = Members::default();
    for (id, node) in list(root, "users", "id", report) {
        only(node, &["id", "name", "email", "role"], report);
        let role = role(node, &["user", "system_admin"], report);
        let user = User {
            name: line(node, "name", report),
            email: line(node, "email", report),
            system_admin: role == Some("system_admin"),
        };
        members.users.insert(id, user);
    }
    for (id, node) in list(root, "teams", "id", report) {
        only(node, &["id", "name", "members"], report);
        let mut team = Team { name: line(node, "name", report), members: BTreeMap::new() };
        for (user, node) in list(node, "members", "user", report) {
            only(node, &["user", "role"], report);
            if !members.users.contains_key(&user) {
                let message = format!("`{user}` of team `{id}` is no user");
                let hint = "add them to `users`, or take them out of the team";
                report.error("unknown-user", node.span.start, message, hint);
            }
            let role = match role(node, &["user", "team_admin"], report) {
                Some("team_admin") => TeamRole::Admin,
                _ => TeamRole::Member,
            };
            team.members.insert(user, role);
        }
        members.teams.insert(id, team);
    }
    members
}

/// Reads a role; no role at all is the first of those that may be given.
fn role(node: &Node, known: &[&'static str], report: &mut Report<'_>) -> Option<&'static str> {
    let Some(value) = node.get("role") else { return known.first().copied() };
    let found = known.iter().find(|known| value.text() == Some(**known));
    if found.is_none() {
        let hint = format!("write one of {}", known.join(", "));
        report.error("unknown-role", value.span.start, "there is no such role here", hint);
    }
    found.copied()
}

/// Prints the file; [`parse`] reads it back.
pub fn print(members: &Members) -> String {
    let users = members.users.iter().map(|(id, user)| {
        let mut item = Map::from_iter([("id".to_owned(), json!(id.as_str()))]);
        let said = [("name", &user.name), ("email", &user.email)];
        for (key, value) in said.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)))
        {
            item.insert(key.to_owned(), Value::String(value));
        }
        item.insert(
            "role".to_owned(),
            json!(if user.system_admin { "system_admin" } else { "user" }),
        );
        Value::Object(item)
    });
    let teams = members.teams.iter().map(|(id, team)| {
        let mut item = Map::from_iter([("id".to_owned(), json!(id.as_str()))]);
        if let Some(name) = &team.name {
            item.insert("name".to_owned(), json!(name));
        }
        let member = |(user, role): (&Slug, &TeamRole)| json!({"user": user.as_str(), "role": role.as_str()});
        item.insert("members".to_owned(), team.members.iter().map(member).collect());
        Value::Object(item)
    });
    let front = Map::from_iter([
        ("users".to_owned(), users.collect::<Value>()),
        ("teams".to_owned(), teams.collect::<Value>()),
    ]);
    format!("---\n{}---\n\n{}", yaml::print(&front), summary(members))
}

/// What stands below the front matter, for people.
fn summary(members: &Members) -> String {
    let mut text = "# Members\n\nWho exists here, and who is what in which team. What counts is the list above; \
        `llmos user` and `llmos team` change it, and write this text anew.\n"
        .to_owned();
    for (id, team) in &members.teams {
        let roles = team.members.iter().map(|(user, role)| match role {
            TeamRole::Admin => format!("{user} (admin)"),
            TeamRole::Member => user.to_string(),
        });
        let roles: Vec<_> = roles.collect();
        text.push_str(&format!("\n- team `{id}`: {}\n", roles.join(", ")));
    }
    text
}
