#!/usr/bin/env python3
"""Launches and changes of instances that EC2 refuses, with its own code and its own words: those that users and
recordings of real EC2 show, and that a learner searches the web for.
"""

import base64
import re

from fogling_client import ServerTest, main, text

UNKNOWN = "0123456789abcdef0"
AMI, I, VOL, SNAP, SG, SUBNET, VPC, ENI, EIPALLOC = (
    f"{prefix}-{UNKNOWN}" for prefix in ("ami", "i", "vol", "snap", "sg", "subnet", "vpc", "eni", "eipalloc")
)


class Launches(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = cls.client.image()
        cls.launch = {"ImageId": cls.image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1}

    def refused_launch(self, changes, code, message=None):
        self.refused("RunInstances", {**self.launch, **changes}, code, message)

    def tearDown(self):
        self.assertEqual(
            [], self.client.ok("DescribeInstances").all("reservationSet/item"), "a refused launch left something"
        )
        volumes = self.client.ok("DescribeVolumes").all("volumeSet/item")
        interfaces = self.client.ok("DescribeNetworkInterfaces").all("networkInterfaceSet/item")
        self.assertEqual(([], []), (volumes, interfaces))

    def test_unknown_things(self):
        self.refused_launch({"ImageId": AMI}, "InvalidAMIID.NotFound", f"The image id '[{AMI}]' does not exist")
        self.refused_launch({"ImageId": "foo"}, "InvalidAMIID.Malformed", 'Invalid id: "foo" (expecting "ami-...")')
        self.refused_launch({"KeyName": "no"}, "InvalidKeyPair.NotFound", "The key pair 'no' does not exist")
        self.refused_launch({"InstanceType": "foo"}, "InvalidParameterValue", "Invalid value 'foo' for InstanceType.")
        self.refused_launch(
            {"SubnetId": SUBNET}, "InvalidSubnetID.NotFound", f"The subnet ID '{SUBNET}' does not exist"
        )
        self.refused_launch(
            {"SecurityGroupId.1": SG}, "InvalidGroup.NotFound", f"The security group '{SG}' does not exist"
        )
        self.refused_launch(
            {"SecurityGroupId.1": "foo"}, "InvalidGroupId.Malformed", 'Invalid id: "foo" (expecting "sg-...")'
        )
        self.refused_launch(
            {"SecurityGroup.1": "web"},
            "InvalidGroup.NotFound",
            f"The security group 'web' does not exist in default VPC '{self.client.default_vpc()}'",
        )
        self.refused_launch(
            {"IamInstanceProfile.Arn": "bad"},
            "InvalidParameterValue",
            "Value (bad) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN",
        )

    def test_counts(self):
        for changes, message in (
            ({"MinCount": 0}, "Minimum instance count must be greater than zero"),
            ({"MaxCount": 0}, "Maximum instance count must be greater than zero"),
            ({"MinCount": 2}, "Maximum instance count must not be smaller than minimum instance count"),
        ):
            self.refused_launch(changes, "InvalidParameterValue", message)

    def test_combinations(self):
        subnet = self.client.subnet()
        interface = {"NetworkInterface.1.DeviceIndex": 0, "NetworkInterface.1.SubnetId": subnet}
        for changes, message in (
            (
                {"SecurityGroup.1": "default", "SubnetId": subnet},
                "The parameter groupName cannot be used with the parameter subnet",
            ),
            (
                {**interface, "SubnetId": subnet},
                "Network interfaces and an instance-level subnet ID may not be specified on the same request",
            ),
            (
                {**interface, "SecurityGroup.1": "default"},
                "Network interfaces and an instance-level security groups may not be specified on the same request",
            ),
            (
                {**interface, "PrivateIpAddress": "172.31.0.50"},
                "Network interfaces and an instance-level private IP address may not be specified on the same request",
            ),
            (
                {
                    **interface,
                    "NetworkInterface.1.AssociatePublicIpAddress": True,
                    "NetworkInterface.2.DeviceIndex": 1,
                    "NetworkInterface.2.SubnetId": subnet,
                },
                "The associatePublicIPAddress parameter cannot be specified when launching with multiple network "
                "interfaces.",
            ),
        ):
            self.refused_launch(changes, "InvalidParameterCombination", message)

    def test_addresses(self):
        self.refused_launch(
            {"SubnetId": self.client.subnet(), "PrivateIpAddress": "10.9.8.7"},
            "InvalidParameterValue",
            "Address 10.9.8.7 does not fall within the subnet's address range",
        )

    def test_architecture(self):
        self.refused_launch(
            {"InstanceType": "t4g.micro"},
            "InvalidParameterValue",
            "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the "
            "specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You "
            "can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type "
            "or AMI.",
        )

    def test_user_data(self):
        self.refused_launch(
            {"UserData": "#!/bin/sh echo not base64 at all"},
            "InvalidUserData.Malformed",
            "Invalid BASE64 encoding of user data.",
        )
        self.refused_launch(
            {"UserData": base64.b64encode(b"x" * 16385).decode()},
            "InvalidParameterValue",
            "User data is limited to 16384 bytes",
        )

    def test_block_devices(self):
        root = {"BlockDeviceMapping.1.DeviceName": "/dev/sda1", "BlockDeviceMapping.1.Ebs.VolumeSize": 1}
        self.refused_launch(
            root,
            "InvalidBlockDeviceMapping",
            re.compile(r"^Volume of size 1GB is smaller than  snapshot 'snap-[0-9a-f]+', expect size >= [0-9]+GB$"),
        )
        self.refused_launch(
            {"BlockDeviceMapping.1.DeviceName": "/dev/foo", "BlockDeviceMapping.1.Ebs.VolumeSize": 1},
            "InvalidBlockDeviceMapping",
            "Invalid device name /dev/foo",
        )

    def test_metadata_options(self):
        self.refused_launch(
            {"MetadataOptions.HttpEndpoint": "disabled", "MetadataOptions.HttpTokens": "required"},
            "InvalidParameterValue",
            "The HttpEndpoint is not set to 'enabled' in this request. To specify a value for HttpTokens, set "
            "HttpEndpoint to 'enabled'.",
        )

    def test_zone_of_another_region(self):
        self.refused_launch({"Placement.AvailabilityZone": "eu-west-1a"}, "InvalidParameterValue")


class Instances(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = cls.client.image()

    def test_terminated_instance(self):
        instance = self.client.run(ImageId=self.image)[0]
        self.client.ok("TerminateInstances", {"InstanceId.1": instance})
        self.refused(
            "StartInstances",
            {"InstanceId.1": instance},
            "IncorrectInstanceState",
            f"The instance '{instance}' is not in a state from which it can be started.",
        )
        self.refused(
            "StopInstances",
            {"InstanceId.1": instance},
            "IncorrectInstanceState",
            f"This instance '{instance}' is not in a state from which it can be stopped.",
        )
        # A reboot of one is silently ignored.
        self.client.ok("RebootInstances", {"InstanceId.1": instance})
        allocation = self.client.ok("AllocateAddress").text("allocationId")
        self.refused(
            "AssociateAddress",
            {"AllocationId": allocation, "InstanceId": instance},
            "InvalidInstanceID",
            f"The terminated instance '{instance}' is not in a valid state for this operation.",
        )
        self.client.ok("ReleaseAddress", {"AllocationId": allocation})

    def test_protected(self):
        instance = self.client.run(ImageId=self.image, DisableApiTermination=True)[0]
        for attribute in ("disableApiTermination", "disableApiStop"):
            if attribute == "disableApiStop":
                self.client.ok(
                    "ModifyInstanceAttribute", {"InstanceId": instance, "DisableApiTermination.Value": False}
                )
                self.client.ok("ModifyInstanceAttribute", {"InstanceId": instance, "DisableApiStop.Value": True})
                self.refused(
                    "StopInstances",
                    {"InstanceId.1": instance},
                    "OperationNotPermitted",
                    f"The instance '{instance}' may not be stopped. Modify its 'disableApiStop' instance attribute and "
                    "try again.",
                )
            self.refused(
                "TerminateInstances",
                {"InstanceId.1": instance},
                "OperationNotPermitted",
                f"The instance '{instance}' may not be terminated. Modify its '{attribute}' instance attribute and try "
                "again.",
            )
            self.assertEqual("running", self.client.state(instance))
        self.client.ok("ModifyInstanceAttribute", {"InstanceId": instance, "DisableApiStop.Value": False})
        self.client.ok("TerminateInstances", {"InstanceId.1": instance})

    def test_changes_that_need_a_stopped_instance(self):
        instance = self.client.run(ImageId=self.image)[0]
        for change in (
            {"InstanceType.Value": "t2.nano"},
            {"UserData.Value": base64.b64encode(b"x").decode()},
            {"Attribute": "instanceType", "Value": "t2.nano"},
        ):
            self.refused(
                "ModifyInstanceAttribute",
                {"InstanceId": instance, **change},
                "IncorrectInstanceState",
                f"The instance '{instance}' is not in the 'stopped' state.",
            )
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        self.client.ok("ModifyInstanceAttribute", {"InstanceId": instance, "InstanceType.Value": "t2.nano"})
        self.assertEqual("t2.nano", text(self.client.instance(instance), "instanceType"))

    def test_hibernation_that_was_not_asked_for(self):
        instance = self.client.run(ImageId=self.image)[0]
        self.refused(
            "StopInstances",
            {"InstanceId.1": instance, "Hibernate": True},
            "UnsupportedHibernationConfiguration",
            f"The instance can't be hibernated because it was not configured at launch for hibernation: {instance}",
        )

    def test_vcpus(self):
        client = self.client.at(region="eu-west-2")
        image = client.image()
        # 1,152 standard vCPUs are what an established account has; 12 x 96 fill them.
        client.ok("RunInstances", {"ImageId": image, "InstanceType": "m5.24xlarge", "MinCount": 12, "MaxCount": 12})
        self.refused(
            "RunInstances",
            {"ImageId": image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1},
            "VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit of 1152 allows for the instance bucket "
            "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to "
            "request an adjustment to this limit.",
            client=client,
        )


class PendingInstances(ServerTest):
    """With a clock that is moved by hand, an instance stays pending for as long as the test needs."""

    arguments = ("--clock", "manual")

    def test_pending(self):
        instance = self.client.run()[0]
        self.assertEqual("pending", self.client.state(instance))
        self.refused(
            "StopInstances",
            {"InstanceId.1": instance},
            "IncorrectInstanceState",
            f"Instance '{instance}' cannot be stopped as it has never reached the 'running' state.",
        )
        allocation = self.client.ok("AllocateAddress").text("allocationId")
        self.refused(
            "AssociateAddress",
            {"AllocationId": allocation, "InstanceId": instance},
            "InvalidInstanceID",
            f"The pending instance '{instance}' is not in a valid state for this operation.",
        )
        zone = text(self.client.instance(instance), "placement/availabilityZone")
        volume = self.client.volume(AvailabilityZone=zone)
        self.refused(
            "AttachVolume", {"VolumeId": volume, "InstanceId": instance, "Device": "/dev/sdf"}, "IncorrectState"
        )
        self.refused(
            "CreateImage",
            {"InstanceId": instance, "Name": "too-early"},
            "InvalidParameterValue",
            re.compile(rf"^Invalid value '{instance}' for instanceId. Instance is not in state 'running' or "),
        )
        snapshot = self.client.ok("CreateSnapshot", {"VolumeId": self.ready_volume()}).text("snapshotId")
        self.refused(
            "CreateVolume",
            {"SnapshotId": snapshot, "AvailabilityZone": zone},
            "IncorrectState",
            "Snapshot is in invalid state - pending",
        )
        self.client.sim("clock", {"run_until_idle": True})
        self.assertEqual("running", self.client.state(instance))
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        self.assertEqual("stopping", self.client.state(instance))
        self.refused(
            "StartInstances",
            {"InstanceId.1": instance},
            "IncorrectInstanceState",
            f"The instance '{instance}' is not in a state from which it can be started.",
        )

    def ready_volume(self):
        volume = self.client.volume()
        self.client.sim("clock", {"advance": "5s"})
        answer = self.client.ok("DescribeVolumes", {"VolumeId.1": volume})
        if answer.text("volumeSet/item/status") == "creating":
            self.skipTest("a volume takes longer than five seconds")
        return volume

    def test_volume_that_is_being_made(self):
        volume = self.client.volume()
        answer = self.client.ok("DescribeVolumes", {"VolumeId.1": volume})
        self.assertEqual("creating", answer.text("volumeSet/item/status"))
        instance = self.client.run()[0]
        self.refused(
            "AttachVolume", {"VolumeId": volume, "InstanceId": instance, "Device": "/dev/sdf"}, "IncorrectState"
        )
        self.client.sim("clock", {"run_until_idle": True})
        self.client.ok("DeleteVolume", {"VolumeId": volume})

    def test_volume_modified_while_modifying(self):
        volume = self.client.volume(Size=4)
        self.client.sim("clock", {"run_until_idle": True})
        self.client.ok("ModifyVolume", {"VolumeId": volume, "Size": 5})
        self.refused(
            "ModifyVolume",
            {"VolumeId": volume, "Size": 6},
            "IncorrectModificationState",
            re.compile(rf"^Volume {volume} cannot be modified in modification state (MODIFYING|OPTIMIZING)$"),
        )
        self.client.sim("clock", {"run_until_idle": True})
        self.client.ok("ModifyVolume", {"VolumeId": volume, "Size": 6})


if __name__ == "__main__":
    main()
