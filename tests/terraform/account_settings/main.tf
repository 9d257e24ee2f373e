# What is the account's own in a region; and what an account without an Outpost sees of one.

resource "aws_ec2_serial_console_access" "main" {
  enabled = var.changed
}

resource "aws_vpc_network_performance_metric_subscription" "main" {
  source      = "us-east-1"
  destination = "eu-west-1"
}

data "aws_ec2_serial_console_access" "main" {
  depends_on = [aws_ec2_serial_console_access.main]
}

data "aws_ec2_coip_pools" "none" {}

data "aws_ec2_local_gateways" "none" {}

data "aws_ec2_local_gateway_route_tables" "none" {}

data "aws_ec2_local_gateway_virtual_interface_groups" "none" {}
