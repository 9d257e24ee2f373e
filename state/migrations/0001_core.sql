-- What every operation shares. Times are milliseconds since 1970, UTC, of the emulator's own clock.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Scopes that have been touched: each has had its default VPC made.
CREATE TABLE scope (account TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (account, region)) WITHOUT ROWID;

CREATE TABLE tag (
  resource_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, resource_type TEXT NOT NULL,
  account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (resource_id, key)) WITHOUT ROWID;
CREATE INDEX tag_by_value ON tag (account, region, key, value, resource_id);

-- State moves that are still to come. `seq` breaks ties of time.
CREATE TABLE due (
  seq INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL, kind TEXT NOT NULL, resource_id TEXT NOT NULL, move TEXT NOT NULL,
  waits_for_clock INTEGER NOT NULL DEFAULT 0, account TEXT NOT NULL, region TEXT NOT NULL);
CREATE INDEX due_by_time ON due (waits_for_clock, due_ms, seq);
CREATE INDEX due_by_resource ON due (resource_id);

CREATE TABLE client_token (
  account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL,
  parameters TEXT NOT NULL, answer TEXT NOT NULL, created_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, operation, token)) WITHOUT ROWID;

-- Settings of an account in a region: encryption by default, metadata defaults, serial console ...
CREATE TABLE setting (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, region, name)) WITHOUT ROWID;

-- The long tail: kinds without a table of their own.
CREATE TABLE resource (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  resource_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL, parent_id TEXT NOT NULL,
  document TEXT NOT NULL);
CREATE INDEX resource_by_kind ON resource (account, region, kind, seq);
CREATE INDEX resource_by_parent ON resource (parent_id);
