# Capacity of one's own: dedicated hosts, capacity reservations, and what blocks of capacity are offered.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_ec2_host" "typed" {
  instance_type     = "m5.large"
  availability_zone = "us-east-1a"
  host_recovery     = "on"
  auto_placement    = var.changed ? "off" : "on"
  tags              = { Name = "typed" }
}

resource "aws_ec2_host" "family" {
  instance_family   = "c5"
  availability_zone = "us-east-1a"
}

data "aws_ec2_host" "family" {
  host_id = aws_ec2_host.family.id
}

resource "aws_instance" "on_host" {
  ami               = data.aws_ami.ubuntu.id
  instance_type     = "m5.large"
  availability_zone = "us-east-1a"
  tenancy           = "host"
  host_id           = aws_ec2_host.typed.id
}

resource "aws_ec2_capacity_reservation" "open" {
  instance_type     = "m5.large"
  instance_platform = "Linux/UNIX"
  availability_zone = "us-east-1b"
  instance_count    = var.changed ? 3 : 2
}

resource "aws_ec2_capacity_reservation" "targeted" {
  instance_type           = "c5.large"
  instance_platform       = "Linux/UNIX"
  availability_zone       = "us-east-1b"
  instance_count          = 1
  instance_match_criteria = "targeted"
  end_date_type           = "limited"
  end_date                = "2099-01-01T00:00:00Z"
  ebs_optimized           = true
}

resource "aws_instance" "reserved" {
  ami               = data.aws_ami.ubuntu.id
  instance_type     = "c5.large"
  availability_zone = "us-east-1b"
  capacity_reservation_specification {
    capacity_reservation_target {
      capacity_reservation_id = aws_ec2_capacity_reservation.targeted.id
    }
  }
}

data "aws_ec2_capacity_block_offering" "gpu" {
  instance_type           = "p5.48xlarge"
  instance_count          = 1
  capacity_duration_hours = 24
}

output "block" { value = data.aws_ec2_capacity_block_offering.gpu.capacity_block_offering_id }
