//! What the front matter and the code block of an executable skill say.

use super::{
    Executable, ExecutionMode, Port, Runtime, UnknownName,
    code::{self, Fence},
    report::Report,
};
use crate::{
    diagnostic::Diagnostic,
    document::Document,
    value::{PortType, ValueKind, satisfies},
    yaml::Node,
};

/// The longest time that a skill may ask for: one day.
const MAX_TIME_MS: u64 = 24 * 60 * 60 * 1000;
/// The most memory that a skill may ask for: what a 32-bit WebAssembly memory can hold.
pub(crate) const MAX_MEMORY_MB: u64 = 4096;

/// Reads what a node needs. `None` where an error makes that impossible.
pub(super) fn read(
    report: &mut Report<'_>,
    root: &Node,
    document: &Document<'_>,
) -> Option<Executable> {
    let runtime = runtime(report, root);
    let inputs = ports(report, root, "inputs");
    let outputs = ports(report, root, "outputs");
    let code = runtime.and_then(|runtime| block(report, document, runtime));
    let executable = Executable {
        runtime: runtime.unwrap_or(Runtime::Javascript),
        execution_mode: execution_mode(report, root),
        inputs,
        outputs,
        estimated_time_ms: report.whole(root, "estimated_time_ms", 0..MAX_TIME_MS + 1),
        memory_mb: report.whole(root, "memory_mb", 1..MAX_MEMORY_MB + 1),
        timeout_ms: report.whole(root, "timeout_ms", 1..MAX_TIME_MS + 1),
        packages: report.texts(root, "packages"),
        deterministic: report.boolean(root, "deterministic").unwrap_or(true),
        code: code.as_ref().map(|fence| code::code(document.text, fence)).unwrap_or_default(),
        code_line: code.map_or(0, |fence| report.in_file(fence.content.start).line),
    };
    (!report.has_errors()).then_some(executable)
}

/// Finds the block that a runtime runs: the first one in one of its languages.
pub(crate) fn block_of(document: &Document<'_>, runtime: Runtime) -> Vec<Fence> {
    let mut fences = code::fences(document.text, document.body.start);
    fences.retain(|fence| runtime.languages().contains(&fence.language.as_str()));
    fences
}

fn runtime(report: &mut Report<'_>, root: &Node) -> Option<Runtime> {
    let Some(name) = report.text(root, "type") else {
        let names = Runtime::ALL.map(|runtime| format!("`{runtime}`")).join(", ");
        report.error(
            "no-type",
            0,
            "an executable skill needs a `type`",
            format!("add `type:` with one of {names}"),
        );
        return None;
    };
    let at = root.get("type").map_or(0, |node| node.span.start);
    let parsed: Result<Runtime, UnknownName> = name.parse();
    parsed.map_err(|err| report.error("unknown-type", at, err.to_string(), err.hint())).ok()
}

fn execution_mode(report: &mut Report<'_>, root: &Node) -> ExecutionMode {
    let Some(name) = report.text(root, "execution_mode") else { return ExecutionMode::default() };
    let at = root.get("execution_mode").map_or(0, |node| node.span.start);
    name.parse().unwrap_or_else(|err: UnknownName| {
        report.error("unknown-execution-mode", at, err.to_string(), err.hint());
        ExecutionMode::default()
    })
}

fn ports(report: &mut Report<'_>, root: &Node, side: &'static str) -> Vec<Port> {
    let Some(node) = root.get(side).filter(|node| !node.is_null()) else { return Vec::new() };
    let hint = "write each port as `- name: x`, with `type: number` below it";
    let Some(items) = node.items() else {
        let message = format!("`{side}` is {}, not a list of ports", node.noun());
        report.error("bad-ports", node.span.start, message, hint);
        return Vec::new();
    };
    let mut ports: Vec<Port> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if item.entries().is_empty() {
            let message = format!("`{side}[{i}]` is {}, not a port", item.noun());
            report.error("bad-port", item.span.start, message, hint);
            continue;
        }
        let Some(port) = port(report, item, side, i) else { continue };
        if ports.iter().any(|known| known.name == port.name) {
            let at = item.get("name").map_or(item.span.start, |node| node.span.start);
            let message = format!("`{side}` has two ports with the name `{}`", port.name);
            report.error("duplicate-port", at, message, "rename one of the two");
            continue;
        }
        ports.push(port);
    }
    ports
}

fn port(report: &mut Report<'_>, item: &Node, side: &'static str, i: usize) -> Option<Port> {
    let start = item.span.start;
    let Some(name) = report.text(item, "name") else {
        report.error("bad-port", start, format!("`{side}[{i}]` has no name"), "add `name: x`");
        return None;
    };
    if !is_port_name(&name) {
        let at = item.get("name").map_or(start, |node| node.span.start);
        let message = format!("`{name}` is no name for a port");
        report.error(
            "bad-port-name",
            at,
            message,
            "use a letter or `_`, then letters, digits, `_` and `-`",
        );
        return None;
    }
    let ty = port_type(report, item, side, &name);
    let default = item.get("default").filter(|node| !node.is_null());
    if let Some(node) = default {
        let kind = ValueKind::of(&node.to_json());
        if !satisfies(kind, ty) {
            let message = format!("the default of `{name}` is of kind `{kind}`, not `{ty}`");
            report.error("bad-default", node.span.start, message, default_hint(ty));
        }
    }
    let optional = side == "inputs" && item.get("default").is_some();
    Some(Port {
        ty,
        description: report.text(item, "description").unwrap_or_default(),
        default: default.map(Node::to_json),
        required: report.boolean(item, "required").unwrap_or(!optional),
        name,
    })
}

fn port_type(report: &mut Report<'_>, item: &Node, side: &str, name: &str) -> PortType {
    let Some(text) = report.text(item, "type") else {
        let message = format!("`{name}` of `{side}` has no type and takes any value");
        report.warning(
            "no-port-type",
            item.span.start,
            message,
            "add `type: any` or a narrower type",
        );
        return PortType::Any;
    };
    text.parse().unwrap_or_else(|err: crate::value::PortTypeError| {
        let at = item.get("type").map_or(item.span.start, |node| node.span.start);
        report.warning("unknown-port-type", at, format!("{err}, taken as `any`"), err.hint());
        PortType::Any
    })
}

fn default_hint(ty: PortType) -> &'static str {
    match ty {
        PortType::Number | PortType::Integer => "write the number without quotes",
        PortType::String => "put the default in quotes",
        PortType::Boolean => "write `true` or `false` without quotes",
        PortType::Array => "write `[one, two]`",
        PortType::Object => "write `{key: value}`",
        _ => "remove the default, or change the type of the port",
    }
}

/// Says whether a text may name a port.
pub(crate) fn is_port_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(inner)
}

/// Finds the code, and says what is wrong with it.
fn block(report: &mut Report<'_>, document: &Document<'_>, runtime: Runtime) -> Option<Fence> {
    let language = runtime.languages().first().copied().unwrap_or_default();
    let mut blocks = block_of(document, runtime).into_iter();
    let Some(first) = blocks.next() else {
        let position = report.in_file(document.body.start);
        let message = format!("there is no code block in `{language}` for the type `{runtime}`");
        let hint = format!(
            "add a block that begins with ```` ```{language} ```` and ends with ```` ``` ````"
        );
        report.add(Diagnostic::error("no-code", position, message).with_hint(hint));
        return None;
    };
    if let Some(second) = blocks.next() {
        let (line, position) =
            (report.in_file(first.open.start).line, report.in_file(second.open.start));
        let message = format!(
            "there is more than one code block in `{language}`; the one on line {line} runs"
        );
        let hint = "give examples another language, such as `text`";
        report.add(Diagnostic::warning("several-code-blocks", position, message).with_hint(hint));
    }
    let position = report.in_file(first.open.start);
    if first.close.is_none() {
        let message = "the code block is never closed";
        report.add(
            Diagnostic::warning("unclosed-code", position, message)
                .with_hint("end it with a line of three backticks"),
        );
    }
    if code::defines_execute(&first.language, &code::code(document.text, &first)) == Some(false) {
        let hint = match first.language.starts_with("py") {
            true => "define `def execute(inputs):` and return a dict of outputs",
            false => "define `function execute(inputs)` and return an object of outputs",
        };
        report.add(
            Diagnostic::error("no-execute", position, "the code does not define `execute`")
                .with_hint(hint),
        );
    }
    Some(first)
}
