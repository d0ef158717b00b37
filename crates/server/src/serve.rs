//! Listening, and stopping without cutting anybody off.

use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router, serve::Listener};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

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

/// How patient the server is with those who connect.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// How long the head of a request may take, and how long a connection may be idle between two.
    head: Duration,
    /// How many connections there are at once; others wait until one ends.
    connections: usize,
}

impl Patience {
    const USUAL: Self = Self { head: Duration::from_secs(10), connections: 512 };
}

/// Serves until `stop` is ready.
pub async fn serve(
    at: Listening,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_with(at, router, stop, Patience::USUAL).await
}

async fn serve_with(
    at: Listening,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Patience,
) -> Result<(), ServeError> {
    let stopped = |source| ServeError::Stopped { source };
    let mut listener = TcpListener::from_std(at.listener).map_err(stopped)?;
    let (told, tell) = tokio::sync::watch::channel(false);
    let service = TowerToHyperService::new(router.layer(Extension(Stopping(tell))));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let room = Arc::new(Semaphore::new(patience.connections));
    let all = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            // What it cannot take it tries again after a while.
            (place, Listener::accept(&mut listener).await.0)
        };
        let (place, stream) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        // Small answers should not wait; where it cannot be set they merely do.
        let _ = stream.set_nodelay(true);
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = all.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    told.send_replace(true);
    // Requests that still run then are cut off.
    let _ = tokio::time::timeout(GRACE, all.shutdown()).await;
    Ok(())
}

#[cfg(test)]
mod tests;
