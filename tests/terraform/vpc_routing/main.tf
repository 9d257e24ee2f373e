# A VPC with public and private subnets: gateways, route tables with routes of several kinds, NAT, network ACLs, DHCP
# options and prefix lists.

resource "aws_vpc" "main" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "routing" }
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.20.0.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.20.1.0/24"
  availability_zone = "us-east-1b"
}

resource "aws_internet_gateway" "main" {
  tags = { Name = var.changed ? "changed" : "main" }
}

resource "aws_internet_gateway_attachment" "main" {
  internet_gateway_id = aws_internet_gateway.main.id
  vpc_id              = aws_vpc.main.id
}

resource "aws_egress_only_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

# ---- Route tables

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway_attachment.main.internet_gateway_id
  }
  route {
    ipv6_cidr_block        = "::/0"
    egress_only_gateway_id = aws_egress_only_internet_gateway.main.id
  }
  dynamic "route" {
    for_each = var.changed ? ["192.0.2.0/24"] : []
    content {
      cidr_block = route.value
      gateway_id = aws_internet_gateway_attachment.main.internet_gateway_id
    }
  }
  tags = { Name = "public" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_main_route_table_association" "main" {
  vpc_id         = aws_vpc.main.id
  route_table_id = aws_route_table.private.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "public" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
  tags          = { Name = var.changed ? "changed" : "nat", Attached = aws_internet_gateway_attachment.main.vpc_id }
}

resource "aws_nat_gateway" "private" {
  connectivity_type              = "private"
  subnet_id                      = aws_subnet.private.id
  private_ip                     = "10.20.1.8"
  secondary_private_ip_addresses = var.changed ? ["10.20.1.9", "10.20.1.10"] : ["10.20.1.9"]
}

resource "aws_route" "nat" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = var.changed ? aws_nat_gateway.private.id : aws_nat_gateway.public.id
}

resource "aws_network_interface" "appliance" {
  subnet_id         = aws_subnet.private.id
  source_dest_check = false
}

resource "aws_route" "appliance" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "198.51.100.0/24"
  network_interface_id   = aws_network_interface.appliance.id
}

resource "aws_ec2_managed_prefix_list" "offices" {
  name           = var.changed ? "offices-and-labs" : "offices"
  address_family = "IPv4"
  max_entries    = 5
  entry {
    cidr        = "192.0.2.0/25"
    description = "the first"
  }
  tags = { Name = "offices" }
}

resource "aws_ec2_managed_prefix_list" "labs" {
  name           = "labs"
  address_family = "IPv4"
  max_entries    = 5
}

resource "aws_ec2_managed_prefix_list_entry" "lab" {
  cidr           = "203.0.113.0/25"
  description    = "the lab"
  prefix_list_id = aws_ec2_managed_prefix_list.labs.id
}

resource "aws_route" "offices" {
  route_table_id             = aws_route_table.private.id
  destination_prefix_list_id = aws_ec2_managed_prefix_list.offices.id
  nat_gateway_id             = aws_nat_gateway.public.id
}

# ---- Network ACLs

resource "aws_network_acl" "public" {
  vpc_id = aws_vpc.main.id
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = var.changed ? 444 : 443
  }
  egress {
    rule_no    = 100
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  subnet_ids = [aws_subnet.public.id]
  tags       = { Name = "public" }
}

resource "aws_network_acl" "private" {
  vpc_id = aws_vpc.main.id
}

resource "aws_network_acl_association" "private" {
  network_acl_id = aws_network_acl.private.id
  subnet_id      = aws_subnet.private.id
}

resource "aws_network_acl_rule" "ping" {
  network_acl_id = aws_network_acl.private.id
  rule_number    = 50
  egress         = false
  protocol       = "icmp"
  rule_action    = "allow"
  cidr_block     = "10.20.0.0/16"
  icmp_type      = 8
  icmp_code      = -1
}

# ---- DHCP options

resource "aws_vpc_dhcp_options" "office" {
  domain_name          = "example.com"
  domain_name_servers  = ["10.20.0.10", "10.20.0.11"]
  ntp_servers          = ["127.0.0.1"]
  netbios_node_type    = 2
  netbios_name_servers = ["127.0.0.1"]
  tags                 = { Name = var.changed ? "changed" : "office" }
}

resource "aws_vpc_dhcp_options_association" "office" {
  vpc_id          = aws_vpc.main.id
  dhcp_options_id = aws_vpc_dhcp_options.office.id
}

# ---- What there is

data "aws_route_table" "public" {
  route_table_id = aws_route_table.public.id
}

data "aws_route_tables" "all" {
  vpc_id = aws_route_table.public.vpc_id
}

data "aws_route" "nat" {
  route_table_id         = aws_route.nat.route_table_id
  destination_cidr_block = "0.0.0.0/0"
}

data "aws_internet_gateway" "main" {
  internet_gateway_id = aws_internet_gateway_attachment.main.internet_gateway_id
}

data "aws_nat_gateway" "public" {
  id = aws_nat_gateway.public.id
}

data "aws_nat_gateways" "all" {
  vpc_id = aws_nat_gateway.public.tags.Attached
}

data "aws_network_acls" "all" {
  vpc_id = aws_network_acl.public.vpc_id
}

data "aws_vpc_dhcp_options" "office" {
  dhcp_options_id = aws_vpc_dhcp_options.office.id
}

data "aws_prefix_list" "s3" {
  name = "com.amazonaws.us-east-1.s3"
}

data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.us-east-1.s3"
}

data "aws_ec2_managed_prefix_lists" "own" {
  filter {
    name   = "prefix-list-id"
    values = [aws_ec2_managed_prefix_list.offices.id]
  }
}
