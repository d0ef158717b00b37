//! `llmos blob list`

use std::process::ExitCode;

use llmos_workbench::{Page, ids};

use super::Args as Blob;
use crate::{
    failure::{FOUND, Failure},
    out::Out,
};

/// List what stands for files in a volume
///
/// Exits with 1 where the content of one is not here.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The volume; the user's own when left out
    #[arg(long, value_name = "VOLUME")]
    volume: Option<String>,
}

pub(super) fn run(blob: &Blob, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = blob.open()?;
    let volume = args.volume.as_deref().map(ids::volume).transpose()?;
    let mut out = Out::new();
    let mut offset = 0;
    let mut all_here = true;
    'pages: loop {
        let page = Page::new(Some(llmos_workbench::MAX_PAGE as u64), Some(offset))?;
        let list = workbench.list_blobs(&caller, volume.as_ref(), page)?;
        for file in &list.blobs {
            all_here &= file.is_here;
            let heard = match blob.place.json() {
                true => out.json(file)?,
                false => {
                    let here = if file.is_here { "" } else { ", its content is not here" };
                    let (hash, size) = (&file.blob.hash, file.blob.size);
                    out.line(&format!("{hash} {size} bytes {}{here}", file.path))?
                }
            };
            if heard.is_break() {
                break 'pages;
            }
        }
        offset += list.blobs.len() as u64;
        if list.blobs.is_empty() || offset >= list.total {
            break;
        }
    }
    out.finish()?;
    Ok(if all_here { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}
