#!/usr/bin/env python3
"""What is remembered, by real clients: CloudTrail's LookupEvents, and lines that `fogling log` prints run again."""

import json
import shlex
import urllib.request

import aws_cli  # finds the next one
from fogling_client import main


class Log(aws_cli.AwsCliTest):
    def events(self, query):
        with urllib.request.urlopen(f"{self.server.endpoint}/_sim/events{query}") as answer:
            return json.load(answer)

    def call_of(self, line):
        """Makes a call with the CLI; answers its event."""
        after = self.events("?limit=1000")["next"]
        self.aws(*shlex.split(line)[1:])
        return self.events(f"?after={after}&type=call")["events"][-1]

    def test_a_line_that_is_printed_makes_the_same_call_again(self):
        vpc = self.aws("ec2", "create-vpc", "--cidr-block", "10.0.0.0/16")["Vpc"]["VpcId"]
        acl = self.aws("ec2", "describe-network-acls", "--filters", f"Name=vpc-id,Values={vpc}")
        acl = acl["NetworkAcls"][0]["NetworkAclId"]
        for line in (
            "aws ec2 describe-instances --filters 'Name=tag:Name,Values=a b,c' Name=instance-state-name,Values=running",
            "aws ec2 describe-images --owners amazon --max-results 5 --no-include-deprecated",
            "aws ec2 describe-vpcs",
            f"aws ec2 create-tags --resources {vpc} --tags " + shlex.quote(
                json.dumps([{"Key": "Name", "Value": "it's"}, {"Key": "Empty", "Value": ""}])),
            f"aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames",
            f"aws ec2 modify-vpc-attribute --vpc-id {vpc} --no-enable-dns-hostnames",
            f"aws ec2 replace-network-acl-entry --network-acl-id {acl} --ingress --rule-number 100 --protocol tcp "
            "--rule-action allow --cidr-block 0.0.0.0/0 --port-range From=1,To=2",
            "aws ec2 describe-availability-zones --region eu-west-1",
        ):
            first = self.call_of(line)
            again = self.call_of(first["cli"])
            self.assertEqual(first["parameters"], again["parameters"], first["cli"])
            self.assertEqual((first["operation"], first["region"]), (again["operation"], again["region"]))
            self.assertEqual(first["cli"], again["cli"])

    def test_lookup_events(self):
        group = self.aws("ec2", "create-security-group", "--group-name", "web", "--description", "web")["GroupId"]
        found = self.aws("cloudtrail", "lookup-events", "--lookup-attributes",
                         f"AttributeKey=ResourceName,AttributeValue={group}")["Events"]
        self.assertEqual(["CreateSecurityGroup"], [each["EventName"] for each in found])
        record = json.loads(found[0]["CloudTrailEvent"])
        self.assertEqual("ec2.amazonaws.com", record["eventSource"])
        self.assertEqual("web", record["requestParameters"]["groupName"])
        pages = self.aws("cloudtrail", "lookup-events", "--page-size", "2")["Events"]
        self.assertGreater(len(pages), 2)
        self.assertEqual(len(pages), len({each["EventId"] for each in pages}))


if __name__ == "__main__":
    main()
