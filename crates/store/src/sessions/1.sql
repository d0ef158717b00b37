-- Heads and messages are JSON; what is looked for stands in columns of its own.
CREATE TABLE session (
  id TEXT PRIMARY KEY,
  volume TEXT NOT NULL,
  updated_at INTEGER NOT NULL, -- microseconds since 1970
  begun TEXT NOT NULL,         -- the head as it was at first
  head TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_volume ON session (volume, updated_at DESC, id);

CREATE TABLE message (
  session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (session, number),
  UNIQUE (session, key)
) STRICT;

PRAGMA user_version = 1;
