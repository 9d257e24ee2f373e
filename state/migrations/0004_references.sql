-- Which resource of the long tail names which other: what is named cannot go while `holds` is set.
CREATE TABLE reference (
  resource_id TEXT NOT NULL, target_id TEXT NOT NULL, holds INTEGER NOT NULL,
  account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (resource_id, target_id)) WITHOUT ROWID;
CREATE INDEX reference_by_target ON reference (target_id, resource_id);
