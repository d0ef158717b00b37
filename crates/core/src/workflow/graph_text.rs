//! The graph block of a workflow's file: JSON, or YAML that is first turned into JSON.
//!
//! Nodes and edges are read one by one, so one that is wrong does not hide the others.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, value::RawValue};

use super::{Edge, Interface, Node, OuterPort, PortRef, Uses};
use crate::{diagnostic::Severity, slug::Slug, yaml};

/// Parts a message from its hint inside an error of serde.
const HINT: char = '\u{1}';

/// What a graph block holds.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// The byte of the block at which each node begins.
    pub(super) offsets: Vec<usize>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) interface: Option<Interface>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Something that is wrong with a block.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    /// The byte of the block at which it stands.
    pub(super) offset: usize,
    pub(super) message: String,
    pub(super) hint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGraph<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    edges: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    layout: BTreeMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    interface: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNode {
    id: Id,
    #[serde(alias = "skill", default)]
    skill_id: Option<Id>,
    #[serde(default)]
    workflow: Option<Id>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    inputs: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    timeout_ms: Option<u64>,
    #[serde(default)]
    memory_mb: Option<u64>,
    #[serde(default)]
    retries: Option<u32>,
    #[serde(default)]
    position: Option<Point>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdge {
    from: End,
    to: End,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnd {
    node: Id,
    port: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInterface {
    #[serde(default)]
    inputs: Vec<RawOuterPort>,
    #[serde(default)]
    outputs: Vec<RawOuterPort>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOuterPort {
    name: String,
    node: Id,
    port: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    x: f64,
    y: f64,
}

struct Id(Slug);

struct End(PortRef);

/// Reads a block of JSON.
pub(super) fn read_json(text: &str) -> Graph {
    read(text, &|offset| offset)
}

/// Reads JSON that the product wrote: the first error ends it, with its byte and message.
pub(crate) fn read_strictly(text: &str) -> Result<Graph, (usize, String)> {
    let mut graph = read_json(text);
    let mut mistakes = std::mem::take(&mut graph.mistakes).into_iter();
    let error = mistakes.find(|mistake| mistake.severity == Severity::Error);
    match error {
        Some(mistake) => Err((mistake.offset, mistake.message)),
        None => Ok(graph),
    }
}

/// Reads a block of YAML.
pub(super) fn read_yaml(text: &str) -> Graph {
    let root = match yaml::parse(text) {
        Ok(root) => root,
        Err(err) => {
            let mistake = Mistake {
                severity: Severity::Error,
                code: err.code,
                offset: err.offset,
                message: err.message,
                hint: err.hint,
            };
            return Graph { mistakes: vec![mistake], ..Graph::default() };
        }
    };
    let mut json = JsonOfYaml::default();
    json.write(&root);
    read(&json.text, &|offset| json.origin(offset))
}

/// Reads JSON; `origin` tells where in the block a byte of the JSON comes from.
fn read(text: &str, origin: &dyn Fn(usize) -> usize) -> Graph {
    let mut graph = Graph::default();
    let raw: RawGraph<'_> = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(err) => {
            graph.mistakes.push(mistake(text, 0, &err, origin));
            return graph;
        }
    };
    // Raw values are slices of `text`.
    let start_of =
        |raw: &RawValue| (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    let mut places: BTreeMap<Slug, usize> = BTreeMap::new();
    for raw in raw.nodes {
        match serde_json::from_str::<RawNode>(raw.get()) {
            Ok(node) => match Node::try_from(node) {
                Ok(node) => {
                    places.entry(node.id.clone()).or_insert(graph.nodes.len());
                    graph.nodes.push(node);
                    graph.offsets.push(origin(start_of(raw)));
                }
                Err(message) => graph.mistakes.push(Mistake {
                    severity: Severity::Error,
                    code: "bad-graph",
                    offset: origin(start_of(raw)),
                    message,
                    hint: "write `skill_id` for a skill, or `workflow` for a workflow".to_owned(),
                }),
            },
            Err(err) => graph.mistakes.push(mistake(raw.get(), start_of(raw), &err, origin)),
        }
    }
    if let Some(raw) = raw.interface {
        match serde_json::from_str::<Option<RawInterface>>(raw.get()) {
            Ok(interface) => graph.interface = interface.map(Interface::from),
            Err(err) => graph.mistakes.push(mistake(raw.get(), start_of(raw), &err, origin)),
        }
    }
    for raw in raw.edges {
        match serde_json::from_str::<RawEdge>(raw.get()) {
            Ok(edge) => graph.edges.push(Edge { from: edge.from.0, to: edge.to.0 }),
            Err(err) => graph.mistakes.push(mistake(raw.get(), start_of(raw), &err, origin)),
        }
    }
    for (id, raw) in raw.layout {
        let node = id.parse().ok().and_then(|id: Slug| places.get(&id));
        match (node, serde_json::from_str::<Point>(raw.get())) {
            (Some(&node), Ok(at)) => graph.nodes[node].position = Some((at.x, at.y)),
            (_, Err(err)) => graph.mistakes.push(mistake(raw.get(), start_of(raw), &err, origin)),
            (None, Ok(_)) => graph.mistakes.push(Mistake {
                severity: Severity::Warning,
                code: "unknown-node",
                offset: origin(start_of(raw)),
                message: format!(
                    "the layout names the node `{}`, which is not there",
                    id.escape_debug()
                ),
                hint: "remove the line".to_owned(),
            }),
        }
    }
    graph
}

/// Turns an error about `part`, which begins at byte `start`, into a finding.
fn mistake(
    part: &str,
    start: usize,
    err: &serde_json::Error,
    origin: &dyn Fn(usize) -> usize,
) -> Mistake {
    let line_start = match err.line() {
        0 | 1 => 0,
        line => part.match_indices('\n').nth(line - 2).map_or(part.len(), |(at, _)| at + 1),
    };
    // The column counts bytes, and the byte it names was read already.
    let mut offset = (line_start + err.column().saturating_sub(1)).min(part.len());
    while !part.is_char_boundary(offset) {
        offset -= 1;
    }
    // An error about a text is noticed at its closing quote.
    if err.is_data() && part[offset..].starts_with('"') {
        offset = part[..offset].rfind('"').unwrap_or(offset);
    }
    let text = err.to_string();
    let place = format!(" at line {} column {}", err.line(), err.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    let (message, hint) = match (text.split_once(HINT), err.classify()) {
        (Some((message, hint)), _) => (message, hint),
        (None, serde_json::error::Category::Data) => {
            (text, "compare it with a workflow of the system volume")
        }
        _ => (text, "correct the JSON: look for a missing comma, quote or bracket just before"),
    };
    Mistake {
        severity: Severity::Error,
        code: if err.is_data() { "bad-graph" } else { "bad-json" },
        offset: origin(start + offset),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

impl TryFrom<RawNode> for Node {
    type Error = String;

    fn try_from(raw: RawNode) -> Result<Self, String> {
        let uses = match (raw.skill_id, raw.workflow) {
            (Some(skill), None) => Uses::Skill(skill.0),
            (None, Some(workflow)) => Uses::Workflow(workflow.0),
            (None, None) => return Err(format!("node `{}` runs nothing", raw.id.0)),
            (Some(_), Some(_)) => {
                return Err(format!("node `{}` runs a skill and a workflow", raw.id.0));
            }
        };
        Ok(Self {
            name: raw.name.filter(|name| !name.is_empty()),
            inputs: raw.inputs.unwrap_or_default(),
            timeout_ms: raw.timeout_ms,
            memory_mb: raw.memory_mb,
            retries: raw.retries.unwrap_or_default(),
            position: raw.position.map(|at| (at.x, at.y)),
            ..Self::new(raw.id.0, uses)
        })
    }
}

impl From<RawInterface> for Interface {
    fn from(raw: RawInterface) -> Self {
        let port = |raw: RawOuterPort| OuterPort {
            name: raw.name,
            inner: PortRef { node: raw.node.0, port: raw.port },
        };
        Self {
            inputs: raw.inputs.into_iter().map(port).collect(),
            outputs: raw.outputs.into_iter().map(port).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|err: crate::slug::SlugError| {
            let hint = Slug::nearest(&text)
                .map_or_else(|| err.hint().to_owned(), |id| format!("did you mean `{id}`?"));
            de::Error::custom(format!("bad id: {err}{HINT}{hint}"))
        })
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = End;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port such as \"node.port\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<End, E> {
                let wrong =
                    |err: super::PortRefError| E::custom(format!("{err}{HINT}{}", err.hint()));
                text.parse().map(End).map_err(wrong)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<End, A::Error> {
                let end = RawEnd::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(End(PortRef { node: end.node.0, port: end.port }))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// YAML written as JSON that remembers where each value came from.
#[derive(Default)]
struct JsonOfYaml {
    text: String,
    /// Where a value begins, here and in the YAML.
    places: Vec<(usize, usize)>,
}

impl JsonOfYaml {
    /// Writes a value; YAML that was read nests no deeper than [`yaml::MAX_DEPTH`].
    fn write(&mut self, node: &yaml::Node) {
        self.places.push((self.text.len(), node.span.start));
        match &node.content {
            yaml::Content::Scalar(value, _) => self.text.push_str(&value.to_string()),
            yaml::Content::Seq(items) => {
                self.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.text.push_str(if i > 0 { "," } else { "" });
                    self.write(item);
                }
                self.text.push(']');
            }
            yaml::Content::Map(entries) => {
                self.text.push('{');
                for (i, entry) in entries.iter().enumerate() {
                    self.text.push_str(if i > 0 { "," } else { "" });
                    self.places.push((self.text.len(), entry.key.start));
                    self.text.push_str(&Value::from(entry.name.as_str()).to_string());
                    self.text.push(':');
                    self.write(&entry.value);
                }
                self.text.push('}');
            }
        }
    }

    fn origin(&self, offset: usize) -> usize {
        let after = self.places.partition_point(|(here, _)| *here <= offset);
        after.checked_sub(1).map_or(0, |i| self.places[i].1)
    }
}
