# A hub for the VPCs of two accounts, peered with another region, with tunnels and multicast.

resource "aws_ec2_transit_gateway" "hub" {
  description                 = var.changed ? "the hub" : "a hub"
  amazon_side_asn             = 64600
  multicast_support           = "enable"
  vpn_ecmp_support            = var.changed ? "disable" : "enable"
  transit_gateway_cidr_blocks = var.changed ? ["10.99.0.0/24", "10.98.0.0/24"] : ["10.99.0.0/24"]
  tags                        = { Name = "hub" }
}

# ---- VPCs

resource "aws_vpc" "main" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "main" {
  for_each          = { us-east-1a = "10.70.1.0/24", us-east-1b = "10.70.2.0/24" }
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = each.key
}

resource "aws_ec2_transit_gateway_vpc_attachment" "main" {
  transit_gateway_id                              = aws_ec2_transit_gateway.hub.id
  vpc_id                                          = aws_vpc.main.id
  subnet_ids                                      = var.changed ? [for each in aws_subnet.main : each.id] : [aws_subnet.main["us-east-1a"].id]
  appliance_mode_support                          = var.changed ? "enable" : "disable"
  transit_gateway_default_route_table_association = false
  transit_gateway_default_route_table_propagation = false
  tags                                            = { Name = var.changed ? "main VPC" : "main" }
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.main.id
  destination_cidr_block = "10.0.0.0/8"
  transit_gateway_id     = aws_ec2_transit_gateway_vpc_attachment.main.transit_gateway_id
}

# ---- Another account's VPC

resource "aws_vpc" "theirs" {
  provider   = aws.other_account
  cidr_block = "10.71.0.0/16"
}

resource "aws_subnet" "theirs" {
  provider   = aws.other_account
  vpc_id     = aws_vpc.theirs.id
  cidr_block = "10.71.1.0/24"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "theirs" {
  provider           = aws.other_account
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.theirs.id
  subnet_ids         = [aws_subnet.theirs.id]
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" "theirs" {
  transit_gateway_attachment_id = aws_ec2_transit_gateway_vpc_attachment.theirs.id
}

# ---- Route tables

resource "aws_ec2_transit_gateway_route_table" "main" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  tags               = { Name = var.changed ? "main table" : "main" }
}

resource "aws_ec2_transit_gateway_route_table_association" "main" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "main" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
}

resource "aws_ec2_transit_gateway_route" "to_main" {
  destination_cidr_block         = "10.72.0.0/16"
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.main.id
}

resource "aws_ec2_transit_gateway_route" "nowhere" {
  destination_cidr_block         = "10.73.0.0/16"
  transit_gateway_route_table_id = aws_ec2_transit_gateway.hub.association_default_route_table_id
  blackhole                      = true
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = "offices"
  address_family = "IPv4"
  max_entries    = 2

  entry {
    cidr = "192.0.2.0/24"
  }
}

resource "aws_ec2_transit_gateway_prefix_list_reference" "offices" {
  prefix_list_id                 = aws_ec2_managed_prefix_list.offices.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
  transit_gateway_attachment_id  = var.changed ? aws_ec2_transit_gateway_vpc_attachment.main.id : null
  blackhole                      = !var.changed
}

# ---- Default tables of one's own

resource "aws_ec2_transit_gateway" "spare" {
}

resource "aws_ec2_transit_gateway_route_table" "spare" {
  transit_gateway_id = aws_ec2_transit_gateway.spare.id
}

resource "aws_ec2_transit_gateway_default_route_table_association" "spare" {
  transit_gateway_id             = aws_ec2_transit_gateway.spare.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spare.id
}

resource "aws_ec2_transit_gateway_default_route_table_propagation" "spare" {
  transit_gateway_id             = aws_ec2_transit_gateway_default_route_table_association.spare.transit_gateway_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.spare.id
}

# ---- Another region

resource "aws_ec2_transit_gateway" "far" {
  provider    = aws.other_region
  description = "far away"
}

resource "aws_ec2_transit_gateway_peering_attachment" "far" {
  transit_gateway_id      = aws_ec2_transit_gateway.hub.id
  peer_transit_gateway_id = aws_ec2_transit_gateway.far.id
  peer_region             = "us-west-2"
  tags                    = { Name = var.changed ? "far away" : "far" }
}

resource "aws_ec2_transit_gateway_peering_attachment_accepter" "far" {
  provider                      = aws.other_region
  transit_gateway_attachment_id = aws_ec2_transit_gateway_peering_attachment.far.id
}

resource "aws_ec2_transit_gateway_route" "far" {
  destination_cidr_block         = "10.80.0.0/16"
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.main.id
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.far.id
}

resource "aws_ec2_transit_gateway_policy_table" "main" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  tags               = { Name = var.changed ? "policies" : "policy" }
}

# ---- Tunnels

resource "aws_ec2_transit_gateway_connect" "main" {
  transit_gateway_id      = aws_ec2_transit_gateway.hub.id
  transport_attachment_id = aws_ec2_transit_gateway_vpc_attachment.main.id
  tags                    = { Name = var.changed ? "the tunnels" : "tunnels" }
}

resource "aws_ec2_transit_gateway_connect_peer" "main" {
  transit_gateway_attachment_id = aws_ec2_transit_gateway_connect.main.id
  peer_address                  = "10.70.1.9"
  inside_cidr_blocks            = ["169.254.100.0/29"]
  bgp_asn                       = 65010
  tags                          = { Name = var.changed ? "the peer" : "peer" }
}

# ---- Multicast

resource "aws_ec2_transit_gateway_multicast_domain" "main" {
  transit_gateway_id     = aws_ec2_transit_gateway.hub.id
  static_sources_support = "enable"
  tags                   = { Name = var.changed ? "everybody" : "all" }
}

resource "aws_ec2_transit_gateway_multicast_domain_association" "main" {
  subnet_id                           = aws_subnet.main["us-east-1a"].id
  transit_gateway_attachment_id       = aws_ec2_transit_gateway_vpc_attachment.main.id
  transit_gateway_multicast_domain_id = aws_ec2_transit_gateway_multicast_domain.main.id
}

resource "aws_network_interface" "main" {
  for_each  = toset(["listener", "speaker"])
  subnet_id = aws_subnet.main["us-east-1a"].id
}

resource "aws_ec2_transit_gateway_multicast_group_member" "listener" {
  group_ip_address                    = "224.0.0.1"
  network_interface_id                = aws_network_interface.main["listener"].id
  transit_gateway_multicast_domain_id = aws_ec2_transit_gateway_multicast_domain_association.main.transit_gateway_multicast_domain_id
}

resource "aws_ec2_transit_gateway_multicast_group_source" "speaker" {
  group_ip_address                    = "224.0.0.1"
  network_interface_id                = aws_network_interface.main["speaker"].id
  transit_gateway_multicast_domain_id = aws_ec2_transit_gateway_multicast_domain_association.main.transit_gateway_multicast_domain_id
}

# ---- All of it, read back

data "aws_ec2_transit_gateway" "hub" {
  id = aws_ec2_transit_gateway.hub.id
}

data "aws_ec2_transit_gateway_attachment" "main" {
  transit_gateway_attachment_id = aws_ec2_transit_gateway_vpc_attachment.main.id
}

data "aws_ec2_transit_gateway_attachments" "hub" {
  filter {
    name   = "transit-gateway-id"
    values = [aws_ec2_transit_gateway_vpc_attachment.main.transit_gateway_id]
  }
}

data "aws_ec2_transit_gateway_vpc_attachment" "main" {
  id = aws_ec2_transit_gateway_vpc_attachment.main.id
}

data "aws_ec2_transit_gateway_vpc_attachments" "main" {
  filter {
    name   = "vpc-id"
    values = [aws_ec2_transit_gateway_vpc_attachment.main.vpc_id]
  }
}

data "aws_ec2_transit_gateway_peering_attachment" "far" {
  id = aws_ec2_transit_gateway_peering_attachment.far.id
}

data "aws_ec2_transit_gateway_peering_attachments" "far" {
  filter {
    name   = "transit-gateway-attachment-id"
    values = [aws_ec2_transit_gateway_peering_attachment.far.id]
  }
}

data "aws_ec2_transit_gateway_connect" "main" {
  transit_gateway_connect_id = aws_ec2_transit_gateway_connect.main.id
}

data "aws_ec2_transit_gateway_connect_peer" "main" {
  transit_gateway_connect_peer_id = aws_ec2_transit_gateway_connect_peer.main.id
}

data "aws_ec2_transit_gateway_multicast_domain" "main" {
  transit_gateway_multicast_domain_id = aws_ec2_transit_gateway_multicast_group_member.listener.transit_gateway_multicast_domain_id
}

data "aws_ec2_transit_gateway_route_table" "main" {
  id = aws_ec2_transit_gateway_route_table.main.id
}

data "aws_ec2_transit_gateway_route_tables" "hub" {
  filter {
    name   = "transit-gateway-id"
    values = [aws_ec2_transit_gateway_route_table.main.transit_gateway_id]
  }
}

data "aws_ec2_transit_gateway_route_table_associations" "main" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table_association.main.transit_gateway_route_table_id
}

data "aws_ec2_transit_gateway_route_table_propagations" "main" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table_propagation.main.transit_gateway_route_table_id
}

data "aws_ec2_transit_gateway_route_table_routes" "main" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route.to_main.transit_gateway_route_table_id

  filter {
    name   = "type"
    values = ["static", "propagated"]
  }
}
