-- A launch writes fewer pages when fewer indexes are to be kept in step.

-- What follows from the row of an interface is kept in step by triggers, by keys that the row itself knows: neither
-- table needs an index by interface beside its key, and a launch writes two pages less for each.
CREATE TABLE group_of_interface (
  group_id TEXT NOT NULL, network_interface_id TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (group_id, network_interface_id)) WITHOUT ROWID;
INSERT INTO group_of_interface (group_id, network_interface_id, account, region)
  SELECT group_id, network_interface_id, account, region FROM network_interface_group;
DROP TABLE network_interface_group;
ALTER TABLE group_of_interface RENAME TO network_interface_group;

CREATE TRIGGER network_interface_joins AFTER INSERT ON network_interface BEGIN
  INSERT INTO network_interface_group (group_id, network_interface_id, account, region)
    SELECT value, new.network_interface_id, new.account, new.region FROM json_each(new.group_ids);
END;
CREATE TRIGGER network_interface_changes AFTER UPDATE OF group_ids ON network_interface
  WHEN old.group_ids <> new.group_ids BEGIN
  DELETE FROM network_interface_group WHERE network_interface_id = old.network_interface_id
    AND group_id IN (SELECT value FROM json_each(old.group_ids));
  INSERT INTO network_interface_group (group_id, network_interface_id, account, region)
    SELECT value, new.network_interface_id, new.account, new.region FROM json_each(new.group_ids);
END;

-- The primary address is in the row of its interface; only the others are looked for by interface.
CREATE TABLE address_in_use (
  subnet_id TEXT NOT NULL, number INTEGER NOT NULL, private_ip_address TEXT NOT NULL,
  network_interface_id TEXT NOT NULL, is_primary INTEGER NOT NULL, position INTEGER NOT NULL,
  account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (subnet_id, number)) WITHOUT ROWID;
INSERT INTO address_in_use
    (subnet_id, number, private_ip_address, network_interface_id, is_primary, position, account, region)
  SELECT subnet_id, number, private_ip_address, network_interface_id, is_primary, position, account, region
  FROM private_ip_address;
DROP TABLE private_ip_address;
ALTER TABLE address_in_use RENAME TO private_ip_address;
CREATE INDEX private_ip_address_secondary ON private_ip_address (network_interface_id, position) WHERE NOT is_primary;

CREATE TRIGGER network_interface_goes AFTER DELETE ON network_interface BEGIN
  DELETE FROM network_interface_group WHERE network_interface_id = old.network_interface_id
    AND group_id IN (SELECT value FROM json_each(old.group_ids));
  DELETE FROM private_ip_address WHERE network_interface_id = old.network_interface_id AND NOT is_primary;
  DELETE FROM private_ip_address WHERE network_interface_id = old.network_interface_id AND subnet_id = old.subnet_id
    AND number = (SELECT sum(value << (24 - 8 * key))
                  FROM json_each('[' || replace(old.private_ip_address, '.', ',') || ']'));
END;

-- Where most rows would be in an index for the sake of few, only those are. The interface that an instance is launched
-- with cannot be detached, so hardly anybody looks for its attachment.
DROP INDEX network_interface_by_attachment;
CREATE UNIQUE INDEX network_interface_by_attachment ON network_interface (attachment_id)
  WHERE attachment_id <> '' AND device_index > 0;

-- Most instances are running: those are found among all of their scope.
DROP INDEX instance_by_scope;
DROP INDEX instance_by_state;
CREATE INDEX instance_by_scope ON instance
  (account, region, seq, instance_id, reservation_id, state, instance_type, core_count, threads_per_core);
CREATE INDEX instance_by_state ON instance (account, region, state, seq, instance_id, reservation_id)
  WHERE state <> 'running';
