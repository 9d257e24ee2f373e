#!/usr/bin/env python3
"""The whole first lesson of somebody who learns EC2, with the real aws CLI against the real server.

Any CLI from 1.16 or 2.0 on will do: it is told --endpoint-url, since old ones do not know AWS_ENDPOINT_URL.
"""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import unittest

import real_clients
from fogling_client import DRY_RUN_TEXT, UBUNTU_NAME, UBUNTU_OWNER, Server, main

REGION = "ap-northeast-2"
SSM_NAME = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


class Lesson(unittest.TestCase):
    """One story; each step stands on the ones before it."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("aws")
        cls.home = real_clients.temporary_home(cls)
        cls.environment = real_clients.isolated_environment(cls.home, REGION)
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)
        version = subprocess.run([cls.program, "--version"], env=cls.environment, capture_output=True, text=True)
        print((version.stdout + version.stderr).strip(), flush=True)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    # The client.

    def run_cli(self, *words):
        return subprocess.run(
            [self.program, *words, "--endpoint-url", self.server.endpoint],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.home,
        )

    def aws(self, *words):
        """What the client prints; it must succeed."""
        done = self.run_cli(*words)
        self.assertEqual(0, done.returncode, f"aws {' '.join(words)}: {done.stderr}{done.stdout}")
        return done.stdout

    def ec2(self, *words):
        return self.aws("ec2", *words)

    def value(self, query, *words):
        """One value, taken by --query and printed as text."""
        return self.ec2(*words, "--query", query, "--output", "text").strip()

    def json(self, *words):
        printed = self.ec2(*words, "--output", "json")
        return json.loads(printed) if printed.strip() else {}

    def refused(self, code, message, *words):
        """The client fails and shows EC2's code and words."""
        done = self.run_cli("ec2", *words)
        self.assertNotEqual(0, done.returncode, done.stdout)
        self.assertIn(f"An error occurred ({code}) when calling the ", done.stderr)
        self.assertTrue(done.stderr.strip().endswith("operation: " + message), done.stderr)

    def instance(self, instance):
        return self.json("describe-instances", "--instance-ids", instance)["Reservations"][0]["Instances"][0]

    def wait(self, what, *words):
        self.ec2("wait", what, *words)

    # The story.

    def test_lesson(self):
        self.look_around()
        image = self.find_ubuntu()
        self.make_a_key()
        group = self.make_a_group()
        instance = self.launch(image, group)
        self.stop_and_start(instance)
        allocation = self.elastic_address(instance)
        volume = self.second_volume(instance)
        snapshot, own_image = self.snapshot_and_image(instance, volume)
        self.pages(group, image)
        self.mistakes(instance, group, volume, allocation, own_image)
        self.clean_up(instance, group, volume, allocation, snapshot, own_image)

    def look_around(self):
        identity = json.loads(self.aws("sts", "get-caller-identity", "--output", "json"))
        self.assertEqual({"Account", "Arn", "UserId"}, set(identity))
        regions = self.value("Regions[].RegionName", "describe-regions").split()
        self.assertIn(REGION, regions)
        table = self.ec2("describe-regions", "--output", "table")
        self.assertRegex(table, r"(?m)^\|\s+DescribeRegions\s+\|$")
        self.assertIn(f"ec2.{REGION}.amazonaws.com", table)
        zones = self.value("AvailabilityZones[?State=='available'].ZoneName", "describe-availability-zones").split()
        self.assertEqual([REGION + letter for letter in "abcd"], zones)
        vpc = self.json("describe-vpcs", "--filters", "Name=is-default,Values=true")["Vpcs"]
        self.assertEqual(["172.31.0.0/16"], [each["CidrBlock"] for each in vpc])
        micro = self.json("describe-instance-types", "--instance-types", "t2.micro")["InstanceTypes"][0]
        self.assertEqual((1, 1024), (micro["VCpuInfo"]["DefaultVCpus"], micro["MemoryInfo"]["SizeInMiB"]))

    def find_ubuntu(self):
        by_filter = self.value(
            "sort_by(Images, &CreationDate)[-1].ImageId",
            *("describe-images", "--owners", UBUNTU_OWNER),
            *("--filters", f"Name=name,Values={UBUNTU_NAME}", "Name=state,Values=available"),
        )
        words = ("ssm", "get-parameters", "--names", SSM_NAME, "--query", "Parameters[0].Value", "--output", "text")
        by_ssm = self.aws(*words).strip()
        self.assertEqual(by_filter, by_ssm)
        self.assertRegex(by_ssm, r"^ami-[0-9a-f]{17}$")
        path = "/aws/service/ami-amazon-linux-latest"
        names = self.aws(
            "ssm", "get-parameters-by-path", "--path", path, "--query", "Parameters[].Name", "--output", "text"
        )
        self.assertIn(path + "/al2023-ami-kernel-default-x86_64", names.split())
        return by_filter

    def make_a_key(self):
        material = self.value("KeyMaterial", "create-key-pair", "--key-name", "lesson")
        path = os.path.join(self.home, "lesson.pem")
        with open(path, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(material + "\n")
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        self.assertTrue(material.startswith("-----BEGIN RSA PRIVATE KEY-----\n"))
        fingerprint = self.value("KeyPairs[0].KeyFingerprint", "describe-key-pairs", "--key-names", "lesson")
        if shutil.which("openssl"):
            # As AWS documents it for keys it made: SHA-1 of the private key in PKCS#8.
            der = subprocess.run(
                ["openssl", "pkcs8", "-in", path, "-inform", "PEM", "-outform", "DER", "-topk8", "-nocrypt"],
                capture_output=True,
                check=True,
            ).stdout
            self.assertEqual(hashlib.sha1(der).hexdigest(), fingerprint.replace(":", ""))
        self.refused(
            "InvalidKeyPair.Duplicate", "The keypair already exists", "create-key-pair", "--key-name", "lesson"
        )

    def make_a_group(self):
        group = self.value(
            "GroupId", "create-security-group", "--group-name", "web", "--description", "ssh and the web"
        )
        for port in ("22", "80", "443"):
            answer = self.json(
                *("authorize-security-group-ingress", "--group-id", group),
                *("--protocol", "tcp", "--port", port, "--cidr", "0.0.0.0/0"),
            )
            self.assertTrue(answer["Return"])
            self.assertEqual(int(port), answer["SecurityGroupRules"][0]["FromPort"])
        ports = self.value(
            "SecurityGroups[0].IpPermissions[].FromPort", "describe-security-groups", "--group-ids", group
        )
        self.assertEqual({"22", "80", "443"}, set(ports.split()))
        self.refused(
            "InvalidPermission.Duplicate",
            'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists',
            *("authorize-security-group-ingress", "--group-id", group),
            *("--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"),
        )
        return group

    def launch(self, image, group):
        disks = '[{"DeviceName":"/dev/sda1","Ebs":{"VolumeSize":30,"VolumeType":"gp3","DeleteOnTermination":true}}]'
        words = (
            *(
                "run-instances",
                "--image-id",
                image,
                "--instance-type",
                "t2.micro",
                "--key-name",
                "lesson",
                "--count",
                "1",
            ),
            *("--security-group-ids", group, "--block-device-mappings", disks),
            *("--tag-specifications", "ResourceType=instance,Tags=[{Key=Name,Value=web}]"),
        )
        self.refused("DryRunOperation", DRY_RUN_TEXT, *words, "--dry-run")
        self.assertEqual([], self.json("describe-instances")["Reservations"])
        run = self.json(*words)["Instances"][0]
        self.assertEqual("pending", run["State"]["Name"])
        instance = run["InstanceId"]
        self.wait("instance-running", "--instance-ids", instance)
        self.wait("instance-status-ok", "--instance-ids", instance)
        found = self.value(
            "Reservations[].Instances[].[InstanceId,State.Name,KeyName]",
            *("describe-instances", "--filters", "Name=tag:Name,Values=web", "Name=instance-state-name,Values=running"),
        )
        self.assertEqual([instance, "running", "lesson"], found.split())
        table = self.ec2(
            *("describe-instances", "--output", "table", "--query"),
            "Reservations[].Instances[].{Id:InstanceId,State:State.Name,Type:InstanceType}",
        )
        self.assertRegex(table, rf"\|\s+{instance}\s+\|\s+running\s+\|\s+t2\.micro\s+\|")
        root = self.json("describe-volumes", "--filters", f"Name=attachment.instance-id,Values={instance}")["Volumes"]
        self.assertEqual([(30, "gp3", "in-use")], [(v["Size"], v["VolumeType"], v["State"]) for v in root])
        self.assertIn(instance, self.ec2("get-console-output", "--instance-id", instance, "--output", "json"))
        return instance

    def stop_and_start(self, instance):
        before = self.instance(instance)
        self.assertTrue(before["PublicIpAddress"])
        states = self.json("stop-instances", "--instance-ids", instance)["StoppingInstances"][0]
        self.assertEqual(("running", "stopping"), (states["PreviousState"]["Name"], states["CurrentState"]["Name"]))
        self.wait("instance-stopped", "--instance-ids", instance)
        stopped = self.instance(instance)
        self.assertNotIn("PublicIpAddress", stopped)
        self.assertEqual(before["PrivateIpAddress"], stopped["PrivateIpAddress"])
        states = self.json("start-instances", "--instance-ids", instance)["StartingInstances"][0]
        self.assertEqual(("stopped", "pending"), (states["PreviousState"]["Name"], states["CurrentState"]["Name"]))
        self.wait("instance-running", "--instance-ids", instance)
        after = self.instance(instance)
        self.assertEqual(before["PrivateIpAddress"], after["PrivateIpAddress"])
        self.assertNotEqual(before["PublicIpAddress"], after["PublicIpAddress"])

    def elastic_address(self, instance):
        address = self.json("allocate-address", "--domain", "vpc")
        allocation, ip = address["AllocationId"], address["PublicIp"]
        self.ec2("associate-address", "--instance-id", instance, "--allocation-id", allocation)
        self.assertEqual(ip, self.instance(instance)["PublicIpAddress"])
        self.ec2("stop-instances", "--instance-ids", instance)
        self.wait("instance-stopped", "--instance-ids", instance)
        self.assertEqual(ip, self.instance(instance)["PublicIpAddress"])
        self.ec2("start-instances", "--instance-ids", instance)
        self.wait("instance-running", "--instance-ids", instance)
        self.assertEqual(ip, self.instance(instance)["PublicIpAddress"])
        self.ec2("reboot-instances", "--instance-ids", instance)
        rebooted = self.instance(instance)
        self.assertEqual(("running", ip), (rebooted["State"]["Name"], rebooted["PublicIpAddress"]))
        held = self.json("describe-addresses", "--allocation-ids", allocation)["Addresses"][0]
        self.assertEqual(instance, held["InstanceId"])
        return allocation

    def second_volume(self, instance):
        zone = self.instance(instance)["Placement"]["AvailabilityZone"]
        volume = self.value(
            "VolumeId",
            *("create-volume", "--availability-zone", zone, "--size", "10", "--volume-type", "gp3"),
            *("--tag-specifications", "ResourceType=volume,Tags=[{Key=Name,Value=data}]"),
        )
        self.wait("volume-available", "--volume-ids", volume)
        words = ("attach-volume", "--volume-id", volume, "--instance-id", instance, "--device", "/dev/sdf")
        self.assertEqual("attaching", self.value("State", *words))
        self.wait("volume-in-use", "--volume-ids", volume)
        self.refused(
            "InvalidParameterValue",
            "New size cannot be smaller than existing size",
            *("modify-volume", "--volume-id", volume, "--size", "5"),
        )
        change = self.json("modify-volume", "--volume-id", volume, "--size", "20")["VolumeModification"]
        self.assertEqual((10, 20), (change["OriginalSize"], change["TargetSize"]))
        self.assertEqual("20", self.value("Volumes[0].Size", "describe-volumes", "--volume-ids", volume))
        state = self.value(
            "VolumesModifications[0].[ModificationState,Progress]",
            *("describe-volumes-modifications", "--volume-ids", volume),
        )
        self.assertEqual(["completed", "100"], state.split())
        self.refused(
            "VolumeInUse",
            f"Volume {volume} is currently attached to {instance}",
            "delete-volume",
            "--volume-id",
            volume,
        )
        self.assertEqual("detaching", self.value("State", "detach-volume", "--volume-id", volume))
        self.wait("volume-available", "--volume-ids", volume)
        return volume

    def snapshot_and_image(self, instance, volume):
        taken = self.json("create-snapshot", "--volume-id", volume, "--description", "before the party")
        self.assertEqual(("pending", ""), (taken["State"], taken["Progress"]))
        snapshot = taken["SnapshotId"]
        self.wait("snapshot-completed", "--snapshot-ids", snapshot)
        own = self.value("Snapshots[].SnapshotId", "describe-snapshots", "--owner-ids", "self")
        self.assertEqual(snapshot, own)
        image = self.value("ImageId", "create-image", "--instance-id", instance, "--name", "my-web", "--no-reboot")
        self.wait("image-available", "--image-ids", image)
        found = self.json("describe-images", "--owners", "self")["Images"]
        self.assertEqual([(image, "my-web")], [(each["ImageId"], each["Name"]) for each in found])
        return snapshot, image

    def pages(self, group, image):
        ids = []
        for _ in range(2):
            run = self.json(
                *("run-instances", "--image-id", image, "--instance-type", "t2.nano", "--count", "4"),
                *("--security-group-ids", group),
            )
            ids += [each["InstanceId"] for each in run["Instances"]]
        # The client puts the pages together ...
        query = "Reservations[].Instances[].InstanceId"
        listed = self.value(query, "describe-instances", "--page-size", "5").split()
        self.assertEqual(9, len(listed))
        self.assertLessEqual(set(ids), set(listed))
        # ... or stops where told, with a token to go on.
        first = self.json("describe-instance-types", "--max-items", "7", "--page-size", "5")
        self.assertEqual(7, len(first["InstanceTypes"]))
        rest = self.json("describe-instance-types", "--max-items", "7", "--starting-token", first["NextToken"])
        names = [each["InstanceType"] for each in first["InstanceTypes"] + rest["InstanceTypes"]]
        self.assertEqual(14, len(set(names)))
        every = self.value("length(InstanceTypes)", "describe-instance-types", "--page-size", "100")
        self.assertGreater(sum(int(each) for each in every.split()), 500)
        self.ec2("terminate-instances", "--instance-ids", *ids)
        self.wait("instance-terminated", "--instance-ids", *ids)
        self.refused(
            "IncorrectInstanceState",
            f"The instance '{ids[0]}' is not in a state from which it can be started.",
            *("start-instances", "--instance-ids", ids[0]),
        )

    def mistakes(self, instance, group, volume, allocation, image):
        wrong = "i-0123456789abcdef0"
        self.refused(
            "InvalidInstanceID.NotFound",
            f"The instance ID '{wrong}' does not exist",
            *("describe-instances", "--instance-ids", wrong),
        )
        self.refused("InvalidInstanceID.Malformed", 'Invalid id: "web"', "stop-instances", "--instance-ids", "web")
        self.refused(
            "IncorrectInstanceState",
            f"The instance '{instance}' is not in the 'stopped' state.",
            *("modify-instance-attribute", "--instance-id", instance, "--instance-type", "Value=t2.nano"),
        )
        self.refused(
            "DependencyViolation",
            f"resource {group} has a dependent object",
            *("delete-security-group", "--group-id", group),
        )
        ip = self.value("Addresses[0].PublicIp", "describe-addresses", "--allocation-ids", allocation)
        self.refused(
            "InvalidIPAddress.InUse", f"Address {ip} is in use.", "release-address", "--allocation-id", allocation
        )
        more = [self.value("AllocationId", "allocate-address") for _ in range(4)]
        self.refused("AddressLimitExceeded", "The maximum number of addresses has been reached.", "allocate-address")
        for each in more:
            self.ec2("release-address", "--allocation-id", each)
        disk = self.value("Images[0].BlockDeviceMappings[0].Ebs.SnapshotId", "describe-images", "--image-ids", image)
        self.refused(
            "InvalidSnapshot.InUse",
            f"The snapshot {disk} is currently in use by {image}",
            *("delete-snapshot", "--snapshot-id", disk),
        )
        protect = ("modify-instance-attribute", "--instance-id", instance)
        self.ec2(*protect, "--disable-api-termination")
        self.refused(
            "OperationNotPermitted",
            f"The instance '{instance}' may not be terminated. Modify its 'disableApiTermination' instance attribute "
            "and try again.",
            *("terminate-instances", "--instance-ids", instance),
        )
        self.ec2(*protect, "--no-disable-api-termination")
        self.refused(
            "InvalidParameterValue",
            "The filter 'colour' is invalid",
            *("describe-instances", "--filters", "Name=colour,Values=red"),
        )
        self.assertNotEqual(0, self.run_cli("ec2", "delete-volume", "--volume-id", volume, "--dry-run").returncode)

    def clean_up(self, instance, group, volume, allocation, snapshot, image):
        ending = self.json("terminate-instances", "--instance-ids", instance)["TerminatingInstances"][0]
        self.assertEqual("shutting-down", ending["CurrentState"]["Name"])
        self.wait("instance-terminated", "--instance-ids", instance)
        # The address outlives the instance, and costs until it is released.
        address = self.json("describe-addresses")["Addresses"]
        self.assertEqual([allocation], [each["AllocationId"] for each in address])
        self.assertNotIn("AssociationId", address[0])
        self.ec2("release-address", "--allocation-id", allocation)
        # The root went with the instance, the second volume did not.
        self.assertEqual(volume, self.value("Volumes[].VolumeId", "describe-volumes"))
        self.ec2("delete-volume", "--volume-id", volume)
        self.wait("volume-deleted", "--volume-ids", volume)
        disk = self.value("Images[0].BlockDeviceMappings[0].Ebs.SnapshotId", "describe-images", "--image-ids", image)
        self.ec2("deregister-image", "--image-id", image)
        left = self.value("Snapshots[].SnapshotId", "describe-snapshots", "--owner-ids", "self").split()
        self.assertEqual({snapshot, disk}, set(left))
        for each in left:
            self.ec2("delete-snapshot", "--snapshot-id", each)
        self.ec2("delete-security-group", "--group-id", group)
        self.ec2("delete-key-pair", "--key-name", "lesson")
        for words, key in (
            (("describe-volumes",), "Volumes"),
            (("describe-addresses",), "Addresses"),
            (("describe-key-pairs",), "KeyPairs"),
            (("describe-network-interfaces",), "NetworkInterfaces"),
            (("describe-snapshots", "--owner-ids", "self"), "Snapshots"),
            (("describe-images", "--owners", "self"), "Images"),
        ):
            self.assertEqual([], self.json(*words)[key])
        self.assertEqual("default", self.value("SecurityGroups[].GroupName", "describe-security-groups"))
        states = self.value("Reservations[].Instances[].State.Name", "describe-instances")
        self.assertEqual({"terminated"}, set(states.split()))


if __name__ == "__main__":
    main()
