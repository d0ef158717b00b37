//! A connection to one server: a process of its own group, or an address.

use std::{collections::HashMap, process::Stdio, sync::Arc, time::Duration};

use process_wrap::tokio::{CommandWrap, KillOnDrop, ProcessGroup};
use reqwest::redirect::Policy;
use rmcp::{
    RoleClient, ServiceExt,
    model::{ClientCapabilities, ClientConfig, Implementation},
    service::RunningService,
    transport::{
        StreamableHttpClientTransport, TokioChildProcess,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use tokio::{
    io::AsyncReadExt,
    process::{ChildStderr, Command},
    sync::Mutex,
};

use crate::settings::{Place, ServerSettings};

/// How long a server may take until it can be talked to; `npx` may have to fetch it first.
pub(crate) const START: Duration = Duration::from_secs(60);

/// The longest message that is read.
const MAX_MESSAGE_BYTES: usize = 4 << 20;

/// How much of what a server said last on standard error is kept.
const MAX_SAID: usize = 2000;

/// What a program that is started finds in its environment. Keys of this program are not among it.
const PASSED_ON: [&str; 11] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "SystemRoot",
    "APPDATA",
    "TEMP",
];

/// Somebody to talk to.
pub(crate) struct Connection {
    pub(crate) service: RunningService<RoleClient, ClientConfig>,
    said: Said,
}

/// What a server said last on standard error.
#[derive(Clone, Default)]
pub(crate) struct Said(Arc<Mutex<String>>);

impl Said {
    /// Reads everything, so that the server is never held up, and keeps the end.
    fn listen(&self, mut stderr: ChildStderr) {
        let said = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut piece = [0; 1024];
            while let Ok(n) = stderr.read(&mut piece).await
                && n > 0
            {
                let mut said = said.lock().await;
                said.push_str(&String::from_utf8_lossy(&piece[..n]));
                let from = said.len().saturating_sub(MAX_SAID);
                let from = (from..=said.len()).find(|at| said.is_char_boundary(*at)).unwrap_or(0);
                said.drain(..from);
            }
        });
    }

    pub(crate) async fn last(&self) -> String {
        self.0.lock().await.trim().to_owned()
    }
}

impl Connection {
    /// Starts or reaches a server, and agrees with it on the protocol.
    pub(crate) async fn open(settings: &ServerSettings) -> Result<Self, String> {
        // It may ask for nothing: no model, no folder, no question to a person.
        let own = Implementation::new("llmos-lite", env!("CARGO_PKG_VERSION"));
        let client = ClientConfig::new(ClientCapabilities::default(), own);
        let said = Said::default();
        let service = match &settings.place {
            Place::Command { .. } => {
                let process = start(&settings.place, &said).map_err(|error| error.to_string())?;
                client.serve(process).await
            }
            Place::Address { url, headers } => {
                let headers: HashMap<_, _> = headers.iter().cloned().collect();
                let config = StreamableHttpClientTransportConfig::with_uri(url.as_str())
                    .custom_headers(headers)
                    .max_sse_event_size(MAX_MESSAGE_BYTES)
                    .max_json_response_size(MAX_MESSAGE_BYTES)
                    .max_error_response_size(MAX_SAID);
                let http = http().map_err(|error| error.to_string())?;
                client.serve(StreamableHttpClientTransport::with_client(http, config)).await
            }
        };
        match service {
            Ok(service) => Ok(Self { service, said }),
            Err(error) => Err(match said.last().await {
                last if last.is_empty() => error.to_string(),
                last => format!("{error}; it said: {last}"),
            }),
        }
    }

    pub(crate) async fn last_said(&self) -> String {
        self.said.last().await
    }
}

fn start(place: &Place, said: &Said) -> std::io::Result<TokioChildProcess> {
    let Place::Command { command, args, env, cwd } = place else {
        return Err(std::io::Error::other("an address is not started"));
    };
    let mut program = Command::new(command);
    program.args(args).env_clear();
    let passed = PASSED_ON.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    program.envs(passed);
    program.envs(env.iter().map(|(name, value)| (name, &value.0)));
    // What lies in the folder of whoever started this program is not looked at by chance.
    program.current_dir(cwd.clone().unwrap_or_else(std::env::temp_dir));
    let mut wrapped = CommandWrap::from(program);
    wrapped.wrap(KillOnDrop);
    #[cfg(unix)]
    wrapped.wrap(ProcessGroup::leader());
    let (process, stderr) = TokioChildProcess::builder(wrapped).stderr(Stdio::piped()).spawn()?;
    if let Some(stderr) = stderr {
        said.listen(stderr);
    }
    Ok(process)
}

/// A client that follows nobody elsewhere: what it carries is meant for one address.
fn http() -> reqwest::Result<reqwest::Client> {
    // An error means that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .build()
}
