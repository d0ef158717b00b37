//! `mcp-servers.json`: which servers there are, in the form that other MCP clients read too.

mod safe;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use llmos_core::{
    outside::{MAX_CALL_SECS, is_tool_name},
    slug::Slug,
};
use serde::Deserialize;
use url::Url;

/// The name of the file, beside the volumes.
pub const FILE: &str = "mcp-servers.json";

/// The longest file.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// How long a call may take where nobody says.
const DEFAULT_SECS: u64 = 60;

/// All servers, by name.
pub type Settings = BTreeMap<Slug, ServerSettings>;

/// One server.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where it is.
    pub place: Place,
    /// How long a call may take.
    pub patience: Duration,
    /// Who may use it besides whoever runs the program.
    pub users: Vec<Slug>,
    /// The only tools of it that may be used.
    pub only: Option<Vec<String>>,
}

/// Where a server is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A program that is started here, and talks over standard input and output.
    Command {
        /// The program.
        command: String,
        /// What it is told.
        args: Vec<String>,
        /// What it finds in its environment besides the path, the home and the language.
        env: BTreeMap<String, Hidden>,
        /// The folder that it works in; one for temporary files when left out.
        cwd: Option<PathBuf>,
    },
    /// An address that speaks streamable HTTP.
    Address {
        /// The address.
        url: Url,
        /// What every request carries, such as a token.
        headers: Vec<(HeaderName, HeaderValue)>,
    },
}

/// A text that is shown nowhere.
#[derive(Clone)]
pub struct Hidden(pub(crate) String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Why the file is not used. Then there is no server at all.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It cannot be read.
    #[error("cannot read `{file}`: {source}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody else may have written it.
    #[error("`{file}` is not used: {reason}", file = file.display())]
    Unsafe {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// It is not what it should be.
    #[error("`{file}` is not used: {reason}", file = file.display())]
    Bad {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
}

impl SettingsError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check who may read it",
            Self::Unsafe { .. } => {
                "look into it, then make it yours alone: `chmod 600` and `chown`"
            }
            Self::Bad { .. } => "docs/guide/mcp.md shows what it may hold",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Raw {
    mcp_servers: BTreeMap<String, RawServer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawServer {
    #[serde(rename = "type")]
    kind: Option<String>,
    command: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cwd: Option<PathBuf>,
    url: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    timeout_secs: Option<u64>,
    #[serde(default)]
    users: Vec<String>,
    tools: Option<Vec<String>>,
    #[serde(default)]
    disabled: bool,
}

/// Reads the file; there are no servers where there is none. `${NAME}` in `env`, `headers` and `args` stands for a
/// variable of the environment, which `variable` reads.
pub fn read(
    file: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, SettingsError> {
    let Some(text) = safe::read(file, MAX_FILE_BYTES)? else { return Ok(Settings::new()) };
    parse(&text, variable).map_err(|reason| SettingsError::Bad { file: file.to_owned(), reason })
}

pub(crate) fn parse(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, String> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut settings = Settings::new();
    for (name, raw) in raw.mcp_servers {
        let at = |reason: String| format!("`{}`: {reason}", name.escape_debug());
        let slug: Slug = name.parse().map_err(|error| at(format!("{error}")))?;
        let is_disabled = raw.disabled;
        let server = server(raw, variable).map_err(at)?;
        if !is_disabled {
            settings.insert(slug, server);
        }
    }
    Ok(settings)
}

fn server(
    raw: RawServer,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<ServerSettings, String> {
    let filled = |text: &str| fill(text, variable);
    let kind = raw.kind.as_deref();
    let place = match (raw.command, raw.url) {
        (Some(command), None) if matches!(kind, None | Some("stdio")) => {
            if !raw.headers.is_empty() {
                return Err("a command takes no `headers`".to_owned());
            }
            let env = raw.env.iter().map(|(name, text)| Ok((name.clone(), Hidden(filled(text)?))));
            Place::Command {
                command,
                args: raw.args.iter().map(|text| filled(text)).collect::<Result<_, _>>()?,
                env: env.collect::<Result<_, String>>()?,
                cwd: raw.cwd,
            }
        }
        (None, Some(url)) if matches!(kind, None | Some("http" | "streamable-http")) => {
            if !(raw.args.is_empty() && raw.env.is_empty() && raw.cwd.is_none()) {
                return Err("an address takes no `args`, `env` and `cwd`".to_owned());
            }
            Place::Address {
                url: address(&filled(&url)?)?,
                headers: headers(&raw.headers, &filled)?,
            }
        }
        _ => return Err("give it a `command`, or the `url` of streamable HTTP".to_owned()),
    };
    let secs = raw.timeout_secs.unwrap_or(DEFAULT_SECS);
    if !(1..=MAX_CALL_SECS).contains(&secs) {
        return Err(format!("`timeout_secs` is 1 to {MAX_CALL_SECS}"));
    }
    if let Some(bad) = raw.tools.iter().flatten().find(|name| !is_tool_name(name)) {
        return Err(format!("`{}` is no name of a tool", bad.escape_debug()));
    }
    let users = raw.users.iter().map(|user| user.parse());
    let users = users.collect::<Result<_, llmos_core::slug::SlugError>>();
    Ok(ServerSettings {
        place,
        patience: Duration::from_secs(secs),
        users: users.map_err(|error| format!("`users`: {error}"))?,
        only: raw.tools,
    })
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_no| "`url` is no address".to_owned())?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        return Err("`url` begins with `https://`, or is on this machine".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("`url` holds a name or password; write it into `headers`".to_owned());
    }
    Ok(url)
}

fn headers(
    raw: &BTreeMap<String, String>,
    filled: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut headers = Vec::new();
    for (name, text) in raw {
        let bad = |what: &str| format!("the header `{}` is {what}", name.escape_debug());
        let key = HeaderName::try_from(name.as_str()).map_err(|_no| bad("none"))?;
        let mut value = HeaderValue::try_from(filled(text)?).map_err(|_no| bad("no text"))?;
        value.set_sensitive(true);
        headers.push((key, value));
    }
    Ok(headers)
}

/// Puts variables of the environment in place of `${NAME}`.
fn fill(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or("a `${` is not closed")?;
        let value = variable(name);
        let value =
            value.ok_or_else(|| format!("the variable `{}` is not set", name.escape_debug()))?;
        out += before;
        out += &value;
        rest = after;
    }
    Ok(out + rest)
}

impl Place {
    /// Where it is, without anything that is secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Command { command, args, .. } => {
                // What an argument holds may be a key; how many there are may not.
                let n = args.len();
                match n {
                    0 => command.clone(),
                    1 => format!("{command} and 1 argument"),
                    _ => format!("{command} and {n} arguments"),
                }
            }
            Self::Address { url, .. } => {
                let mut url = url.clone();
                url.set_query(None);
                url.set_fragment(None);
                url.to_string()
            }
        }
    }
}

#[cfg(test)]
mod tests;
