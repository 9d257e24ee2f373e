# People come into a VPC by Client VPN, and out of it to the internet.

resource "aws_vpc" "main" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "main" {
  for_each          = { us-east-1a = "10.70.1.0/24", us-east-1b = "10.70.2.0/24" }
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = each.key
}

resource "aws_security_group" "clients" {
  name   = "clients"
  vpc_id = aws_vpc.main.id
}

resource "aws_ec2_client_vpn_endpoint" "main" {
  description            = var.changed ? "for everybody" : "for all"
  client_cidr_block      = "10.250.0.0/16"
  server_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  vpc_id                 = aws_vpc.main.id
  security_group_ids     = [aws_security_group.clients.id]
  split_tunnel           = var.changed
  session_timeout_hours  = var.changed ? 8 : 12
  dns_servers            = var.changed ? ["10.70.0.2", "10.70.0.3"] : ["10.70.0.2"]
  self_service_portal    = var.changed ? "enabled" : "disabled"

  authentication_options {
    type                       = "certificate-authentication"
    root_certificate_chain_arn = "arn:aws:acm:us-east-1:123456789012:certificate/66666666-7777-8888-9999-000000000000"
  }

  connection_log_options {
    enabled               = true
    cloudwatch_log_group  = "clients"
    cloudwatch_log_stream = var.changed ? "new" : "old"
  }

  client_login_banner_options {
    enabled     = true
    banner_text = var.changed ? "Hello again" : "Hello"
  }

  tags = { Name = var.changed ? "everybody" : "all" }
}

resource "aws_ec2_client_vpn_endpoint" "plain" {
  client_cidr_block      = "10.240.0.0/20"
  server_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  transport_protocol     = "tcp"
  vpn_port               = 1194

  authentication_options {
    type                = "directory-service-authentication"
    active_directory_id = "d-1234567890"
  }

  connection_log_options {
    enabled = false
  }
}

resource "aws_ec2_client_vpn_network_association" "main" {
  for_each               = aws_subnet.main
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.main.id
  subnet_id              = each.value.id
}

resource "aws_ec2_client_vpn_route" "out" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.main.id
  destination_cidr_block = "0.0.0.0/0"
  target_vpc_subnet_id   = aws_ec2_client_vpn_network_association.main["us-east-1a"].subnet_id
  description            = "out"
}

resource "aws_ec2_client_vpn_authorization_rule" "all" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.main.id
  target_network_cidr    = aws_vpc.main.cidr_block
  authorize_all_groups   = true
}

resource "aws_ec2_client_vpn_authorization_rule" "developers" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.plain.id
  target_network_cidr    = "10.70.1.0/24"
  access_group_id        = "S-1-5-21-1111111111"
  description            = "developers"
}

data "aws_ec2_client_vpn_endpoint" "main" {
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.main.id
}
