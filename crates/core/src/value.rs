//! The types that ports declare, the kinds that values have, and the one place
//! that says what fits into what. It holds no value itself.

use std::{fmt, str::FromStr};

use serde_json::Value;

/// What a port declares about its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortType {
    /// Any finite or infinite number.
    Number,
    /// A number without a fraction.
    Integer,
    /// A text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A list, or a typed array in the browser.
    Array,
    /// A map from names to values.
    Object,
    /// Named columns of equal length.
    Table,
    /// Series of points with axis labels.
    Plot,
    /// A picture as a data URL.
    Image,
    /// A named file with a media type.
    File,
    /// Raw bytes.
    Bytes,
    /// Everything, also nothing.
    Any,
}

/// Why a text is not a [`PortType`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown port type `{name}`")]
pub struct PortTypeError {
    /// The text.
    pub name: String,
}

/// Why an output cannot feed an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{from}` does not fit into `{to}`")]
pub struct ConnectError {
    /// What the output declares.
    pub from: PortType,
    /// What the input declares.
    pub to: PortType,
}

/// What an actual value is, seen from its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number with a fraction, or one that is not finite.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// A map that is none of the structures below.
    Object,
    /// `{columns: [{name, values}]}`.
    Table,
    /// `{series: [{x, y}]}`.
    Plot,
    /// A text that starts with `data:image/`.
    Image,
    /// `{name, mime, text}` or `{name, mime, base64}`.
    File,
    /// Raw bytes; JSON cannot hold them.
    Bytes,
}

impl PortType {
    /// All types, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::Number,
        Self::Integer,
        Self::String,
        Self::Boolean,
        Self::Array,
        Self::Object,
        Self::Table,
        Self::Plot,
        Self::Image,
        Self::File,
        Self::Bytes,
        Self::Any,
    ];

    /// Returns the name that a skill file uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
            Self::Table => "table",
            Self::Plot => "plot",
            Self::Image => "image",
            Self::File => "file",
            Self::Bytes => "bytes",
            Self::Any => "any",
        }
    }
}

impl PortTypeError {
    /// Says what to write instead.
    pub fn hint(&self) -> String {
        let names = PortType::ALL.map(|ty| format!("`{ty}`")).join(", ");
        format!("use one of {names}")
    }
}

impl ConnectError {
    /// Says how to make the two fit.
    pub fn hint(&self) -> String {
        let Self { from, to } = *self;
        if (from, to) == (PortType::Number, PortType::Integer) {
            return "round the number in a node between the two, or declare the input as `number`"
                .to_owned();
        }
        format!("put a node between the two that turns `{from}` into `{to}`")
    }
}

impl ValueKind {
    const ALL: [Self; 12] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Array,
        Self::Object,
        Self::Table,
        Self::Plot,
        Self::Image,
        Self::File,
        Self::Bytes,
    ];

    /// Returns the name that the host of a run uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Table => "table",
            Self::Plot => "plot",
            Self::Image => "image",
            Self::File => "file",
            Self::Bytes => "bytes",
        }
    }

    /// Tells the kind of a JSON value.
    ///
    /// `1.0` is an integer, as it is in JavaScript, where the two do not differ.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(n) if n.is_f64() && n.as_f64().is_none_or(|n| n.fract() != 0.0) => {
                Self::Number
            }
            Value::Number(_) => Self::Integer,
            Value::String(text) if text.starts_with("data:image/") => Self::Image,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(map) => {
                let text = |name| map.get(name).is_some_and(Value::is_string);
                if first_item_has(map.get("columns"), &["values"]) {
                    Self::Table
                } else if first_item_has(map.get("series"), &["x", "y"]) {
                    Self::Plot
                } else if text("name") && text("mime") && (text("text") || text("base64")) {
                    Self::File
                } else {
                    Self::Object
                }
            }
        }
    }
}

/// Says whether an output of type `from` may feed an input of type `to`.
pub fn can_connect(from: PortType, to: PortType) -> Result<(), ConnectError> {
    use PortType::{Any, File, Integer, Number, Object, Plot, Table};
    let fits = from == to
        || matches!(
            (from, to),
            (Any, _) | (_, Any) | (Integer, Number) | (Table | Plot | File, Object)
        );
    if fits { Ok(()) } else { Err(ConnectError { from, to }) }
}

/// Says whether a value of this kind is what a port of type `ty` declares.
///
/// Nothing (`null`) satisfies [`PortType::Any`] alone; whether a port may be
/// left without a value is a matter of the port, not of its type.
pub fn satisfies(kind: ValueKind, ty: PortType) -> bool {
    match ty {
        PortType::Any => true,
        PortType::Number => matches!(kind, ValueKind::Number | ValueKind::Integer),
        PortType::Integer => kind == ValueKind::Integer,
        PortType::String => matches!(kind, ValueKind::String | ValueKind::Image),
        PortType::Boolean => kind == ValueKind::Boolean,
        PortType::Array => kind == ValueKind::Array,
        PortType::Object => {
            matches!(kind, ValueKind::Object | ValueKind::Table | ValueKind::Plot | ValueKind::File)
        }
        PortType::Table => kind == ValueKind::Table,
        PortType::Plot => kind == ValueKind::Plot,
        PortType::Image => kind == ValueKind::Image,
        PortType::File => kind == ValueKind::File,
        PortType::Bytes => kind == ValueKind::Bytes,
    }
}

impl FromStr for PortType {
    type Err = PortTypeError;

    /// Reads a name or one of its usual synonyms, such as `text` or `dict`.
    fn from_str(text: &str) -> Result<Self, PortTypeError> {
        let canonical = match text {
            "text" | "str" => "string",
            "list" => "array",
            "float" => "number",
            "int" => "integer",
            "bool" => "boolean",
            "dict" | "json" => "object",
            other => other,
        };
        let found = Self::ALL.into_iter().find(|ty| ty.as_str() == canonical);
        found.ok_or_else(|| PortTypeError { name: text.to_owned() })
    }
}

impl FromStr for ValueKind {
    type Err = PortTypeError;

    fn from_str(text: &str) -> Result<Self, PortTypeError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| PortTypeError { name: text.to_owned() })
    }
}

impl fmt::Display for PortType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Says whether `list` is an array whose first item holds an array under each name.
fn first_item_has(list: Option<&Value>, names: &[&str]) -> bool {
    let Some(Value::Array(items)) = list else { return false };
    items
        .first()
        .is_none_or(|item| names.iter().all(|name| item.get(name).is_some_and(Value::is_array)))
}

#[cfg(test)]
mod tests;
