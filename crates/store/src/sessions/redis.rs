//! Sessions in a Redis that several servers share.
//!
//! | key | type | holds |
//! | --- | --- | --- |
//! | `session:<id>` | string | the head, as JSON |
//! | `session:<id>:messages` | list | the messages, oldest first, as JSON |
//! | `session:<id>:keys` | hash | the number of the message of each key |
//! | `<volume>:<volume_id>:sessions` | set | the ids of the sessions of a volume |
//! | `all:sessions` | set | the ids of all sessions |
//!
//! Those of the shares are in [`shares`].
//!
//! A change reads the head, works out the next one, and puts it there if the
//! head is still the one that was read: one script, so that it happens whole or
//! not at all. Whoever comes second reads again.

mod connections;
mod shares;

use jiff::Timestamp;
use llmos_core::{
    session::{
        Appended, KeptMessage, MessagePlace, NewMessage, SessionChange, SessionHead, SessionPage,
        Sessions, SessionsError,
    },
    slug::Slug,
    volume::VolumeId,
};
use redis::{Connection, RedisResult, Script};

use super::text;
use connections::Connections;

pub use connections::RedisOpenError;

/// A head as it is kept and as it is meant, and the numbers of the keys that were asked for.
type Found = (String, SessionHead, Vec<Option<u64>>);

/// Puts a head in the place of another (`''` for none), with messages: key and text in turn.
const SWAP: &str = "
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SADD', KEYS[4], ARGV[3])
redis.call('SADD', KEYS[5], ARGV[3])
if ARGV[1] == '' then redis.call('HSET', KEYS[3], '', ARGV[4]) end
for i = 5, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[i], redis.call('RPUSH', KEYS[2], ARGV[i + 1]))
end
return 1";

/// Forgets a session whose head is this, with its shares.
const REMOVE: &str = "
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
local shares = redis.call('HGETALL', KEYS[6])
for i = 1, #shares, 2 do
  redis.call('DEL', 'share:' .. shares[i])
  if shares[i + 1] ~= '' then redis.call('SREM', 'team:' .. shares[i + 1] .. ':shares', shares[i]) end
end
redis.call('DEL', KEYS[6])
redis.call('SREM', KEYS[4], ARGV[2])
redis.call('SREM', KEYS[5], ARGV[2])
return 1";

/// How often a change is tried again where others are faster. One of all who try gets through each time.
const MAX_TRIES: usize = 1000;

/// How many heads are read at once.
const HEADS: usize = 500;

/// Sessions in Redis.
#[derive(Debug)]
pub struct RedisSessions {
    connections: Connections,
}

impl RedisSessions {
    /// Connects to the server that a `redis://` address names.
    pub fn open(url: &str) -> Result<Self, RedisOpenError> {
        Ok(Self { connections: Connections::open(url)? })
    }

    /// Says whether the server writes what it was told to the disk before it answers; `None` where
    /// it does not say.
    pub fn writes_through(&self) -> Option<bool> {
        let setting = |connection: &mut Connection, name: &str| -> RedisResult<String> {
            let (_, value): (String, String) =
                redis::cmd("CONFIG").arg("GET").arg(name).query(connection)?;
            Ok(value)
        };
        let asked = self.connections.with("reading its settings", |connection| {
            let kept = setting(connection, "appendonly")? == "yes";
            Ok(kept && setting(connection, "appendfsync")? == "always")
        });
        asked.ok()
    }

    /// Makes a change, again for as long as others are faster.
    fn change<T>(
        &self,
        doing: &'static str,
        mut work: impl FnMut() -> Result<Option<T>, SessionsError>,
    ) -> Result<T, SessionsError> {
        for _ in 0..MAX_TRIES {
            if let Some(done) = work()? {
                return Ok(done);
            }
        }
        Err(SessionsError::Medium { doing, source: "others change it all the time".into() })
    }

    /// The head that there is, as it is kept, and the numbers of some keys.
    fn head(
        &self,
        doing: &'static str,
        id: &Slug,
        messages: &[NewMessage],
    ) -> Result<Option<Found>, SessionsError> {
        let names = Names::of(id);
        let (head, known): (Option<String>, Vec<Option<u64>>) =
            self.connections.with(doing, |connection| {
                let mut pipe = redis::pipe();
                pipe.atomic().get(&names.head);
                if messages.is_empty() {
                    let (head,): (Option<String>,) = pipe.query(connection)?;
                    return Ok((head, Vec::new()));
                }
                let keys: Vec<&str> = messages.iter().map(|message| message.key.as_str()).collect();
                pipe.cmd("HMGET").arg(&names.keys).arg(keys);
                pipe.query(connection)
            })?;
        let Some(kept) = head else { return Ok(None) };
        let head = parse(doing, text::parse_head(&kept))?;
        Ok(Some((kept, head, known)))
    }

    fn known(
        &self,
        doing: &'static str,
        id: &Slug,
        messages: &[NewMessage],
    ) -> Result<Found, SessionsError> {
        let found = self.head(doing, id, messages)?;
        found.ok_or_else(|| SessionsError::Unknown { id: id.clone() })
    }

    /// Puts a head in the place of another; `false` where another is there.
    fn swap(
        &self,
        doing: &'static str,
        (before, begun): (&str, &str),
        head: &SessionHead,
        messages: &[&NewMessage],
    ) -> Result<bool, SessionsError> {
        let names = Names::of(&head.id);
        let script = Script::new(SWAP);
        let mut call = script.prepare_invoke();
        call.key(&names.head).key(&names.messages).key(&names.keys);
        call.key(index(&head.volume)).key(ALL);
        call.arg(before).arg(text::print_head(head)).arg(head.id.as_str()).arg(begun);
        for new in messages {
            call.arg(new.key.as_str()).arg(text::print_message(new));
        }
        let done: u8 = self.connections.with(doing, |connection| call.invoke(connection))?;
        Ok(done == 1)
    }
}

impl Sessions for RedisSessions {
    fn create(
        &self,
        head: &SessionHead,
        first: &[NewMessage],
    ) -> Result<SessionHead, SessionsError> {
        let doing = "keeping a session";
        let begun = text::print_head(head);
        let (places, _) = head.places(first, &vec![None; first.len()])?;
        let now = head.with(first, &places, head.created_at);
        self.change(doing, || {
            if self.swap(doing, ("", &begun), &now, &fresh(first, &places))? {
                return Ok(Some(now.clone()));
            }
            let names = Names::of(&head.id);
            let there: (Option<String>, Option<String>) =
                self.connections.with(doing, |connection| {
                    let mut pipe = redis::pipe();
                    pipe.atomic().hget(&names.keys, "").get(&names.head).query(connection)
                })?;
            match there {
                (Some(same), Some(now)) if same == begun => {
                    parse(doing, text::parse_head(&now)).map(Some)
                }
                (_, Some(_)) => Err(SessionsError::Exists { id: head.id.clone() }),
                // It was forgotten in the meantime.
                (_, None) => Ok(None),
            }
        })
    }

    fn list(
        &self,
        volumes: &[VolumeId],
        limit: usize,
        offset: usize,
    ) -> Result<SessionPage, SessionsError> {
        let doing = "listing sessions";
        let mut names: Vec<String> = Vec::new();
        for volume in volumes {
            let ids: Vec<String> = self.connections.with(doing, |connection| {
                redis::cmd("SMEMBERS").arg(index(volume)).query(connection)
            })?;
            names.extend(ids.into_iter().map(|id| format!("session:{id}")));
        }
        names.sort();
        names.dedup();
        let mut heads = Vec::new();
        for names in names.chunks(HEADS) {
            let kept: Vec<Option<String>> = self
                .connections
                .with(doing, |connection| redis::cmd("MGET").arg(names).query(connection))?;
            for head in kept.into_iter().flatten() {
                let head = parse(doing, text::parse_head(&head))?;
                if volumes.contains(&head.volume) {
                    heads.push(head);
                }
            }
        }
        heads.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then_with(|| a.id.cmp(&b.id)));
        let total = heads.len() as u64;
        Ok(SessionPage { total, heads: heads.into_iter().skip(offset).take(limit).collect() })
    }

    fn read(
        &self,
        id: &Slug,
        first: u64,
        limit: usize,
    ) -> Result<Option<(SessionHead, Vec<KeptMessage>)>, SessionsError> {
        let doing = "reading a session";
        let names = Names::of(id);
        let start = i64::try_from(first.max(1) - 1).unwrap_or(i64::MAX);
        let stop = match i64::try_from(limit).unwrap_or(i64::MAX) {
            // Where a list ends before it begins there is nothing.
            0 => (1, 0),
            limit => (start, start.saturating_add(limit - 1)),
        };
        let (head, rows): (Option<String>, Vec<String>) =
            self.connections.with(doing, |connection| {
                let mut pipe = redis::pipe();
                pipe.atomic().get(&names.head);
                pipe.cmd("LRANGE").arg(&names.messages).arg(stop.0).arg(stop.1);
                pipe.query(connection)
            })?;
        let Some(head) = head else { return Ok(None) };
        let head = parse(doing, text::parse_head(&head))?;
        let first = first.max(1);
        let messages =
            rows.iter().zip(first..).map(|(row, n)| parse(doing, text::parse_message(n, row)));
        Ok(Some((head, messages.collect::<Result<_, _>>()?)))
    }

    fn append(
        &self,
        id: &Slug,
        messages: &[NewMessage],
        at: Timestamp,
    ) -> Result<Appended, SessionsError> {
        let doing = "keeping a message";
        self.change(doing, || {
            let (before, head, known) = self.known(doing, id, messages)?;
            let (places, n_new) = head.places(messages, &known)?;
            let head = head.with(messages, &places, at);
            let done =
                n_new == 0 || self.swap(doing, (&before, ""), &head, &fresh(messages, &places))?;
            Ok(done.then_some(Appended { head, places }))
        })
    }

    fn change(
        &self,
        id: &Slug,
        expected: Option<u64>,
        change: &SessionChange,
        at: Timestamp,
    ) -> Result<SessionHead, SessionsError> {
        let doing = "changing a session";
        self.change(doing, || {
            let (before, head, _) = self.known(doing, id, &[])?;
            head.expect(expected)?;
            let head = head.changed(change, at);
            Ok(self.swap(doing, (&before, ""), &head, &[])?.then_some(head))
        })
    }

    fn remove(&self, id: &Slug, expected: Option<u64>) -> Result<(), SessionsError> {
        let doing = "forgetting a session";
        let names = Names::of(id);
        let script = Script::new(REMOVE);
        self.change(doing, || {
            let (before, head, _) = self.known(doing, id, &[])?;
            head.expect(expected)?;
            let mut call = script.prepare_invoke();
            call.key(&names.head).key(&names.messages).key(&names.keys);
            call.key(index(&head.volume)).key(ALL).key(&names.shares);
            call.arg(&before).arg(id.as_str());
            let done: u8 = self.connections.with(doing, |connection| call.invoke(connection))?;
            Ok((done == 1).then_some(()))
        })
    }
}

/// The set of all sessions.
const ALL: &str = "all:sessions";

/// The keys of a session.
struct Names {
    head: String,
    messages: String,
    keys: String,
    shares: String,
}

impl Names {
    fn of(id: &Slug) -> Self {
        let head = format!("session:{id}");
        let part = |name: &str| format!("{head}:{name}");
        let (messages, keys, shares) = (part("messages"), part("keys"), part("shares"));
        Self { head, messages, keys, shares }
    }
}

/// The set of the sessions of a volume.
fn index(volume: &VolumeId) -> String {
    let (kind, name) = text::volume_parts(volume);
    format!("{kind}:{name}:sessions")
}

fn fresh<'a>(messages: &'a [NewMessage], places: &[MessagePlace]) -> Vec<&'a NewMessage> {
    let new = messages.iter().zip(places).filter(|(_, place)| !place.again);
    new.map(|(message, _)| message).collect()
}

fn parse<T>(doing: &'static str, read: Result<T, text::TextError>) -> Result<T, SessionsError> {
    read.map_err(|source| SessionsError::Medium { doing, source: Box::new(source) })
}
