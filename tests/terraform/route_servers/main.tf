# A route server that listens to an appliance in its VPC.

resource "aws_vpc" "main" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.70.1.0/24"
}

resource "aws_route_table" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_route_server" "main" {
  amazon_side_asn           = 65534
  persist_routes            = "enable"
  persist_routes_duration   = var.changed ? 3 : 2
  sns_notifications_enabled = var.changed
  tags                      = { Name = var.changed ? "the server" : "server" }
}

resource "aws_vpc_route_server" "plain" {
  amazon_side_asn = 65533
}

resource "aws_vpc_route_server_vpc_association" "main" {
  route_server_id = aws_vpc_route_server.main.route_server_id
  vpc_id          = aws_vpc.main.id
}

resource "aws_vpc_route_server_propagation" "main" {
  route_server_id = aws_vpc_route_server_vpc_association.main.route_server_id
  route_table_id  = aws_route_table.main.id
}

resource "aws_vpc_route_server_endpoint" "main" {
  route_server_id = aws_vpc_route_server_vpc_association.main.route_server_id
  subnet_id       = aws_subnet.main.id
  tags            = { Name = var.changed ? "the endpoint" : "endpoint" }
}

resource "aws_vpc_route_server_peer" "main" {
  route_server_endpoint_id = aws_vpc_route_server_endpoint.main.route_server_endpoint_id
  peer_address             = "10.70.1.250"

  bgp_options {
    peer_asn                = 65000
    peer_liveness_detection = "bfd"
  }

  tags = { Name = var.changed ? "the appliance" : "appliance" }
}
