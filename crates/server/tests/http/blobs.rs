//! Blobs over HTTP: what comes back, as what, and in which parts.

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use llmos_core::blob::BlobHash;
use serde_json::json;

use crate::support::{Answer, BLOB_LIMIT, Client, request};

async fn put(client: &Client, uri: &str, kind: &str, content: &[u8]) -> Answer {
    let request = request(Method::POST, uri).header(header::CONTENT_TYPE, kind);
    client.send(request.body(Body::from(content.to_vec())).expect("it is a request")).await
}

async fn get(client: &Client, uri: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = request(Method::GET, uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(Body::empty()).expect("it is a request")).await
}

#[tokio::test]
async fn a_file_is_uploaded_listed_and_read() {
    let client = Client::memory();
    let kept =
        put(&client, "/blobs?path=files/data.csv", "text/csv; charset=utf-8", b"a,b\n1,2\n").await;
    assert_eq!(kept.status, StatusCode::CREATED, "{kept:?}");
    let hash = BlobHash::of(b"a,b\n1,2\n").to_string();
    let (kept, place) = (kept.json(), "files/data.csv.blob.md");
    let facts = json!({"hash": hash, "size": 8, "media_type": "text/csv", "name": "data.csv"});
    for (field, want) in facts.as_object().expect("it is an object") {
        assert_eq!(kept[field], *want, "{kept}");
    }
    assert_eq!((&kept["volume"], &kept["path"]), (&json!("user/local"), &json!(place)));
    let mut file = facts.clone();
    file["path"] = json!(place);
    file["is_here"] = json!(true);
    file["may_change"] = json!(true);
    let mut list = client.get("/api/blobs?volume=user/local").await.ok();
    let kept_at = list["blobs"][0].as_object_mut().and_then(|file| file.remove("kept_at"));
    assert!(kept_at.is_some_and(|at| at.as_str().is_some_and(|at| at.ends_with('Z'))));
    let want = json!({"volume": "user/local", "total": 1, "blobs": [file], "may_add": true, "max_bytes": BLOB_LIMIT});
    assert_eq!(list, want);
    let read = client.get(&format!("/api/blobs/{hash}")).await;
    assert_eq!((read.status, read.text.as_str()), (StatusCode::OK, "a,b\n1,2\n"));
    let header = |name: &str| read.headers.get(name).and_then(|value| value.to_str().ok());
    for (name, want) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "8"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", "inline; filename=\"data.csv\"; filename*=UTF-8''data.csv"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(name), Some(want), "{name}");
    }
    assert_eq!(header("etag"), Some(format!("\"{hash}\"").as_str()));
    assert!(header("content-security-policy").is_some_and(|policy| policy.ends_with("; sandbox")));
    let saved = client.get(&format!("/blobs/{hash}?download=true")).await;
    let disposition = saved.headers[header::CONTENT_DISPOSITION].to_str().expect("it is text");
    assert!(disposition.starts_with("attachment; "), "{disposition}");
}

#[tokio::test]
async fn parts_and_what_is_known_are_answered_as_browsers_ask() {
    let client = Client::memory();
    let content: Vec<u8> =
        (0..200_000_u32).map(|n| u8::try_from(n % 251).expect("it is small")).collect();
    put(&client, "/blobs?path=files/a.bin", "video/mp4", &content).await.ok();
    let uri = format!("/blobs/{}", BlobHash::of(&content));
    let etag = format!("\"{}\"", BlobHash::of(&content));
    let part = get(&client, &uri, &[("range", "bytes=100000-199999")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers[header::CONTENT_RANGE], "bytes 100000-199999/200000");
    assert_eq!(part.headers[header::CONTENT_LENGTH], "100000");
    assert_eq!(part.headers[header::CONTENT_TYPE], "video/mp4");
    let last = get(&client, &uri, &[("range", "bytes=-5"), ("if-range", &etag)]).await;
    assert_eq!(last.status, StatusCode::PARTIAL_CONTENT);
    let all = get(&client, &uri, &[("range", "bytes=-5"), ("if-range", "\"other\"")]).await;
    assert_eq!(
        (all.status, &all.headers[header::CONTENT_LENGTH]),
        (StatusCode::OK, &"200000".parse().expect("a header"))
    );
    let known = get(&client, &uri, &[("if-none-match", &format!("\"x\", W/{etag}"))]).await;
    assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let beyond = get(&client, &uri, &[("range", "bytes=200000-")]).await;
    assert_eq!(beyond.problem(416)["code"], "bad-range");
    let head = request(Method::HEAD, &uri).body(Body::empty()).expect("it is a request");
    let head = client.send(head).await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.headers[header::CONTENT_LENGTH], "200000");
}

#[tokio::test]
async fn what_may_hold_a_program_is_never_shown() {
    let client = Client::memory();
    let script = "<script>fetch('/skills')</script>";
    for (n, kind) in [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "application/pdf",
        "text/javascript",
        "x/unknown",
    ]
    .into_iter()
    .enumerate()
    {
        let content = format!("{script}{n}");
        put(&client, &format!("/blobs?path=files/f{n}"), kind, content.as_bytes()).await.ok();
        let read = client.get(&format!("/blobs/{}", BlobHash::of(content.as_bytes()))).await;
        assert_eq!(read.headers[header::CONTENT_TYPE], "application/octet-stream", "{kind}");
        let disposition = read.headers[header::CONTENT_DISPOSITION].to_str().expect("it is text");
        assert!(disposition.starts_with("attachment; "), "{kind}: {disposition}");
        let policy = read.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    }
}

#[tokio::test]
async fn an_upload_that_cannot_be_kept_says_why() {
    let client = Client::memory();
    let cases = [
        ("/blobs?path=files/../x", "text/csv", 400, "bad-field"),
        ("/blobs?path=skills/x.csv", "text/csv", 400, "bad-field"),
        ("/blobs?path=files/x.csv", "no type", 400, "bad-field"),
        ("/blobs?sha256=abc", "text/csv", 400, "bad-field"),
        ("/blobs?volume=user/ana", "text/csv", 403, "denied"),
        ("/blobs?volume=system", "text/csv", 403, "denied"),
    ];
    for (uri, kind, status, code) in cases {
        assert_eq!(put(&client, uri, kind, b"x").await.problem(status)["code"], code, "{uri}");
    }
    let limit = usize::try_from(BLOB_LIMIT).expect("it is small");
    let large = vec![7; limit + 1];
    assert_eq!(put(&client, "/blobs", "x/y", &large).await.problem(413)["code"], "body-too-large");
    // It does not say how long it is.
    let pieces = large.chunks(100_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
    let pieces: Vec<_> = pieces.collect();
    let body = Body::from_stream(tokio_stream::iter(pieces));
    let endless = request(Method::POST, "/blobs").body(body).expect("it is a request");
    assert_eq!(client.send(endless).await.problem(413)["code"], "body-too-large");
    assert_eq!(put(&client, "/blobs", "x/y", &large[1..]).await.status, StatusCode::CREATED);
    let cut = tokio_stream::iter([Ok(b"half".to_vec()), Err(std::io::Error::other("gone"))]);
    let cut =
        request(Method::POST, "/blobs").body(Body::from_stream(cut)).expect("it is a request");
    assert_eq!(client.send(cut).await.problem(400)["code"], "bad-body");
    let packed = request(Method::POST, "/blobs").header(header::CONTENT_ENCODING, "gzip");
    let packed = packed.body(Body::from("x")).expect("it is a request");
    assert_eq!(client.send(packed).await.problem(415)["code"], "packed-body");
    let page = request(Method::POST, "/blobs").header(header::ORIGIN, "https://evil.example");
    let page = page.body(Body::from("x")).expect("it is a request");
    assert_eq!(client.send(page).await.problem(403)["code"], "foreign-origin");
}

#[tokio::test]
async fn whoever_asks_first_learns_where_a_file_would_stand_and_what_would_refuse_it() {
    let client = Client::memory();
    let ask = |query: &str| {
        let uri = format!("/api/blobs/place?{query}");
        let client = &client;
        async move { client.get(&uri).await }
    };
    let place = ask("name=data.csv&size=4").await.ok();
    let path = "files/data.csv.blob.md";
    let want = json!({"volume": "user/local", "path": path, "is_taken": false, "free_path": path});
    assert_eq!(place, want);
    put(&client, &format!("/blobs?path={path}"), "text/csv", b"a\n").await.ok();
    let place = ask("name=data.csv").await.ok();
    assert_eq!(place["is_taken"], true);
    assert_eq!(place["free_path"], "files/data (2).csv.blob.md");
    let odd = ask("name=%3Cimg%20src%3Dx%20onerror%3Da%3E.svg").await.ok();
    assert_eq!(odd["path"], "files/_img src=x onerror=a_.svg.blob.md");
    for (query, status, code) in [
        (format!("name=a&size={}", BLOB_LIMIT + 1), 413, "body-too-large"),
        ("name=a&volume=system".to_owned(), 403, "denied"),
        ("name=a&volume=user/ana".to_owned(), 403, "denied"),
    ] {
        assert_eq!(ask(&query).await.problem(status)["code"], code, "{query}");
    }
}

#[tokio::test]
async fn a_file_is_deleted_where_it_still_has_the_content_that_was_seen() {
    let client = Client::memory();
    let path = "files/data.csv.blob.md";
    put(&client, &format!("/blobs?path={path}"), "text/csv", b"a\n").await.ok();
    let hash = BlobHash::of(b"a\n");
    let delete = |query: String| {
        let request = request(Method::DELETE, &format!("/blobs?{query}")).body(Body::empty());
        client.send(request.expect("it is a request"))
    };
    let other = BlobHash::of(b"b\n");
    let stale = delete(format!("path={path}&hash={other}")).await;
    assert_eq!(stale.problem(409)["code"], "stale");
    for (query, status, code) in [
        ("path=skills/a.md", 400, "bad-field"),
        ("path=files/none.csv", 404, "unknown"),
        ("path=files/data.csv&volume=system", 403, "denied"),
        ("path=files/data.csv&volume=user/ana", 403, "denied"),
    ] {
        assert_eq!(delete(query.to_owned()).await.problem(status)["code"], code, "{query}");
    }
    let deleted = delete(format!("path={path}&hash={hash}")).await.ok();
    assert_eq!((&deleted["volume"], &deleted["path"]), (&json!("user/local"), &json!(path)));
    assert_eq!(client.get("/blobs").await.ok()["total"], 0);
    assert_eq!(client.get(&format!("/blobs/{hash}")).await.problem(404)["code"], "unknown");
}

#[tokio::test]
async fn a_message_carries_a_file_that_nobody_else_reads() {
    let client = Client::memory();
    let kept =
        put(&client, "/blobs?name=photo.png", "image/png", b"not really a picture").await.ok();
    let hash = kept["hash"].as_str().expect("it has one").to_owned();
    let uri = format!("/blobs/{hash}");
    assert_eq!(client.get(&uri).await.problem(404)["code"], "unknown");
    let session = client.post("/api/sessions", json!({"name": "Work"})).await.ok();
    let id = session["id"].as_str().expect("it has one");
    let message = json!({
        "role": "user", "content": "What is in this picture?",
        "artifacts": [{"kind": "file", "name": kept["name"], "content": kept["pointer"]}],
    });
    client.post(&format!("/api/sessions/{id}/messages"), message).await.ok();
    let read = client.get(&format!("/api/sessions/{id}")).await.ok();
    let blob = &read["messages"][0]["artifacts"][0]["blob"];
    assert_eq!(
        *blob,
        json!({"hash": hash, "size": 20, "media_type": "image/png", "name": "photo.png"})
    );
    let there = client.get(&format!("{uri}?session={id}&message=1")).await;
    assert_eq!((there.status, there.text.as_str()), (StatusCode::OK, "not really a picture"));
    assert_eq!(there.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(
        client.get(&format!("{uri}?session={id}&user_id=bob")).await.problem(404)["code"],
        "unknown"
    );
    client.post(&format!("/api/sessions/{id}/commit"), json!({})).await.ok();
    assert_eq!(client.get(&uri).await.status, StatusCode::OK);
    let path = format!("sessions/{id}/photo.png.blob.md");
    let at = client.get(&format!("{uri}?volume=user/local&path={path}&commit=main")).await;
    assert_eq!(at.status, StatusCode::OK, "{at:?}");
}
