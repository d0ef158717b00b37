//! A skill file taken apart: fields, code and sections, each of which changes on its own.

use serde_json::{Map, Value};

use crate::{
    document::{self, Document, Front},
    skill::code,
    yaml,
};

/// Stands, on a line of its own, in the text of a section where the code was.
pub(crate) const CODE_MARK: char = '\0';

/// A skill file taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parts {
    /// The front matter, in the order of the file.
    pub(crate) fields: Map<String, Value>,
    /// The blank lines before the text.
    pub(crate) lead: String,
    /// The sections of the text, with [`CODE_MARK`] where the code stands.
    pub(crate) sections: Vec<Section>,
    /// The code of an executable skill, lines ended by `\n`.
    pub(crate) code: Option<String>,
}

/// The text from one heading to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The heading, with a number where it is not the first of that name; empty before the first heading.
    pub(crate) name: String,
    /// The text, heading included, without the blanks at its end.
    pub(crate) text: String,
    /// The blanks at its end.
    pub(crate) tail: String,
}

impl Parts {
    /// Takes a file apart; `None` where its front matter is no mapping.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let document = Document::split(text);
        let root = match &document.front {
            Front::Unclosed => return None,
            Front::Missing => None,
            Front::Found { .. } => Some(yaml::parse(document.yaml()?).ok()?),
        };
        let fields = match root.as_ref().map(yaml::Node::to_json) {
            Some(Value::Object(map)) => map,
            Some(Value::Null) | None => Map::new(),
            Some(_) => return None,
        };
        let runtime = fields.get("type").and_then(Value::as_str).and_then(|name| name.parse().ok());
        let fence = runtime
            .filter(|_| !document.body().contains(CODE_MARK))
            .and_then(|runtime| crate::skill::code_blocks(&document, runtime).into_iter().next());
        let (body, code) = match fence {
            Some(fence) => {
                let before = &text[document.body.start..fence.content.start];
                let after = &text[fence.content.end..];
                let mut code = document::unified(&text[fence.content.clone()]).into_owned();
                if !code.is_empty() && !code.ends_with('\n') {
                    code.push('\n');
                }
                (format!("{before}{CODE_MARK}\n{after}"), Some(code))
            }
            None => (document.body().to_owned(), None),
        };
        let body = document::unified(&body);
        let rest = body.trim_start_matches('\n');
        let lead = body[..body.len() - rest.len()].to_owned();
        Some(Self { fields, lead, sections: sections(rest), code })
    }

    /// Finds a section by its name.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// Puts the text together again.
    pub(crate) fn body(&self) -> String {
        let body = format!("{}{}", self.lead, joined(&self.sections));
        match &self.code {
            Some(code) => body.replace(&format!("{CODE_MARK}\n"), code),
            None => body,
        }
    }
}

/// Puts sections together: each begins on a line of its own.
pub(crate) fn joined(sections: &[Section]) -> String {
    let mut text = String::new();
    for (i, section) in sections.iter().enumerate() {
        text.push_str(&section.text);
        text.push_str(&section.tail);
        let is_last = i + 1 == sections.len();
        if !text.ends_with('\n') {
            text.push_str(if is_last { "\n" } else { "\n\n" });
        }
    }
    text
}

/// The ports of a field by name; `None` where it is no list of ports with names of their own.
pub(crate) fn ports(field: Option<&Value>) -> Option<Vec<(&str, &Value)>> {
    let items: &[Value] = match field {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(_) => return None,
    };
    let named = |item| Some((Value::get(item, "name")?.as_str()?, item));
    let ports: Vec<(&str, &Value)> = items.iter().map(named).collect::<Option<_>>()?;
    let mut names: Vec<&str> = ports.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    (names.len() == ports.len()).then_some(ports)
}

/// Cuts a text at its headings; headings inside code are code.
pub(crate) fn sections(text: &str) -> Vec<Section> {
    let fences = code::fences(text, 0);
    let is_code = |at: usize| {
        let end = |fence: &code::Fence| fence.close.as_ref().map_or(text.len(), |close| close.end);
        fences.iter().any(|fence| fence.open.start <= at && at < end(fence))
    };
    let mut starts = vec![(0, String::new())];
    for line in document::lines(text, 0) {
        let content = &text[line.content.clone()];
        if let (Some(heading), false) = (heading(content), is_code(line.content.start)) {
            starts.push((line.content.start, heading.to_owned()));
        }
    }
    let mut found: Vec<Section> = Vec::new();
    for (i, (start, heading)) in starts.iter().enumerate() {
        let end = starts.get(i + 1).map_or(text.len(), |(next, _)| *next);
        let whole = &text[*start..end];
        let kept = whole.trim_end();
        if i == 0 && kept.is_empty() {
            continue;
        }
        let n_before = starts[..i].iter().filter(|(_, other)| other == heading).count();
        let name = match n_before {
            0 => heading.clone(),
            n => format!("{heading} ({})", n + 1),
        };
        let tail = whole[kept.len()..].to_owned();
        found.push(Section { name, text: kept.to_owned(), tail });
    }
    found
}

/// Returns the text of a heading.
fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(' ');
    let text = rest.trim_start_matches('#');
    let level = rest.len() - text.len();
    let is_heading = line.len() - rest.len() <= 3
        && (1..=6).contains(&level)
        && (text.is_empty() || text.starts_with([' ', '\t']));
    is_heading.then(|| text.trim().trim_end_matches('#').trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_headings() {
        let text = "intro\n\n# One\na\n\n```sh\n# no heading\n```\n## Two ##\nb\n# One\n#no\n";
        let names: Vec<_> = sections(text).into_iter().map(|section| section.name).collect();
        assert_eq!(names, ["", "One", "Two", "One (2)"]);
    }

    #[test]
    fn parts_put_together_are_the_text() {
        for text in [
            "",
            "one\n",
            "\n# A\n\nb\n\n\n# C\n",
            "---\ntype: javascript\n---\nx\n```js\nexecute = 1\n```\n\n# After\ny\n",
        ] {
            let body = document::unified(Document::split(text).body()).into_owned();
            let parts = Parts::of(text).unwrap();
            assert_eq!(parts.body().trim(), body.trim(), "text: {text:?}");
        }
    }

    #[test]
    fn the_code_is_apart_from_the_text() {
        let text = "---\ntype: javascript\n---\n# A\n```js\n# code\nexecute\n```\nend\n";
        let parts = Parts::of(text).unwrap();
        assert_eq!(parts.code.as_deref(), Some("# code\nexecute\n"));
        assert_eq!(parts.sections.last().unwrap().text, "# A\n```js\n\0\n```\nend");
    }
}
