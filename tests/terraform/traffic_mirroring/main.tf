# Packets of one interface, filtered, go to another.

resource "aws_vpc" "main" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.60.1.0/24"
}

resource "aws_network_interface" "watched" {
  subnet_id = aws_subnet.main.id
}

resource "aws_network_interface" "watcher" {
  subnet_id = aws_subnet.main.id
}

resource "aws_ec2_traffic_mirror_filter" "web" {
  description      = "the web and names"
  network_services = ["amazon-dns"]
  tags             = { Name = var.changed ? "web and names" : "web" }
}

resource "aws_ec2_traffic_mirror_filter_rule" "web" {
  description              = var.changed ? "https" : "http"
  traffic_mirror_filter_id = aws_ec2_traffic_mirror_filter.web.id
  destination_cidr_block   = "10.60.0.0/16"
  source_cidr_block        = "0.0.0.0/0"
  rule_number              = 1
  rule_action              = "accept"
  traffic_direction        = "ingress"
  protocol                 = 6

  destination_port_range {
    from_port = var.changed ? 443 : 80
    to_port   = var.changed ? 443 : 80
  }
}

resource "aws_ec2_traffic_mirror_filter_rule" "out" {
  traffic_mirror_filter_id = aws_ec2_traffic_mirror_filter.web.id
  destination_cidr_block   = "0.0.0.0/0"
  source_cidr_block        = "10.60.0.0/16"
  rule_number              = 1
  rule_action              = "reject"
  traffic_direction        = "egress"
}

resource "aws_ec2_traffic_mirror_target" "watcher" {
  description          = "the watcher"
  network_interface_id = aws_network_interface.watcher.id
}

resource "aws_ec2_traffic_mirror_session" "main" {
  description              = "all of it"
  network_interface_id     = aws_network_interface.watched.id
  traffic_mirror_filter_id = aws_ec2_traffic_mirror_filter.web.id
  traffic_mirror_target_id = aws_ec2_traffic_mirror_target.watcher.id
  session_number           = var.changed ? 2 : 1
}
