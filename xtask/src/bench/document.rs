//! Tables in a Markdown document, each between two comments that name it.

use anyhow::{Context, Result};
use serde_json::Value;

/// A table that a measurement printed.
#[derive(Debug)]
pub(super) struct Figures {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Figures {
    /// Reads `{"columns": [...], "rows": [[...], ...]}` from the last line.
    pub(super) fn from_json(text: &str) -> Result<Self> {
        let line = text.lines().last().context("it printed nothing")?;
        let table: Value = serde_json::from_str(line)?;
        let texts = |row: &Value| -> Option<Vec<String>> {
            row.as_array()?.iter().map(|cell| cell.as_str().map(str::to_owned)).collect()
        };
        let columns = texts(&table["columns"]).context("no columns")?;
        let rows = table["rows"].as_array().context("no rows")?;
        let rows =
            rows.iter().map(texts).collect::<Option<_>>().context("a row that is no list")?;
        Ok(Self { columns, rows })
    }

    /// A Markdown table; the first column reads from the left, figures from the right.
    pub(super) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> = (0..self.columns.len())
            .map(|i| if i == 0 || self.is_text(i) { "---".to_owned() } else { "---:".to_owned() })
            .collect();
        let rows = self.rows.iter().map(|row| line(row));
        [line(&self.columns), line(&rule)].into_iter().chain(rows).collect::<String>()
    }

    fn is_text(&self, column: usize) -> bool {
        let begins = |row: &Vec<String>| row.get(column).and_then(|cell| cell.chars().next());
        self.rows.iter().filter_map(begins).all(|c| c.is_alphabetic() || c == '`')
    }
}

/// Puts `content` between `<!-- figures: NAME -->` and the next `<!-- end -->`.
pub(super) fn replace(text: &str, name: &str, content: &str) -> Result<String> {
    let start = format!("<!-- figures: {name} -->\n");
    let (before, rest) = text
        .split_once(&start)
        .with_context(|| format!("the document has no `{}`", start.trim()))?;
    let (_, after) = rest.split_once("<!-- end -->").context("a table that is never closed")?;
    Ok(format!("{before}{start}{}\n<!-- end -->{after}", content.trim_end()))
}

#[cfg(test)]
mod tests;
