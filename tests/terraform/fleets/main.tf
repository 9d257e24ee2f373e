# EC2 fleets: by a template, by attributes, with weights.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_launch_template" "web" {
  name          = "fleet-web"
  image_id      = data.aws_ami.ubuntu.id
  instance_type = "m5.large"
}

resource "aws_ec2_fleet" "plain" {
  terminate_instances = true
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.web.id
      version            = aws_launch_template.web.latest_version
    }
  }
  target_capacity_specification {
    default_target_capacity_type = "spot"
    total_target_capacity        = var.changed ? 3 : 1
  }
}

resource "aws_ec2_fleet" "mixed" {
  terminate_instances = true
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.web.id
      version            = aws_launch_template.web.latest_version
    }
    override {
      instance_type     = "m5.xlarge"
      availability_zone = "us-east-1a"
      weighted_capacity = 2
      priority          = 1
    }
    override {
      instance_type     = "c5.large"
      availability_zone = "us-east-1b"
      weighted_capacity = 1
      priority          = 2
    }
  }
  on_demand_options {
    allocation_strategy = "prioritized"
  }
  spot_options {
    allocation_strategy = "diversified"
  }
  target_capacity_specification {
    default_target_capacity_type = "on-demand"
    total_target_capacity        = 4
    on_demand_target_capacity    = 2
    spot_target_capacity         = 2
  }
  tags = { Team = var.changed ? "b" : "a" }
}

resource "aws_ec2_fleet" "attributes" {
  terminate_instances = true
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.web.id
      version            = aws_launch_template.web.latest_version
    }
    override {
      instance_requirements {
        vcpu_count {
          min = 2
          max = 4
        }
        memory_mib {
          min = 4096
        }
      }
    }
  }
  target_capacity_specification {
    default_target_capacity_type = "on-demand"
    total_target_capacity        = 1
  }
}
