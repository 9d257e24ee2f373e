#!/usr/bin/env python3
"""Why can I not connect? As a learner asks it with the aws CLI: a path, an analysis, what it explains, and the rule that
was missing."""

import json
import shlex
import subprocess
import time

import aws_cli
import real_clients  # finds the next one
import fogling_client
from fogling_client import UBUNTU_NAME, UBUNTU_OWNER, main


class Insights(aws_cli.AwsCliTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        known = subprocess.run([cls.program, "ec2", "create-network-insights-path", "help"], env=cls.environment,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if "Invalid choice" in known.stderr:
            real_clients.skip("this aws is older than Reachability Analyzer")

    def launch(self):
        """A web server whose group lets in ssh only."""
        group = self.ec2("create-security-group", "--group-name", "web", "--description", "web")["GroupId"]
        self.open(group, 22)
        images = self.ec2("describe-images", "--owners", UBUNTU_OWNER, "--filters", f"Name=name,Values={UBUNTU_NAME}")
        run = self.ec2("run-instances", "--image-id", images["Images"][0]["ImageId"], "--instance-type", "t3.micro",
                       "--security-group-ids", group)
        instance = run["Instances"][0]["InstanceId"]
        self.ec2("wait", "instance-running", "--instance-ids", instance)
        return instance, group

    def open(self, group, port):
        self.ec2("authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", str(port),
                 "--cidr", "0.0.0.0/0")

    def analyse(self, path):
        """A new analysis, once it has run."""
        began = self.ec2("start-network-insights-analysis", "--network-insights-path-id", path)
        began = began["NetworkInsightsAnalysis"]
        self.assertEqual("running", began["Status"])
        self.assertNotIn("NetworkPathFound", began)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self.ec2("describe-network-insights-analyses", "--network-insights-analysis-ids",
                             began["NetworkInsightsAnalysisId"])["NetworkInsightsAnalyses"][0]
            if found["Status"] != "running":
                self.assertEqual("succeeded", found["Status"])
                return found
        raise AssertionError("the analysis does not end")

    def test_a_closed_port_is_explained_and_opened(self):
        instance, group = self.launch()
        gateways = self.ec2("describe-internet-gateways")["InternetGateways"]
        path = self.ec2("create-network-insights-path", "--source", gateways[0]["InternetGatewayId"], "--destination",
                        instance, "--protocol", "tcp", "--destination-port", "80")["NetworkInsightsPath"]
        self.assertRegex(path["NetworkInsightsPathId"], "^nip-[0-9a-f]{17}$")
        path = path["NetworkInsightsPathId"]
        found = self.analyse(path)
        self.assertIs(False, found["NetworkPathFound"])
        (why,) = found["Explanations"]
        self.assertEqual(("ENI_SG_RULES_MISMATCH", "ingress"), (why["ExplanationCode"], why["Direction"]))
        self.assertEqual([group], [each["Id"] for each in why["SecurityGroups"]])
        self.open(group, 80)
        found = self.analyse(path)
        self.assertIs(True, found["NetworkPathFound"])
        self.assertNotIn("Explanations", found)
        rules = [each["SecurityGroupRule"] for each in found["ForwardPathComponents"] if "SecurityGroupRule" in each]
        self.assertEqual([(group, {"From": 80, "To": 80})], [(each["SecurityGroupId"], each["PortRange"])
                                                             for each in rules])
        analyses = self.ec2("describe-network-insights-analyses", "--network-insights-path-id", path)
        for each in analyses["NetworkInsightsAnalyses"]:
            self.ec2("delete-network-insights-analysis", "--network-insights-analysis-id",
                     each["NetworkInsightsAnalysisId"])
        self.ec2("delete-network-insights-path", "--network-insights-path-id", path)
        self.why_proposes_what_helps(instance)

    def why_proposes_what_helps(self, instance):
        """The line that `fogling why` prints is one for this CLI, and does what it says."""
        words = [fogling_client.binary, "why", instance, "--port", "443", "--json", "--endpoint", self.server.endpoint]
        told = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(1, told.returncode, told.stderr)
        (fix,) = json.loads(told.stdout)["fixes"]
        self.ec2(*shlex.split(fix)[2:])
        told = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((0, "connects"), (told.returncode, json.loads(told.stdout)["verdict"]), told.stderr)


if __name__ == "__main__":
    main()
