#!/usr/bin/env python3
"""Packer's amazon-ebs builder against the real server: an instance is launched, stopped, and made into an image.

Nothing listens behind a simulated instance, so Packer is told not to connect (communicator none)."""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import UBUNTU_NAME, UBUNTU_OWNER, Server, main  # noqa: E402


class Packer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("packer")
        cls.home = real_clients.temporary_home(cls)
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def packer(self, *words):
        return subprocess.run(
            [self.program, *words], cwd=self.home, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
            env={**real_clients.isolated_environment(self.home), "CHECKPOINT_DISABLE": "1"},
        )  # fmt: skip

    def test_build(self):
        template = {
            "builders": [
                {
                    "type": "amazon-ebs",
                    "custom_endpoint_ec2": self.server.endpoint,
                    "skip_metadata_api_check": True,
                    "region": "us-east-1",
                    "communicator": "none",
                    "instance_type": "t3.micro",
                    "ami_name": "packed",
                    "ami_description": "made by Packer",
                    "ami_users": ["210987654321"],
                    "source_ami_filter": {
                        "filters": {"name": UBUNTU_NAME, "virtualization-type": "hvm"},
                        "owners": [UBUNTU_OWNER],
                        "most_recent": True,
                    },
                    "launch_block_device_mappings": [
                        {"device_name": "/dev/sda1", "volume_size": 20, "volume_type": "gp3", "iops": 3000,
                         "throughput": 125, "delete_on_termination": True}
                    ],
                    "tags": {"Name": "packed"},
                    "run_tags": {"Name": "builder"},
                }
            ]
        }
        pathlib.Path(self.home, "template.json").write_text(json.dumps(template))
        done = self.packer("build", "-color=false", "template.json")
        if "not been registered" in done.stderr or "Unknown builder" in done.stdout + done.stderr:
            real_clients.skip("this Packer has no amazon-ebs builder")
        self.assertEqual(0, done.returncode, done.stdout[-5000:] + done.stderr[-2000:])
        client = self.server.client
        image = client.ok("DescribeImages", {"Owner.1": "self"})
        self.assertEqual(["packed"], image.texts("imagesSet/item/name"))
        self.assertEqual(["available"], image.texts("imagesSet/item/imageState"))
        shared = client.at(account="210987654321").ok("DescribeImages", {"ExecutableBy.1": "self"})
        self.assertEqual(["packed"], shared.texts("imagesSet/item/name"))
        states = client.ok("DescribeInstances").texts("reservationSet/item/instancesSet/item/instanceState/name")
        self.assertEqual({"terminated"}, set(states))


if __name__ == "__main__":
    main()
