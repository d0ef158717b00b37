//! Where blobs lie: in a folder, in a store that speaks the protocol of S3, or in Vercel Blob.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_blobs::{
    DiskBlobs, ObjectBlobs, OpenError, S3, S3Settings, Secret, Vercel, VercelSettings,
};
use llmos_core::blob::Blobs;
use llmos_workbench::Workbench;

use crate::failure::{Failure, FailureKind};

/// Where blobs lie, and how large one may be.
#[derive(clap::Args)]
pub(crate) struct BlobArgs {
    /// Where uploaded files lie: a folder, `s3://BUCKET/PREFIX` or `vercel:PREFIX`; `blobs` in the folder of the
    /// volumes when left out
    #[arg(long = "blobs", global = true, value_name = "PLACE", env = "LLMOS_BLOBS")]
    place: Option<String>,
    /// The largest file that is taken, in MiB
    #[arg(
        long,
        global = true,
        value_name = "MIB",
        default_value_t = 1024,
        env = "LLMOS_BLOB_LIMIT",
        value_parser = clap::value_parser!(u64).range(1..=1_000_000)
    )]
    blob_limit: u64,
}

impl BlobArgs {
    /// Lets a workbench keep blobs.
    pub(crate) fn add_to(
        &self,
        workbench: Workbench,
        volumes: &Path,
    ) -> Result<Workbench, Failure> {
        Ok(workbench.with_blobs(self.open(volumes)?, self.blob_limit << 20))
    }

    fn open(&self, volumes: &Path) -> Result<Arc<dyn Blobs>, Failure> {
        let place = self.place.as_deref().filter(|place| !place.is_empty());
        let Some(place) = place else {
            return Ok(Arc::new(DiskBlobs::open(volumes.join("blobs"))));
        };
        if let Some(rest) = place.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let s3 = S3::open(&s3_settings(bucket, |name| std::env::var(name).ok()))?;
            return Ok(Arc::new(ObjectBlobs::new(s3, prefix)?));
        }
        if let Some(prefix) = place.strip_prefix("vercel:").or((place == "vercel").then_some("")) {
            let vercel = Vercel::open(&vercel_settings(|name| std::env::var(name).ok())?)?;
            return Ok(Arc::new(ObjectBlobs::new(vercel, prefix)?));
        }
        if place.contains("://") {
            return Err(Failure::new(
                FailureKind::Usage,
                format!("`--blobs {place}` is no place for blobs"),
                "name a folder, `s3://BUCKET/PREFIX` or `vercel:PREFIX`",
            ));
        }
        Ok(Arc::new(DiskBlobs::open(PathBuf::from(place))))
    }
}

/// The settings of an S3, by the names that all its programs read.
fn s3_settings(bucket: &str, read: impl Fn(&str) -> Option<String>) -> S3Settings {
    let first =
        |names: &[&str]| names.iter().find_map(|name| read(name).filter(|it| !it.is_empty()));
    S3Settings {
        bucket: bucket.to_owned(),
        endpoint: first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]),
        region: first(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
        access_key_id: first(&["AWS_ACCESS_KEY_ID"]),
        secret_access_key: first(&["AWS_SECRET_ACCESS_KEY"]).map(Secret::new),
        session_token: first(&["AWS_SESSION_TOKEN"]).map(Secret::new),
    }
}

fn vercel_settings(read: impl Fn(&str) -> Option<String>) -> Result<VercelSettings, Failure> {
    let token = read("BLOB_READ_WRITE_TOKEN").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "`BLOB_READ_WRITE_TOKEN` is not set",
            "set it to the token of the store, which begins with `vercel_blob_rw_`",
        )
    })?;
    let api = read("VERCEL_BLOB_API_URL").filter(|api| !api.is_empty());
    Ok(VercelSettings { token: Secret::new(token), api })
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let kind = match error {
            OpenError::Settings { .. } => FailureKind::Usage,
            OpenError::Start { .. } => FailureKind::Internal,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_s3_is_set_by_the_names_that_its_programs_read() {
        let read = |name: &str| match name {
            "AWS_ENDPOINT_URL" => Some("https://minio.example:9000".to_owned()),
            "AWS_DEFAULT_REGION" => Some("eu-central-1".to_owned()),
            "AWS_REGION" => Some(String::new()),
            "AWS_SECRET_ACCESS_KEY" => Some("a very secret key".to_owned()),
            _ => None,
        };
        let settings = s3_settings("data", read);
        assert_eq!(settings.endpoint.as_deref(), Some("https://minio.example:9000"));
        assert_eq!(settings.region.as_deref(), Some("eu-central-1"));
        assert!(settings.secret_access_key.is_some());
        assert!(!format!("{settings:?}").contains("a very secret key"));
    }
}
