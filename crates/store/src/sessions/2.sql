-- Who else may read a session. A share is JSON; it goes with its session.
CREATE TABLE share (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  team TEXT, -- NULL where it is a link
  created_at INTEGER NOT NULL, -- microseconds since 1970
  body TEXT NOT NULL
) STRICT;
CREATE INDEX share_by_session ON share (session);
CREATE INDEX share_by_team ON share (team) WHERE team IS NOT NULL;

PRAGMA user_version = 2;
