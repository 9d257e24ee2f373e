"""The aws CLI against a server of its own."""

import json
import shlex
import subprocess
import unittest

import real_clients  # finds the next one
from fogling_client import Server


class AwsCliTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("aws")
        cls.environment = real_clients.isolated_environment(real_clients.temporary_home(cls))
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def aws(self, *words):
        """What a call answers: JSON taken apart, other text as it is, nothing as an empty text. It must succeed."""
        done = subprocess.run([self.program, *words, "--endpoint-url", self.server.endpoint], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(0, done.returncode, f"aws {shlex.join(words)}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip().startswith("{") else done.stdout

    def ec2(self, *words):
        return self.aws("ec2", *words)
