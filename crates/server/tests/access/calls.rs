//! Calls of every route that there is: taken from the description of the API, so that a new route is tried as soon as
//! it exists.

use std::collections::BTreeSet;

use axum::http::Method;
use llmos_core::blob::BlobHash;
use serde_json::{Map, Value, json};

use crate::{
    chance::Chance,
    world::{HIDDEN, SKILLS, TEAMS, TRACE, USERS, VALUE, VOLUMES, World, marker, skill},
};

/// A call of the HTTP door.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) body: Option<Value>,
    /// The path as the description has it.
    pub(crate) route: String,
    pub(crate) user: String,
    /// The teams that the call names.
    pub(crate) teams: BTreeSet<String>,
}

/// All routes, as the description has them.
pub(crate) struct Routes {
    api: Value,
    all: Vec<(Method, String)>,
}

/// Routes that change nothing and read no volume, and take too long to be tried a hundred thousand times.
const LEFT_OUT: [&str; 2] = ["/packages", "/workflows/python"];

impl Routes {
    pub(crate) fn read() -> Self {
        let api = serde_json::to_value(llmos_server::openapi()).expect("it is plain data");
        let mut all = Vec::new();
        for (path, methods) in api["paths"].as_object().expect("there are paths") {
            if LEFT_OUT.iter().any(|left_out| path.starts_with(left_out)) {
                continue;
            }
            for method in methods.as_object().expect("there are methods").keys() {
                let method = method.to_uppercase().parse().expect("it is a method");
                all.push((method, path.clone()));
            }
        }
        // What changes something is what this is about.
        let writing = all.iter().filter(|(method, _)| *method != Method::GET).cloned();
        let writing: Vec<_> = writing.collect();
        all.extend(writing);
        Self { api, all }
    }

    /// Makes up a call.
    pub(crate) fn call(&self, chance: &mut Chance, world: &World) -> Call {
        let (method, route) = chance.of(&self.all).clone();
        let operation = &self.api["paths"][&route][method.as_str().to_lowercase()];
        let user = chance.of(&USERS).to_string();
        let mut teams = BTreeSet::new();
        let mut path = route.clone();
        let about = (!world.proposals.is_empty()).then(|| chance.of(&world.proposals).clone());
        let about = about.filter(|_| route.starts_with("/proposals/") && chance.percent(80));
        let mut query = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().expect("it has a name");
            let value = match (&about, name) {
                (Some((volume, _)), "volume") => volume.clone(),
                (Some((_, id)), "id") => id.clone(),
                (_, "id") if route.starts_with("/sessions/") && chance.percent(90) => {
                    chance.of(&world.sessions).clone()
                }
                _ => text(name, chance, world),
            };
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
                Some("query") if name == "user_id" => {
                    query.push(("user_id".to_owned(), user.clone()));
                }
                Some("query") if chance.percent(55) => {
                    note_team(name, &value, &mut teams);
                    query.push((name.to_owned(), value));
                }
                _ => {}
            }
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = (!schema.is_null()).then(|| {
            let mut body = self.object(schema, chance, world, &mut teams);
            body.insert("user_id".to_owned(), json!(user));
            if let (Some((volume, _)), true) = (&about, body.contains_key("volume")) {
                note_team("volume", volume, &mut teams);
                body.insert("volume".to_owned(), json!(volume));
            }
            Value::Object(body)
        });
        let query: Vec<String> = query
            .into_iter()
            .map(|(name, value)| {
                format!("{name}={}", value.replace(' ', "%20").replace('/', "%2F"))
            })
            .collect();
        let uri = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        Call { method, uri, body, route, user, teams }
    }

    fn object(
        &self,
        schema: &Value,
        chance: &mut Chance,
        world: &World,
        teams: &mut BTreeSet<String>,
    ) -> Map<String, Value> {
        let schema = self.resolved(schema);
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if name == "user_id" || !chance.percent(70) {
                continue;
            }
            let kinds = property["type"].clone();
            let is = |kind: &str| {
                kinds == kind || kinds.as_array().is_some_and(|all| all.contains(&json!(kind)))
            };
            let value = match name.as_str() {
                "workflow" => workflow(chance),
                "run" => run(chance),
                "keywords" | "tags" => json!(["a", "b"]),
                "role" => json!("user"),
                _ if is("boolean") => json!(chance.percent(60)),
                _ if is("integer") || is("number") => json!(chance.below(20)),
                _ if is("string") => {
                    let value = text(name, chance, world);
                    note_team(name, &value, teams);
                    json!(value)
                }
                _ => continue,
            };
            object.insert(name.clone(), value);
        }
        object
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            Some(name) => &self.api["components"]["schemas"][name],
            None => schema,
        }
    }
}

/// Whoever names a team, or its volume, names the team.
fn note_team(name: &str, value: &str, teams: &mut BTreeSet<String>) {
    if name == "team_id" {
        teams.insert(value.to_owned());
    }
    if let Some(team) = value.strip_prefix("team/") {
        teams.insert(team.to_owned());
    }
}

/// Makes up a text for a field of some name.
fn text(name: &str, chance: &mut Chance, world: &World) -> String {
    match name {
        "team_id" | "with_team" => chance.of(&TEAMS).to_string(),
        // A volume that something goes to, or the commit that it goes back to.
        "to" if chance.percent(40) => chance.of(&world.ids).clone(),
        "volume" | "to" => chance.of(&VOLUMES).to_string(),
        "share_id" if !world.shares.is_empty() => chance.of(&world.shares).clone(),
        "trace_id" if !world.chats.is_empty() && chance.percent(50) => {
            chance.of(&world.chats).clone()
        }
        "name" if chance.percent(40) => chance.of(&["topic", "other"]).to_string(),
        "feedback" => "good".to_owned(),
        "skill_id" => chance.of(&SKILLS[..3]).to_string(),
        "workflow_id" => chance.of(&["secret", "new"]).to_string(),
        "trace_id" => TRACE.to_owned(),
        "sha256" => VALUE.to_owned(),
        "source" => skill(chance.of::<&str>(&SKILLS), &format!("text {}", chance.below(3))),
        "reason" | "name" | "description" | "content" => format!("text {}", chance.below(3)),
        "path" => {
            let paths = ["skills/secret.md", "skills", "traces", "metadata.json", HIDDEN];
            chance.of(&paths).to_string()
        }
        "hash" => BlobHash::of(marker(chance.of::<&str>(&VOLUMES)).as_bytes()).to_string(),
        "session" => chance.of(&world.sessions).clone(),
        "q" => "gives".to_owned(),
        "state" => chance.of(&["open", "approved"]).to_string(),
        "kind" => "executable".to_owned(),
        "session_id" => chance.of(&world.sessions).clone(),
        "status" => "paused".to_owned(),
        "format" => chance.of(&["json", "markdown"]).to_string(),
        "timestamp" => "2026-11-20T15:30:00Z".to_owned(),
        "ends_at" => "2026-11-20T15:30:01Z".to_owned(),
        "message" | "initial_message" => format!("text {}", chance.below(3)),
        "limit" | "offset" | "size" => (1 + chance.below(20)).to_string(),
        _ if chance.percent(80) => chance.of(&world.ids).clone(),
        _ => chance.of(&["secret", "mine", "main", "x"]).to_string(),
    }
}

fn workflow(chance: &mut Chance) -> Value {
    json!({
        "workflow_id": chance.of(&["secret", "new"]), "name": "New",
        "nodes": [{"id": "a", "skill_id": chance.of(&SKILLS)}], "edges": [],
    })
}

fn run(chance: &mut Chance) -> Value {
    json!({
        "workflow": workflow(chance), "outcome": "success",
        "started_at": "2026-11-20T15:30:00Z", "finished_at": "2026-11-20T15:30:01Z", "nodes": [],
    })
}
