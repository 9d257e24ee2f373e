CREATE TABLE vpc (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  vpc_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, cidr_block TEXT NOT NULL, dhcp_options_id TEXT NOT NULL,
  instance_tenancy TEXT NOT NULL, is_default INTEGER NOT NULL,
  enable_dns_support INTEGER NOT NULL, enable_dns_hostnames INTEGER NOT NULL,
  enable_network_address_usage_metrics INTEGER NOT NULL,
  cidr_block_associations TEXT, ipv6_cidr_block_associations TEXT);
CREATE INDEX vpc_by_scope ON vpc (account, region);
CREATE UNIQUE INDEX vpc_one_default ON vpc (account, region) WHERE is_default;

CREATE TABLE subnet (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  subnet_id TEXT NOT NULL UNIQUE, vpc_id TEXT NOT NULL REFERENCES vpc (vpc_id), state TEXT NOT NULL,
  cidr_block TEXT NOT NULL, availability_zone TEXT NOT NULL, availability_zone_id TEXT NOT NULL,
  default_for_az INTEGER NOT NULL, map_public_ip_on_launch INTEGER NOT NULL,
  assign_ipv6_address_on_creation INTEGER NOT NULL, ipv6_cidr_block_associations TEXT, options TEXT);
CREATE INDEX subnet_by_scope ON subnet (account, region);
CREATE INDEX subnet_by_vpc ON subnet (vpc_id);

CREATE TABLE network_interface (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  network_interface_id TEXT NOT NULL UNIQUE, subnet_id TEXT NOT NULL REFERENCES subnet (subnet_id),
  vpc_id TEXT NOT NULL, availability_zone TEXT NOT NULL, description TEXT NOT NULL, interface_type TEXT NOT NULL,
  status TEXT NOT NULL, mac_address TEXT NOT NULL, private_ip_address TEXT NOT NULL, source_dest_check INTEGER NOT NULL,
  requester_id TEXT NOT NULL, requester_managed INTEGER NOT NULL,
  public_ip TEXT NOT NULL,              -- assigned automatically; elastic ones are in address
  group_ids TEXT NOT NULL,              -- JSON list, in the order given
  ipv6_addresses TEXT, options TEXT,
  attachment_id TEXT NOT NULL, attachment_status TEXT NOT NULL, attach_time_ms INTEGER NOT NULL,
  instance_id TEXT NOT NULL, device_index INTEGER NOT NULL, network_card_index INTEGER NOT NULL,
  delete_on_termination INTEGER NOT NULL);
CREATE INDEX network_interface_by_scope ON network_interface (account, region);
CREATE INDEX network_interface_by_subnet ON network_interface (subnet_id);
CREATE INDEX network_interface_by_instance ON network_interface (instance_id) WHERE instance_id <> '';
CREATE UNIQUE INDEX network_interface_by_attachment ON network_interface (attachment_id) WHERE attachment_id <> '';
CREATE UNIQUE INDEX network_interface_public_ip ON network_interface (public_ip) WHERE public_ip <> '';

-- Every private IPv4 address in use, the primary ones included: an address has one owner in its subnet. Those of a
-- prefix that an interface has been given have the position -1 and are not listed one by one.
CREATE TABLE private_ip_address (
  subnet_id TEXT NOT NULL, number INTEGER NOT NULL, private_ip_address TEXT NOT NULL,
  network_interface_id TEXT NOT NULL REFERENCES network_interface (network_interface_id) ON DELETE CASCADE,
  is_primary INTEGER NOT NULL, position INTEGER NOT NULL,
  account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (subnet_id, number)) WITHOUT ROWID;
CREATE INDEX private_ip_address_by_interface ON private_ip_address (network_interface_id, position);

CREATE TABLE network_interface_group (
  group_id TEXT NOT NULL,
  network_interface_id TEXT NOT NULL REFERENCES network_interface (network_interface_id) ON DELETE CASCADE,
  account TEXT NOT NULL, region TEXT NOT NULL,
  PRIMARY KEY (group_id, network_interface_id)) WITHOUT ROWID;
CREATE INDEX network_interface_group_by_interface ON network_interface_group (network_interface_id);

CREATE TABLE security_group (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  group_id TEXT NOT NULL UNIQUE, group_name TEXT NOT NULL, description TEXT NOT NULL,
  vpc_id TEXT NOT NULL REFERENCES vpc (vpc_id), UNIQUE (vpc_id, group_name));
CREATE INDEX security_group_by_scope ON security_group (account, region);

CREATE TABLE security_group_rule (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  security_group_rule_id TEXT NOT NULL UNIQUE,
  group_id TEXT NOT NULL REFERENCES security_group (group_id) ON DELETE CASCADE, is_egress INTEGER NOT NULL,
  ip_protocol TEXT NOT NULL, from_port INTEGER, to_port INTEGER,
  cidr_ipv4 TEXT NOT NULL, cidr_ipv6 TEXT NOT NULL, prefix_list_id TEXT NOT NULL,
  referenced_group_id TEXT NOT NULL, referenced_user_id TEXT NOT NULL, referenced_vpc_id TEXT NOT NULL,
  referenced_peering_connection_id TEXT NOT NULL, description TEXT);
CREATE INDEX security_group_rule_by_group ON security_group_rule (group_id, seq);
CREATE INDEX security_group_rule_by_reference ON security_group_rule (referenced_group_id) WHERE referenced_group_id <> '';
CREATE INDEX security_group_rule_by_scope ON security_group_rule (account, region);

CREATE TABLE address (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  allocation_id TEXT NOT NULL UNIQUE, public_ip TEXT NOT NULL UNIQUE, public_ipv4_pool TEXT NOT NULL,
  network_border_group TEXT NOT NULL, association_id TEXT NOT NULL, network_interface_id TEXT NOT NULL,
  private_ip_address TEXT NOT NULL, ptr_record TEXT NOT NULL, options TEXT);
CREATE INDEX address_by_scope ON address (account, region);
CREATE INDEX address_by_interface ON address (network_interface_id) WHERE network_interface_id <> '';
CREATE UNIQUE INDEX address_by_association ON address (association_id) WHERE association_id <> '';

CREATE TABLE key_pair (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  key_pair_id TEXT NOT NULL UNIQUE, key_name TEXT NOT NULL, key_fingerprint TEXT NOT NULL, key_type TEXT NOT NULL,
  public_key TEXT NOT NULL, create_time_ms INTEGER NOT NULL, UNIQUE (account, region, key_name));
