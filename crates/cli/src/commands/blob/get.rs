//! `llmos blob get`

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use llmos_core::blob::{BlobHash, MAX_POINTER_BYTES, Pointer};
use llmos_workbench::{BlobPlace, ids};

use super::Args as Blob;
use crate::{
    failure::{Failure, FailureKind},
    out::say,
};

/// Write a kept file to standard output, or into a file
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The hash of its content, or the file that stands for it, also in a clone
    #[arg(value_name = "WHAT")]
    what: String,
    /// The file to make; it must not be there
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The volume that refers to it; all that the user sees are looked at when left out
    #[arg(long, value_name = "VOLUME")]
    volume: Option<String>,
    /// The session of which a message carries it
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
}

pub(super) fn run(blob: &Blob, args: &Args) -> Result<ExitCode, Failure> {
    let (mut workbench, caller) = blob.open()?;
    if args.session.is_some() {
        workbench = workbench.with_sessions(blob.sessions.open(blob.place.volumes())?);
    }
    let hash = match args.what.parse() {
        Ok(hash) => hash,
        Err(_) => pointed(Path::new(&args.what))?,
    };
    let place = BlobPlace {
        volume: args.volume.as_deref().map(ids::volume).transpose()?,
        session: args.session.as_deref().map(|id| ids::slug("session", id)).transpose()?,
        ..BlobPlace::default()
    };
    let found = workbench.find_blob(&caller, &hash, &place)?;
    let mut content = workbench.open_blob(&found, None)?.content;
    let refused = |error: &io::Error| {
        let hint = "run `llmos blob verify`, and put the same file again where it is damaged";
        Failure::new(FailureKind::Internal, error.to_string(), hint)
    };
    let Some(output) = &args.output else {
        if io::stdout().is_terminal() && !found.pointer().media_type.shown().inline {
            let hint = "name a file with `--output`, or send it on with a pipe";
            let message = "the content is not for a terminal";
            return Err(Failure::new(FailureKind::Refused, message, hint));
        }
        let mut out = io::stdout().lock();
        return match io::copy(&mut *content, &mut out).and_then(|_| out.flush()) {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(error) => Err(refused(&error)),
        };
    };
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
    let unwritable = |error: &io::Error| Failure::unwritable(output, error);
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .map_err(|error| unwritable(&error))?;
    io::copy(&mut *content, file.as_file_mut()).map_err(|error| refused(&error))?;
    file.persist_noclobber(output).map_err(|error| unwritable(&error.error))?;
    say(&format!("{} bytes in `{}`", found.size(), output.display()));
    Ok(ExitCode::SUCCESS)
}

/// Reads the hash that a file stands for.
fn pointed(file: &Path) -> Result<BlobHash, Failure> {
    let unreadable = |error: &io::Error| Failure::unreadable(file, error);
    let open = File::open(file).map_err(|error| unreadable(&error))?;
    let mut content = Vec::new();
    let limit = MAX_POINTER_BYTES as u64 + 1;
    io::Read::read_to_end(&mut io::Read::take(open, limit), &mut content)
        .map_err(|error| unreadable(&error))?;
    Pointer::parse(&content).map(|pointer| pointer.hash).map_err(|error| {
        let message = format!("`{}` cannot be used: {error}", file.display());
        Failure::new(FailureKind::Input, message, "name a file that ends in `.blob.md`, or a hash")
    })
}
