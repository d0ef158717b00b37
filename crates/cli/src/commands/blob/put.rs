//! `llmos blob put`

use std::{fs::File, path::PathBuf, process::ExitCode};

use llmos_core::blob::MediaType;
use llmos_workbench::{NewBlob, ids};

use super::Args as Blob;
use crate::{
    failure::{Failure, FailureKind},
    out::Out,
};

/// Keep a file, and commit what stands for it
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The volume that gets it; the user's own when left out
    #[arg(long, value_name = "VOLUME")]
    volume: Option<String>,
    /// Where in the volume it stands; `files/` and its name when left out
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// What sort of content it is; known for the usual endings when left out
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Replace what stands there
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(blob: &Blob, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = blob.open()?;
    let name = args.file.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        let message = format!("`{}` names no file", args.file.display());
        Failure::new(FailureKind::Usage, message, "name a file whose name is text")
    })?;
    let path = args.path.clone().unwrap_or_else(|| format!("files/{name}"));
    let asked = NewBlob {
        volume: args.volume.as_deref().map(ids::volume).transpose()?,
        path: Some(ids::path(&path)?),
        media_type: match &args.media_type {
            Some(media_type) => ids::media_type(media_type)?,
            None => by_ending(name),
        },
        name: Some(name.to_owned()),
        expected: None,
        replace: args.replace,
    };
    let mut file =
        File::open(&args.file).map_err(|error| Failure::unreadable(&args.file, &error))?;
    let size = file.metadata().ok().filter(|it| it.is_file()).map(|it| it.len());
    workbench.may_upload(&caller, &asked, size)?;
    let kept = workbench.put_blob(&caller, &asked, &mut file)?;
    let mut out = Out::new();
    if blob.place.json() {
        let _ = out.json(&kept)?;
    } else {
        let path = kept.path.unwrap_or_default();
        let _ = out
            .line(&format!("{} {} bytes {}/{path}", kept.blob.hash, kept.blob.size, kept.volume))?;
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The sort of content that a file with this ending usually has.
fn by_ending(name: &str) -> MediaType {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let text = match ending.as_deref().unwrap_or_default() {
        "csv" => "text/csv",
        "gif" => "image/gif",
        "html" | "htm" => "text/html",
        "jpg" | "jpeg" => "image/jpeg",
        "json" => "application/json",
        "md" => "text/markdown",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "tsv" => "text/tab-separated-values",
        "txt" | "log" => "text/plain",
        "wav" => "audio/wav",
        "webm" => "video/webm",
        "webp" => "image/webp",
        "zip" => "application/zip",
        _ => return MediaType::unknown(),
    };
    text.parse().expect("because these are media types")
}
