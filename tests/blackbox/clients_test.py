#!/usr/bin/env python3
"""What Terraform, Ansible, Packer, aws-nuke and Prometheus ask, and the filters that clients send.

Requests and expectations are what was seen on the wire.
"""

import base64

from fogling_client import REGION, UBUNTU_NAME, UBUNTU_OWNER, ServerTest, main, names, text


class TerraformAndFriends(ServerTest):
    """What declarative tools read and how they change things."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.id = cls.client.run(InstanceType="t2.micro")[0]

    def test_default_egress_is_revoked_with_ports_of_zero(self):
        group = self.client.group("terraform")
        revoke = {
            "GroupId": group,
            "IpPermissions.1.IpProtocol": "-1",
            "IpPermissions.1.FromPort": 0,
            "IpPermissions.1.ToPort": 0,
        }
        answer = self.client.ok(
            "RevokeSecurityGroupEgress", {**revoke, "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0"}
        )
        self.assertEqual("true", answer.text("return"))
        self.assertIsNone(answer.find("unknownIpPermissionSet"))
        item = self.client.ok("DescribeSecurityGroups", {"GroupId.1": group}).find("securityGroupInfo/item")
        self.assertEqual([], item.findall("ipPermissionsEgress/item"))
        # It goes on to do the same for IPv6, of which there is none.
        answer = self.client.call(
            "RevokeSecurityGroupEgress", {**revoke, "IpPermissions.1.Ipv6Ranges.1.CidrIpv6": "::/0"}
        )
        if answer.status != 200:
            self.assertIn(answer.code, ("InvalidPermission.NotFound", "InvalidParameterValue"), answer)

    def test_reads_of_an_instance(self):
        for attribute, element in (
            ("disableApiStop", "disableApiStop"),
            ("disableApiTermination", "disableApiTermination"),
            ("instanceInitiatedShutdownBehavior", "instanceInitiatedShutdownBehavior"),
            ("userData", "userData"),
        ):
            answer = self.client.ok("DescribeInstanceAttribute", {"InstanceId": self.id, "Attribute": attribute})
            self.assertEqual(["requestId", "instanceId", element], names(answer.root))
        self.client.ok("DescribeInstanceTypes", {"InstanceType.1": "t2.micro"})
        credit = self.client.ok("DescribeInstanceCreditSpecifications", {"InstanceId.1": self.id})
        self.assertEqual("standard", credit.text("instanceCreditSpecificationSet/item/cpuCredits"))
        tags = self.client.ok(
            "DescribeTags",
            {
                "Filter.1.Name": "resource-id",
                "Filter.1.Value.1": self.id,
                "Filter.2.Name": "key",
                "Filter.2.Value.1": "aws:ec2launchtemplate:*",
            },
        )
        self.assertEqual([], tags.all("tagSet/item"))
        item = self.client.instance(self.id)
        volume = text(item, "blockDeviceMapping/item/ebs/volumeId")
        self.client.ok("DescribeVolumes", {"VolumeId.1": volume})
        for attribute in ("enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"):
            answer = self.client.ok("DescribeVpcAttribute", {"VpcId": text(item, "vpcId"), "Attribute": attribute})
            self.assertIn(answer.text(attribute + "/value"), ("true", "false"))

    def test_user_data_comes_back_as_it_went(self):
        data = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()
        instance = self.client.run(UserData=data)[0]
        answer = self.client.ok("DescribeInstanceAttribute", {"InstanceId": instance, "Attribute": "userData"})
        self.assertEqual(data, answer.text("userData/value"))

    def test_t3_is_unlimited(self):
        instance = self.client.run(InstanceType="t3.micro")[0]
        credit = self.client.ok("DescribeInstanceCreditSpecifications", {"InstanceId.1": instance})
        self.assertEqual("unlimited", credit.text("instanceCreditSpecificationSet/item/cpuCredits"))

    def test_uefi_data_of_an_image_id_is_an_expected_error(self):
        answer = self.client.call("GetInstanceUefiData", {"InstanceId": self.client.image()})
        self.assertEqual(400, answer.status)
        self.assertTrue(answer.code.startswith("InvalidInstanceID"), answer)

    def test_reverse_dns_of_an_address(self):
        allocation = self.client.ok("AllocateAddress").text("allocationId")
        answer = self.client.ok(
            "DescribeAddressesAttribute", {"AllocationId.1": allocation, "Attribute": "domain-name"}
        )
        for item in answer.all("addressSet/item"):
            self.assertEqual(allocation, text(item, "allocationId"))
        self.client.ok("ReleaseAddress", {"AllocationId": allocation, "NetworkBorderGroup": REGION})

    def test_main_route_table_acl_and_group_of_a_vpc(self):
        vpc = self.client.default_vpc()

        def by(action, first, second, path):
            filters = {}
            for index, (name, value) in enumerate((first, second), 1):
                filters[f"Filter.{index}.Name"], filters[f"Filter.{index}.Value.1"] = name, value
            return self.client.ok(action, filters).all(path)

        vpc_id = ("vpc-id", vpc)
        self.assertEqual(1, len(by("DescribeRouteTables", vpc_id, ("association.main", "true"), "routeTableSet/item")))
        self.assertEqual(1, len(by("DescribeNetworkAcls", vpc_id, ("default", "true"), "networkAclSet/item")))
        self.assertEqual(
            1, len(by("DescribeSecurityGroups", vpc_id, ("group-name", "default"), "securityGroupInfo/item"))
        )
        gateways = self.client.ok(
            "DescribeInternetGateways", {"Filter.1.Name": "attachment.vpc-id", "Filter.1.Value.1": vpc}
        )
        self.assertEqual(1, len(gateways.all("internetGatewaySet/item")))

    def test_group_is_there_right_after_its_creation(self):
        # Packer
        group = self.client.group("packer-1")
        answer = self.client.ok("DescribeSecurityGroups", {"GroupId.1": group})
        self.assertEqual(group, answer.text("securityGroupInfo/item/groupId"))

    def test_image_name_that_is_free(self):
        # Packer asks before it builds, and an error would end it.
        answer = self.client.ok(
            "DescribeImages", {"Owner.1": "self", "Filter.1.Name": "name", "Filter.1.Value.1": "packer-new"}
        )
        self.assertEqual([], answer.all("imagesSet/item"))
        answer = self.client.ok(
            "DescribeImages",
            {
                "Filter.1.Name": "name",
                "Filter.1.Value.1": UBUNTU_NAME,
                "Filter.2.Name": "owner-id",
                "Filter.2.Value.1": UBUNTU_OWNER,
                "Filter.3.Name": "root-device-type",
                "Filter.3.Value.1": "ebs",
                "Filter.4.Name": "virtualization-type",
                "Filter.4.Value.1": "hvm",
            },
        )
        self.assertTrue(answer.all("imagesSet/item"))

    def test_tags_over_image_and_snapshots_at_once(self):
        # Packer
        self.client.ok("StopInstances", {"InstanceId.1": self.id})
        image = self.client.ok("CreateImage", {"InstanceId": self.id, "Name": "packer-built"}).text("imageId")
        item = self.client.ok("DescribeImages", {"ImageId.1": image}).find("imagesSet/item")
        snapshot = text(item, "blockDeviceMapping/item/ebs/snapshotId")
        self.client.ok("CreateTags", {"ResourceId": [image, snapshot], "Tag.1.Key": "Built", "Tag.1.Value": "yes"})
        self.client.ok("ModifyImageAttribute", {"ImageId": image, "Description.Value": "by packer"})
        self.client.ok(
            "ModifyImageAttribute",
            {"ImageId": image, "Attribute": "launchPermission", "OperationType": "add", "UserId.1": "111122223333"},
        )
        item = self.client.ok("DescribeImages", {"ImageId.1": image}).find("imagesSet/item")
        self.assertEqual("by packer", text(item, "description"))
        self.assertEqual("yes", text(item, "tagSet/item/value"))
        self.client.ok("StartInstances", {"InstanceId.1": self.id})

    def test_classic_link_that_nobody_has(self):
        # Ansible asks both for each VPC, and takes them apart without looking.
        vpc = self.client.default_vpc()
        answer = self.client.ok("DescribeVpcClassicLink", {"VpcId.1": vpc})
        self.assertEqual("false", answer.text("vpcSet/item/classicLinkEnabled"))
        answer = self.client.ok("DescribeVpcClassicLinkDnsSupport", {"VpcIds.1": vpc})
        self.assertEqual("false", answer.text("vpcs/item/classicLinkDnsSupported"))

    def test_rules_come_with_tags_and_go_by_id(self):
        # Terraform, and the aws CLI's --port 22 --cidr
        group = self.client.group("by-rule")
        permission = {
            "GroupId": group,
            "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": 22,
            "IpPermissions.1.ToPort": 22,
            "IpPermissions.1.IpRanges.1.CidrIp": "203.0.113.0/24",
            "TagSpecification.1.ResourceType": "security-group-rule",
            "TagSpecification.1.Tag.1.Key": "Name",
            "TagSpecification.1.Tag.1.Value": "ssh",
        }
        answer = self.client.ok("AuthorizeSecurityGroupIngress", permission)
        rule = answer.text("securityGroupRuleSet/item/securityGroupRuleId")
        self.assertEqual("ssh", answer.text("securityGroupRuleSet/item/tagSet/item/value"))
        self.client.ok(
            "ModifySecurityGroupRules",
            {
                "GroupId": group,
                "SecurityGroupRule.1.SecurityGroupRuleId": rule,
                "SecurityGroupRule.1.SecurityGroupRule.IpProtocol": "tcp",
                "SecurityGroupRule.1.SecurityGroupRule.FromPort": 2222,
                "SecurityGroupRule.1.SecurityGroupRule.ToPort": 2222,
                "SecurityGroupRule.1.SecurityGroupRule.CidrIpv4": "203.0.113.0/24",
                "SecurityGroupRule.1.SecurityGroupRule.Description": "",
            },
        )
        item = self.client.ok("DescribeSecurityGroupRules", {"SecurityGroupRuleId.1": rule}).find(
            "securityGroupRuleSet/item"
        )
        self.assertEqual(("2222", "ssh"), (text(item, "fromPort"), text(item, "tagSet/item/value")))
        self.client.ok("RevokeSecurityGroupIngress", {"GroupId": group, "SecurityGroupRuleId.1": rule})
        self.refused(
            "DescribeSecurityGroupRules",
            {"SecurityGroupRuleId.1": rule},
            "InvalidSecurityGroupRuleId.NotFound",
            f"The security group rule ID '{rule}' does not exist",
        )

    def test_nothing_is_ones_own_at_first(self):
        # aws-nuke deletes what DescribeImages and DescribeSnapshots list for the owner self.
        client = self.client.at(account="999900001111")
        self.assertEqual([], client.ok("DescribeImages", {"Owner.1": "self"}).all("imagesSet/item"))
        self.assertEqual([], client.ok("DescribeSnapshots", {"Owner.1": "self"}).all("snapshotSet/item"))

    def test_zone_ids_for_prometheus(self):
        answer = self.client.ok("DescribeAvailabilityZones")
        for item in answer.all("availabilityZoneInfo/item"):
            self.assertRegex(text(item, "zoneId"), r"^use1-az[1-6]$")
        self.assertTrue(text(self.client.instance(self.id), "privateIpAddress"))


class OldFilterSpellings(ServerTest):
    """Names that the documentation dropped or never had, and clients still send."""

    def count(self, action, path, *filters):
        parameters = {}
        for index, (name, value) in enumerate(filters, 1):
            parameters[f"Filter.{index}.Name"], parameters[f"Filter.{index}.Value.1"] = name, value
        return len(self.client.ok(action, parameters).all(path))

    def test_vpcs(self):
        for spelling in ("is-default", "isDefault"):
            self.assertEqual(1, self.count("DescribeVpcs", "vpcSet/item", (spelling, "true")), spelling)
            self.assertEqual(0, self.count("DescribeVpcs", "vpcSet/item", (spelling, "false")), spelling)

    def test_subnets(self):
        for spelling in ("default-for-az", "defaultForAz"):
            self.assertEqual(6, self.count("DescribeSubnets", "subnetSet/item", (spelling, "true")), spelling)
        for spelling in ("availability-zone", "availabilityZone"):
            self.assertEqual(1, self.count("DescribeSubnets", "subnetSet/item", (spelling, REGION + "a")), spelling)
        unknown = ("ipv6-cidr-block-association.association-id", "subnet-cidr-assoc-0123456789abcdef0")
        self.assertEqual(0, self.count("DescribeSubnets", "subnetSet/item", unknown))

    def test_network_acls(self):
        self.assertEqual(1, self.count("DescribeNetworkAcls", "networkAclSet/item", ("default", "true")))
        self.assertEqual(1, self.count("DescribeNetworkAcls", "networkAclSet/item", ("entry.egress", "true")))
        self.assertEqual(1, self.count("DescribeNetworkAcls", "networkAclSet/item", ("entry.rule-number", "100")))

    def test_route_tables(self):
        table = self.client.ok("DescribeRouteTables").find("routeTableSet/item")
        association = text(table, "associationSet/item/routeTableAssociationId")
        for spelling in ("association.route-table-association-id",):
            self.assertEqual(1, self.count("DescribeRouteTables", "routeTableSet/item", (spelling, association)))

    def test_dhcp_options(self):
        self.assertEqual(
            1,
            self.count(
                "DescribeDhcpOptions",
                "dhcpOptionsSet/item",
                ("key", "domain-name-servers"),
                ("value", "AmazonProvidedDNS"),
            ),
        )

    def test_filters_seen_on_the_wire(self):
        for action, filters in (
            ("DescribeAddresses", "allocation-id association-id domain instance-id tag:Name"),
            ("DescribeAvailabilityZones", "group-name region-name state"),
            ("DescribeImages", "architecture name owner-id root-device-type state virtualization-type"),
            ("DescribeInstanceTypeOfferings", "instance-type"),
            ("DescribeInstanceTypes", "current-generation instance-type"),
            ("DescribeInstances", "image-id instance-id instance-state-name instance-type subnet-id tag:Name vpc-id"),
            ("DescribeInternetGateways", "attachment.vpc-id"),
            (
                "DescribeNetworkInterfaces",
                "attachment.attachment-id group-id network-interface-id private-ip-address subnet-id vpc-id",
            ),
            ("DescribeRouteTables", "association.main association.route-table-association-id association.subnet-id"
             " tag:Name vpc-id"),
            ("DescribeNetworkAcls", "association.association-id association.subnet-id default entry.egress"
             " entry.rule-number tag:Name vpc-id"),
            ("DescribeDhcpOptions", "key value"),
            ("DescribeKeyPairs", "key-name"),
            ("DescribeSecurityGroups", "group-id group-name vpc-id"),
            ("DescribeSnapshots", "owner-id tag:Name volume-id"),
            ("DescribeSubnets", "availabilityZone cidr-block default-for-az defaultForAz"
             " ipv6-cidr-block-association.association-id subnet-id tag:Name vpc-id"),
            ("DescribeTags", "key resource-id resource-type"),
            ("DescribeVolumes", "attachment.device attachment.instance-id tag:Name volume-id"),
            ("DescribeVpcs", "cidr-block cidr-block-association.association-id dhcp-options-id is-default isDefault"
             " tag:Name vpc-id ipv6-cidr-block-association.association-id"),
        ):  # fmt: skip
            for name in filters.split():
                self.client.ok(action, {"Filter.1.Name": name, "Filter.1.Value.1": "nothing-like-this"})


if __name__ == "__main__":
    main()
