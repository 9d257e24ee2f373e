# Networks of both families: VPCs, subnets, interfaces, elastic addresses, groups and their rules.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

# ---- VPCs and subnets ----

resource "aws_vpc" "main" {
  cidr_block                           = "10.20.0.0/16"
  assign_generated_ipv6_cidr_block     = true
  enable_dns_hostnames                 = true
  enable_network_address_usage_metrics = var.changed
  tags                                 = { Name = var.changed ? "main network" : "main" }
}

resource "aws_vpc" "other" {
  cidr_block                       = "10.30.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_vpc_ipv4_cidr_block_association" "more" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.21.0.0/16"
}

# Of two blocks, importing a VPC takes the one that is listed last for the VPC's own: nothing may be reckoned from it.
resource "aws_vpc_ipv6_cidr_block_association" "more" {
  vpc_id                           = aws_vpc.other.id
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "dual" {
  vpc_id                                         = aws_vpc.main.id
  availability_zone                              = "us-east-1a"
  cidr_block                                     = "10.20.1.0/24"
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 1)
  assign_ipv6_address_on_creation                = true
  map_public_ip_on_launch                        = var.changed
  private_dns_hostname_type_on_launch            = "resource-name"
  enable_resource_name_dns_a_record_on_launch    = true
  enable_resource_name_dns_aaaa_record_on_launch = var.changed
  tags                                           = { Name = "dual" }
}

resource "aws_subnet" "ipv6_only" {
  vpc_id                                         = aws_vpc.main.id
  availability_zone                              = "us-east-1b"
  ipv6_native                                    = true
  ipv6_cidr_block                                = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 2)
  assign_ipv6_address_on_creation                = true
  enable_resource_name_dns_aaaa_record_on_launch = true
  enable_dns64                                   = var.changed
}

resource "aws_subnet" "of_the_second_block" {
  vpc_id     = aws_vpc_ipv4_cidr_block_association.more.vpc_id
  cidr_block = "10.21.1.0/24"
}

resource "aws_ec2_subnet_cidr_reservation" "kept" {
  subnet_id        = aws_subnet.dual.id
  cidr_block       = "10.20.1.16/28"
  reservation_type = "prefix"
  description      = "for prefixes"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_default_vpc" "default" {}

resource "aws_default_subnet" "default" {
  availability_zone = "us-east-1b"
}

resource "aws_default_vpc_dhcp_options" "default" {}

# ---- Interfaces ----

resource "aws_network_interface" "named" {
  subnet_id         = aws_subnet.dual.id
  private_ips       = ["10.20.1.50", "10.20.1.51"]
  security_groups   = var.changed ? [aws_security_group.web.id, aws_security_group.inner.id] : [aws_security_group.web.id]
  description       = var.changed ? "front and back" : "front"
  source_dest_check = var.changed
  tags              = { Name = "named" }
}

resource "aws_network_interface" "second" {
  subnet_id          = aws_subnet.dual.id
  ipv6_address_count = 2
}

resource "aws_network_interface" "with_prefix" {
  subnet_id         = aws_subnet.dual.id
  ipv4_prefix_count = 1
}

resource "aws_network_interface_sg_attachment" "inner" {
  security_group_id    = aws_security_group.inner.id
  network_interface_id = aws_network_interface.second.id
}

resource "aws_network_interface_permission" "partner" {
  network_interface_id = aws_network_interface.named.id
  aws_account_id       = "210987654321"
  permission           = "INSTANCE-ATTACH"
}

resource "aws_instance" "host" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.dual.id
  vpc_security_group_ids = [aws_security_group.web.id]
  ipv6_address_count     = 1
}

resource "aws_network_interface_attachment" "second" {
  instance_id          = aws_instance.host.id
  network_interface_id = aws_network_interface.second.id
  device_index         = 1
}

resource "aws_ec2_tag" "primary" {
  resource_id = aws_instance.host.primary_network_interface_id
  key         = "Role"
  value       = var.changed ? "main" : "primary"
}

# ---- Elastic addresses ----

resource "aws_eip" "named" {
  domain                    = "vpc"
  network_interface         = aws_network_interface.named.id
  associate_with_private_ip = var.changed ? "10.20.1.50" : "10.20.1.51"
  depends_on                = [aws_internet_gateway.main] # as the provider's page on it says
}

resource "aws_eip" "mail" {
  domain = "vpc"
  tags   = { Name = "mail" }
}

resource "aws_eip_domain_name" "mail" {
  allocation_id = aws_eip.mail.allocation_id
  domain_name   = var.changed ? "post.example.com" : "mail.example.com"
}

# ---- Groups ----

resource "aws_security_group" "web" {
  name        = "web"
  description = "the web"
  vpc_id      = aws_vpc.main.id

  ingress {
    description      = "everybody"
    from_port        = 443
    to_port          = 443
    protocol         = "tcp"
    cidr_blocks      = ["0.0.0.0/0", "203.0.113.0/24"]
    ipv6_cidr_blocks = var.changed ? ["::/0", "2001:db8::/32"] : ["::/0"]
    self             = true
  }
  ingress {
    from_port   = 8
    to_port     = -1
    protocol    = "icmp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
  tags = { Name = "web" }
}

resource "aws_security_group" "inner" {
  name_prefix = "inner-"
  description = "behind the web"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group_rule" "from_web" {
  type                     = "ingress"
  security_group_id        = aws_security_group.inner.id
  source_security_group_id = aws_security_group.web.id
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
  description              = var.changed ? "the databases" : "the database"
}

resource "aws_security_group_rule" "esp" {
  type              = "ingress"
  security_group_id = aws_security_group.inner.id
  cidr_blocks       = ["10.0.0.0/8", "192.168.0.0/16"]
  from_port         = 0
  to_port           = 0
  protocol          = "50"
}

resource "aws_security_group_rule" "self" {
  type              = "egress"
  security_group_id = aws_security_group.inner.id
  self              = true
  from_port         = 0
  to_port           = 65535
  protocol          = "udp"
}

resource "aws_vpc_security_group_ingress_rule" "ping" {
  security_group_id = aws_security_group.inner.id
  cidr_ipv6         = "2001:db8:1::/48"
  ip_protocol       = "icmpv6"
  from_port         = 128
  to_port           = var.changed ? 0 : -1
  tags              = { Name = "ping" }
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id            = aws_security_group.inner.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_vpc_association" "inner" {
  security_group_id = aws_security_group.inner.id
  vpc_id            = aws_vpc.other.id
}

resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id
  ingress {
    self      = true
    from_port = 0
    to_port   = 0
    protocol  = "-1"
  }
  tags = { Name = "nobody's" }
}

# ---- Access from the internet ----

resource "aws_vpc_block_public_access_options" "region" {
  internet_gateway_block_mode = var.changed ? "block-ingress" : "block-bidirectional"
}

resource "aws_vpc_block_public_access_exclusion" "main" {
  vpc_id                          = aws_vpc.main.id
  internet_gateway_exclusion_mode = var.changed ? "allow-egress" : "allow-bidirectional"
  tags                            = { Name = "main" }
}

# ---- Looked up ----

data "aws_vpcs" "main" {
  tags = { Name = aws_vpc.main.tags.Name }
}

data "aws_subnets" "main" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
}

data "aws_subnet" "dual" {
  id = aws_subnet.dual.id
}

data "aws_security_group" "web" {
  name   = aws_security_group.web.name
  vpc_id = aws_vpc.main.id
}

data "aws_security_groups" "main" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
}

data "aws_vpc_security_group_rule" "ping" {
  security_group_rule_id = aws_vpc_security_group_ingress_rule.ping.security_group_rule_id
}

data "aws_vpc_security_group_rules" "inner" {
  filter {
    name   = "group-id"
    values = [aws_security_group.inner.id]
  }
}

data "aws_network_interface" "named" {
  id = aws_network_interface.named.id
}

data "aws_network_interfaces" "dual" {
  filter {
    name   = "subnet-id"
    values = [aws_subnet.dual.id]
  }
}

data "aws_eip" "mail" {
  id = aws_eip.mail.id
}

data "aws_eips" "all" {
  filter {
    name   = "domain"
    values = ["vpc"]
  }
}

data "aws_ec2_public_ipv4_pools" "none" {}
