# An address plan for two regions: a company's pool, a pool for each region within it, and what VPCs take out of them.

resource "aws_vpc_ipam" "main" {
  description = var.changed ? "the plan" : "a plan"
  cascade     = true

  dynamic "operating_regions" {
    for_each = var.changed ? ["us-east-1", "us-west-2", "eu-west-1"] : ["us-east-1", "us-west-2"]
    content {
      region_name = operating_regions.value
    }
  }

  tags = { Name = "main" }
}

resource "aws_vpc_ipam_scope" "lab" {
  ipam_id     = aws_vpc_ipam.main.id
  description = var.changed ? "the laboratory" : "a laboratory"
}

# ---- Pools

resource "aws_vpc_ipam_pool" "company" {
  address_family = "ipv4"
  ipam_scope_id  = aws_vpc_ipam.main.private_default_scope_id
  description    = "all of it"
}

resource "aws_vpc_ipam_pool_cidr" "company" {
  ipam_pool_id = aws_vpc_ipam_pool.company.id
  cidr         = "10.64.0.0/10"
}

resource "aws_vpc_ipam_pool" "east" {
  address_family                    = "ipv4"
  ipam_scope_id                     = aws_vpc_ipam.main.private_default_scope_id
  locale                            = "us-east-1"
  source_ipam_pool_id               = aws_vpc_ipam_pool.company.id
  allocation_min_netmask_length     = 16
  allocation_default_netmask_length = var.changed ? 22 : 20
  allocation_max_netmask_length     = 28
  allocation_resource_tags          = var.changed ? { Stage = "test", Owner = "me" } : { Stage = "test" }
  tags                              = { Name = var.changed ? "the east" : "east" }
}

resource "aws_vpc_ipam_pool_cidr" "east" {
  ipam_pool_id = aws_vpc_ipam_pool.east.id
  cidr         = "10.80.0.0/12"

  depends_on = [aws_vpc_ipam_pool_cidr.company]
}

resource "aws_vpc_ipam_pool" "west" {
  address_family      = "ipv4"
  ipam_scope_id       = aws_vpc_ipam.main.private_default_scope_id
  locale              = "us-west-2"
  source_ipam_pool_id = aws_vpc_ipam_pool.company.id
  auto_import         = true
}

resource "aws_vpc_ipam_pool_cidr" "west" {
  ipam_pool_id   = aws_vpc_ipam_pool.west.id
  netmask_length = 12

  depends_on = [aws_vpc_ipam_pool_cidr.company]
}

# ---- What is taken out of them

resource "aws_vpc" "east" {
  ipv4_ipam_pool_id = aws_vpc_ipam_pool_cidr.east.ipam_pool_id
  tags              = { Stage = "test", Owner = "me" }
}

resource "aws_vpc" "west" {
  provider            = aws.other_region
  ipv4_ipam_pool_id   = aws_vpc_ipam_pool_cidr.west.ipam_pool_id
  ipv4_netmask_length = 20
}

resource "aws_vpc_ipv4_cidr_block_association" "west" {
  provider            = aws.other_region
  vpc_id              = aws_vpc.west.id
  ipv4_ipam_pool_id   = aws_vpc_ipam_pool_cidr.west.ipam_pool_id
  ipv4_netmask_length = 24
}

resource "aws_vpc_ipam_pool" "lab" {
  address_family = "ipv4"
  ipam_scope_id  = aws_vpc_ipam_scope.lab.id
  locale         = "us-east-1"
}

resource "aws_vpc_ipam_pool_cidr" "lab" {
  ipam_pool_id = aws_vpc_ipam_pool.lab.id
  cidr         = "10.0.0.0/16"
}

resource "aws_vpc_ipam_pool_cidr_allocation" "office" {
  ipam_pool_id = aws_vpc_ipam_pool_cidr.lab.ipam_pool_id
  cidr         = "10.0.128.0/24"
  description  = "the office"
}

resource "aws_vpc_ipam_pool_cidr_allocation" "branch" {
  ipam_pool_id     = aws_vpc_ipam_pool_cidr.lab.ipam_pool_id
  netmask_length   = 25
  disallowed_cidrs = ["10.0.0.0/24"]
}

resource "aws_vpc_ipam_preview_next_cidr" "lab" {
  ipam_pool_id   = aws_vpc_ipam_pool_cidr_allocation.branch.ipam_pool_id
  netmask_length = 20
}

# ---- Public space

resource "aws_vpc_ipam_pool" "ipv6" {
  address_family   = "ipv6"
  ipam_scope_id    = aws_vpc_ipam.main.public_default_scope_id
  locale           = "us-east-1"
  public_ip_source = "amazon"
  aws_service      = "ec2"
}

resource "aws_vpc_ipam_pool_cidr" "ipv6" {
  ipam_pool_id   = aws_vpc_ipam_pool.ipv6.id
  netmask_length = 52
}

resource "aws_vpc" "ipv6" {
  cidr_block          = "172.20.0.0/16"
  ipv6_ipam_pool_id   = aws_vpc_ipam_pool_cidr.ipv6.ipam_pool_id
  ipv6_netmask_length = 56
}

resource "aws_vpc_ipam_pool" "public" {
  address_family   = "ipv4"
  ipam_scope_id    = aws_vpc_ipam.main.public_default_scope_id
  locale           = "us-east-1"
  public_ip_source = "amazon"
  aws_service      = "ec2"
}

resource "aws_vpc_ipam_pool_cidr" "public" {
  ipam_pool_id   = aws_vpc_ipam_pool.public.id
  netmask_length = 29
}

resource "aws_eip" "public" {
  domain       = "vpc"
  ipam_pool_id = aws_vpc_ipam_pool_cidr.public.ipam_pool_id
}

# ---- What another account has is looked after as well

resource "aws_vpc_ipam_resource_discovery" "theirs" {
  provider    = aws.other_account
  description = var.changed ? "ours too" : "ours"

  operating_regions {
    region_name = "us-east-1"
  }

  tags = { Name = var.changed ? "the discovery" : "discovery" }
}

resource "aws_vpc_ipam_resource_discovery_association" "theirs" {
  ipam_id                    = aws_vpc_ipam.main.id
  ipam_resource_discovery_id = aws_vpc_ipam_resource_discovery.theirs.id
  tags                       = { Name = var.changed ? "the other account" : "theirs" }
}

# ---- All of it, read back

data "aws_vpc_ipam" "main" {
  id = aws_vpc_ipam.main.id
}

data "aws_vpc_ipams" "main" {
  ipam_ids = [aws_vpc_ipam.main.id]
}

data "aws_vpc_ipam_pool" "east" {
  ipam_pool_id = aws_vpc_ipam_pool.east.id
}

data "aws_vpc_ipam_pools" "east" {
  filter {
    name   = "locale"
    values = ["us-east-1"]
  }

  depends_on = [aws_vpc_ipam_pool.east, aws_vpc_ipam_pool.lab, aws_vpc_ipam_pool.ipv6, aws_vpc_ipam_pool.public]
}

data "aws_vpc_ipam_pool_cidrs" "east" {
  ipam_pool_id = aws_vpc_ipam_pool_cidr.east.ipam_pool_id
}

data "aws_vpc_ipam_preview_next_cidr" "lab" {
  ipam_pool_id   = aws_vpc_ipam_preview_next_cidr.lab.ipam_pool_id
  netmask_length = 20
}
