#!/usr/bin/env python3
"""What EC2 refuses to do with volumes and images, with its own code and its own words: those that users and
recordings of real EC2 show, and that a learner searches the web for.
"""

import re

from fogling_client import REGION, ServerTest, main, text


class Volumes(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instance_id = cls.client.run(**{"Placement.AvailabilityZone": REGION + "a"})[0]

    def test_attached_volume(self):
        volume = self.client.volume()
        attach = {"VolumeId": volume, "InstanceId": self.instance_id, "Device": "/dev/sdf"}
        self.client.ok("AttachVolume", attach)
        self.refused(
            "DeleteVolume",
            {"VolumeId": volume},
            "VolumeInUse",
            f"Volume {volume} is currently attached to {self.instance_id}",
        )
        self.refused("AttachVolume", attach, "VolumeInUse", f"{volume} is already attached to an instance")
        other = self.client.volume()
        self.refused(
            "AttachVolume",
            {**attach, "VolumeId": other},
            "InvalidParameterValue",
            "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use",
        )
        self.refused(
            "DetachVolume",
            {"VolumeId": volume, "InstanceId": self.instance_id, "Device": "/dev/sdg"},
            "InvalidAttachment.NotFound",
            f"The volume {volume} is not attached to instance {self.instance_id} as device /dev/sdg",
        )
        self.client.ok("DetachVolume", {"VolumeId": volume})
        self.refused(
            "DetachVolume", {"VolumeId": volume}, "IncorrectState", f"Volume '{volume}' is in the 'available' state."
        )
        self.client.ok("DeleteVolume", {"VolumeId": volume})
        self.refused("DescribeVolumes", {"VolumeId.1": volume}, "InvalidVolume.NotFound")

    def test_shrunk(self):
        volume = self.client.volume(Size=10)
        self.refused(
            "ModifyVolume",
            {"VolumeId": volume, "Size": 9},
            "InvalidParameterValue",
            "New size cannot be smaller than existing size",
        )

    def test_nothing_to_change(self):
        answer = self.client.call("ModifyVolume", {"VolumeId": self.client.volume()})
        self.assertIn(answer.code, ("InvalidParameterCombination", "InvalidParameterValue"), answer)
        self.assertEqual(
            "Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach.", answer.message
        )

    def test_fifth_modification_of_a_day(self):
        volume = self.client.volume(Size=10)
        for _ in range(4):  # to the same size: a real modification all the same
            self.client.ok("ModifyVolume", {"VolumeId": volume, "Size": 10})
        self.refused(
            "ModifyVolume",
            {"VolumeId": volume, "Size": 11},
            "VolumeModificationRateExceeded",
            re.compile(
                r"^You've reached the maximum modification rate per volume limit\. Wait until "
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z before you can issue the next modification request for this "
                r"volume\.$"
            ),
        )

    def test_another_zone(self):
        volume = self.client.volume(AvailabilityZone=REGION + "b")
        self.refused(
            "AttachVolume",
            {"VolumeId": volume, "InstanceId": self.instance_id, "Device": "/dev/sdx"},
            "InvalidVolume.ZoneMismatch",
            f"The volume '{volume}' is not in the same availability zone as instance '{self.instance_id}'",
        )

    def test_device_names(self):
        volume = self.client.volume()
        for device in ("/dev/sdZZ", "/dev/nvme1n1", "tea"):
            self.refused(
                "AttachVolume",
                {"VolumeId": volume, "InstanceId": self.instance_id, "Device": device},
                "InvalidParameterValue",
                f"Value ({device}) for parameter device is invalid. {device} is not a valid EBS device name.",
            )

    def test_root_of_a_running_instance(self):
        root = text(self.client.instance(self.instance_id), "blockDeviceMapping/item/ebs/volumeId")
        answer = self.client.call("DetachVolume", {"VolumeId": root})
        self.assertIn(answer.code, ("IncorrectState", "OperationNotPermitted"), answer)
        self.assertEqual(f"Unable to detach root volume '{root}' from instance '{self.instance_id}'", answer.message)

    def test_start_without_root(self):
        instance = self.client.run()[0]
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        root = text(self.client.instance(instance), "blockDeviceMapping/item/ebs/volumeId")
        self.client.ok("DetachVolume", {"VolumeId": root})
        self.refused(
            "StartInstances",
            {"InstanceId.1": instance},
            "InvalidParameterValue",
            f"Invalid value '{instance}' for instanceId. Instance does not have a volume attached at root (/dev/sda1)",
        )

    def test_figures(self):
        for changes, code, message in (
            ({"AvailabilityZone": REGION + "z"}, "InvalidZone.NotFound", f"The zone '{REGION}z' does not exist."),
            ({"AvailabilityZone": "eu-west-1a"}, "InvalidZone.NotFound", "The zone 'eu-west-1a' does not exist."),
            ({"VolumeType": "tea"}, "UnknownVolumeType", "Unsupported volume type 'tea' for volume creation. "),
            (
                {"Size": 0},
                "InvalidParameterValue",
                "The volume size is invalid for gp3 volumes: 0 GiB. gp3 volumes must be at least 1 GiB in size. Please "
                "specify a volume size above the minimum limit.",
            ),
            (
                {"VolumeType": "gp2", "Size": 16385},
                "InvalidParameterValue",
                "Volume of 16385GiB is too large for volume type gp2; maximum is 16384GiB",
            ),
            (
                {"VolumeType": "gp2", "Iops": 3000},
                "InvalidParameterCombination",
                "The parameter iops is not supported for gp2 volumes.",
            ),
            ({"VolumeType": "io1", "Size": 10}, "InvalidParameterCombination", None),
            (
                {"VolumeType": "io1", "Size": 16384, "Iops": 64001},
                "InvalidParameterValue",
                "Volume iops of 64001 is too high; maximum is 64000.",
            ),
            (
                {"VolumeType": "io1", "Size": 10, "Iops": 99},
                "InvalidParameterValue",
                "Volume iops of 99 is too low; minimum is 100.",
            ),
            (
                {"VolumeType": "io2", "Size": 4, "Iops": 4001},
                "InvalidParameterValue",
                "Iops to volume size ratio of 1000.250000 is too high; maximum is 1000",
            ),
            (
                {"Size": 1, "Iops": 2999},
                "InvalidParameterValue",
                "Iops to volume size ratio of 2999.000000 is too high; maximum is 500",
            ),
            (
                {"VolumeType": "io1", "Size": 10, "Iops": 100, "Throughput": 125},
                "InvalidParameterCombination",
                "The throughput parameter is not supported for io1 volumes.",
            ),
            (
                {"Size": 1000, "Iops": 80000, "Throughput": 2001},
                "InvalidParameterValue",
                "Volume throughput of 2001 is too high; maximum is 2000.",
            ),
            (
                {"Size": 1000, "Iops": 3000, "Throughput": 751},
                "InvalidParameterValue",
                "Throughput (MiBps) to iops ratio of 0.250333 is too high; maximum is 0.250000 MiBps per iops",
            ),
            (
                {"MultiAttachEnabled": True},
                "InvalidParameterCombination",
                "The parameter multi-attach-enabled is not supported for gp3 volumes.",
            ),
            (
                {"KmsKeyId": "alias/mine"},
                "InvalidParameterDependency",
                "The parameter [KmsKeyId] requires the parameter Encrypted to be set.",
            ),
        ):
            parameters = {"AvailabilityZone": REGION + "a", "VolumeType": "gp3", "Size": 1, **changes}
            with self.subTest(**changes):
                self.refused("CreateVolume", parameters, code, message)

    def test_recorded_acceptance(self):
        # What one might take for mistakes, and EC2 accepts.
        volume = self.client.ok(
            "CreateVolume",
            {"AvailabilityZone": REGION + "a", "VolumeType": "GP3", "Size": 1, "Iops": 500, "Throughput": 124},
        )
        self.assertEqual(("gp3", "3000", "125"), tuple(volume.text(n) for n in ("volumeType", "iops", "throughput")))


class Images(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instance_id = cls.client.run()[0]
        cls.image = cls.client.ok("CreateImage", {"InstanceId": cls.instance_id, "Name": "my-ami"}).text("imageId")

    def test_duplicate_name(self):
        self.refused(
            "CreateImage",
            {"InstanceId": self.instance_id, "Name": "my-ami"},
            "InvalidAMIName.Duplicate",
            f"AMI name my-ami is already in use by AMI {self.image}",
        )

    def test_malformed_name(self):
        for name in ("ab", "x" * 129, "what?"):
            self.refused(
                "CreateImage",
                {"InstanceId": self.instance_id, "Name": name},
                "InvalidAMIName.Malformed",
                "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', "
                "'-', '/' and '_'",
            )

    def test_tags_for_something_else(self):
        self.refused(
            "CreateImage",
            {
                "InstanceId": self.instance_id,
                "Name": "tagged",
                "TagSpecification.1.ResourceType": "volume",
                "TagSpecification.1.Tag.1.Key": "k",
                "TagSpecification.1.Tag.1.Value": "v",
            },
            "InvalidParameterValue",
            "'volume' is not a valid taggable resource type for this operation.",
        )

    def test_snapshot_of_an_image(self):
        item = self.client.ok("DescribeImages", {"ImageId.1": self.image}).find("imagesSet/item")
        snapshot = text(item, "blockDeviceMapping/item/ebs/snapshotId")
        self.refused(
            "DeleteSnapshot",
            {"SnapshotId": snapshot},
            "InvalidSnapshot.InUse",
            f"The snapshot {snapshot} is currently in use by {self.image}",
        )

    def test_deregistered(self):
        image = self.client.ok("CreateImage", {"InstanceId": self.instance_id, "Name": "short-lived"}).text("imageId")
        item = self.client.ok("DescribeImages", {"ImageId.1": image}).find("imagesSet/item")
        snapshot = text(item, "blockDeviceMapping/item/ebs/snapshotId")
        answer = self.client.ok("DeregisterImage", {"ImageId": image})
        self.assertEqual("true", answer.text("return"))
        self.assertIsNotNone(answer.find("deleteSnapshotResultSet"))
        self.assertEqual([], self.client.ok("DescribeImages", {"ImageId.1": image}).all("imagesSet/item"))
        self.refused("DeregisterImage", {"ImageId": image}, "InvalidAMIID.Unavailable")
        self.refused(
            "RunInstances",
            {"ImageId": image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1},
            "InvalidAMIID.Unavailable",
            f"The image ID '{image}' is no longer available",
        )
        self.client.ok("DeleteSnapshot", {"SnapshotId": snapshot})

    def test_image_of_another_account(self):
        self.refused(
            "RunInstances",
            {"ImageId": self.image, "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1},
            "AuthFailure",
            f"Not authorized for images: [{self.image}]",
            client=self.client.at(account="111122223333"),
        )


if __name__ == "__main__":
    main()
