# An application that is reached without a VPN, by people and on machines that are trusted.

resource "aws_vpc" "main" {
  cidr_block = "10.70.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.70.1.0/24"
}

resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.main.id
}

resource "aws_network_interface" "app" {
  subnet_id = aws_subnet.main.id
}

resource "aws_verifiedaccess_instance" "main" {
  description                     = var.changed ? "ours alone" : "ours"
  fips_enabled                    = true
  cidr_endpoints_custom_subdomain = "access.example.com"
  tags                            = { Name = "main" }
}

resource "aws_verifiedaccess_trust_provider" "people" {
  description              = var.changed ? "all people" : "people"
  policy_reference_name    = "people"
  trust_provider_type      = "user"
  user_trust_provider_type = "iam-identity-center"
}

resource "aws_verifiedaccess_trust_provider" "machines" {
  policy_reference_name      = "machines"
  trust_provider_type        = "device"
  device_trust_provider_type = "jamf"

  device_options {
    tenant_id = "tenant"
  }
}

resource "aws_verifiedaccess_trust_provider" "oidc" {
  policy_reference_name    = "oidc"
  trust_provider_type      = "user"
  user_trust_provider_type = "oidc"

  oidc_options {
    authorization_endpoint = "https://example.com/authorization_endpoint"
    client_id              = "s6BhdRkqt3"
    client_secret          = "example"
    issuer                 = "https://example.com"
    scope                  = "test"
    token_endpoint         = "https://example.com/token_endpoint"
    user_info_endpoint     = "https://example.com/user_info_endpoint"
  }
}

resource "aws_verifiedaccess_instance_trust_provider_attachment" "main" {
  for_each = {
    people   = aws_verifiedaccess_trust_provider.people.id
    machines = aws_verifiedaccess_trust_provider.machines.id
  }
  verifiedaccess_instance_id       = aws_verifiedaccess_instance.main.id
  verifiedaccess_trust_provider_id = each.value
}

resource "aws_verifiedaccess_instance_logging_configuration" "main" {
  verifiedaccess_instance_id = aws_verifiedaccess_instance.main.id

  access_logs {
    include_trust_context = var.changed
    log_version           = "ocsf-1.0.0-rc.2"
  }
}

resource "aws_verifiedaccess_group" "main" {
  verifiedaccess_instance_id = aws_verifiedaccess_instance_trust_provider_attachment.main["people"].verifiedaccess_instance_id
  description                = var.changed ? "the developers" : "developers"
  policy_document            = var.changed ? "permit(principal, action, resource) when {true};" : "permit(principal, action, resource);"
  tags                       = { Name = var.changed ? "the group" : "group" }
}

resource "aws_verifiedaccess_endpoint" "app" {
  application_domain       = "app.example.com"
  attachment_type          = "vpc"
  description              = var.changed ? "the app" : "app"
  domain_certificate_arn   = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  endpoint_domain_prefix   = "app"
  endpoint_type            = "network-interface"
  policy_document          = var.changed ? "permit(principal, action, resource) when {true};" : "permit(principal, action, resource);"
  security_group_ids       = [aws_security_group.app.id]
  verified_access_group_id = aws_verifiedaccess_group.main.id

  network_interface_options {
    network_interface_id = aws_network_interface.app.id
    port                 = var.changed ? 8443 : 443
    protocol             = "https"
  }

  tags = { Name = "app" }
}

resource "aws_verifiedaccess_endpoint" "network" {
  attachment_type          = "vpc"
  endpoint_type            = "cidr"
  security_group_ids       = [aws_security_group.app.id]
  verified_access_group_id = aws_verifiedaccess_group.main.id

  cidr_options {
    cidr       = aws_subnet.main.cidr_block
    protocol   = "tcp"
    subnet_ids = [aws_subnet.main.id]

    port_range {
      from_port = 5432
      to_port   = 5432
    }
  }
}
