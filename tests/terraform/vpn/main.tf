# A network at home, connected to a VPC by static routes and to a transit gateway by BGP.

resource "aws_customer_gateway" "home" {
  type        = "ipsec.1"
  ip_address  = "192.0.2.10"
  bgp_asn     = 65010
  device_name = "router"
  tags        = { Name = var.changed ? "changed" : "home" }
}

resource "aws_customer_gateway" "office" {
  type       = "ipsec.1"
  ip_address = "192.0.2.11"
  bgp_asn    = 65011
}

resource "aws_customer_gateway" "another_office" {
  type       = "ipsec.1"
  ip_address = "192.0.2.12"
  bgp_asn    = 65012
}

# ---- A virtual private gateway and static routes

resource "aws_vpc" "main" {
  cidr_block = "10.40.0.0/16"
}

resource "aws_vpn_gateway" "main" {
  amazon_side_asn = 64620
  tags            = { Name = var.changed ? "changed" : "main" }
}

resource "aws_vpn_gateway_attachment" "main" {
  vpc_id         = aws_vpc.main.id
  vpn_gateway_id = aws_vpn_gateway.main.id
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_vpn_gateway_route_propagation" "main" {
  route_table_id = aws_route_table.main.id
  vpn_gateway_id = aws_vpn_gateway_attachment.main.vpn_gateway_id
}

resource "aws_vpn_connection" "home" {
  type                = "ipsec.1"
  customer_gateway_id = aws_customer_gateway.home.id
  vpn_gateway_id      = aws_vpn_gateway.main.id
  static_routes_only  = true
  tags                = { Name = "home" }
}

resource "aws_vpn_connection_route" "home" {
  vpn_connection_id      = aws_vpn_connection.home.id
  destination_cidr_block = "192.168.0.0/16"
}

# ---- A transit gateway and BGP

resource "aws_ec2_transit_gateway" "main" {
  amazon_side_asn = 64621
}

resource "aws_vpn_connection" "office" {
  type                    = "ipsec.1"
  customer_gateway_id     = var.changed ? aws_customer_gateway.another_office.id : aws_customer_gateway.office.id
  transit_gateway_id      = aws_ec2_transit_gateway.main.id
  local_ipv4_network_cidr = var.changed ? "10.0.0.0/8" : "0.0.0.0/0"

  tunnel1_inside_cidr                  = "169.254.33.0/30"
  tunnel1_preshared_key                = "first.tunnel_key"
  tunnel1_dpd_timeout_action           = "restart"
  tunnel1_dpd_timeout_seconds          = var.changed ? 60 : 45
  tunnel1_ike_versions                 = ["ikev2"]
  tunnel1_phase1_dh_group_numbers      = [14, 20]
  tunnel1_phase1_encryption_algorithms = ["AES256"]
  tunnel1_phase1_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase1_lifetime_seconds      = 14400
  tunnel1_phase2_dh_group_numbers      = [14]
  tunnel1_phase2_encryption_algorithms = ["AES256", "AES256-GCM-16"]
  tunnel1_phase2_integrity_algorithms  = ["SHA2-256"]
  tunnel1_phase2_lifetime_seconds      = 1800
  tunnel1_rekey_fuzz_percentage        = 50
  tunnel1_rekey_margin_time_seconds    = 300
  tunnel1_replay_window_size           = 512
  tunnel1_startup_action               = "start"
  tunnel1_log_options {
    cloudwatch_log_options {
      log_enabled       = true
      log_group_arn     = "arn:aws:logs:us-east-1:123456789012:log-group:tunnels"
      log_output_format = "text"
    }
  }
  tunnel2_inside_cidr   = "169.254.34.0/30"
  tunnel2_preshared_key = "second.tunnel_key"
}

# ---- What there is

data "aws_customer_gateway" "home" {
  id = aws_customer_gateway.home.id
}

data "aws_vpn_gateway" "main" {
  id = aws_vpn_gateway.main.id
}

data "aws_ec2_transit_gateway_vpn_attachment" "office" {
  transit_gateway_id = aws_ec2_transit_gateway.main.id
  vpn_connection_id  = aws_vpn_connection.office.id
}
