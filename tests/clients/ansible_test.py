#!/usr/bin/env python3
"""Ansible's amazon.aws modules against the real server: a playbook sets up a network with an instance; a second run
changes nothing; a last one takes it all away."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import Server, main  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


class Ansible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("ansible-playbook")
        listed = subprocess.run(
            [shutil.which("ansible-galaxy"), "collection", "list", "amazon.aws"], capture_output=True, text=True, timeout=120
        )
        if "amazon.aws" not in listed.stdout:
            real_clients.skip("this Ansible has no collection amazon.aws")
        # The modules run with the interpreter that Debian's Ansible is of; it has Debian's boto3.
        cls.interpreter = "/usr/bin/python3"
        if subprocess.run([cls.interpreter, "-c", "import boto3"], capture_output=True).returncode != 0:
            real_clients.skip(f"{cls.interpreter} has no boto3")
        cls.home = real_clients.temporary_home(cls)
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def play(self, state):
        environment = {
            **real_clients.isolated_environment(self.home),
            "ANSIBLE_LOCAL_TEMP": os.path.join(self.home, "tmp"),
            "ANSIBLE_PYTHON_INTERPRETER": self.interpreter,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
        }
        done = subprocess.run(
            [self.program, "-i", "localhost,", "-c", "local", str(HERE / "playbook.yml"),
             "-e", f"endpoint={self.server.endpoint} state={state}"],
            env=environment, capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.assertEqual(0, done.returncode, done.stdout[-6000:] + done.stderr[-2000:])
        changed = re.search(r"changed=(\d+)", done.stdout)
        return int(changed.group(1)), done.stdout

    def test_up_unchanged_down(self):
        changed, _ = self.play("present")
        self.assertGreater(changed, 5)
        changed, told = self.play("present")
        self.assertEqual(0, changed, told)
        self.play("absent")
        left = self.server.client.ok("DescribeVpcs", {"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "ansible"})
        self.assertEqual([], left.all("vpcSet/item"))


if __name__ == "__main__":
    main()
