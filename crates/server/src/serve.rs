//! Listening, and stopping without cutting anybody off.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::net::TcpListener;

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is not on this machine alone.
    #[error("`{address}` can be reached from other machines, and this version has no login")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// Somebody else listens there.
    #[error("port {port} is in use")]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}")]
    CannotListen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Listening failed later.
    #[error("the server stopped: {source}")]
    Stopped {
        /// Why.
        source: io::Error,
    },
}

impl ServeError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::NotLoopback { .. } => {
                "leave `--host` out, and reach it from elsewhere through `ssh -L 8000:localhost:8000`".to_owned()
            }
            Self::PortInUse { port } => {
                let other = port.checked_add(1).unwrap_or(8000);
                format!("stop the other program, or choose another port with `--port {other}`")
            }
            Self::CannotListen { .. } => "choose another `--host` or `--port`".to_owned(),
            Self::Stopped { .. } => "start it again".to_owned(),
        }
    }
}

/// Requests that still run when the server is told to stop have this long to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` is ready. `ready` is called with the address as soon as connections are taken.
pub async fn serve(
    router: Router,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse { port: address.port() },
        _ => ServeError::CannotListen { address, source },
    })?;
    ready(listener.local_addr().unwrap_or(address));
    let (told, mut tell) = tokio::sync::watch::channel(false);
    let until = async move {
        stop.await;
        told.send_replace(true);
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(until);
    let overdue = async move {
        // An error means that the server ended by itself.
        if tell.wait_for(|told| *told).await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server => ended.map_err(|source| ServeError::Stopped { source }),
        () = overdue => Ok(()),
    }
}
