# From the internet to an instance, as the Reachability Analyzer sees it.

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.61.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.61.1.0/24"
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "main" {
  subnet_id      = aws_subnet.main.id
  route_table_id = aws_route_table.main.id
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = "t3.micro"
  subnet_id              = aws_route_table_association.main.subnet_id
  vpc_security_group_ids = [aws_security_group.web.id]
}

resource "aws_ec2_network_insights_path" "web" {
  source           = aws_internet_gateway.main.id
  destination      = aws_instance.web.id
  destination_port = 443
  protocol         = "tcp"
  tags             = { Name = var.changed ? "the web" : "web" }
}

resource "aws_ec2_network_insights_path" "ssh" {
  source      = aws_internet_gateway.main.arn
  destination = aws_instance.web.primary_network_interface_id
  protocol    = "tcp"

  filter_at_source {
    source_address = "198.51.100.7"
    destination_port_range {
      from_port = 22
      to_port   = 22
    }
  }
}

resource "aws_ec2_network_insights_analysis" "web" {
  network_insights_path_id = aws_ec2_network_insights_path.web.id
  tags                     = { Name = var.changed ? "the web" : "web" }
}

resource "aws_ec2_network_insights_analysis" "ssh" {
  network_insights_path_id = aws_ec2_network_insights_path.ssh.id
  filter_in_arns           = [aws_instance.web.arn]
}

data "aws_ec2_network_insights_path" "web" {
  network_insights_path_id = aws_ec2_network_insights_path.web.id
}

data "aws_ec2_network_insights_analysis" "web" {
  network_insights_analysis_id = aws_ec2_network_insights_analysis.web.id
  filter {
    name   = "path-found"
    values = ["true"]
  }
}

output "path_found" { value = data.aws_ec2_network_insights_analysis.web.path_found }
