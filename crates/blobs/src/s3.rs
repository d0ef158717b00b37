//! A store that speaks the protocol of S3.

use std::{fs::File, io::Read, ops::Range, time::Duration};

use futures_util::TryStreamExt;
use opendal::{
    ErrorKind, HttpTransporter, OperationContext, Operator,
    layers::{RetryLayer, TimeoutLayer},
    services::S3 as Service,
};
use opendal_http_transport_reqwest::ReqwestTransport;

use crate::{
    failed::{Cause, OpenError},
    object::{Object, Objects},
    secret::Secret,
    wait::{Body, Wait},
};

/// How much is sent at once; what is larger is sent in parts of this size.
const PART_BYTES: usize = 8 << 20;

/// How long one request may take, and one piece of a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a request is tried that failed in passing.
const TRIES: usize = 4;

/// Which store, and who asks it.
#[derive(Clone, Debug, Default)]
pub struct S3Settings {
    /// The bucket, which must be there.
    pub bucket: String,
    /// Where the store is; that of Amazon when left out.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The id of the key; what the machine itself has when left out.
    pub access_key_id: Option<String>,
    /// The key.
    pub secret_access_key: Option<Secret>,
    /// What belongs to a key that lasts for a while only.
    pub session_token: Option<Secret>,
}

/// A store that speaks the protocol of S3.
pub struct S3 {
    operator: Operator,
    wait: Wait,
}

impl S3 {
    /// Takes a store; asks it nothing yet.
    ///
    /// # Errors
    ///
    /// Where the settings make no sense.
    pub fn open(settings: &S3Settings) -> Result<Self, OpenError> {
        // An error means that a provider is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut service = Service::default().bucket(&settings.bucket);
        if let Some(endpoint) = &settings.endpoint {
            service = service.endpoint(endpoint);
        }
        // A store of one's own has no regions, but a signature needs one.
        let default = settings.endpoint.as_ref().map(|_| "us-east-1");
        if let Some(region) = settings.region.as_deref().or(default) {
            service = service.region(region);
        }
        if let (Some(id), Some(key)) = (&settings.access_key_id, &settings.secret_access_key) {
            service = service.access_key_id(id).secret_access_key(key.reveal());
            service = service.disable_config_load().disable_ec2_metadata();
        }
        if let Some(token) = &settings.session_token {
            service = service.session_token(token.reveal());
        }
        let refused = |error: opendal::Error| OpenError::Settings {
            what: format!("the S3 cannot be used: {error}"),
            hint: "check the bucket, `AWS_REGION` and `AWS_ENDPOINT_URL_S3`",
        };
        let start = |source: reqwest::Error| OpenError::Start { source: source.into() };
        let wait = Wait::new("llmos-s3")?;
        // Nobody is followed elsewhere with what is signed.
        let client = reqwest::Client::builder()
            .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(start)?;
        let transport = HttpTransporter::new(ReqwestTransport::new(client));
        let operator = Operator::new(service)
            .map_err(refused)?
            .with_context(OperationContext::new().with_http_transport(transport))
            .layer(TimeoutLayer::new().with_timeout(PATIENCE).with_io_timeout(PATIENCE))
            .layer(RetryLayer::new().with_max_times(TRIES).with_jitter());
        Ok(Self { operator, wait })
    }
}

impl Objects for S3 {
    fn put(&self, key: &str, file: &mut File, size: u64) -> Result<(), Cause> {
        let small = usize::try_from(size).is_ok_and(|size| size <= PART_BYTES);
        if small {
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            self.wait.until(self.operator.write(key, content))?;
            return Ok(());
        }
        let mut writer = self.wait.until(async { self.operator.writer_with(key).await })?;
        loop {
            let mut part = Vec::with_capacity(PART_BYTES);
            let read = file.by_ref().take(PART_BYTES as u64).read_to_end(&mut part);
            let done = match read {
                Ok(0) => break,
                Ok(_) => self.wait.until(writer.write(part)).map_err(Cause::from),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = done {
                // Parts that stay behind cost money; where this fails the store's own rules remove them.
                drop(self.wait.until(writer.abort()));
                return Err(error);
            }
        }
        self.wait.until(writer.close())?;
        Ok(())
    }

    fn open(
        &self,
        object: &Object,
        part: Option<Range<u64>>,
    ) -> Result<Option<Box<dyn Read + Send>>, Cause> {
        let part = part.unwrap_or(0..object.size);
        if part.is_empty() {
            return Ok(Some(Box::new(std::io::empty())));
        }
        let opened = self.wait.until(async {
            let reader = self.operator.reader(&object.key).await?;
            let pieces = reader.into_bytes_stream(part).await?;
            let mut pieces = Box::pin(pieces.map_err(Cause::from));
            // Whether it is there is known with the first piece.
            let first = pieces.try_next().await;
            Ok::<_, opendal::Error>((first, pieces))
        });
        match opened {
            Ok((Ok(first), pieces)) => {
                let mut body = Body::new(self.wait.clone(), pieces);
                body.rest = first;
                Ok(Some(Box::new(body)))
            }
            Ok((Err(error), _)) => match is_not_found(&error) {
                true => Ok(None),
                false => Err(error),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Object)) -> Result<(), Cause> {
        self.wait.until(async {
            let mut entries = self.operator.lister_with(prefix).recursive(true).await?;
            while let Some(entry) = entries.try_next().await? {
                if entry.metadata().is_file() {
                    let size = entry.metadata().content_length();
                    visit(Object { key: entry.path().to_owned(), size, url: None });
                }
            }
            Ok(())
        })
    }

    fn folders(&self, prefix: &str) -> Result<Vec<String>, Cause> {
        self.wait.until(async {
            let mut found = Vec::new();
            let prefix = if prefix.is_empty() { "/" } else { prefix };
            let mut entries = self.operator.lister_with(prefix).recursive(false).await?;
            while let Some(entry) = entries.try_next().await? {
                if entry.metadata().is_dir() && entry.path() != prefix {
                    found.push(entry.name().trim_end_matches('/').to_owned());
                }
            }
            Ok(found)
        })
    }

    fn delete(&self, objects: &[Object]) -> Result<(), Cause> {
        let keys: Vec<String> = objects.iter().map(|object| object.key.clone()).collect();
        Ok(self.wait.until(self.operator.delete_iter(keys))?)
    }
}

/// The stream of a body tells of a missing object as a failure of reading.
fn is_not_found(error: &Cause) -> bool {
    let first: &(dyn std::error::Error + 'static) = &**error;
    let mut causes = std::iter::successors(Some(first), |error| error.source());
    causes.any(|cause| {
        let own = cause.downcast_ref::<opendal::Error>().map(opendal::Error::kind);
        let io = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        own == Some(ErrorKind::NotFound) || io == Some(std::io::ErrorKind::NotFound)
    })
}
