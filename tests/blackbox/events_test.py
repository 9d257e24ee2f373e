#!/usr/bin/env python3
"""The memory of what happened: /_sim/events in pages and as a stream, and `fogling log`."""

import http.client
import json
import subprocess
import threading

import fogling_client
from fogling_client import ServerTest, main, rule

SECRET = "c2VjcmV0LXdvcmQ="


class Events(ServerTest):
    def events(self, query=""):
        return self.client.sim("events" + query).json

    def fogling(self, *arguments, **options):
        return subprocess.run([fogling_client.binary, "log", *arguments, "--endpoint", self.server.endpoint],
                              capture_output=True, text=True, timeout=60, check=False, **options)

    def test_1_calls_and_refusals(self):
        group = self.client.group("web")
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": group, **rule(80)})
        self.client.call("DeleteVpc", {"VpcId": self.client.default_vpc()})
        page = self.events("?limit=1000")
        names = [each.get("operation") for each in page["events"]]
        self.assertLess(names.index("CreateSecurityGroup"), names.index("AuthorizeSecurityGroupIngress"))
        refused = page["events"][-1]
        self.assertEqual("DependencyViolation", refused["outcome"])
        self.assertEqual({"en", "ko"}, set(refused["explanation"]["why"]))
        self.assertEqual([], self.events(f"?after={page['next']}")["events"])
        self.assertEqual(405, self.client.sim("events", {}).status)
        self.assertEqual(400, self.client.sim("events?after=tea").status)

    def test_2_secrets_are_not_kept(self):
        self.client.run(UserData=SECRET)
        answer = self.client.sim("events?limit=1000")
        self.assertIn("(hidden)", json.dumps(answer.json))
        self.assertNotIn(SECRET, json.dumps(answer.json))

    def test_3_a_stream_is_taken_up_again(self):
        seen = self.events("?limit=1000")["next"]

        def open_stream(last):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            connection.request("GET", "/_sim/events",
                               headers={"Accept": "text/event-stream", "Last-Event-ID": str(last)})
            answer = connection.getresponse()
            self.assertEqual(200, answer.status)
            self.assertEqual("text/event-stream", answer.getheader("content-type"))
            return connection, answer

        def next_event(answer):
            fields = {}
            while True:
                line = answer.readline().decode().rstrip("\n")
                if not line and "data" in fields:
                    return fields
                name, _, value = line.partition(": ")
                if name in ("id", "event", "data"):
                    fields[name] = value

        connection, answer = open_stream(seen)
        self.client.ok("DescribeRegions")
        event = next_event(answer)
        self.assertEqual("call", event["event"])
        self.assertEqual("DescribeRegions", json.loads(event["data"])["operation"])
        connection.close()
        self.client.ok("DescribeVpcs")
        connection, answer = open_stream(event["id"])
        self.assertEqual("DescribeVpcs", json.loads(next_event(answer)["data"])["operation"])
        connection.close()
        self.client.ok("DescribeRegions")  # the server goes on

    def test_4_the_command(self):
        told = self.fogling("--type", "refusal", "--language", "ko")
        self.assertEqual(0, told.returncode, told.stderr)
        self.assertIn("DeleteVpc DependencyViolation", told.stdout)
        self.assertIn("VPC가 비어 있지 않습니다", told.stdout)
        told = self.fogling("--as-cli", "--operation", "AuthorizeSecurityGroupIngress")
        self.assertIn("aws ec2 authorize-security-group-ingress --group-id sg-", told.stdout)
        for line in self.fogling("--json").stdout.splitlines():
            self.assertIn("seq", json.loads(line))
        told = self.fogling("--account", "&tea=1")
        self.assertEqual((0, ""), (told.returncode, told.stdout))

    def test_5_the_command_goes_on(self):
        after = self.events("?limit=1000")["next"]
        process = subprocess.Popen(
            [fogling_client.binary, "log", "--follow", "--as-cli", "--after", str(after), "--endpoint",
             self.server.endpoint], stdout=subprocess.PIPE, text=True)
        timer = threading.Timer(30, process.kill)
        timer.start()
        try:
            self.client.ok("DescribeKeyPairs")
            self.assertEqual("aws ec2 describe-key-pairs\n", process.stdout.readline())
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            process.stdout.close()


if __name__ == "__main__":
    main()
