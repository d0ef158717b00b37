//! Parsing skill files: real ones where the data set is there, made-up ones
//! always.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use llmos_core::skill::check;

use crate::table::{Table, count, median, time};
use crate::volume::skill;

/// Parses each set of files again and again.
pub(crate) fn run() -> Result<Table> {
    let mut table = Table::new(&["files", "how many", "size", "all", "per file"]);
    let made: Vec<(String, Vec<u8>)> =
        (0..1_000).map(|n| (format!("skills/made-{n:05}.md"), skill(n).into_bytes())).collect();
    add(&mut table, "made up, half of them executable", &made)?;
    let data = std::env::var_os("LLMOS_BENCH_DATA")
        .map_or_else(|| "../shared/bench".into(), PathBuf::from);
    for (name, folder) in
        [("real, from public repositories", "files"), ("odd ones, made by hand", "made")]
    {
        let files = read(&data.join("2_skills").join(folder))?;
        if files.is_empty() {
            table.row([name.to_owned(), "not here".into(), "–".into(), "–".into(), "–".into()]);
        } else {
            add(&mut table, name, &files)?;
        }
    }
    Ok(table)
}

fn add(table: &mut Table, name: &str, files: &[(String, Vec<u8>)]) -> Result<()> {
    let all = median(|| {
        files.iter().map(|(path, text)| check(path, text).diagnostics.len()).sum::<usize>()
    });
    let n_bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    table.row([
        name.to_owned(),
        count(files.len()),
        format!("{} KB", count(n_bytes / 1_000)),
        time(all),
        time(all / u32::try_from(files.len())?),
    ]);
    Ok(())
}

/// The Markdown files of a folder, or none where there is no such folder.
fn read(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| Ok((path.to_string_lossy().into_owned(), fs::read(&path)?)))
        .collect()
}
