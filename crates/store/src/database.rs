//! One file of SQLite behind methods that block.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::runtime::Runtime;

/// How long a program waits for another that writes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How long before it asks again where SQLite does not wait by itself.
const PAUSE: Duration = Duration::from_millis(10);

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("cannot make the folder `{folder}`: {source}", folder = folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be opened, or is no database.
    #[error("cannot open `{file}`: {source}", file = file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// A newer version of the program has changed what the file looks like.
    #[error("`{file}` is of a newer version of LLMos-Lite (form {found}, this one reads {known})", file = file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its form.
        found: i64,
        /// The newest form that this program knows.
        known: i64,
    },
    /// The operating system gives no thread.
    #[error("cannot start: {source}")]
    Runtime {
        /// Why.
        source: io::Error,
    },
}

impl OpenError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "let the program write there",
            Self::File { .. } => {
                "let the program write there; a file that is damaged can be moved away, and an empty one is made"
            }
            Self::Newer { .. } => "start the newer version, or move the file away",
            Self::Runtime { .. } => "try again",
        }
    }
}

/// An open file.
///
/// SQLite is used through a runtime of its own, as callers block.
#[derive(Debug)]
pub(crate) struct Database {
    pool: SqlitePool,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Database {
    /// Opens a file, which is made where there is none, and brings it to the newest form.
    ///
    /// `forms` are the statements that lead from each form to the next, from an empty file on.
    pub(crate) fn open(file: &Path, forms: &[&'static str]) -> Result<Self, OpenError> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("llmos-sqlite")
            .enable_all()
            .build()
            .map_err(|source| OpenError::Runtime { source })?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .busy_timeout(PATIENCE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        let failed = |source| OpenError::File { file: file.to_owned(), source };
        let pool = runtime.block_on(connect(options)).map_err(failed)?;
        let database = Self { pool, runtime: Some(runtime) };
        let found = database.wait(migrate(&database.pool, forms)).map_err(failed)?;
        let known = i64::try_from(forms.len()).expect("because there are few forms");
        if found > known {
            return Err(OpenError::Newer { file: file.to_owned(), found, known });
        }
        Ok(database)
    }

    /// The connections.
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Waits for what was asked of the database.
    pub(crate) fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("because it lives as long as this").block_on(asked)
    }
}

impl Drop for Database {
    /// Closes the file, so that what is done with it afterwards meets nobody at work.
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let pool = self.pool.clone();
        // The thread that drops it may belong to another runtime, which must not wait for this one.
        let closing = std::thread::spawn(move || runtime.block_on(pool.close()));
        drop(closing.join());
    }
}

/// Connects, also where another program makes the file at this very moment.
///
/// To change the journal SQLite needs the file alone, and does not wait for that as it waits for a write.
async fn connect(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let since = Instant::now();
    loop {
        let pool = SqlitePoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
        match pool.connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && since.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED`, whatever more their codes say.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

/// Brings the file to the newest form, and returns the form that it has then.
async fn migrate(pool: &SqlitePool, forms: &[&'static str]) -> Result<i64, sqlx::Error> {
    let mut step = pool.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *step).await?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for form in forms.iter().skip(done) {
        sqlx::raw_sql(*form).execute(&mut *step).await?;
    }
    let now: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *step).await?;
    step.commit().await?;
    Ok(now)
}
