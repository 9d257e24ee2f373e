# What a VPC is born with, taken into one's own hands, and the gateways that are not on the way to the internet.

resource "aws_vpc" "main" {
  cidr_block                       = "10.46.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.46.1.0/24"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  tags                   = { Name = var.changed ? "changed" : "main" }

  route {
    cidr_block = var.changed ? "192.0.2.0/24" : "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_default_network_acl" "main" {
  default_network_acl_id = aws_vpc.main.default_network_acl_id
  subnet_ids             = [aws_subnet.main.id]
  tags                   = { Name = var.changed ? "changed" : "main" }

  ingress {
    protocol   = "-1"
    rule_no    = 100
    action     = "allow"
    cidr_block = var.changed ? "10.0.0.0/8" : "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }

  egress {
    protocol   = "tcp"
    rule_no    = 200
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 443
  }
}

# ---- More blocks of Amazon's

resource "aws_vpc_ipv6_cidr_block_association" "second" {
  vpc_id                           = aws_vpc.main.id
  assign_generated_ipv6_cidr_block = true
}

# ---- Gateways

resource "aws_egress_only_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.changed ? "changed" : "out" }
}

resource "aws_ec2_carrier_gateway" "main" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = var.changed ? "changed" : "carrier" }
}

# ---- Logs

resource "aws_flow_log" "vpc" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "arn:aws:s3:::flow-logs"
  max_aggregation_interval = 60
  tags                     = { Name = var.changed ? "changed" : "vpc" }

  destination_options {
    file_format        = "parquet"
    per_hour_partition = true
  }
}

resource "aws_flow_log" "subnet" {
  subnet_id            = aws_subnet.main.id
  traffic_type         = "REJECT"
  log_destination_type = "cloud-watch-logs"
  log_destination      = "arn:aws:logs:us-east-1:123456789012:log-group:flows"
  iam_role_arn         = "arn:aws:iam::123456789012:role/flow-logs"
  log_format           = "$${interface-id} $${srcaddr} $${dstaddr}"
}
