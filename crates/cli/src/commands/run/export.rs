//! Outputs as files of the kinds that other programs read.

use std::{fs, io, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use llmos_api::trace::RunReport;
use serde_json::Value;

use crate::failure::Failure;

/// A file to be written: its ending and what it holds.
#[derive(Debug, PartialEq, Eq)]
struct Export {
    ending: String,
    content: Vec<u8>,
}

/// Writes every output as `<node>.<port>.<ending>`.
pub(super) fn write(folder: &Path, report: &RunReport) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error: io::Error| Failure::unwritable(&path, &error)
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for node in &report.nodes {
        for (port, value) in &node.outputs {
            let Export { ending, content } = export(value);
            let path = folder.join(format!("{}.{}.{ending}", plain(&node.node), plain(port)));
            fs::write(&path, content).map_err(failed(&path))?;
        }
    }
    Ok(())
}

/// A name that is safe in every file system: an output may be called anything.
fn plain(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    name.chars().take(80).map(safe).collect()
}

fn export(value: &Value) -> Export {
    let file = |ending: &str, content: Vec<u8>| Export { ending: ending.to_owned(), content };
    if let Some(text) = value.as_str() {
        return picture(text).unwrap_or_else(|| file("txt", text.as_bytes().to_vec()));
    }
    if let Some(bytes) = value.get("$bytes").and_then(Value::as_str) {
        return file("bin", BASE64_STANDARD.decode(bytes).unwrap_or_default());
    }
    if let Some(csv) = csv(value) {
        return file("csv", csv.into_bytes());
    }
    let name = value.get("name").and_then(Value::as_str);
    let text = value.get("text").and_then(Value::as_str).map(|text| text.as_bytes().to_vec());
    let content =
        text.or_else(|| BASE64_STANDARD.decode(value.get("base64").and_then(Value::as_str)?).ok());
    if let (Some(name), Some(content)) = (name, content) {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        let ending = plain(ending.unwrap_or("txt"));
        return Export { ending, content };
    }
    let mut json = serde_json::to_vec_pretty(value).unwrap_or_default();
    json.push(b'\n');
    file("json", json)
}

/// Takes a data URL apart.
fn picture(text: &str) -> Option<Export> {
    let (mime, data) = text.strip_prefix("data:image/")?.split_once(',')?;
    let ending = mime.split([';', '+']).next().map(plain)?;
    let ending = if ending == "jpeg" { "jpg".to_owned() } else { ending };
    let content =
        if mime.ends_with(";base64") { BASE64_STANDARD.decode(data).ok()? } else { unescape(data) };
    Some(Export { ending, content })
}

/// Undoes the `%41` of addresses.
fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// A table, or a plot with its points one below the other.
fn csv(value: &Value) -> Option<String> {
    if let Some(columns) = value.get("columns").and_then(Value::as_array) {
        let names: Vec<String> = columns.iter().map(|column| cell(&column["name"])).collect();
        let values: Option<Vec<&Vec<Value>>> =
            columns.iter().map(|column| column["values"].as_array()).collect();
        let values = values?;
        let n_rows = values.iter().map(|column| column.len()).max().unwrap_or(0);
        let row = |i: usize| {
            let cells = values.iter().map(|column| column.get(i).map(cell).unwrap_or_default());
            cells.collect::<Vec<_>>().join(",")
        };
        let lines = std::iter::once(names.join(",")).chain((0..n_rows).map(row));
        return Some(lines.map(|line| line + "\n").collect());
    }
    let series = value.get("series")?.as_array()?;
    let mut text = "series,x,y\n".to_owned();
    for one in series {
        // A heat map is no list of points.
        let (xs, ys) = (one["x"].as_array()?, one["y"].as_array()?);
        if one.get("z").is_some_and(|z| !z.is_null()) {
            return None;
        }
        for (x, y) in xs.iter().zip(ys) {
            text.push_str(&format!("{},{},{}\n", cell(&one["name"]), cell(x), cell(y)));
        }
    }
    Some(text)
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => plain_text(text),
        Value::Object(map) if map.len() == 1 => map
            .values()
            .next()
            .and_then(Value::as_str)
            .map_or_else(|| value.to_string(), plain_text),
        other => other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// A text that no spreadsheet takes for a formula, which may send away what is beside it.
fn plain_text(text: &str) -> String {
    let is_number = || text.parse::<f64>().is_ok();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number() {
        return format!("'{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Export, export, plain};

    #[test]
    fn each_kind_of_value_becomes_a_file_of_its_kind() {
        let table = json!({"columns": [
            {"name": "x", "values": [1, 2.5]}, {"name": "a \"b\"", "values": ["u,v", {"$number": "NaN"}]},
        ]});
        let plot = json!({"series": [{"name": "s", "x": [0, 1], "y": [2, 3]}]});
        let cases = [
            (json!("hi"), "txt", "hi"),
            (json!(1.5), "json", "1.5\n"),
            (json!({"$bytes": "aGk="}), "bin", "hi"),
            (table, "csv", "x,\"a \"\"b\"\"\"\n1,\"u,v\"\n2.5,NaN\n"),
            (plot, "csv", "series,x,y\ns,0,2\ns,1,3\n"),
            (json!({"name": "a.cir", "mime": "x", "text": "* t"}), "cir", "* t"),
            (json!({"name": "a.bin", "mime": "x", "base64": "aGk="}), "bin", "hi"),
            (json!("data:image/png;base64,aGk="), "png", "hi"),
            (json!("data:image/svg+xml,%3Csvg/%3E"), "svg", "<svg/>"),
        ];
        for (value, ending, content) in cases {
            let want = Export { ending: ending.to_owned(), content: content.as_bytes().to_vec() };
            assert_eq!(export(&value), want, "{value}");
        }
    }

    #[test]
    fn no_text_is_written_as_a_formula() {
        let table = json!({"columns": [
            {"name": "=1+1", "values": ["=HYPERLINK(\"http://x\",1)", "+a", "-1.5e3", "@a", "\ta", "a=b", "-"]},
            {"name": "n", "values": [-1, {"$number": "-Infinity"}, -2.5]},
        ]});
        let content = "'=1+1,n\n\"'=HYPERLINK(\"\"http://x\"\",1)\",-1\n'+a,-Infinity\n-1.5e3,-2.5\n'@a,\n'\ta,\na=b,\n'-,\n";
        assert_eq!(String::from_utf8_lossy(&export(&table).content), content);
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        assert_eq!(plain("../../etc/v(out)"), "______etc_v_out_");
    }
}
