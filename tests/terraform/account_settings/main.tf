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

# ---- Regions and their zones

data "aws_region" "current" {}

data "aws_regions" "all" {
  all_regions = true
}

data "aws_availability_zone" "first" {
  name = "${data.aws_region.current.name}a"
}

resource "aws_ec2_availability_zone_group" "los_angeles" {
  provider      = aws.other_region
  group_name    = "us-west-2-lax-1"
  opt_in_status = "opted-in"
}

# ---- Pools of addresses

data "aws_ec2_public_ipv4_pools" "own" {}

data "aws_ec2_public_ipv4_pool" "own" {
  pool_id = data.aws_ec2_public_ipv4_pools.own.pool_ids[0]
}

output "left" { value = data.aws_ec2_public_ipv4_pool.own.total_available_address_count }
