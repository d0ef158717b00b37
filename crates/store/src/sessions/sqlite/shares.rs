//! Shares in SQLite, beside their sessions.

use llmos_core::{
    session::{SessionsError, Share, SharedWith, Shares},
    slug::Slug,
};

use super::{SqliteSessions, Trouble, known, text};

impl Shares for SqliteSessions {
    fn add_share(&self, share: &Share) -> Result<(), SessionsError> {
        self.write("keeping a share", async |step| {
            known(step, &share.session).await?;
            let body = text::print_share(share);
            let there: Option<String> = sqlx::query_scalar("SELECT body FROM share WHERE id = ?1")
                .bind(share.id.as_str())
                .fetch_optional(&mut **step)
                .await?;
            match there {
                Some(same) if same == body => return Ok(()),
                Some(_) => return Err(SessionsError::ShareExists { id: share.id.clone() }.into()),
                None => {}
            }
            let team = match &share.with {
                SharedWith::Team(team) => Some(team.as_str()),
                SharedWith::Link(_) => None,
            };
            sqlx::query(
                "INSERT INTO share (id, session, team, created_at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(share.id.as_str())
            .bind(share.session.as_str())
            .bind(team)
            .bind(share.created_at.as_microsecond())
            .bind(body)
            .execute(&mut **step)
            .await?;
            Ok(())
        })
    }

    fn find_share(&self, id: &Slug) -> Result<Option<Share>, SessionsError> {
        Ok(self.shares("SELECT body FROM share WHERE id = ?1", id)?.pop())
    }

    fn shares_of(&self, session: &Slug) -> Result<Vec<Share>, SessionsError> {
        self.shares(
            "SELECT body FROM share WHERE session = ?1 ORDER BY created_at DESC, id",
            session,
        )
    }

    fn offers_to(&self, team: &Slug) -> Result<Vec<Share>, SessionsError> {
        self.shares("SELECT body FROM share WHERE team = ?1 ORDER BY created_at DESC, id", team)
    }

    fn revoke_share(&self, session: &Slug, id: &Slug) -> Result<bool, SessionsError> {
        self.write("revoking a share", async |step| {
            let done = sqlx::query("DELETE FROM share WHERE id = ?1 AND session = ?2")
                .bind(id.as_str())
                .bind(session.as_str())
                .execute(&mut **step)
                .await?;
            Ok(done.rows_affected() > 0)
        })
    }
}

impl SqliteSessions {
    fn shares(&self, select: &'static str, by: &Slug) -> Result<Vec<Share>, SessionsError> {
        self.step("looking for shares", "BEGIN", async |step| {
            let rows: Vec<String> =
                sqlx::query_scalar(select).bind(by.as_str()).fetch_all(&mut **step).await?;
            let shares = rows.iter().map(|body| text::parse_share(body));
            Ok::<_, Trouble>(shares.collect::<Result<_, _>>()?)
        })
    }
}
