# Images: registered from a snapshot, made from an instance, copied, shared; and instances seen from outside.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

data "aws_ami_ids" "ubuntu" {
  owners         = ["099720109477"]
  sort_ascending = true
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-*"]
  }
}

resource "aws_key_pair" "golden" {
  key_name   = "golden"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC+lxv93LdM5IWR7zKQ/Dv+GCtNybjht20sqKYFnXuaC me@here"
  tags       = { Team = var.changed ? "b" : "a" }
}

data "aws_key_pair" "golden" {
  key_name           = aws_key_pair.golden.key_name
  include_public_key = true
}

resource "aws_instance" "golden" {
  ami           = data.aws_ami.ubuntu.id
  instance_type = "t3.micro"
  key_name      = aws_key_pair.golden.key_name
  tags          = { Name = "golden" }
}

resource "aws_ec2_instance_state" "golden" {
  instance_id = aws_ami_from_instance.golden.source_instance_id
  state       = var.changed ? "running" : "stopped"
}

data "aws_instance" "golden" {
  instance_id   = aws_instance.golden.id
  get_user_data = true
}

data "aws_instances" "golden" {
  instance_tags        = { Name = aws_instance.golden.tags.Name }
  instance_state_names = ["running", "stopping", "stopped", "pending"]
}

resource "aws_ami_from_instance" "golden" {
  name                    = "golden"
  source_instance_id      = aws_instance.golden.id
  snapshot_without_reboot = true
  tags                    = { Team = var.changed ? "b" : "a" }
}

resource "aws_ebs_volume" "root" {
  availability_zone = "us-east-1a"
  size              = 8
}

resource "aws_ebs_snapshot" "root" {
  volume_id = aws_ebs_volume.root.id
}

resource "aws_ami" "registered" {
  name                = "registered"
  description         = var.changed ? "by a better hand" : "by hand"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"
  ena_support         = true
  imds_support        = "v2.0"
  boot_mode           = "uefi"
  tpm_support         = "v2.0"
  deprecation_time    = var.changed ? "2027-10-01T00:00:00Z" : "2027-06-01T00:00:00Z"

  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = aws_ebs_snapshot.root.id
    volume_size = 10
    volume_type = "gp3"
  }
  ebs_block_device {
    device_name           = "/dev/sdf"
    volume_size           = 20
    volume_type           = "io2"
    iops                  = 1000
    delete_on_termination = false
  }
  ephemeral_block_device {
    device_name  = "/dev/sdb"
    virtual_name = "ephemeral0"
  }
  tags = { Team = var.changed ? "b" : "a" }
}

resource "aws_ami_copy" "encrypted" {
  name              = "encrypted"
  description       = var.changed ? "a better copy" : "a copy"
  source_ami_id     = aws_ami.registered.id
  source_ami_region = "us-east-1"
  encrypted         = true
}

resource "aws_ami_copy" "west" {
  provider          = aws.other_region
  name              = "west"
  source_ami_id     = aws_ami_from_instance.golden.id
  source_ami_region = "us-east-1"
}

resource "aws_instance" "of_the_copy" {
  provider      = aws.other_region
  ami           = aws_ami_copy.west.id
  instance_type = "t3.micro"
}

# ---- Sharing

resource "aws_ec2_image_block_public_access" "main" {
  state = "unblocked"
}

resource "aws_ami_launch_permission" "partner" {
  image_id   = aws_ami.registered.id
  account_id = "210987654321"
}

resource "aws_ami_launch_permission" "organization" {
  image_id         = aws_ami.registered.id
  organization_arn = "arn:aws:organizations::111122223333:organization/o-exampleorgid"
}

resource "aws_ami_launch_permission" "everybody" {
  image_id = aws_ami.registered.id
  group    = "all"
  # Not by a reference: nothing of it is needed, only that it is done.
  depends_on = [aws_ec2_image_block_public_access.main]
}

output "fingerprint" { value = data.aws_key_pair.golden.fingerprint }
output "found" { value = data.aws_instances.golden.ids }
output "images" { value = data.aws_ami_ids.ubuntu.ids }
