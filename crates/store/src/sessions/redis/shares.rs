//! Shares in Redis, beside their sessions.
//!
//! | key | type | holds |
//! | --- | --- | --- |
//! | `share:<id>` | string | the share, as JSON |
//! | `session:<id>:shares` | hash | the ids of the shares of a session, each with its team |
//! | `team:<team>:shares` | set | the ids of what is offered to a team |

use llmos_core::{
    session::{SessionsError, Share, SharedWith, Shares},
    slug::Slug,
};
use redis::Script;

use super::{Names, RedisSessions, parse, text};

/// Keeps a share of a session that is there: 0 there is no session, 1 kept, 2 another share has its id.
const ADD: &str = "
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local there = redis.call('GET', KEYS[3])
if there then return there == ARGV[2] and 1 or 2 end
redis.call('SET', KEYS[3], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
if ARGV[3] ~= '' then redis.call('SADD', KEYS[4], ARGV[1]) end
return 1";

/// Takes a share of a session away, and says whether it was there.
const REVOKE: &str = "
local team = redis.call('HGET', KEYS[1], ARGV[1])
if not team then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
if team ~= '' then redis.call('SREM', 'team:' .. team .. ':shares', ARGV[1]) end
return 1";

impl Shares for RedisSessions {
    fn add_share(&self, share: &Share) -> Result<(), SessionsError> {
        let team = match &share.with {
            SharedWith::Team(team) => team.as_str(),
            SharedWith::Link(_) => "",
        };
        let names = Names::of(&share.session);
        let script = Script::new(ADD);
        let mut call = script.prepare_invoke();
        call.key(&names.head).key(&names.shares).key(name(&share.id)).key(offers(team));
        call.arg(share.id.as_str()).arg(text::print_share(share)).arg(team);
        let done: u8 =
            self.connections.with("keeping a share", |connection| call.invoke(connection))?;
        match done {
            0 => Err(SessionsError::Unknown { id: share.session.clone() }),
            1 => Ok(()),
            _ => Err(SessionsError::ShareExists { id: share.id.clone() }),
        }
    }

    fn find_share(&self, id: &Slug) -> Result<Option<Share>, SessionsError> {
        Ok(self.shares(vec![id.to_string()])?.pop())
    }

    fn shares_of(&self, session: &Slug) -> Result<Vec<Share>, SessionsError> {
        let names = Names::of(session);
        let ids: Vec<String> = self
            .connections
            .with(DOING, |connection| redis::cmd("HKEYS").arg(&names.shares).query(connection))?;
        self.shares(ids)
    }

    fn offers_to(&self, team: &Slug) -> Result<Vec<Share>, SessionsError> {
        let ids: Vec<String> = self.connections.with(DOING, |connection| {
            redis::cmd("SMEMBERS").arg(offers(team.as_str())).query(connection)
        })?;
        self.shares(ids)
    }

    fn revoke_share(&self, session: &Slug, id: &Slug) -> Result<bool, SessionsError> {
        let names = Names::of(session);
        let script = Script::new(REVOKE);
        let mut call = script.prepare_invoke();
        call.key(&names.shares).key(name(id)).arg(id.as_str());
        let done: u8 =
            self.connections.with("revoking a share", |connection| call.invoke(connection))?;
        Ok(done == 1)
    }
}

const DOING: &str = "looking for shares";

impl RedisSessions {
    /// The shares of these ids, the newest first. Those that were revoked in the meantime are left out.
    fn shares(&self, ids: Vec<String>) -> Result<Vec<Share>, SessionsError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = ids.iter().map(|id| format!("share:{id}")).collect();
        let kept: Vec<Option<String>> = self
            .connections
            .with(DOING, |connection| redis::cmd("MGET").arg(&names).query(connection))?;
        let kept = kept.iter().flatten().map(|share| parse(DOING, text::parse_share(share)));
        let mut shares: Vec<Share> = kept.collect::<Result<_, _>>()?;
        shares.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        Ok(shares)
    }
}

fn name(id: &Slug) -> String {
    format!("share:{id}")
}

fn offers(team: &str) -> String {
    format!("team:{team}:shares")
}
