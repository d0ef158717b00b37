-- One row for each job. `run` names the run that has not ended, if there is one.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  pattern TEXT NOT NULL,
  zone TEXT NOT NULL,
  next_at INTEGER NOT NULL,
  asked_by TEXT,
  asked_at INTEGER,
  run INTEGER,
  until INTEGER,
  share REAL,
  phase TEXT
) STRICT;

CREATE INDEX job_by_next_at ON job (next_at);

-- One row for each run, the last ones of each job. Times are milliseconds since 1970, in UTC.
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL REFERENCES job (id),
  asked_by TEXT,
  attempt INTEGER NOT NULL,
  holder TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT CHECK (outcome IN ('done', 'failed', 'lost')),
  text TEXT
) STRICT;

CREATE INDEX run_by_job ON run (job, number);

PRAGMA user_version = 1;
