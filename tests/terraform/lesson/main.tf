# The first lesson as a configuration: an instance with a key, groups, a second volume and an elastic IP.

data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_ami" "ubuntu" {
  most_recent = true
  owners      = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"]
  }
}

resource "aws_key_pair" "lesson" {
  key_name   = "lesson"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC+lxv93LdM5IWR7zKQ/Dv+GCtNybjht20sqKYFnXuaC me@here"
}

resource "aws_security_group" "web" {
  name        = "web"
  description = "ssh and the web"
  vpc_id      = data.aws_vpc.default.id

  dynamic "ingress" {
    for_each = var.changed ? [22, 80, 443, 8080] : [22, 80, 443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "inner" {
  name   = "inner"
  vpc_id = data.aws_vpc.default.id
}

resource "aws_vpc_security_group_ingress_rule" "from_web" {
  security_group_id            = aws_security_group.inner.id
  referenced_security_group_id = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  description                  = var.changed ? "the other database" : "the database"
}

resource "aws_vpc_security_group_egress_rule" "out" {
  security_group_id = aws_security_group.inner.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = var.changed ? "t3.small" : "t3.micro"
  availability_zone      = data.aws_availability_zones.available.names[0]
  key_name               = aws_key_pair.lesson.key_name
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = "#!/bin/sh\necho hello\n"

  root_block_device {
    volume_size = 30
    volume_type = "gp3"
    encrypted   = true
    tags        = { Name = "root" }
  }
  metadata_options {
    http_tokens = "required"
  }
  tags = { Name = "web" }
}

resource "aws_ebs_volume" "data" {
  availability_zone = aws_instance.web.availability_zone
  size              = var.changed ? 20 : 10
  type              = "gp3"
  tags              = { Name = "data" }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.web.id
}

resource "aws_eip" "web" {
  domain = "vpc"
  tags   = { Name = var.changed ? "web server" : "web" }
}

resource "aws_eip_association" "web" {
  instance_id   = aws_instance.web.id
  allocation_id = aws_eip.web.id
}
