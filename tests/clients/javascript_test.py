#!/usr/bin/env python3
"""The JavaScript SDK, version 3, against the real server: one lifecycle with its waiters, paginators and errors.

Needs node, and npm to fetch the SDK (or FOGLING_NODE_MODULES, a folder that has it)."""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import Server, main  # noqa: E402

SCRIPT = """
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";

const client = new ec2.EC2Client({
  region: "eu-central-1", endpoint: process.env.ENDPOINT, maxAttempts: 1,
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "not-a-secret" },
});
const send = (Command, input = {}) => client.send(new Command(input));
const wait = { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };

const { Images } = await send(ec2.DescribeImagesCommand, {
  Owners: ["099720109477"],
  Filters: [{ Name: "name", Values: ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"] }],
});
assert.ok(Images.length > 0 && Images[0].CreationDate, "an image is found by its name");

const { GroupId } = await send(ec2.CreateSecurityGroupCommand, { GroupName: "web", Description: "the web" });
await send(ec2.AuthorizeSecurityGroupIngressCommand, {
  GroupId, IpPermissions: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
});
const launched = await send(ec2.RunInstancesCommand, {
  ImageId: Images[0].ImageId, InstanceType: "t3.micro", MinCount: 3, MaxCount: 3, SecurityGroupIds: [GroupId],
  UserData: Buffer.from("#!/bin/sh").toString("base64"),
  TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: "web & <more>" }] }],
});
const InstanceIds = launched.Instances.map((each) => each.InstanceId);
assert.equal(launched.Instances[0].State.Name, "pending");
assert.ok(launched.Instances[0].LaunchTime instanceof Date);
await ec2.waitUntilInstanceRunning(wait, { InstanceIds });

const seen = [];
for await (const page of ec2.paginateDescribeInstances({ client, pageSize: 5 }, {
  Filters: [{ Name: "tag:Name", Values: ["web & <more>"] }],
})) {
  seen.push(...page.Reservations.flatMap((each) => each.Instances));
}
assert.deepEqual(seen.map((each) => each.InstanceId).sort(), [...InstanceIds].sort());
assert.equal(seen[0].State.Code, 16);
assert.equal(seen[0].EbsOptimized, false);
assert.equal(seen[0].Tags[0].Value, "web & <more>");

const { AllocationId, PublicIp } = await send(ec2.AllocateAddressCommand, { Domain: "vpc" });
await send(ec2.AssociateAddressCommand, { AllocationId, InstanceId: InstanceIds[0] });
const shown = await send(ec2.DescribeInstancesCommand, { InstanceIds: [InstanceIds[0]] });
assert.equal(shown.Reservations[0].Instances[0].PublicIpAddress, PublicIp);

await assert.rejects(send(ec2.ReleaseAddressCommand, { AllocationId }), { name: "InvalidIPAddress.InUse" });
await assert.rejects(send(ec2.DeleteSecurityGroupCommand, { GroupId }), { name: "DependencyViolation" });
await assert.rejects(send(ec2.DescribeInstancesCommand, { InstanceIds: ["i-0123456789abcdef0"] }), {
  name: "InvalidInstanceID.NotFound", message: "The instance ID 'i-0123456789abcdef0' does not exist",
});
await assert.rejects(send(ec2.DescribeVpcsCommand, { DryRun: true }), { name: "DryRunOperation" });

await send(ec2.StopInstancesCommand, { InstanceIds: [InstanceIds[1]] });
await ec2.waitUntilInstanceStopped(wait, { InstanceIds: [InstanceIds[1]] });
await send(ec2.TerminateInstancesCommand, { InstanceIds });
await ec2.waitUntilInstanceTerminated(wait, { InstanceIds });
await send(ec2.ReleaseAddressCommand, { AllocationId });
await send(ec2.DeleteSecurityGroupCommand, { GroupId });
console.log("done");
"""


class JavaScript(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = real_clients.require_program("node")
        cls.home = real_clients.temporary_home(cls)
        modules = os.environ.get("FOGLING_NODE_MODULES")
        if modules:
            os.symlink(modules, os.path.join(cls.home, "node_modules"))
        else:
            npm = real_clients.require_program("npm")
            got = subprocess.run(
                [npm, "install", "--no-audit", "--no-fund", "--prefix", cls.home, "@aws-sdk/client-ec2@3"],
                capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            if got.returncode != 0:
                real_clients.skip("npm could not install @aws-sdk/client-ec2:\n" + got.stderr[-800:])
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def test_lifecycle(self):
        script = pathlib.Path(self.home, "lifecycle.mjs")
        script.write_text(SCRIPT)
        done = subprocess.run(
            [self.node, str(script)], env={**real_clients.isolated_environment(self.home), "ENDPOINT": self.server.endpoint},
            capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.assertEqual((0, "done\n"), (done.returncode, done.stdout), done.stderr)


if __name__ == "__main__":
    main()
