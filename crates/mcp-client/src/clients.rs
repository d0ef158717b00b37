//! All servers behind the port, each started or reached when it is first asked for.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use llmos_core::{
    outside::{
        MAX_ARGUMENTS_BYTES, MAX_TOOLS, OutsideAnswer, OutsideCall, OutsideError, OutsideServer,
        OutsideTool, OutsideTools, description,
    },
    slug::Slug,
};
use rmcp::{
    model::{CallToolRequestParams, PaginatedRequestParams},
    service::ServiceError,
};
use serde_json::Value;
use tokio::{runtime::Runtime, sync::Mutex};

use crate::{
    connection::{Connection, START},
    content,
    settings::{ServerSettings, Settings},
};

/// How many pages of tools are asked for.
const MAX_PAGES: usize = 20;

/// How long a list of tools may take.
const LISTING: Duration = Duration::from_secs(30);

/// How long a server may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// MCP servers elsewhere.
pub struct McpClients {
    servers: BTreeMap<Slug, Arc<Server>>,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

struct Server {
    settings: ServerSettings,
    /// Calls of one server wait for each other, so that a person knows which answer belongs to what.
    connection: Arc<Mutex<Option<Connection>>>,
}

impl McpClients {
    /// Takes the servers; starts and reaches none.
    ///
    /// # Errors
    ///
    /// Where the operating system gives no thread.
    pub fn new(settings: Settings) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("llmos-mcp-client")
            .enable_all()
            .build()?;
        let server =
            |(name, settings)| (name, Arc::new(Server { settings, connection: Arc::default() }));
        Ok(Self { servers: settings.into_iter().map(server).collect(), runtime: Some(runtime) })
    }

    fn server(&self, name: &Slug) -> Result<&Arc<Server>, OutsideError> {
        self.servers.get(name).ok_or_else(|| OutsideError::UnknownServer { server: name.clone() })
    }

    fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("because it lives as long as this").block_on(asked)
    }
}

impl Drop for McpClients {
    /// Ends every program that was started.
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let connections: Vec<_> =
            self.servers.values().map(|server| Arc::clone(&server.connection)).collect();
        // The thread that drops it may belong to another runtime, which must not wait for this one.
        let ending = std::thread::spawn(move || {
            runtime.block_on(async {
                for connection in connections {
                    // One that is still being started, or is silent, ends with what waits for it.
                    let Ok(mut connection) = connection.try_lock() else { continue };
                    if let Some(mut open) = connection.take() {
                        drop(open.service.close_with_timeout(FAREWELL).await);
                    }
                }
            });
            runtime.shutdown_timeout(FAREWELL);
        });
        drop(ending.join());
    }
}

impl OutsideTools for McpClients {
    fn servers(&self) -> Vec<OutsideServer> {
        let shown = |(name, server): (&Slug, &Arc<Server>)| shown(name, &server.settings);
        self.servers.iter().map(shown).collect()
    }

    fn tools(&self, name: &Slug, within: Duration) -> Result<Vec<OutsideTool>, OutsideError> {
        let server = Arc::clone(self.server(name)?);
        let asked = name.clone();
        let listing = async move {
            let mut connection = Arc::clone(&server.connection).lock_owned().await;
            // Nobody stops it once it has begun: what takes long to start is there the next time.
            let listing = async move { list(&asked, &server.settings, &mut connection).await };
            tokio::spawn(listing).await
        };
        match self.wait(async { tokio::time::timeout(within, listing).await }) {
            Ok(Ok(listed)) => listed,
            Ok(Err(failed)) => {
                let reason = description(&failed.to_string());
                Err(OutsideError::Unusable { server: name.clone(), reason })
            }
            Err(_elapsed) => Err(late(name, within)),
        }
    }

    fn call(&self, call: &OutsideCall) -> Result<OutsideAnswer, OutsideError> {
        let Server { settings, connection } = &**self.server(&call.server)?;
        let n_bytes = Value::Object(call.arguments.clone()).to_string().len();
        if n_bytes > MAX_ARGUMENTS_BYTES {
            return Err(OutsideError::TooLong { n_bytes });
        }
        self.wait(async {
            let mut connection = connection.lock().await;
            let tools = list(&call.server, settings, &mut connection).await?;
            let tool = tools.into_iter().find(|tool| tool.name == call.tool);
            let (server, name) = (call.server.clone(), call.tool.clone());
            match tool {
                None => return Err(OutsideError::UnknownTool { server, tool: name }),
                Some(tool) if tool.digest != call.digest => {
                    return Err(OutsideError::Changed { server, tool: name });
                }
                Some(_) => {}
            }
            let open = connection.as_ref().expect("because it was just asked for its tools");
            let params = CallToolRequestParams::new(name).with_arguments(call.arguments.clone());
            let asked = open.service.call_tool(params);
            match tokio::time::timeout(settings.patience, asked).await {
                Ok(Ok(result)) => Ok(content::answer(result)),
                Ok(Err(error)) => {
                    let error = failed(&call.server, error, &mut connection).await;
                    Err(error)
                }
                Err(_elapsed) => {
                    // Whatever it does now, nobody waits for it.
                    *connection = None;
                    Err(OutsideError::Late { server, secs: settings.patience.as_secs() })
                }
            }
        })
    }
}

fn shown(name: &Slug, settings: &ServerSettings) -> OutsideServer {
    OutsideServer {
        name: name.clone(),
        place: settings.place.shown(),
        users: settings.users.clone(),
        only: settings.only.clone(),
    }
}

/// Asks a server for its tools, and connects first where that was not done, or has ended.
async fn list(
    server: &Slug,
    settings: &ServerSettings,
    connection: &mut Option<Connection>,
) -> Result<Vec<OutsideTool>, OutsideError> {
    if connection.as_ref().is_none_or(|open| open.service.is_closed()) {
        *connection = None;
        let opened = tokio::time::timeout(START, Connection::open(settings)).await;
        let opened = opened.map_err(|_elapsed| late(server, START))?;
        let unusable = |reason: String| OutsideError::Unusable {
            server: server.clone(),
            reason: description(&reason),
        };
        *connection = Some(opened.map_err(unusable)?);
    }
    let open = connection.as_ref().expect("because it was opened above");
    let allowed = shown(server, settings);
    let mut found = Vec::new();
    let mut cursor = None;
    let reading = async {
        for _ in 0..MAX_PAGES {
            let asked = PaginatedRequestParams::default().with_cursor(cursor.take());
            let page = open.service.list_tools(Some(asked)).await?;
            for tool in page.tools {
                let schema = (*tool.input_schema).clone();
                let tool =
                    OutsideTool::new(server, &tool.name, tool.description.as_deref(), schema);
                found.extend(tool.filter(|tool| allowed.allows(&tool.name)));
            }
            match page.next_cursor {
                Some(next) if found.len() < MAX_TOOLS => cursor = Some(next),
                _ => break,
            }
        }
        Ok::<(), ServiceError>(())
    };
    match tokio::time::timeout(LISTING, reading).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(failed(server, error, connection).await),
        Err(_elapsed) => {
            *connection = None;
            return Err(late(server, LISTING));
        }
    }
    found.truncate(MAX_TOOLS);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    // Of two that are called the same nobody could say which was allowed.
    let is_twice = |name: &str| found.iter().filter(|tool| tool.name == name).count() > 1;
    let twice: Vec<String> =
        found.iter().filter(|tool| is_twice(&tool.name)).map(|tool| tool.name.clone()).collect();
    found.retain(|tool| !twice.contains(&tool.name));
    Ok(found)
}

fn late(server: &Slug, waited: Duration) -> OutsideError {
    OutsideError::Late { server: server.clone(), secs: waited.as_secs() }
}

/// What an error of the protocol means; a connection that has ended is opened anew the next time.
async fn failed(
    server: &Slug,
    error: ServiceError,
    connection: &mut Option<Connection>,
) -> OutsideError {
    let server = server.clone();
    if let ServiceError::McpError(error) = &error {
        return OutsideError::Refused { server, reason: description(&error.message) };
    }
    let said = match connection.take() {
        Some(open) => open.last_said().await,
        None => String::new(),
    };
    let said = if said.is_empty() { said } else { format!("; it said: {said}") };
    OutsideError::Unusable { server, reason: description(&format!("{error}{said}")) }
}
