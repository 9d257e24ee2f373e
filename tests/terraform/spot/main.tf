# Spot instances by request, by instance and by fleet, their price and their data feed.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

data "aws_ec2_spot_price" "large" {
  instance_type     = "m5.large"
  availability_zone = "us-east-1a"
  filter {
    name   = "product-description"
    values = ["Linux/UNIX"]
  }
}

resource "aws_spot_instance_request" "cheap" {
  ami                  = data.aws_ami.ubuntu.id
  instance_type        = "m5.large"
  spot_price           = "0.09"
  wait_for_fulfillment = true
  tags                 = { Team = var.changed ? "b" : "a" }
}

resource "aws_instance" "spot" {
  ami           = data.aws_ami.ubuntu.id
  instance_type = "m5.large"
  instance_market_options {
    market_type = "spot"
    spot_options {
      instance_interruption_behavior = "stop"
      spot_instance_type             = "persistent"
    }
  }
}

resource "aws_launch_template" "web" {
  name          = "spot-web"
  image_id      = data.aws_ami.ubuntu.id
  instance_type = "m5.large"
}

resource "aws_spot_fleet_request" "web" {
  iam_fleet_role                      = "arn:aws:iam::123456789012:role/fleet"
  target_capacity                     = var.changed ? 2 : 1
  allocation_strategy                 = "priceCapacityOptimized"
  terminate_instances_with_expiration = true
  wait_for_fulfillment                = true
  launch_template_config {
    launch_template_specification {
      id      = aws_launch_template.web.id
      version = aws_launch_template.web.latest_version
    }
    overrides {
      instance_type     = "m5.large"
      availability_zone = "us-east-1a"
    }
    overrides {
      instance_type     = "c5.large"
      availability_zone = "us-east-1b"
    }
  }
}

resource "aws_spot_datafeed_subscription" "default" {
  bucket = "my-spot-data"
  prefix = "feed"
}

data "aws_spot_datafeed_subscription" "current" {
  depends_on = [aws_spot_datafeed_subscription.default]
}

output "price" { value = data.aws_ec2_spot_price.large.spot_price }
