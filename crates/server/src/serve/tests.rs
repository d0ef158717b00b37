use axum::routing::get;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

const HASTY: Patience = Patience { head: Duration::from_millis(200), connections: 2 };

/// A server that answers `/` and gives up soon on whoever says nothing.
fn started()
-> (u16, tokio::task::JoinHandle<Result<(), ServeError>>, tokio::sync::oneshot::Sender<()>) {
    let any = "127.0.0.1:0".parse().expect("it is an address");
    let listening = listen(any).expect("there is a port");
    let port = listening.port();
    let router = Router::new().route("/", get(|| async { "here" }));
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
    };
    (port, tokio::spawn(serve_with(listening, router, stopped, HASTY)), stop)
}

async fn connect(port: u16, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens");
    stream.write_all(text.as_bytes()).await.expect("somebody reads");
    stream
}

/// Reads until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // It may be reset instead of closed.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn whoever_says_nothing_or_half_a_word_holds_no_place_for_ever() {
    let (port, server, stop) = started();
    let mut silent = connect(port, "").await;
    let mut slow = connect(port, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    // Both places are taken; this one is answered once they are let go.
    let mut third = connect(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let answer = rest(&mut third).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
    assert_eq!(rest(&mut silent).await, "");
    assert!(!rest(&mut slow).await.contains("200"));
    stop.send(()).expect("it waits for that");
    server.await.expect("it does not panic").expect("it stops in order");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_stays() {
    let (port, server, stop) = started();
    let ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut stream = connect(port, ask).await;
    let mut first = vec![0; 1024];
    let n = stream.read(&mut first).await.expect("it answers");
    assert!(first[..n].ends_with(b"here"));
    stream.write_all(ask.as_bytes()).await.expect("it is open still");
    let all = rest(&mut stream).await;
    assert!(all.starts_with("HTTP/1.1 200"), "{all}");
    stop.send(()).expect("it waits for that");
    server.await.expect("it does not panic").expect("it stops in order");
}
