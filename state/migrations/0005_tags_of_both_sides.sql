-- A resource that several accounts see has tags of its own in each. The columns of the key come first: where they do not,
-- the integrity check of SQLite 3.40 takes one column of such a table for another.
CREATE TABLE tag_of_scope (
  resource_id TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
  value TEXT NOT NULL, resource_type TEXT NOT NULL,
  PRIMARY KEY (resource_id, key, account, region)) WITHOUT ROWID;
INSERT INTO tag_of_scope (resource_id, key, value, resource_type, account, region)
  SELECT resource_id, key, value, resource_type, account, region FROM tag;
DROP TABLE tag;
ALTER TABLE tag_of_scope RENAME TO tag;
CREATE INDEX tag_by_value ON tag (account, region, key, value, resource_id);
