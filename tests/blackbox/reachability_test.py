#!/usr/bin/env python3
"""Why can I not connect? By the command line, and by /_sim/reachability."""

import json
import subprocess
import time

import fogling_client
from fogling_client import ServerTest, main, rule


class Reachability(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.web = cls.client.group("web")
        cls.server_id = cls.client.run(**{"SecurityGroupId.1": cls.web})[0]

    def fogling(self, *arguments):
        return subprocess.run([fogling_client.binary, *arguments, "--endpoint", self.server.endpoint],
                              capture_output=True, text=True, timeout=60, check=False)

    def test_1_a_closed_port_times_out_and_the_command_that_opens_it_helps(self):
        told = self.fogling("why", self.server_id, "--port", "80")
        self.assertEqual(1, told.returncode, told.stderr)
        first = told.stdout.splitlines()[0]
        self.assertEqual(f"tcp 80 from the internet to {self.server_id}: times out", first)
        self.assertIn("SG_HAS_NO_RULES", told.stdout)
        fix = f"aws ec2 authorize-security-group-ingress --group-id {self.web} --protocol tcp --port 80 --cidr 0.0.0.0/0"
        self.assertIn(fix, told.stdout)
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": self.web, **rule(80)})
        told = self.fogling("why", self.server_id, "--port", "80", "--from", "203.0.113.5")
        self.assertEqual(0, told.returncode, told.stderr)
        self.assertEqual(f"tcp 80 from 203.0.113.5 to {self.server_id}: would connect", told.stdout.splitlines()[0])

    def test_2_as_json(self):
        told = self.fogling("why", self.server_id, "--port", "443", "--protocol", "tcp", "--json")
        self.assertEqual("ENI_SG_RULES_MISMATCH", json.loads(told.stdout)["code"])
        who = json.loads(self.fogling("who-can-reach", self.server_id, "--json").stdout)
        self.assertEqual([{"protocol": "tcp", "ports": "80", "sources": ["0.0.0.0/0"]}], who["internet"])

    def test_3_the_matrix(self):
        vpc = self.client.default_vpc()
        told = self.fogling("reach-matrix", "--vpc", vpc, "--port", "80")
        self.assertEqual(0, told.returncode, told.stderr)
        self.assertIn(self.server_id[:17], told.stdout)

    def test_4_what_means_nothing_is_a_sentence(self):
        told = self.fogling("why", "tea")
        self.assertEqual(1, told.returncode)
        self.assertIn("tea is no end of a connection", told.stderr)
        for path, payload in (("why", {"to": 7}), ("why", {}), ("matrix", {"vpc": "vpc-1"}), ("assert", {"to": "i-1"}),
                              ("who", {"to": "i-1"}), ("why", {"to": self.server_id, "port": -1})):
            answer = self.client.sim("reachability/" + path, payload)
            self.assertEqual(400, answer.status, answer)
            self.assertTrue(answer.json["error"])
        self.assertEqual(404, self.client.sim("reachability/tea", {}).status)
        self.assertEqual(405, self.client.sim("reachability/why").status)

    def test_5_an_assertion(self):
        answer = self.client.sim("reachability/assert", {"to": self.server_id, "only": ["tcp/80"]})
        self.assertEqual({"holds": True, "unexpected": []}, answer.json)


class Large(ServerTest):
    """A hundred instances and some thousand rules: the matrix comes while somebody waits for it."""

    def test_matrix_of_a_hundred(self):
        groups = []
        for i in range(50):
            group = self.client.group(f"g{i}")
            ports = {}
            for j in range(50):
                ports.update({f"IpPermissions.{j + 1}.IpProtocol": "tcp", f"IpPermissions.{j + 1}.FromPort": 1000 + j,
                              f"IpPermissions.{j + 1}.ToPort": 1000 + j,
                              f"IpPermissions.{j + 1}.IpRanges.1.CidrIp": "172.31.0.0/16"})
            self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": group, **ports})
            groups.append(group)
        for group in groups:
            self.client.run(2, **{"SecurityGroupId.1": group})
        began = time.monotonic()
        answer = self.client.sim("reachability/matrix", {"vpc": self.client.default_vpc(), "port": 1049}).json
        took = time.monotonic() - began
        print(f"matrix of 100: {took:.3f} s")
        self.assertEqual(100, len(answer["instances"]))
        self.assertEqual(99, len(answer["reach"][answer["instances"][0]]))
        self.assertLess(took, 30)


if __name__ == "__main__":
    main()
