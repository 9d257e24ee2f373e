# What launches of an account go by, and a way in to its instances.

resource "aws_vpc" "own" {
  cidr_block = "10.50.0.0/16"
}

resource "aws_subnet" "own" {
  vpc_id     = aws_vpc.own.id
  cidr_block = "10.50.1.0/24"
}

resource "aws_security_group" "way_in" {
  name   = "way-in"
  vpc_id = aws_vpc.own.id
}

resource "aws_ec2_instance_connect_endpoint" "own" {
  subnet_id          = aws_subnet.own.id
  security_group_ids = [aws_security_group.way_in.id]
  preserve_client_ip = true
  tags               = { Team = var.changed ? "b" : "a" }
}

resource "aws_ec2_default_credit_specification" "t3" {
  instance_family = "t3"
  cpu_credits     = var.changed ? "unlimited" : "standard"
}

resource "aws_ec2_instance_metadata_defaults" "strict" {
  http_tokens                 = "required"
  http_put_response_hop_limit = var.changed ? 2 : 1
}

resource "aws_ec2_serial_console_access" "on" {
  enabled = true
}

data "aws_ec2_instance_type" "micro" {
  instance_type = "t3.micro"
}

data "aws_ec2_instance_types" "burstable" {
  filter {
    name   = "burstable-performance-supported"
    values = ["true"]
  }
}

data "aws_ec2_instance_type_offering" "preferred" {
  filter {
    name   = "instance-type"
    values = ["t2.micro", "t3.micro"]
  }
  preferred_instance_types = ["t3.micro", "t2.micro"]
}

data "aws_ec2_instance_type_offerings" "zones" {
  filter {
    name   = "instance-type"
    values = ["t3.micro"]
  }
  location_type = "availability-zone"
}

data "aws_ec2_serial_console_access" "current" {}

output "memory" { value = data.aws_ec2_instance_type.micro.memory_size }
