# Placement groups of each strategy, with instances in them.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_placement_group" "near" {
  name     = "near"
  strategy = "cluster"
  tags     = { Team = var.changed ? "b" : "a" }
}

resource "aws_placement_group" "apart" {
  name         = "apart"
  strategy     = "spread"
  spread_level = "rack"
}

resource "aws_placement_group" "parts" {
  name            = "parts"
  strategy        = "partition"
  partition_count = 3
}

resource "aws_instance" "near" {
  ami               = data.aws_ami.ubuntu.id
  instance_type     = "c5.large"
  availability_zone = "us-east-1a"
  placement_group   = aws_placement_group.near.name
}

resource "aws_instance" "part" {
  ami                        = data.aws_ami.ubuntu.id
  instance_type              = "t3.micro"
  placement_group            = aws_placement_group.parts.name
  placement_partition_number = 2
}
