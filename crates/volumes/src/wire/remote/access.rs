//! What `git` may use to reach a remote: the network and the operator's keys,
//! and nothing of a volume.
//!
//! Secrets come from the environment, an SSH agent or a credential helper. They
//! are never an argument, never written, and taken out of what `git` complains.

use std::{env, process::Command};

use llmos_core::remote::{RemoteUrl, Transport};

/// A token for one host, and the host that it is for.
const TOKEN: &str = "LLMOS_REMOTE_TOKEN";
const TOKEN_HOST: &str = "LLMOS_REMOTE_TOKEN_HOST";
const DEFAULT_HOST: &str = "github.com";

/// A credential helper of the operator's choice, as `git` takes it.
const HELPER: &str = "LLMOS_CREDENTIAL_HELPER";

/// What is passed on: where keys and certificates are, and which way to the network.
const PASSED_ON: [&str; 16] = [
    "HOME",
    "USERPROFILE",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "XDG_RUNTIME_DIR",
];

/// Lets `git` reach the remote at `url`, and no other kind of place.
pub(super) fn grant(command: &mut Command, url: &RemoteUrl) {
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    let protocols = match url.transport() {
        Transport::Http { .. } => "http:https",
        Transport::Ssh => "ssh",
        Transport::Folder => "file",
    };
    command
        .env("GIT_ALLOW_PROTOCOL", protocols)
        .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15")
        .env("GIT_ASKPASS", "")
        .env("SSH_ASKPASS", "");
    let mut settings: Vec<(String, String)> = Vec::new();
    if let Ok(helper) = env::var(HELPER) {
        settings.push(("credential.helper".to_owned(), helper));
    }
    if let (Ok(token), Transport::Http { host }) = (env::var(TOKEN), url.transport())
        && *host == token_host()
    {
        // The helper reads the token from its own environment.
        let helper = "!f() { test \"$1\" = get && echo username=x-access-token && \
                      printf 'password=%s\\n' \"$LLMOS_REMOTE_TOKEN\"; }; f";
        let scheme = if url.as_str().starts_with("https:") { "https" } else { "http" };
        settings.push((format!("credential.{scheme}://{host}.helper"), helper.to_owned()));
        command.env(TOKEN, token);
    }
    command.env("GIT_CONFIG_COUNT", settings.len().to_string());
    for (n, (key, value)) in settings.into_iter().enumerate() {
        command.env(format!("GIT_CONFIG_KEY_{n}"), key);
        command.env(format!("GIT_CONFIG_VALUE_{n}"), value);
    }
}

fn token_host() -> String {
    env::var(TOKEN_HOST).unwrap_or_else(|_| DEFAULT_HOST.to_owned())
}

/// Takes the token out of what a program said.
pub(super) fn without_secrets(said: &str) -> String {
    match env::var(TOKEN) {
        Ok(token) if !token.is_empty() => said.replace(&token, "***"),
        _ => said.to_owned(),
    }
}
