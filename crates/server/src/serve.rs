//! Listening, and stopping without cutting anybody off.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::{Extension, Router, serve::ListenerExt};
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

/// Tells answers without an end that the server is to stop.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(tokio::sync::watch::Receiver<bool>);

impl Stopping {
    /// Waits until the server is to stop.
    pub(crate) async fn wait(mut self) {
        // An error means that the server ended by itself.
        let _ = self.0.wait_for(|told| *told).await;
    }
}

/// A port that this process holds: clients can connect, and are answered once [`serve`] runs.
pub struct Listening {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Listening {
    /// Returns the port, which the system chose when port 0 was asked for.
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

/// Takes a port of this machine.
pub fn listen(address: SocketAddr) -> Result<Listening, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback { address });
    }
    let cannot = |source| ServeError::CannotListen { address, source };
    let listener = std::net::TcpListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse { port: address.port() },
        _ => cannot(source),
    })?;
    listener.set_nonblocking(true).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    Ok(Listening { listener, address })
}

/// Serves until `stop` is ready.
pub async fn serve(
    at: Listening,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let stopped = |source| ServeError::Stopped { source };
    let listener = TcpListener::from_std(at.listener).map_err(stopped)?;
    let listener = listener.tap_io(|stream| {
        // Small answers should not wait; where it cannot be set they merely do.
        let _ = stream.set_nodelay(true);
    });
    let (told, mut tell) = tokio::sync::watch::channel(false);
    let router = router.layer(Extension(Stopping(tell.clone())));
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
        ended = server => ended.map_err(stopped),
        () = overdue => Ok(()),
    }
}
