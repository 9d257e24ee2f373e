# Volumes and their snapshots: copied, shared, restored fast; and what the account says of encryption.

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 40
  type              = "gp3"
  iops              = var.changed ? 4000 : 3000
  throughput        = var.changed ? 250 : 125
  tags              = { Name = "data" }
}

resource "aws_ebs_volume" "shared" {
  availability_zone    = "us-east-1b"
  size                 = 100
  type                 = "io2"
  iops                 = 3000
  multi_attach_enabled = true
  encrypted            = true
  kms_key_id           = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

resource "aws_ebs_snapshot" "data" {
  volume_id   = aws_ebs_volume.data.id
  description = "of the data"
  tags        = { Name = var.changed ? "newer" : "new" }
}

resource "aws_ebs_snapshot" "archived" {
  volume_id    = aws_ebs_volume.data.id
  storage_tier = "archive"
}

resource "aws_ebs_snapshot_copy" "here" {
  source_snapshot_id = aws_ebs_snapshot.data.id
  source_region      = "us-east-1"
  encrypted          = true
  kms_key_id         = aws_ebs_volume.shared.kms_key_id
  tags               = { Name = var.changed ? "newer" : "new" }
}

resource "aws_ebs_snapshot_copy" "west" {
  provider           = aws.other_region
  source_snapshot_id = aws_ebs_snapshot.data.id
  source_region      = "us-east-1"
  description        = "in the west"
}

resource "aws_ebs_volume" "restored" {
  provider          = aws.other_region
  availability_zone = "us-west-2a"
  snapshot_id       = aws_ebs_snapshot_copy.west.id
  type              = "gp3"
}

resource "aws_ebs_fast_snapshot_restore" "data" {
  availability_zone = "us-east-1a"
  snapshot_id       = aws_ebs_snapshot.data.id
}

resource "aws_snapshot_create_volume_permission" "partner" {
  snapshot_id = aws_ebs_snapshot.data.id
  account_id  = "210987654321"
}

# ---- Of the account

resource "aws_ebs_snapshot_block_public_access" "main" {
  state = var.changed ? "block-new-sharing" : "block-all-sharing"
}

resource "aws_ebs_encryption_by_default" "main" {
  provider = aws.other_account
  enabled  = true
}

resource "aws_ebs_default_kms_key" "main" {
  provider = aws.other_account
  key_arn  = "arn:aws:kms:us-east-1:210987654321:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

data "aws_ebs_default_kms_key" "current" {
  provider   = aws.other_account
  depends_on = [aws_ebs_default_kms_key.main]
}

data "aws_ebs_encryption_by_default" "current" {
  provider   = aws.other_account
  depends_on = [aws_ebs_encryption_by_default.main]
}

resource "aws_ebs_volume" "by_default" {
  provider          = aws.other_account
  availability_zone = data.aws_ebs_encryption_by_default.current.enabled ? "us-east-1a" : "us-east-1b"
  size              = 5
  type              = "gp3"
  tags              = { Key = data.aws_ebs_default_kms_key.current.key_arn }
}

# ---- What there is

data "aws_ebs_volume" "data" {
  most_recent = true
  filter {
    name   = "volume-id"
    values = [aws_ebs_volume.data.id]
  }
}

data "aws_ebs_volumes" "data" {
  tags = { Name = aws_ebs_volume.data.tags.Name }
}

data "aws_ebs_snapshot" "shared" {
  provider     = aws.other_account
  snapshot_ids = [aws_snapshot_create_volume_permission.partner.snapshot_id]
}

data "aws_ebs_snapshot_ids" "own" {
  owners = ["self"]
  filter {
    name   = "volume-id"
    values = [aws_ebs_snapshot.data.volume_id]
  }
}

output "size" { value = data.aws_ebs_volume.data.size }
output "snapshots" { value = data.aws_ebs_snapshot_ids.own.ids }
