//! Sessions in SQLite.
//!
//! Each method is one transaction that holds the write lock from its first
//! statement on, and is on the disk when it returns.

mod shares;

use std::path::Path;

use jiff::Timestamp;
use llmos_core::{
    session::{
        Appended, KeptMessage, MessagePlace, NewMessage, SessionChange, SessionHead, SessionPage,
        Sessions, SessionsError,
    },
    slug::Slug,
    volume::VolumeId,
};
use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::text;
use crate::{OpenError, database::Database};

/// What the file looks like, form by form.
const FORMS: [&str; 2] = [include_str!("1.sql"), include_str!("2.sql")];

/// Sessions in a file.
#[derive(Debug)]
pub struct SqliteSessions {
    database: Database,
}

/// What went wrong inside of a transaction.
enum Trouble {
    Refused(SessionsError),
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for Trouble {
    fn from(source: sqlx::Error) -> Self {
        Self::Failed(Box::new(source))
    }
}

impl From<text::TextError> for Trouble {
    fn from(source: text::TextError) -> Self {
        Self::Failed(Box::new(source))
    }
}

impl From<SessionsError> for Trouble {
    fn from(source: SessionsError) -> Self {
        Self::Refused(source)
    }
}

type Step = Transaction<'static, Sqlite>;

impl SqliteSessions {
    /// Opens the file, which is made where there is none.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Ok(Self { database: Database::open(file, &FORMS)? })
    }

    /// Does several statements as one step.
    fn step<T>(
        &self,
        doing: &'static str,
        begin: &'static str,
        work: impl AsyncFnOnce(&mut Step) -> Result<T, Trouble>,
    ) -> Result<T, SessionsError> {
        let step = async {
            let mut step = self.database.pool().begin_with(begin).await?;
            let done = work(&mut step).await?;
            step.commit().await?;
            Ok(done)
        };
        self.database.wait(step).map_err(|trouble| match trouble {
            Trouble::Refused(error) => error,
            Trouble::Failed(source) => SessionsError::Medium { doing, source },
        })
    }

    fn write<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFnOnce(&mut Step) -> Result<T, Trouble>,
    ) -> Result<T, SessionsError> {
        self.step(doing, "BEGIN IMMEDIATE", work)
    }
}

impl Sessions for SqliteSessions {
    fn create(
        &self,
        head: &SessionHead,
        first: &[NewMessage],
    ) -> Result<SessionHead, SessionsError> {
        self.write("keeping a session", async |step| {
            let begun = text::print_head(head);
            let there: Option<(String, String)> =
                sqlx::query_as("SELECT begun, head FROM session WHERE id = ?1")
                    .bind(head.id.as_str())
                    .fetch_optional(&mut **step)
                    .await?;
            match there {
                Some((same, now)) if same == begun => return Ok(text::parse_head(&now)?),
                Some(_) => return Err(SessionsError::Exists { id: head.id.clone() }.into()),
                None => {}
            }
            sqlx::query(
                "INSERT INTO session (id, volume, updated_at, begun, head) VALUES (?1, ?2, ?3, ?4, ?4)",
            )
            .bind(head.id.as_str())
            .bind(head.volume.to_string())
            .bind(head.updated_at.as_microsecond())
            .bind(begun)
            .execute(&mut **step)
            .await?;
            Ok(append(step, head, first, head.created_at).await?.head)
        })
    }

    fn list(
        &self,
        volumes: &[VolumeId],
        limit: usize,
        offset: usize,
    ) -> Result<SessionPage, SessionsError> {
        self.step("listing sessions", "BEGIN", async |step| {
            if volumes.is_empty() {
                return Ok(SessionPage::default());
            }
            let total: i64 = among("SELECT count(*) FROM session", volumes)
                .build_query_scalar()
                .fetch_one(&mut **step)
                .await?;
            let mut query = among("SELECT head FROM session", volumes);
            query.push(" ORDER BY updated_at DESC, id LIMIT ").push_bind(number(limit));
            query.push(" OFFSET ").push_bind(number(offset));
            let heads: Vec<String> = query.build_query_scalar().fetch_all(&mut **step).await?;
            let heads = heads.iter().map(|head| text::parse_head(head));
            Ok(SessionPage { total: total.unsigned_abs(), heads: heads.collect::<Result<_, _>>()? })
        })
    }

    fn read(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<Option<(SessionHead, Vec<KeptMessage>)>, SessionsError> {
        // One transaction, so that a head and its messages are of one moment.
        self.step("reading a session", "BEGIN", async |step| {
            let Some(head) = find(step, id).await? else { return Ok(None) };
            let rows: Vec<(i64, String)> = sqlx::query_as(
                "SELECT number, body FROM message WHERE session = ?1 AND number >= ?2
                 ORDER BY number LIMIT ?3",
            )
            .bind(id.as_str())
            .bind(i64::try_from(first).unwrap_or(i64::MAX))
            .bind(number(limit))
            .fetch_all(&mut **step)
            .await?;
            let messages = rows.iter().map(|(n, body)| text::parse_message(n.unsigned_abs(), body));
            Ok(Some((head, messages.collect::<Result<_, _>>()?)))
        })
    }

    fn append(
        &self,
        id: &Slug,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError> {
        self.write("keeping a message", async |step| {
            let head = known(step, id).await?;
            append(step, &head, messages, at).await
        })
    }

    fn change(
        &self,
        id: &Slug,
        expected: Option<u64>,
        change: &SessionChange,
        at: Timestamp,
    ) -> Result<SessionHead, SessionsError> {
        self.write("changing a session", async |step| {
            let head = known(step, id).await?;
            head.expect(expected)?;
            let head = head.changed(change, at);
            put(step, &head).await?;
            Ok(head)
        })
    }

    fn remove(&self, id: &Slug, expected: Option<u64>) -> Result<(), SessionsError> {
        self.write("forgetting a session", async |step| {
            known(step, id).await?.expect(expected)?;
            sqlx::query("DELETE FROM session WHERE id = ?1")
                .bind(id.as_str())
                .execute(&mut **step)
                .await?;
            Ok(())
        })
    }
}

/// Adds messages to a session whose head is this.
async fn append(
    step: &mut Step,
    head: &SessionHead,
    messages: &[NewMessage],
    at: Timestamp,
) -> Result<Appended, Trouble> {
    let mut known: Vec<Option<u64>> = Vec::with_capacity(messages.len());
    for new in messages {
        let number: Option<i64> =
            sqlx::query_scalar("SELECT number FROM message WHERE session = ?1 AND key = ?2")
                .bind(head.id.as_str())
                .bind(new.key.as_str())
                .fetch_optional(&mut **step)
                .await?;
        known.push(number.map(i64::unsigned_abs));
    }
    let (places, n_new) = head.places(messages, &known)?;
    for (new, MessagePlace { number, again }) in messages.iter().zip(&places) {
        if *again {
            continue;
        }
        sqlx::query("INSERT INTO message (session, number, key, body) VALUES (?1, ?2, ?3, ?4)")
            .bind(head.id.as_str())
            .bind(i64::try_from(*number).unwrap_or(i64::MAX))
            .bind(new.key.as_str())
            .bind(text::print_message(new))
            .execute(&mut **step)
            .await?;
    }
    let head = head.with(messages, &places, at);
    if n_new > 0 {
        put(step, &head).await?;
    }
    Ok(Appended { head, places })
}

async fn put(step: &mut Step, head: &SessionHead) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE session SET updated_at = ?2, head = ?3 WHERE id = ?1")
        .bind(head.id.as_str())
        .bind(head.updated_at.as_microsecond())
        .bind(text::print_head(head))
        .execute(&mut **step)
        .await?;
    Ok(())
}

async fn find(step: &mut Step, id: &Slug) -> Result<Option<SessionHead>, Trouble> {
    let head: Option<String> = sqlx::query_scalar("SELECT head FROM session WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut **step)
        .await?;
    Ok(head.map(|head| text::parse_head(&head)).transpose()?)
}

async fn known(step: &mut Step, id: &Slug) -> Result<SessionHead, Trouble> {
    let head = find(step, id).await?;
    head.ok_or_else(|| SessionsError::Unknown { id: id.clone() }.into())
}

fn among(select: &str, volumes: &[VolumeId]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(select);
    query.push(" WHERE volume IN (");
    let mut list = query.separated(", ");
    for volume in volumes {
        list.push_bind(volume.to_string());
    }
    query.push(")");
    query
}

/// A count as SQLite has it.
fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
