//! Reading the arguments of a call: each field by its name, everything that is
//! wrong at once.

use std::{fmt::Display, str::FromStr};

use serde_json::{Map, Value};

/// How many characters of what a model wrote stand in a sentence to it.
const MAX_SHOWN: usize = 60;

/// The arguments of a call, and what is wrong with them so far.
pub(super) struct Fields<'a> {
    of: String,
    map: &'a Map<String, Value>,
    known: Vec<&'static str>,
    wrong: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Begins to read; `of` is what the arguments belong to.
    pub(super) fn new(of: String, map: &'a Map<String, Value>) -> Self {
        Self { of, map, known: Vec::new(), wrong: Vec::new() }
    }

    /// What is given under a name; an optional field may also be `null`.
    fn given(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn blame(&mut self, sentence: String) {
        self.wrong.push(sentence);
    }

    /// A text of 1 to `most` bytes.
    pub(super) fn text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let Some(value) = self.given(name) else {
            self.blame(format!("`{name}` is missing; it takes a text"));
            return None;
        };
        self.text_of(name, value, most)
    }

    /// The same, where it may be left out.
    pub(super) fn maybe_text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let value = self.given(name)?;
        // Some models fill in what they do not mean.
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return None;
        }
        self.text_of(name, value, most)
    }

    fn text_of(&mut self, name: &str, value: &Value, most: usize) -> Option<String> {
        let Value::String(text) = value else {
            self.blame(format!("`{name}` takes a text, not {}", kind(value)));
            return None;
        };
        if text.trim().is_empty() {
            self.blame(format!("`{name}` is empty"));
            return None;
        }
        if text.len() > most {
            self.blame(format!("`{name}` has {} bytes; {most} are the most", text.len()));
            return None;
        }
        Some(text.clone())
    }

    /// Something that is written as a text.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name, 500)?;
        self.parse(name, &text)
    }

    /// The same, where it may be left out.
    pub(super) fn maybe_parsed<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
    ) -> Option<T> {
        let text = self.maybe_text(name, 500)?;
        self.parse(name, &text)
    }

    fn parse<T: FromStr<Err: Display>>(&mut self, name: &str, text: &str) -> Option<T> {
        match text.trim().parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let error = short(&error.to_string(), 200);
                self.blame(format!("`{name}` cannot be `{}`: {error}", short(text, MAX_SHOWN)));
                None
            }
        }
    }

    /// A whole number; `usual` where it is left out.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        (least, most): (u64, u64),
        usual: u64,
    ) -> u64 {
        let Some(value) = self.given(name) else { return usual };
        // `3.0` is how some models write 3.
        let whole = value.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64);
        match value.as_u64().or(whole).filter(|n| (least..=most).contains(n)) {
            Some(number) => number,
            None => {
                self.blame(format!("`{name}` takes a whole number from {least} to {most}"));
                usual
            }
        }
    }

    /// An object; an empty one where it is left out.
    pub(super) fn object(&mut self, name: &'static str) -> Map<String, Value> {
        match self.given(name) {
            None => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(other) => {
                self.blame(format!("`{name}` takes an object, not {}", kind(other)));
                Map::new()
            }
        }
    }

    /// A list of 1 to `most` objects, each read by `one`.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        most: usize,
        one: impl Fn(&mut Fields<'_>) -> Option<T>,
    ) -> Vec<T> {
        let items = match self.given(name) {
            Some(Value::Array(items)) if (1..=most).contains(&items.len()) => items,
            Some(Value::Array(items)) => {
                self.blame(format!("`{name}` has {} items; it takes 1 to {most}", items.len()));
                return Vec::new();
            }
            _ => {
                self.blame(format!("`{name}` takes a list of objects"));
                return Vec::new();
            }
        };
        let mut read = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let Value::Object(map) = item else {
                self.blame(format!("`{name}[{at}]` takes an object, not {}", kind(item)));
                continue;
            };
            let mut fields = Fields::new(format!("{name}[{at}]"), map);
            let value = one(&mut fields);
            match fields.end() {
                Ok(()) => read.extend(value),
                Err(wrong) => {
                    self.wrong.extend(wrong.into_iter().map(|it| format!("{name}[{at}]: {it}")));
                }
            }
        }
        read
    }

    /// Says what is wrong, fields that nobody knows included.
    pub(super) fn end(mut self) -> Result<(), Vec<String>> {
        let Self { of, map, known, .. } = &self;
        let other = map.keys().find(|name| !known.contains(&name.as_str()));
        if let Some(other) = other {
            let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            let takes = match names.is_empty() {
                true => "it takes none".to_owned(),
                false => format!("it takes {}", names.join(", ")),
            };
            let other = short(other, MAX_SHOWN);
            let sentence = format!("`{other}` is no argument of `{of}`; {takes}");
            self.wrong.push(sentence);
        }
        self.wrong.truncate(12);
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong) }
    }
}

/// What a value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The beginning of a text in one line without anything that cannot be seen.
pub(super) fn short(text: &str, most: usize) -> String {
    let mut words = String::new();
    for c in text.chars().take(most) {
        if c.is_control() { words.extend(c.escape_unicode()) } else { words.push(c) }
    }
    if text.chars().nth(most).is_some() {
        words.push('…');
    }
    words
}
