CREATE TABLE instance (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  instance_id TEXT NOT NULL UNIQUE, reservation_id TEXT NOT NULL, ami_launch_index INTEGER NOT NULL,
  image_id TEXT NOT NULL, instance_type TEXT NOT NULL, state TEXT NOT NULL,
  state_reason_code TEXT NOT NULL, state_reason_message TEXT NOT NULL, state_transition_reason TEXT NOT NULL,
  has_run INTEGER NOT NULL,             -- whether it has ever been running
  key_name TEXT NOT NULL, launch_time_ms INTEGER NOT NULL, usage_operation_update_time_ms INTEGER NOT NULL,
  architecture TEXT NOT NULL, virtualization_type TEXT NOT NULL, hypervisor TEXT NOT NULL,
  root_device_name TEXT NOT NULL, root_device_type TEXT NOT NULL,
  platform TEXT NOT NULL, platform_details TEXT NOT NULL, usage_operation TEXT NOT NULL,
  availability_zone TEXT NOT NULL, availability_zone_id TEXT NOT NULL, tenancy TEXT NOT NULL,
  monitoring TEXT NOT NULL, vpc_id TEXT NOT NULL, subnet_id TEXT NOT NULL,
  client_token TEXT NOT NULL, ebs_optimized INTEGER NOT NULL, ena_support INTEGER NOT NULL,
  user_data TEXT NOT NULL,              -- base64, as it came
  disable_api_termination INTEGER NOT NULL, disable_api_stop INTEGER NOT NULL,
  instance_initiated_shutdown_behavior TEXT NOT NULL, instance_lifecycle TEXT NOT NULL,
  boot_mode TEXT NOT NULL, current_instance_boot_mode TEXT NOT NULL,
  core_count INTEGER NOT NULL, threads_per_core INTEGER NOT NULL, cpu_credits TEXT NOT NULL,
  metadata_state TEXT NOT NULL,         -- pending or applied
  status_check TEXT NOT NULL,           -- initializing, ok, impaired
  associates_public_ip INTEGER NOT NULL,  -- whether a start gives it a public address
  options TEXT);                        -- what is only read back: metadata, hibernation, enclave, placement ...
-- A page is put together from what these hold, and vCPUs are counted: neither reads the rows themselves.
CREATE INDEX instance_by_scope ON instance (account, region, seq, instance_id, reservation_id);
CREATE INDEX instance_by_state ON instance (account, region, state, seq, instance_type, core_count, threads_per_core);

CREATE TABLE volume (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  volume_id TEXT NOT NULL UNIQUE, size_gib INTEGER NOT NULL, snapshot_id TEXT NOT NULL,
  availability_zone TEXT NOT NULL, availability_zone_id TEXT NOT NULL, state TEXT NOT NULL,
  create_time_ms INTEGER NOT NULL, volume_type TEXT NOT NULL, iops INTEGER, throughput INTEGER,
  encrypted INTEGER NOT NULL, kms_key_id TEXT NOT NULL, multi_attach_enabled INTEGER NOT NULL,
  auto_enable_io INTEGER NOT NULL, options TEXT);
CREATE INDEX volume_by_scope ON volume (account, region);

CREATE TABLE volume_attachment (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  volume_id TEXT NOT NULL REFERENCES volume (volume_id), instance_id TEXT NOT NULL, device TEXT NOT NULL,
  state TEXT NOT NULL, attach_time_ms INTEGER NOT NULL, delete_on_termination INTEGER NOT NULL,
  ebs_card_index INTEGER NOT NULL, UNIQUE (volume_id, instance_id), UNIQUE (instance_id, device));

CREATE TABLE volume_modification (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  volume_id TEXT NOT NULL REFERENCES volume (volume_id) ON DELETE CASCADE, modification_state TEXT NOT NULL,
  status_message TEXT NOT NULL, progress INTEGER NOT NULL, start_time_ms INTEGER NOT NULL, end_time_ms INTEGER,
  original TEXT NOT NULL, target TEXT NOT NULL);
CREATE INDEX volume_modification_by_volume ON volume_modification (volume_id, seq);

CREATE TABLE snapshot (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  snapshot_id TEXT NOT NULL UNIQUE, volume_id TEXT NOT NULL, volume_size_gib INTEGER NOT NULL, state TEXT NOT NULL,
  progress TEXT NOT NULL, start_time_ms INTEGER NOT NULL, completion_time_ms INTEGER, description TEXT NOT NULL,
  encrypted INTEGER NOT NULL, kms_key_id TEXT NOT NULL, storage_tier TEXT NOT NULL,
  create_volume_permissions TEXT, options TEXT);
CREATE INDEX snapshot_by_scope ON snapshot (account, region);
CREATE INDEX snapshot_by_volume ON snapshot (volume_id);

-- Images that somebody made; the public catalogue is data of the program.
CREATE TABLE image (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,
  image_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, state TEXT NOT NULL, is_public INTEGER NOT NULL,
  description TEXT NOT NULL, creation_time_ms INTEGER NOT NULL, architecture TEXT NOT NULL,
  root_device_name TEXT NOT NULL, root_device_type TEXT NOT NULL, virtualization_type TEXT NOT NULL,
  platform TEXT NOT NULL, platform_details TEXT NOT NULL, usage_operation TEXT NOT NULL,
  ena_support INTEGER NOT NULL, boot_mode TEXT NOT NULL, imds_support TEXT NOT NULL,
  source_instance_id TEXT NOT NULL, source_image_id TEXT NOT NULL,
  block_device_mappings TEXT, launch_permissions TEXT, options TEXT);
CREATE INDEX image_by_scope ON image (account, region);

-- Which images stand on a snapshot: it cannot be deleted while one does.
CREATE TABLE image_snapshot (
  snapshot_id TEXT NOT NULL, image_id TEXT NOT NULL REFERENCES image (image_id) ON DELETE CASCADE,
  account TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (snapshot_id, image_id)) WITHOUT ROWID;
