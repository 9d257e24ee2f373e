#!/usr/bin/env python3
"""Ids and parameters that EC2 refuses, with its own code and its own words: those that users and
recordings of real EC2 show, and that a learner searches the web for.
"""

from fogling_client import REGION, ServerTest, main, rule

UNKNOWN = "0123456789abcdef0"
AMI, I, VOL, SNAP, SG, SUBNET, VPC, ENI, EIPALLOC = (
    f"{prefix}-{UNKNOWN}" for prefix in ("ami", "i", "vol", "snap", "sg", "subnet", "vpc", "eni", "eipalloc")
)
TOKEN_TEXT = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."


class Ids(ServerTest):
    """Unknown and malformed ids of every kind that a first lesson meets."""

    def test_instances(self):
        for action in ("DescribeInstances", "StartInstances", "StopInstances", "TerminateInstances", "RebootInstances"):
            self.refused(
                action, {"InstanceId.1": I}, "InvalidInstanceID.NotFound", f"The instance ID '{I}' does not exist"
            )
            self.refused(action, {"InstanceId.1": "foo"}, "InvalidInstanceID.Malformed", 'Invalid id: "foo"')
        other = "i-0123456789abcdef1"
        self.refused(
            "DescribeInstances",
            {"InstanceId": [I, other]},
            "InvalidInstanceID.NotFound",
            f"The instance IDs '{I}, {other}' do not exist",
        )
        self.refused(
            "DescribeInstanceAttribute", {"InstanceId": I, "Attribute": "userData"}, "InvalidInstanceID.NotFound"
        )
        self.refused(
            "ModifyInstanceAttribute", {"InstanceId": I, "InstanceType.Value": "t2.nano"}, "InvalidInstanceID.NotFound"
        )
        self.refused("GetConsoleOutput", {"InstanceId": I}, "InvalidInstanceID.NotFound")

    def test_boundaries_of_instance_ids(self):
        for well_formed in ("i-1", "i-12345678", "i-ABCDEF12", I):
            self.refused("DescribeInstanceStatus", {"InstanceId.1": well_formed}, "InvalidInstanceID.NotFound")
        for malformed in ("i-", "i-123456789", "i-0123456789abcdef", "i-zzzzzzzz", "vol-12345678"):
            self.refused("DescribeInstanceStatus", {"InstanceId.1": malformed}, "InvalidInstanceID.Malformed")
        self.refused("DescribeInstances", {"InstanceId.1": "i-00000000000000000"}, "InvalidInstanceID.Malformed")

    def test_monitoring_has_words_of_its_own(self):
        self.refused(
            "MonitorInstances",
            {"InstanceId.1": "i-zzzzzzzz"},
            "InvalidParameterValue",
            "Value (i-zzzzzzzz) for parameter instanceId is invalid. Expected: 'i-...'.",
        )
        self.refused("UnmonitorInstances", {"InstanceId.1": "i-zzzzzzzz"}, "InvalidInstanceID.Malformed")

    def test_images(self):
        self.refused(
            "DescribeImages", {"ImageId.1": AMI}, "InvalidAMIID.NotFound", f"The image id '[{AMI}]' does not exist"
        )
        self.refused(
            "DescribeImages", {"ImageId.1": "foo"}, "InvalidAMIID.Malformed", 'Invalid id: "foo" (expecting "ami-...")'
        )
        self.refused("DescribeImages", {"ImageId.1": "ami-zzz"}, "InvalidAMIID.Malformed", 'Invalid id: "ami-zzz"')
        self.refused("DescribeImages", {"ImageId.1": "ami-00000000000000000"}, "InvalidAMIID.Malformed")
        self.refused("DeregisterImage", {"ImageId": AMI}, "InvalidAMIID.NotFound")

    def test_volumes(self):
        absent = f"The volume '{VOL}' does not exist."
        for action, parameters in (
            ("DescribeVolumes", {"VolumeId.1": VOL}),
            ("DeleteVolume", {"VolumeId": VOL}),
            ("DetachVolume", {"VolumeId": VOL}),
            ("ModifyVolume", {"VolumeId": VOL, "Size": 10}),
            ("CreateSnapshot", {"VolumeId": VOL}),
        ):
            self.refused(action, parameters, "InvalidVolume.NotFound", absent)
        self.refused(
            "DescribeVolumes",
            {"VolumeId.1": "foo"},
            "InvalidParameterValue",
            "Value (foo) for parameter volumes is invalid. Expected: 'vol-...'.",
        )
        self.refused(
            "DescribeVolumes", {"VolumeId.1": ""}, "MissingParameter", "The request must contain the parameter volumes"
        )

    def test_volume_modifications(self):
        volume = self.client.volume()
        self.refused(
            "DescribeVolumesModifications",
            {"VolumeId.1": volume},
            "InvalidVolumeModification.NotFound",
            f"Modification for volume '{volume}' does not exist.",
        )
        self.assertEqual([], self.client.ok("DescribeVolumesModifications").all("volumeModificationSet/item"))

    def test_snapshots(self):
        absent = f"The snapshot '{SNAP}' does not exist."
        for action, parameters in (
            ("DescribeSnapshots", {"SnapshotId.1": SNAP}),
            ("DeleteSnapshot", {"SnapshotId": SNAP}),
            ("CreateVolume", {"SnapshotId": SNAP, "AvailabilityZone": REGION + "a"}),
        ):
            self.refused(action, parameters, "InvalidSnapshot.NotFound", absent)
        answer = self.client.call("DescribeSnapshots", {"SnapshotId.1": "foo"})
        self.assertIn(answer.code, ("InvalidSnapshotID.Malformed", "InvalidParameterValue"), answer)
        self.assertEqual("Value (foo) for parameter snapshotId is invalid. Expected: 'snap-...'.", answer.message)

    def test_key_pairs(self):
        self.refused(
            "DescribeKeyPairs", {"KeyName.1": "no"}, "InvalidKeyPair.NotFound", "The key pair 'no' does not exist"
        )
        for each in ("key-" + UNKNOWN, "bad"):
            self.refused(
                "DescribeKeyPairs",
                {"KeyPairId.1": each},
                "InvalidParameterValue",
                f"Invalid value '{each}' for keyPairId.",
            )
        self.refused(
            "DeleteKeyPair", {"KeyPairId": "bad"}, "InvalidParameterValue", "Value for parameter keyPairId is invalid."
        )
        self.refused("DeleteKeyPair", {}, "MissingParameter", "KeyName or KeyPairId must be provided")

    def test_security_groups(self):
        absent = f"The security group '{SG}' does not exist"
        for action, parameters in (
            ("DescribeSecurityGroups", {"GroupId.1": SG}),
            ("DeleteSecurityGroup", {"GroupId": SG}),
            ("AuthorizeSecurityGroupIngress", {"GroupId": SG, **rule()}),
        ):
            self.refused(action, parameters, "InvalidGroup.NotFound", absent)
        self.refused(
            "DescribeSecurityGroups",
            {"GroupId.1": "foo"},
            "InvalidGroupId.Malformed",
            'Invalid id: "foo" (expecting "sg-...")',
        )
        self.refused(
            "DescribeSecurityGroups",
            {"GroupId.1": "sg-00000000000000000"},
            "InvalidGroupId.Malformed",
            'Invalid id: "sg-00000000000000000"',
        )
        vpc = self.client.default_vpc()
        self.refused(
            "DescribeSecurityGroups",
            {"GroupName.1": "web"},
            "InvalidGroup.NotFound",
            f"The security group 'web' does not exist in default VPC '{vpc}'",
        )
        self.refused(
            "AuthorizeSecurityGroupIngress",
            {"GroupName": SG, **rule()},
            "InvalidGroup.NotFound",
            f"The security group '{SG}' does not exist in default VPC '{vpc}'",
        )

    def test_security_group_rules(self):
        sgr = "sgr-" + UNKNOWN
        self.refused(
            "DescribeSecurityGroupRules",
            {"SecurityGroupRuleId.1": sgr},
            "InvalidSecurityGroupRuleId.NotFound",
            f"The security group rule ID '{sgr}' does not exist",
        )
        self.refused(
            "DescribeSecurityGroupRules", {"SecurityGroupRuleId.1": "foo"}, "InvalidSecurityGroupRuleId.Malformed"
        )
        self.refused(
            "DescribeSecurityGroupRules",
            {"Filter.1.Name": "group-id", "Filter.1.Value.1": "foobar"},
            "InvalidGroupId.Malformed",
            "The security group ID 'foobar' is malformed",
        )
        group = self.client.group("rules-of-one")
        self.refused(
            "RevokeSecurityGroupIngress",
            {"GroupId": group, "SecurityGroupRuleId.1": sgr},
            "InvalidSecurityGroupRuleId.NotFound",
            f"The security group rule ID '{sgr}' does not exist",
        )

    def test_network(self):
        for action, name, unknown, code, message in (
            ("DescribeVpcs", "VpcId.1", VPC, "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
            ("DescribeVpcs", "VpcId.1", "vpc-invalid", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
            ("DescribeVpcs", "VpcId.1", "vpc-" + "0" * 17, "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
            ("DescribeSubnets", "SubnetId.1", SUBNET, "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
            (
                "DescribeSubnets",
                "SubnetId.1",
                "subnet-" + "0" * 17,
                "InvalidSubnetID.NotFound",
                "The subnet ID '{}' does not exist",
            ),
            (
                "DescribeNetworkInterfaces",
                "NetworkInterfaceId.1",
                ENI,
                "InvalidNetworkInterfaceID.NotFound",
                "The networkInterface ID '{}' does not exist",
            ),
            (
                "DescribeRouteTables",
                "RouteTableId.1",
                "rtb-" + UNKNOWN,
                "InvalidRouteTableID.NotFound",
                "The routeTable ID '{}' does not exist",
            ),
            (
                "DescribeInternetGateways",
                "InternetGatewayId.1",
                "igw-" + UNKNOWN,
                "InvalidInternetGatewayID.NotFound",
                "The internetGateway ID '{}' does not exist",
            ),
            (
                "DescribeNetworkAcls",
                "NetworkAclId.1",
                "acl-" + UNKNOWN,
                "InvalidNetworkAclID.NotFound",
                "The networkAcl ID '{}' does not exist",
            ),
        ):
            self.refused(action, {name: unknown}, code, message.format(unknown))

    def test_addresses(self):
        absent = "The allocation ID '{}' does not exist"
        for each in (EIPALLOC, "eipalloc-" + "0" * 17, "bad"):
            message = absent.format(each)
            self.refused("DescribeAddresses", {"AllocationId.1": each}, "InvalidAllocationID.NotFound", message)
            self.refused("ReleaseAddress", {"AllocationId": each}, "InvalidAllocationID.NotFound", message)
        instance = self.client.run()[0]
        self.refused(
            "AssociateAddress",
            {"AllocationId": EIPALLOC, "InstanceId": instance},
            "InvalidAllocationID.NotFound",
            absent.format(EIPALLOC),
        )
        association = "eipassoc-" + UNKNOWN
        self.refused(
            "DisassociateAddress",
            {"AssociationId": association},
            "InvalidAssociationID.NotFound",
            f"The association ID '{association}' does not exist",
        )
        self.refused(
            "DescribeAddresses",
            {"PublicIp.1": "203.0.113.9"},
            "InvalidAddress.NotFound",
            "Address '203.0.113.9' not found.",
        )
        self.refused(
            "DescribeAddresses",
            {"PublicIp.1": "bad"},
            "InvalidParameterValue",
            "Invalid value 'bad' for PublicIp. Not a valid IPv4 address.",
        )

    def test_tags_of_what_is_not_there(self):
        tag = {"Tag.1.Key": "k", "Tag.1.Value": "v"}
        self.refused("CreateTags", {"ResourceId.1": I, **tag}, "InvalidInstanceID.NotFound")
        self.refused("CreateTags", {"ResourceId.1": VOL, **tag}, "InvalidVolume.NotFound")
        self.refused("CreateTags", {"ResourceId.1": "foo", **tag}, "InvalidID", "The ID 'foo' is not valid")
        self.refused("CreateTags", tag, "MissingParameter", "The request must contain the parameter resourceIdSet")

    def test_one_wrong_id_and_nothing_is_done(self):
        instance = self.client.run()[0]
        for action in ("StopInstances", "TerminateInstances"):
            self.refused(
                action,
                {"InstanceId": [instance, I]},
                "InvalidInstanceID.NotFound",
                f"The instance ID '{I}' does not exist",
            )
            self.assertEqual("running", self.client.state(instance))

    def test_type_names(self):
        self.refused(
            "DescribeInstanceTypes",
            {"InstanceType.1": "foo"},
            "InvalidInstanceType",
            "The following supplied instance types do not exist: [foo]",
        )


class Parameters(ServerTest):
    """What is checked before an operation runs."""

    def test_unknown_parameter_is_named_by_its_leaf(self):
        launch = {"ImageId": self.client.image(), "MinCount": 1, "MaxCount": 1}
        for parameters, leaf in (
            ({"Tea": 1}, "Tea"),
            ({"NetworkInterface.1.Tea": 1}, "Tea"),
            ({"Placement.Tea": 1}, "Tea"),
            ({"Tea.1.Sugar": 1}, "Tea"),
        ):
            self.refused(
                "RunInstances", {**launch, **parameters}, "UnknownParameter", f"The parameter {leaf} is not recognized"
            )

    def test_missing_parameters(self):
        image = self.client.image()
        for action, parameters, name in (
            ("RunInstances", {"ImageId": image, "MaxCount": 1}, "MinCount"),
            ("RunInstances", {"ImageId": image, "MinCount": 1}, "MaxCount"),
            ("RunInstances", {"MinCount": 1, "MaxCount": 1}, "ImageId"),
            ("CreateKeyPair", {}, "KeyName"),
            ("CreateVolume", {"AvailabilityZone": REGION + "a"}, "size/snapshot"),
            ("CreateVolume", {"Size": 1}, "zone"),
            ("CreateTags", {"Tag.1.Key": "k", "Tag.1.Value": "v"}, "resourceIdSet"),
            ("CreateSecurityGroup", {"GroupName": "x"}, "GroupDescription"),
            ("CreateSecurityGroup", {"GroupName": "x", "GroupDescription": ""}, "GroupDescription"),
            ("AuthorizeSecurityGroupIngress", rule(), "groupName or groupId"),
            ("ImportKeyPair", {"KeyName": "x"}, "PublicKeyMaterial"),
            ("AttachVolume", {"VolumeId": self.client.volume(), "InstanceId": self.client.run()[0]}, "device"),
        ):
            self.refused(action, parameters, "MissingParameter", f"The request must contain the parameter {name}")
        self.refused("StopInstances", {}, "MissingParameter")
        self.refused("CreateImage", {"InstanceId": self.client.run()[0]}, "MissingParameter")

    def test_bad_enum(self):
        self.refused(
            "CreateKeyPair",
            {"KeyName": "x", "KeyType": "tea"},
            "InvalidParameterValue",
            "1 validation error detected: Value 'tea' at 'keyType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [rsa, ed25519]",
        )
        self.refused(
            "CreateKeyPair",
            {"KeyName": "x", "KeyFormat": "tea"},
            "InvalidParameterValue",
            "1 validation error detected: Value 'tea' at 'keyFormat' failed to satisfy constraint: "
            "Member must satisfy enum value set: [ppk, pem]",
        )
        self.refused(
            "RunInstances",
            {"ImageId": self.client.image(), "MinCount": 1, "MaxCount": 1, "InstanceInitiatedShutdownBehavior": "tea"},
            "InvalidParameterValue",
        )
        self.refused(
            "DescribeInstanceAttribute",
            {"InstanceId": self.client.run()[0], "Attribute": "tea"},
            "InvalidParameterValue",
            "Value (tea) for parameter attribute is invalid. Unknown attribute.",
        )

    def test_bad_types(self):
        volume = {"AvailabilityZone": REGION + "a"}
        self.refused("CreateVolume", {**volume, "Size": "ten"}, "InvalidParameterValue")
        self.refused("CreateVolume", {**volume, "Size": 1, "Encrypted": "maybe"}, "InvalidParameterValue")
        self.refused("CreateVolume", {**volume, "Size": "99999999999999999999"}, "InvalidParameterValue")

    def test_unknown_filter(self):
        for action in (
            "DescribeInstances",
            "DescribeVolumes",
            "DescribeImages",
            "DescribeVpcs",
            "DescribeKeyPairs",
            "DescribeSecurityGroups",
            "DescribeSnapshots",
            "DescribeAddresses",
            "DescribeSubnets",
        ):
            self.refused(
                action,
                {"Filter.1.Name": "nonsense", "Filter.1.Value.1": "x"},
                "InvalidParameterValue",
                "The filter 'nonsense' is invalid",
            )  # fmt: skip
        self.refused(
            "DescribeInstanceStatus",
            {"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "x"},
            "InvalidParameterValue",
            "The filter 'tag:Name' is invalid",
        )
        self.refused(
            "DescribeKeyPairs",
            {"Filter.1.Name": "key-type", "Filter.1.Value.1": "rsa"},
            "InvalidParameterValue",
            "The filter 'key-type' is invalid",
        )

    def test_filter_limits(self):
        self.refused(
            "DescribeInstances",
            {"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "x" * 256},
            "FilterLimitExceeded",
            "The maximum length for a filter value is 255 characters",
        )
        self.refused(
            "DescribeInstances",
            {"Filter.1.Name": "tag:Name", "Filter.1.Value": [str(n) for n in range(201)]},
            "InvalidParameterValue",
            "The maximum number of filter values specified on a single call is 200",
        )

    def test_more_than_100_ids_of_status(self):
        self.refused(
            "DescribeInstanceStatus",
            {"InstanceId": [f"i-{n:017x}" for n in range(1, 102)]},
            "InvalidRequest",
            "101 exceeds the maximum number of instance IDs that can be specificied (100). "
            "Please specify fewer than 100 instance IDs.",
        )

    def test_client_token_with_other_parameters(self):
        image = self.client.image()
        launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "ClientToken": "same", "InstanceType": "t2.micro"}
        self.client.ok("RunInstances", launch)
        self.refused("RunInstances", {**launch, "InstanceType": "t2.nano"}, "IdempotentParameterMismatch", TOKEN_TEXT)
        volume = {"AvailabilityZone": REGION + "a", "Size": 1, "ClientToken": "same"}
        self.client.ok("CreateVolume", volume)
        self.refused("CreateVolume", {**volume, "Size": 2}, "IdempotentParameterMismatch", TOKEN_TEXT)

    def test_client_token_of_a_terminated_instance(self):
        instance = self.client.run(ClientToken="ended")[0]
        self.client.ok("TerminateInstances", {"InstanceId.1": instance})
        self.refused(
            "RunInstances",
            {
                "ImageId": self.client.image(),
                "InstanceType": "t2.micro",
                "MinCount": 1,
                "MaxCount": 1,
                "ClientToken": "ended",
            },
            "IdempotentInstanceTerminated",
        )

    def test_tags(self):
        volume = self.client.volume()
        reserved = "Tag keys starting with 'aws:' are reserved for internal use"
        for key in ("aws:x", "AWS:x", "Aws:cloudformation:stack-name"):
            self.refused(
                "CreateTags",
                {"ResourceId.1": volume, "Tag.1.Key": key, "Tag.1.Value": "v"},
                "InvalidParameterValue",
                reserved,
            )
        specification = {
            "TagSpecification.1.ResourceType": "volume",
            "TagSpecification.1.Tag.1.Key": "aws:x",
            "TagSpecification.1.Tag.1.Value": "v",
        }
        create = {"AvailabilityZone": REGION + "a", "Size": 1}
        self.refused("CreateVolume", {**create, **specification}, "InvalidParameterValue", reserved)
        self.refused(
            "CreateVolume",
            {**create, **specification, "TagSpecification.1.ResourceType": "instance",
             "TagSpecification.1.Tag.1.Key": "k"},
            "InvalidParameterValue",
            "'instance' is not a valid taggable resource type for this operation.",
        )  # fmt: skip
        many = {}
        for n in range(51):
            many[f"Tag.{n + 1}.Key"], many[f"Tag.{n + 1}.Value"] = f"k{n}", "v"
        self.refused("CreateTags", {"ResourceId.1": volume, **many}, "TagLimitExceeded")
        self.refused(
            "CreateTags", {"ResourceId.1": volume, "Tag.1.Key": "k" * 129, "Tag.1.Value": "v"}, "InvalidParameterValue"
        )
        self.refused(
            "CreateTags", {"ResourceId.1": volume, "Tag.1.Key": "", "Tag.1.Value": "v"}, "InvalidParameterValue"
        )
        self.assertEqual([], self.client.ok("DescribeTags").all("tagSet/item"))


if __name__ == "__main__":
    main()
