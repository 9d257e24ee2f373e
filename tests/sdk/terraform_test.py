#!/usr/bin/env python3
"""Terraform against the real server: a small configuration is applied, found unchanged, changed, and destroyed.

Needs terraform and an unpacked provider hashicorp/aws; FOGLING_TERRAFORM_PLUGINS names the folder that holds
registry.terraform.io where it is not in a usual place. Nothing is fetched.
"""

import glob
import json
import os
import pathlib
import subprocess
import unittest

import real_clients
from fogling_client import Server, main

PROVIDER = "registry.terraform.io/hashicorp/aws"

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }
variable "instance_type" { type = string }

provider "aws" {
  region = "us-west-2"
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
  default_tags {
    tags = { Project = "lesson" }
  }
}

data "aws_availability_zones" "available" { state = "available" }
data "aws_vpc" "default" { default = true }

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
    for_each = [22, 80, 443]
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
  description                  = "the database"
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.ubuntu.id
  instance_type          = var.instance_type
  availability_zone      = data.aws_availability_zones.available.names[0]
  key_name               = aws_key_pair.lesson.key_name
  vpc_security_group_ids = [aws_security_group.web.id]
  user_data              = "#!/bin/sh\\necho hello\\n"

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
  size              = 10
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
}

resource "aws_eip_association" "web" {
  instance_id   = aws_instance.web.id
  allocation_id = aws_eip.web.id
}

output "instance" { value = aws_instance.web.id }
output "address" { value = aws_eip.web.public_ip }
"""


def plugin_folder():
    """The folder of unpacked providers, if there is one."""
    home = pathlib.Path.home()
    candidates = [
        os.environ.get("FOGLING_TERRAFORM_PLUGINS"),
        os.environ.get("TF_PLUGIN_CACHE_DIR"),
        str(home / ".terraform.d" / "plugins"),
        str(home / ".local" / "share" / "terraform" / "plugins"),
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
        *glob.glob("/opt/*/"),
    ]
    for each in candidates:
        if each and glob.glob(os.path.join(each, PROVIDER, "*", "*", "terraform-provider-aws*")):
            return each
    return None


class Terraform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("terraform")
        plugins = plugin_folder()
        if not plugins:
            real_clients.skip("there is no unpacked Terraform provider hashicorp/aws on this machine")
        cls.work = real_clients.temporary_home(cls)
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)
        mirror = pathlib.Path(cls.work, "terraform.rc")
        mirror.write_text(
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(plugins)}\n  }}\n}}\n"
        )
        pathlib.Path(cls.work, "main.tf").write_text(CONFIGURATION)
        cls.environment = {
            **real_clients.isolated_environment(cls.work, "us-west-2"),
            "TF_CLI_CONFIG_FILE": str(mirror),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "TF_VAR_endpoint": cls.server.endpoint,
            "TF_VAR_instance_type": "t3.micro",
        }
        cls.addClassCleanup(cls.environment.clear)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def terraform(self, *words, accepted=(0,)):
        done = subprocess.run(
            [self.program, *words], cwd=self.work, env=self.environment, capture_output=True, text=True, timeout=600,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.assertIn(done.returncode, accepted, f"terraform {' '.join(words)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def unchanged(self):
        """A second plan has nothing to do: all that was asked for reads back as it was asked for."""
        self.terraform("plan", "-no-color", "-detailed-exitcode")

    def test_apply_plan_change_destroy(self):
        self.terraform("init", "-no-color")
        self.terraform("apply", "-no-color", "-auto-approve")
        self.unchanged()
        client = self.server.client.at(region="us-west-2")
        outputs = {name: each["value"] for name, each in json.loads(self.terraform("output", "-json")).items()}
        item = client.instance(outputs["instance"])
        self.assertEqual(outputs["address"], item.find("ipAddress").text)
        self.environment["TF_VAR_instance_type"] = "t3.small"
        change = self.terraform("apply", "-no-color", "-auto-approve")
        self.assertIn("0 added, 1 changed, 0 destroyed", change)
        self.assertEqual("t3.small", client.instance(outputs["instance"]).find("instanceType").text)
        self.unchanged()
        self.terraform("destroy", "-no-color", "-auto-approve")
        self.assertEqual("terminated", client.state(outputs["instance"]))
        for action, path in (
            ("DescribeVolumes", "volumeSet/item"),
            ("DescribeAddresses", "addressesSet/item"),
            ("DescribeKeyPairs", "keySet/item"),
            ("DescribeNetworkInterfaces", "networkInterfaceSet/item"),
        ):
            self.assertEqual([], client.ok(action).all(path), action)
        groups = client.ok("DescribeSecurityGroups").texts("securityGroupInfo/item/groupName")
        self.assertEqual(["default"], groups)


if __name__ == "__main__":
    main()
