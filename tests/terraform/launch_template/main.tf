# Launch templates as the provider's documentation shows them, and an instance from one.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

data "aws_vpc" "default" { default = true }

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.aws_vpc.default.id
}

resource "aws_launch_template" "bare" {
  name = "bare"
}

resource "aws_launch_template" "web" {
  name                                 = "web"
  description                          = "a web server"
  update_default_version               = true
  image_id                             = data.aws_ami.ubuntu.id
  instance_type                        = var.changed ? "t3.small" : "t3.micro"
  ebs_optimized                        = true
  instance_initiated_shutdown_behavior = "terminate"
  vpc_security_group_ids               = [aws_security_group.web.id]

  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size           = 20
      volume_type           = "gp3"
      iops                  = 3000
      throughput            = 125
      encrypted             = true
      delete_on_termination = true
    }
  }
  credit_specification {
    cpu_credits = "standard"
  }
  cpu_options {
    core_count       = 1
    threads_per_core = 2
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
    instance_metadata_tags      = "enabled"
  }
  monitoring {
    enabled = true
  }
  placement {
    availability_zone = "us-east-1a"
  }
  private_dns_name_options {
    hostname_type                     = "ip-name"
    enable_resource_name_dns_a_record = false
  }
  maintenance_options {
    auto_recovery = "default"
  }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "web" }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "root" }
  }
  tags = { Team = var.changed ? "b" : "a" }
}

# The user data of an instance's template makes the provider plan the hash of their hash, for ever.
resource "aws_launch_template" "network" {
  name_prefix = "network-"
  user_data   = base64encode("#!/bin/sh\necho hello\n")
  network_interfaces {
    associate_public_ip_address = true
    delete_on_termination       = true
    device_index                = 0
    security_groups             = [aws_security_group.web.id]
  }
  instance_market_options {
    market_type = "spot"
    spot_options {
      max_price          = "0.05"
      spot_instance_type = "one-time"
    }
  }
}

resource "aws_launch_template" "attributes" {
  name = "attributes"
  instance_requirements {
    vcpu_count {
      min = 2
      max = 4
    }
    memory_mib {
      min = 4096
    }
    cpu_manufacturers = ["intel", "amd"]
    local_storage     = "excluded"
  }
}

resource "aws_instance" "web" {
  launch_template {
    id      = aws_launch_template.web.id
    version = "1"
  }
  tags = { Name = "from-template" }
}

data "aws_launch_template" "web" {
  name = aws_launch_template.web.name
}

output "default_version" { value = data.aws_launch_template.web.default_version }
