# VPCs connected to each other and to services: peering with another account and another region, endpoints, and a service
# that is offered to others.

resource "aws_vpc" "main" {
  cidr_block           = "10.30.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "one" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.30.1.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "two" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.30.2.0/24"
  availability_zone = "us-east-1b"
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

# ---- Peering

resource "aws_vpc" "neighbour" {
  cidr_block = "10.31.0.0/16"
}

resource "aws_vpc_peering_connection" "neighbour" {
  vpc_id      = aws_vpc.main.id
  peer_vpc_id = aws_vpc.neighbour.id
  auto_accept = true
  tags        = { Name = var.changed ? "changed" : "neighbour" }
}

resource "aws_vpc_peering_connection_options" "neighbour" {
  vpc_peering_connection_id = aws_vpc_peering_connection.neighbour.id
  requester {
    allow_remote_vpc_dns_resolution = !var.changed
  }
}

resource "aws_route" "neighbour" {
  route_table_id            = aws_route_table.main.id
  destination_cidr_block    = aws_vpc.neighbour.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection.neighbour.id
}

resource "aws_vpc" "other_account" {
  provider   = aws.other_account
  cidr_block = "10.32.0.0/16"
}

resource "aws_vpc_peering_connection" "other_account" {
  vpc_id        = aws_vpc.main.id
  peer_vpc_id   = aws_vpc.other_account.id
  peer_owner_id = aws_vpc.other_account.owner_id
  tags          = { Side = "requester" }
}

resource "aws_vpc_peering_connection_accepter" "other_account" {
  provider                  = aws.other_account
  vpc_peering_connection_id = aws_vpc_peering_connection.other_account.id
  auto_accept               = true
  tags                      = { Side = var.changed ? "changed" : "accepter" }
}

resource "aws_vpc" "other_region" {
  provider   = aws.other_region
  cidr_block = "10.33.0.0/16"
}

resource "aws_vpc_peering_connection" "other_region" {
  vpc_id      = aws_vpc.main.id
  peer_vpc_id = aws_vpc.other_region.id
  peer_region = "us-west-2"
}

resource "aws_vpc_peering_connection_accepter" "other_region" {
  provider                  = aws.other_region
  vpc_peering_connection_id = aws_vpc_peering_connection.other_region.id
  auto_accept               = true
}

# ---- Endpoints

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.us-east-1.s3"
  route_table_ids = var.changed ? [] : [aws_route_table.main.id]
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.us-east-1.dynamodb"
}

resource "aws_vpc_endpoint_route_table_association" "dynamodb" {
  route_table_id  = aws_route_table.main.id
  vpc_endpoint_id = aws_vpc_endpoint.dynamodb.id
}

resource "aws_vpc_endpoint_policy" "dynamodb" {
  vpc_endpoint_id = aws_vpc_endpoint.dynamodb.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = var.changed ? "Changed" : "All", Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }]
  })
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_endpoint" "ec2" {
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.us-east-1.ec2"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.changed ? [aws_subnet.one.id, aws_subnet.two.id] : [aws_subnet.one.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  tags                = { Name = "ec2" }
}

resource "aws_vpc_endpoint" "sts" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.us-east-1.sts"
  vpc_endpoint_type = "Interface"
}

resource "aws_vpc_endpoint_subnet_association" "sts" {
  vpc_endpoint_id = aws_vpc_endpoint.sts.id
  subnet_id       = aws_subnet.two.id
}

resource "aws_vpc_endpoint_security_group_association" "sts" {
  vpc_endpoint_id   = aws_vpc_endpoint.sts.id
  security_group_id = aws_security_group.endpoints.id
}

# ---- A service of one's own

resource "aws_vpc_endpoint_service" "tea" {
  acceptance_required        = true
  network_load_balancer_arns = ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/tea/0123456789abcdef"]
  tags                       = { Name = var.changed ? "changed" : "tea" }
}

resource "aws_vpc_endpoint_service" "coffee" {
  acceptance_required        = false
  network_load_balancer_arns = ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/coffee/0123456789abcdef"]
  private_dns_name           = "coffee.example.com"
}

resource "aws_vpc_endpoint_service_private_dns_verification" "coffee" {
  service_id            = aws_vpc_endpoint_service.coffee.id
  wait_for_verification = true
}

resource "aws_vpc_endpoint" "coffee" {
  vpc_id            = aws_vpc.main.id
  service_name      = aws_vpc_endpoint_service.coffee.service_name
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.one.id]
}

resource "aws_vpc_endpoint_private_dns" "coffee" {
  vpc_endpoint_id     = aws_vpc_endpoint.coffee.id
  private_dns_enabled = true
  depends_on          = [aws_vpc_endpoint_service_private_dns_verification.coffee]
}

resource "aws_vpc_endpoint_service_allowed_principal" "everybody" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.tea.id
  principal_arn           = "*"
}

resource "aws_vpc_endpoint_connection_notification" "tea" {
  vpc_endpoint_service_id     = aws_vpc_endpoint_service.tea.id
  connection_notification_arn = "arn:aws:sns:us-east-1:123456789012:doorbell"
  connection_events           = var.changed ? ["Accept"] : ["Accept", "Reject"]
}

resource "aws_vpc_endpoint" "tea" {
  vpc_id            = aws_vpc.main.id
  service_name      = aws_vpc_endpoint_service.tea.service_name
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.one.id]
}

resource "aws_vpc_endpoint_connection_accepter" "tea" {
  vpc_endpoint_service_id = aws_vpc_endpoint_service.tea.id
  vpc_endpoint_id         = aws_vpc_endpoint.tea.id
}

# ---- What there is

data "aws_vpc_peering_connection" "neighbour" {
  id = aws_vpc_peering_connection.neighbour.id
}

data "aws_vpc_peering_connections" "all" {
  filter {
    name   = "requester-vpc-info.vpc-id"
    values = [aws_vpc_peering_connection.neighbour.vpc_id]
  }
}

data "aws_vpc_endpoint" "s3" {
  vpc_id = aws_vpc_endpoint.s3.vpc_id
  id     = aws_vpc_endpoint.s3.id
}

data "aws_vpc_endpoint_service" "s3" {
  service      = "s3"
  service_type = "Gateway"
}

data "aws_vpc_endpoint_associations" "ec2" {
  vpc_endpoint_id = aws_vpc_endpoint.ec2.id
}
