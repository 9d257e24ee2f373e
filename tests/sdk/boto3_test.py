#!/usr/bin/env python3
"""boto3 against the real server: plain calls, waiters, paginators, errors and the resource interface."""

import base64
import unittest

import real_clients
from fogling_client import DRY_RUN_TEXT, UBUNTU_NAME, UBUNTU_OWNER, Server, main

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    boto3 = None

REGION = "eu-west-1"


class Boto3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        real_clients.boto3_environment(cls, REGION)
        cls.server = Server()
        cls.addClassCleanup(cls.server.kill)
        # A failure shall be seen as it is, not after three more attempts.
        cls.options = {"endpoint_url": cls.server.endpoint, "config": Config(retries={"total_max_attempts": 1})}
        cls.session = boto3.Session(region_name=REGION)
        cls.ec2 = cls.session.client("ec2", **cls.options)
        cls.resource = cls.session.resource("ec2", **cls.options)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def image(self):
        found = self.ec2.describe_images(Owners=[UBUNTU_OWNER], Filters=[{"Name": "name", "Values": [UBUNTU_NAME]}])
        return max(found["Images"], key=lambda image: image["CreationDate"])["ImageId"]

    def run_one(self, **options):
        run = self.ec2.run_instances(
            **{"ImageId": self.image(), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **options}
        )
        return run["Instances"][0]["InstanceId"]

    def wait(self, name, **about):
        self.ec2.get_waiter(name).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 10}, **about)

    def refused(self, code, call, **parameters):
        with self.assertRaises(ClientError) as caught:
            call(**parameters)
        self.assertEqual(code, caught.exception.response["Error"]["Code"])
        return caught.exception.response

    def test_identity(self):
        identity = self.session.client("sts", **self.options).get_caller_identity()
        self.assertRegex(identity["Account"], r"^\d{12}$")

    def test_parameters(self):
        ssm = self.session.client("ssm", **self.options)
        name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        parameter = ssm.get_parameter(Name=name)["Parameter"]
        self.assertEqual("String", parameter["Type"])
        self.assertTrue(parameter["LastModifiedDate"])
        self.assertEqual(1, len(self.ec2.describe_images(ImageIds=[parameter["Value"]])["Images"]))
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/aws/service/ami-amazon-linux-latest")
        self.assertIn(name, [each["Name"] for page in pages for each in page["Parameters"]])
        with self.assertRaises(ssm.exceptions.ParameterNotFound):
            ssm.get_parameter(Name="/aws/service/tea")

    def test_errors(self):
        response = self.refused("InvalidInstanceID.NotFound", self.ec2.describe_instances, InstanceIds=["i-12345678"])
        self.assertEqual(400, response["ResponseMetadata"]["HTTPStatusCode"])
        self.assertTrue(response["ResponseMetadata"]["RequestId"])
        response = self.refused("DryRunOperation", self.ec2.allocate_address, DryRun=True)
        self.assertEqual(
            (412, DRY_RUN_TEXT), (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Message"])
        )

    def test_life_of_an_instance(self):
        instance = self.run_one()
        about = {"InstanceIds": [instance]}
        self.wait("instance_exists", **about)
        self.wait("instance_running", **about)
        self.wait("instance_status_ok", **about)
        self.wait("system_status_ok", **about)
        self.ec2.stop_instances(**about)
        self.wait("instance_stopped", **about)
        self.ec2.modify_instance_attribute(InstanceId=instance, UserData={"Value": b"#!/bin/sh\necho again\n"})
        data = self.ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
        self.assertEqual(b"#!/bin/sh\necho again\n", base64.b64decode(data["UserData"]["Value"]))
        self.ec2.start_instances(**about)
        self.wait("instance_running", **about)
        self.ec2.terminate_instances(**about)
        self.wait("instance_terminated", **about)

    def test_storage(self):
        instance = self.run_one()
        zone = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["Placement"]
        volume = self.ec2.create_volume(AvailabilityZone=zone["AvailabilityZone"], Size=5, VolumeType="gp3")["VolumeId"]
        self.wait("volume_available", VolumeIds=[volume])
        self.ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
        self.wait("volume_in_use", VolumeIds=[volume])
        self.ec2.modify_volume(VolumeId=volume, Size=8)
        self.ec2.detach_volume(VolumeId=volume)
        self.wait("volume_available", VolumeIds=[volume])
        snapshot = self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        self.wait("snapshot_completed", SnapshotIds=[snapshot])
        copy = self.ec2.create_volume(AvailabilityZone=zone["AvailabilityZone"], SnapshotId=snapshot)
        self.assertEqual((8, snapshot), (copy["Size"], copy["SnapshotId"]))
        image = self.ec2.create_image(InstanceId=instance, Name="of-boto3")["ImageId"]
        self.wait("image_exists", ImageIds=[image])
        self.wait("image_available", ImageIds=[image])
        self.ec2.deregister_image(ImageId=image)
        self.ec2.delete_volume(VolumeId=volume)
        self.wait("volume_deleted", VolumeIds=[volume])

    def test_key_pair_waiter(self):
        self.ec2.create_key_pair(KeyName="of-boto3", KeyType="ed25519")
        self.wait("key_pair_exists", KeyNames=["of-boto3"])
        self.wait("security_group_exists", GroupNames=["default"])

    def test_paginators(self):
        types = [
            each["InstanceType"]
            for page in self.ec2.get_paginator("describe_instance_types").paginate(PaginationConfig={"PageSize": 100})
            for each in page["InstanceTypes"]
        ]
        self.assertGreater(len(types), 900)
        self.assertEqual(len(types), len(set(types)))
        for _ in range(3):
            self.ec2.run_instances(ImageId=self.image(), InstanceType="t3.nano", MinCount=4, MaxCount=4)
        pages = list(self.ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
        self.assertGreater(len(pages), 1)
        ids = [i["InstanceId"] for page in pages for r in page["Reservations"] for i in r["Instances"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertGreaterEqual(len(ids), 12)
        for name in (
            "describe_volumes",
            "describe_security_groups",
            "describe_subnets",
            "describe_images",
            "describe_tags",
        ):
            for _ in self.ec2.get_paginator(name).paginate(PaginationConfig={"PageSize": 50, "MaxItems": 200}):
                pass

    def test_resources(self):
        vpc = next(iter(self.resource.vpcs.filter(Filters=[{"Name": "is-default", "Values": ["true"]}])))
        self.assertEqual(3, len(list(vpc.subnets.all())))
        group = vpc.create_security_group(GroupName="resources", Description="by the resource interface")
        group.authorize_ingress(IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8")
        group.reload()
        self.assertEqual("10.0.0.0/8", group.ip_permissions[0]["IpRanges"][0]["CidrIp"])
        (instance,) = self.resource.create_instances(
            ImageId=self.image(),
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SecurityGroupIds=[group.id],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "by-resource"}]}],
        )
        self.assertEqual("pending", instance.state["Name"])
        instance.wait_until_running()
        instance.reload()
        self.assertEqual("running", instance.state["Name"])
        self.assertTrue(instance.public_ip_address)
        self.assertEqual([{"Key": "Name", "Value": "by-resource"}], instance.tags)
        instance.create_tags(Tags=[{"Key": "Stage", "Value": "test"}])
        found = self.resource.instances.filter(Filters=[{"Name": "tag:Stage", "Values": ["test"]}])
        self.assertEqual([instance.id], [each.id for each in found])
        address = self.resource.VpcAddress(self.ec2.allocate_address(Domain="vpc")["AllocationId"])
        address.associate(InstanceId=instance.id)
        address.reload()
        instance.reload()
        self.assertEqual(address.public_ip, instance.public_ip_address)
        address.association.delete()
        address.release()
        volume = self.resource.create_volume(AvailabilityZone=instance.placement["AvailabilityZone"], Size=1)
        self.assertEqual("creating", volume.state)
        volume.reload()
        volume.attach_to_instance(InstanceId=instance.id, Device="/dev/sdf")
        self.assertEqual({"/dev/sda1", "/dev/sdf"}, {each.attachments[0]["Device"] for each in instance.volumes.all()})
        volume.detach_from_instance()
        snapshot = volume.create_snapshot(Description="by the resource interface")
        snapshot.wait_until_completed()
        self.assertEqual([snapshot.id], [each.id for each in self.resource.snapshots.filter(OwnerIds=["self"],
                         Filters=[{"Name": "volume-id", "Values": [volume.id]}])])  # fmt: skip
        snapshot.delete()
        volume.delete()
        instance.stop()
        instance.wait_until_stopped()
        self.assertEqual("stopped", self.resource.Instance(instance.id).state["Name"])
        instance.terminate()
        instance.wait_until_terminated()
        group.delete()


if __name__ == "__main__":
    if boto3 is None:
        real_clients.skip("this Python has no boto3")
    main()
