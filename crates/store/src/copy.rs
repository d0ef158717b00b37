//! A copy of a file as it is at one moment, while programs write to it.

use std::path::Path;

use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

use crate::{OpenError, database::PATIENCE};

/// Copies the database `from` into the new file `to`, with everything that was written before this began.
///
/// Whoever writes to it meanwhile is not held up. Nothing about the file is changed.
pub fn copy(from: &Path, to: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::File { file: from.to_owned(), source };
    let name = to.to_str().ok_or_else(|| failed(sqlx::Error::Protocol("odd name".to_owned())))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| OpenError::Runtime { source })?;
    let copied = async {
        let options = SqliteConnectOptions::new()
            .filename(from)
            .create_if_missing(false)
            .busy_timeout(PATIENCE);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await?;
        connection.close().await
    };
    runtime.block_on(copied).map_err(failed)
}
