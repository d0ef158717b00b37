//! A store that speaks the protocol of S3 and checks every signature, in a folder: `s3s`, which is
//! nobody's fake.

use std::path::PathBuf;

use axum::{Router, error_handling::HandleError, http::StatusCode};
use llmos_blobs::{S3Settings, Secret};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;

use super::Server;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const BUCKET: &str = "blobs";

pub(crate) struct S3Server {
    server: Server,
    folder: TempDir,
}

impl S3Server {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("there is room for a folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("the folder is new");
        let store = FileSystem::new(folder.path()).expect("the folder is there");
        let mut service = S3ServiceBuilder::new(store);
        service.set_auth(SimpleAuth::from_single(ID, KEY));
        let service = HandleError::new(service.build(), |error| async move {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}"))
        });
        Self { server: Server::start(Router::new().fallback_service(service)), folder }
    }

    pub(crate) fn settings(&self) -> S3Settings {
        S3Settings {
            bucket: BUCKET.to_owned(),
            endpoint: Some(format!("http://{}", self.server.address)),
            region: None,
            access_key_id: Some(ID.to_owned()),
            secret_access_key: Some(Secret::new(KEY)),
            session_token: None,
        }
    }

    /// The files of all objects.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let (mut found, mut to_do) = (Vec::new(), vec![self.folder.path().join(BUCKET)]);
        while let Some(folder) = to_do.pop() {
            for entry in std::fs::read_dir(folder).expect("it is a folder") {
                let path = entry.expect("it can be read").path();
                if path.is_dir() { to_do.push(path) } else { found.push(path) }
            }
        }
        found
    }
}
