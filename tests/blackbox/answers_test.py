#!/usr/bin/env python3
"""Elements that readers insist on, and their order.
"""

import base64

from fogling_client import NAMESPACE, REGION, UBUNTU_NAME, UBUNTU_OWNER, ServerTest, main, names, rule, text


class Answers(ServerTest):
    """Elements that readers insist on, and their order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = cls.client
        client.ok("CreateKeyPair", {"KeyName": "demo", "KeyType": "ed25519"})
        cls.launch = client.ok(
            "RunInstances",
            {
                "ImageId": client.image(),
                "InstanceType": "t3.micro",
                "MinCount": 1,
                "MaxCount": 1,
                "KeyName": "demo",
                "TagSpecification.1.ResourceType": "instance",
                "TagSpecification.1.Tag.1.Key": "Name",
                "TagSpecification.1.Tag.1.Value": "web",
            },
        )
        cls.id = cls.launch.text("instancesSet/item/instanceId")

    def test_return_true_where_there_is_nothing_else(self):
        client = self.client
        group, volume = client.group("to-delete"), client.volume()
        address = client.ok("AllocateAddress")
        association = client.ok(
            "AssociateAddress", {"AllocationId": address.text("allocationId"), "InstanceId": self.id}
        )
        self.assertEqual("true", association.text("return"))
        for action, parameters in (
            ("RebootInstances", {"InstanceId.1": self.id}),
            ("DeleteSecurityGroup", {"GroupId": group}),
            ("CreateTags", {"ResourceId.1": volume, "Tag.1.Key": "k", "Tag.1.Value": "v"}),
            ("DeleteTags", {"ResourceId.1": volume, "Tag.1.Key": "k"}),
            ("DeleteVolume", {"VolumeId": volume}),
            ("DisassociateAddress", {"AssociationId": association.text("associationId")}),
            ("ReleaseAddress", {"AllocationId": address.text("allocationId")}),
            ("DeleteKeyPair", {"KeyName": "absent"}),
            ("ModifyInstanceAttribute", {"InstanceId": self.id, "DisableApiTermination.Value": False}),
        ):
            answer = client.ok(action, parameters)
            self.assertEqual("true", answer.text("return"), action)
            self.assertEqual("requestId", answer.root[0].tag)
            self.assertTrue(answer.raw.split("\n", 1)[1].startswith(f'<{action}Response xmlns="{NAMESPACE}">'), action)

    def test_run_instances_order(self):
        self.assertEqual("requestId", self.launch.root[0].tag)
        self.assertEqual("instanceId", self.launch.find("instancesSet/item")[0].tag)
        item = self.launch.find("instancesSet/item")
        self.assertEqual(("0", "pending"), (text(item, "instanceState/code"), text(item, "instanceState/name")))
        self.assertEqual("pending", text(item, "stateReason/code"))
        for absent in (
            "ipAddress",
            "platformDetails",
            "usageOperation",
            "hibernationOptions",
            "networkPerformanceOptions",
        ):
            self.assertIsNone(item.find(absent), absent)
        self.assertEqual("", text(item, "dnsName"))
        self.assertEqual([], item.findall("blockDeviceMapping/item"))
        self.assertEqual([], self.launch.all("groupSet/item"))
        self.assertEqual("attaching", text(item, "networkInterfaceSet/item/attachment/status"))
        self.assertIsNone(item.find("networkInterfaceSet/item/association"))
        self.assertIsNone(item.find("operator/hiddenByDefault"))

    def test_describe_instances_order(self):
        answer = self.client.ok("DescribeInstances", {"InstanceId.1": self.id})
        self.assertEqual("requestId", answer.root[0].tag)
        self.assertEqual("reservationId", answer.find("reservationSet/item")[0].tag)
        item = answer.find("reservationSet/item/instancesSet/item")
        self.assertEqual("instanceId", item[0].tag)
        order = names(item)
        ending = [
            tag
            for tag in order
            if tag
            in (
                "hibernationOptions",
                "enclaveOptions",
                "metadataOptions",
                "maintenanceOptions",
                "networkPerformanceOptions",
                "bootMode",
                "currentInstanceBootMode",
                "platformDetails",
                "usageOperation",
                "usageOperationUpdateTime",
                "privateDnsNameOptions",
            )
        ]
        # The place of hibernationOptions among them is not certain.
        self.assertEqual(
            [
                "enclaveOptions",
                "metadataOptions",
                "maintenanceOptions",
                "networkPerformanceOptions",
                *(["bootMode"] if "bootMode" in ending else []),
                "currentInstanceBootMode",
                "platformDetails",
                "usageOperation",
                "usageOperationUpdateTime",
                "privateDnsNameOptions",
            ],
            [tag for tag in ending if tag != "hibernationOptions"],
        )
        self.assertEqual("operator", order[order.index("productCodes") + 1])
        self.assertIsNotNone(item.find("operator/hiddenByDefault"))
        self.assertEqual(len(order), len(set(order)), "an element twice")

    def test_instance_fields(self):
        item = self.client.instance(self.id)
        self.assertEqual(("16", "running"), (text(item, "instanceState/code"), text(item, "instanceState/name")))
        for path, expected in (
            ("keyName", "demo"),
            ("amiLaunchIndex", "0"),
            ("instanceType", "t3.micro"),
            ("monitoring/state", "disabled"),
            ("placement/tenancy", "default"),
            ("placement/groupName", ""),
            ("sourceDestCheck", "true"),
            ("groupSet/item/groupName", "default"),
            ("architecture", "x86_64"),
            ("rootDeviceType", "ebs"),
            ("rootDeviceName", "/dev/sda1"),
            ("blockDeviceMapping/item/deviceName", "/dev/sda1"),
            ("blockDeviceMapping/item/ebs/status", "attached"),
            ("blockDeviceMapping/item/ebs/deleteOnTermination", "true"),
            ("virtualizationType", "hvm"),
            ("hypervisor", "xen"),
            ("clientToken", ""),
            ("reason", ""),
            ("ebsOptimized", "false"),  # recorded for t3.nano and t3.micro in every state
            ("enaSupport", "true"),
            ("cpuOptions/coreCount", "1"),
            ("cpuOptions/threadsPerCore", "2"),
            ("capacityReservationSpecification/capacityReservationPreference", "open"),
            ("hibernationOptions/configured", "false"),
            ("enclaveOptions/enabled", "false"),
            ("metadataOptions/state", "applied"),
            ("metadataOptions/httpEndpoint", "enabled"),
            ("metadataOptions/httpProtocolIpv6", "disabled"),
            ("metadataOptions/instanceMetadataTags", "disabled"),
            ("platformDetails", "Linux/UNIX"),
            ("usageOperation", "RunInstances"),
            ("privateDnsNameOptions/hostnameType", "ip-name"),
            ("maintenanceOptions/autoRecovery", "default"),
            ("operator/managed", "false"),
            ("networkInterfaceSet/item/status", "in-use"),
            ("networkInterfaceSet/item/attachment/status", "attached"),
            ("networkInterfaceSet/item/attachment/deviceIndex", "0"),
            ("networkInterfaceSet/item/attachment/deleteOnTermination", "true"),
            ("networkInterfaceSet/item/association/ipOwnerId", "amazon"),
            ("networkInterfaceSet/item/privateIpAddressesSet/item/primary", "true"),
            ("networkInterfaceSet/item/interfaceType", "interface"),
            ("tagSet/item/value", "web"),
        ):
            self.assertEqual(expected, text(item, path), path)
        for absent in ("platform", "stateReason", "instanceLifecycle", "iamInstanceProfile", "kernelId", "ramdiskId"):
            self.assertIsNone(item.find(absent), absent)
        private, public = text(item, "privateIpAddress"), text(item, "ipAddress")
        self.assertEqual(f"ip-{private.replace('.', '-')}.ec2.internal", text(item, "privateDnsName"))
        self.assertEqual(f"ec2-{public.replace('.', '-')}.compute-1.amazonaws.com", text(item, "dnsName"))
        self.assertEqual(public, text(item, "networkInterfaceSet/item/association/publicIp"))
        self.assertRegex(public, r"^198\.1[89]\.")
        self.assertRegex(text(item, "launchTime"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$")
        self.assertRegex(text(item, "networkInterfaceSet/item/macAddress"), r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")

    def test_names_outside_us_east_1(self):
        client = self.client.at(region="ap-northeast-2")
        item = client.instance(client.run()[0])
        private, public = text(item, "privateIpAddress"), text(item, "ipAddress")
        self.assertEqual(
            f"ip-{private.replace('.', '-')}.ap-northeast-2.compute.internal", text(item, "privateDnsName")
        )
        self.assertEqual(f"ec2-{public.replace('.', '-')}.ap-northeast-2.compute.amazonaws.com", text(item, "dnsName"))

    def test_launch_state_codes(self):
        instance = self.client.run()[0]
        stop = self.client.ok("StopInstances", {"InstanceId.1": instance}).find("instancesSet/item")
        self.assertEqual(("16", "64"), (text(stop, "previousState/code"), text(stop, "currentState/code")))
        item = self.client.instance(instance)
        self.assertEqual(("80", "stopped"), (text(item, "instanceState/code"), text(item, "instanceState/name")))
        self.assertEqual("Client.UserInitiatedShutdown", text(item, "stateReason/code"))
        self.assertEqual("Client.UserInitiatedShutdown: User initiated shutdown", text(item, "stateReason/message"))
        self.assertRegex(text(item, "reason"), r"^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$")
        self.assertIsNone(item.find("ipAddress"))
        self.assertEqual("", text(item, "dnsName"))
        start = self.client.ok("StartInstances", {"InstanceId.1": instance}).find("instancesSet/item")
        self.assertEqual(("80", "0"), (text(start, "previousState/code"), text(start, "currentState/code")))
        item = self.client.instance(instance)
        self.assertIsNone(item.find("stateReason"))
        self.assertEqual("", text(item, "reason"))
        end = self.client.ok("TerminateInstances", {"InstanceId.1": instance}).find("instancesSet/item")
        self.assertEqual(("16", "32"), (text(end, "previousState/code"), text(end, "currentState/code")))
        item = self.client.instance(instance)
        self.assertEqual(("48", "terminated"), (text(item, "instanceState/code"), text(item, "instanceState/name")))
        self.assertEqual("pending", text(item, "metadataOptions/state"))
        for empty in (
            "privateDnsName",
            "dnsName",
            "blockDeviceMapping",
            "groupSet",
            "networkInterfaceSet",
            "productCodes",
        ):
            self.assertIsNotNone(item.find(empty), empty)
            self.assertEqual((0, ""), (len(item.find(empty)), text(item, empty)), empty)
        for absent in (
            "privateIpAddress",
            "ipAddress",
            "subnetId",
            "vpcId",
            "sourceDestCheck",
            "privateDnsNameOptions",
        ):
            self.assertIsNone(item.find(absent), absent)
        again = self.client.ok("TerminateInstances", {"InstanceId.1": instance}).find("instancesSet/item")
        self.assertEqual(("48", "48"), (text(again, "previousState/code"), text(again, "currentState/code")))

    def test_image_fields(self):
        answer = self.client.ok(
            "DescribeImages", {"Owner.1": UBUNTU_OWNER, "Filter.1.Name": "name", "Filter.1.Value.1": UBUNTU_NAME}
        )
        self.assertGreaterEqual(len(answer.all("imagesSet/item")), 2, "sorting by date needs two builds")
        for item in answer.all("imagesSet/item"):
            for needed in (
                "imageLocation",
                "imageState",
                "imageOwnerId",
                "creationDate",
                "name",
                "rootDeviceName",
                "blockDeviceMapping/item/ebs/snapshotId",
                "architecture",
                "hypervisor",
                "isPublic",
            ):
                self.assertTrue(text(item, needed), needed)
            self.assertEqual("machine", text(item, "imageType"))
            self.assertEqual("available", text(item, "imageState"))
            self.assertIsNone(item.find("platform"))
            self.assertRegex(text(item, "creationDate"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_volume_fields(self):
        blank = self.client.ok("CreateVolume", {"AvailabilityZone": REGION + "a", "Size": 1})
        self.assertEqual("creating", blank.text("status"))
        self.assertEqual("", blank.text("snapshotId"))
        self.assertEqual("gp2", blank.text("volumeType"))
        self.assertEqual("100", blank.text("iops"))
        self.assertIsNotNone(blank.find("tagSet"))
        self.assertRegex(blank.text("createTime"), r"\.000Z$")
        item = self.client.ok("DescribeVolumes", {"VolumeId.1": blank.text("volumeId")}).find("volumeSet/item")
        self.assertEqual("available", text(item, "status"))
        self.assertEqual("volumeId", item[0].tag)
        self.assertEqual("", text(item, "snapshotId"))
        self.assertEqual("false", text(item, "multiAttachEnabled"))
        self.assertEqual("false", text(item, "encrypted"))
        self.assertIsNotNone(item.find("attachmentSet"))
        self.assertIsNone(item.find("throughput"))
        self.assertIsNone(item.find("kmsKeyId"))

    def test_attachment_fields(self):
        root = self.client.ok(
            "DescribeVolumes", {"Filter.1.Name": "attachment.instance-id", "Filter.1.Value.1": self.id}
        ).find("volumeSet/item")
        self.assertEqual(
            ["volumeId", "instanceId", "device", "status", "attachTime", "deleteOnTermination"],
            [tag for tag in names(root.find("attachmentSet/item")) if tag != "ebsCardIndex"],
        )
        self.assertTrue(text(root, "snapshotId").startswith("snap-"))
        zone = text(self.client.instance(self.id), "placement/availabilityZone")
        volume = self.client.volume(AvailabilityZone=zone)
        attach = self.client.ok("AttachVolume", {"VolumeId": volume, "InstanceId": self.id, "Device": "/dev/sdf"})
        self.assertEqual("attaching", attach.text("status"))
        self.assertEqual("false", attach.text("deleteOnTermination"))
        item = self.client.ok("DescribeVolumes", {"VolumeId.1": volume}).find("volumeSet/item")
        self.assertEqual(("in-use", "attached"), (text(item, "status"), text(item, "attachmentSet/item/status")))
        detach = self.client.ok("DetachVolume", {"VolumeId": volume})
        self.assertEqual("detaching", detach.text("status"))
        item = self.client.ok("DescribeVolumes", {"VolumeId.1": volume}).find("volumeSet/item")
        self.assertEqual(("available", 0), (text(item, "status"), len(item.find("attachmentSet"))))

    def test_key_pair_fields(self):
        item = self.client.ok("DescribeKeyPairs", {"KeyName.1": "demo"}).find("keySet/item")
        self.assertEqual("ed25519", text(item, "keyType"))
        self.assertRegex(text(item, "keyPairId"), r"^key-[0-9a-f]{17}$")
        self.assertIsNotNone(item.find("tagSet"))
        self.assertIsNone(item.find("publicKey"))
        item = self.client.ok("DescribeKeyPairs", {"KeyName.1": "demo", "IncludePublicKey": True}).find("keySet/item")
        self.assertRegex(text(item, "publicKey"), r"^ssh-ed25519 [A-Za-z0-9+/=]+ demo\n$")

    def test_vpc_has_the_dhcp_options_that_describe_shows(self):
        vpc = self.client.ok("DescribeVpcs").find("vpcSet/item")
        dopt = text(vpc, "dhcpOptionsId")
        self.assertRegex(dopt, r"^dopt-[0-9a-f]+$")
        answer = self.client.ok("DescribeDhcpOptions", {"DhcpOptionsId.1": dopt})
        self.assertEqual(dopt, answer.text("dhcpOptionsSet/item/dhcpOptionsId"))

    def test_address_order(self):
        answer = self.client.ok("AllocateAddress")
        self.assertEqual(
            ["requestId", "publicIp", "domain", "allocationId", "publicIpv4Pool", "networkBorderGroup"],
            names(answer.root),
        )
        self.assertEqual(
            ("vpc", "amazon", REGION), tuple(answer.text(n) for n in names(answer.root)[2:] if n != "allocationId")
        )
        allocation = {"AllocationId.1": answer.text("allocationId")}
        free = self.client.ok("DescribeAddresses", allocation).find("addressesSet/item")
        self.assertEqual(
            ["publicIp", "allocationId", "domain", "publicIpv4Pool", "networkBorderGroup"],
            [tag for tag in names(free) if tag != "tagSet"],
        )
        self.client.ok("AssociateAddress", {"AllocationId": answer.text("allocationId"), "InstanceId": self.id})
        self.client.ok(
            "CreateTags", {"ResourceId.1": answer.text("allocationId"), "Tag.1.Key": "k", "Tag.1.Value": "v"}
        )
        held = self.client.ok("DescribeAddresses", allocation).find("addressesSet/item")
        self.assertEqual(
            ["publicIp", "allocationId", "domain", "instanceId", "associationId", "networkInterfaceId",
             "networkInterfaceOwnerId", "privateIpAddress", "tagSet", "publicIpv4Pool", "networkBorderGroup"],
            names(held),
        )  # fmt: skip
        item = self.client.instance(self.id)
        self.assertEqual(answer.text("publicIp"), text(item, "ipAddress"))
        self.assertEqual(self.client.account_id(), text(item, "networkInterfaceSet/item/association/ipOwnerId"))
        self.client.ok("DisassociateAddress", {"AssociationId": text(held, "associationId")})
        self.client.ok("ReleaseAddress", {"AllocationId": answer.text("allocationId")})

    def test_describe_addresses_by_id_and_ip_is_the_union(self):
        a, b = self.client.ok("AllocateAddress"), self.client.ok("AllocateAddress")
        both = self.client.ok(
            "DescribeAddresses", {"AllocationId.1": a.text("allocationId"), "PublicIp.1": b.text("publicIp")}
        )
        self.assertEqual({a.text("publicIp"), b.text("publicIp")}, set(both.texts("addressesSet/item/publicIp")))
        for each in (a, b):
            self.client.ok("ReleaseAddress", {"AllocationId": each.text("allocationId")})

    def test_rule_order(self):
        group = self.client.group("rules")
        answer = self.client.ok(
            "AuthorizeSecurityGroupIngress",
            {
                "GroupId": group,
                **rule(22, "10.0.0.1/8"),
                "IpPermissions.1.IpRanges.1.Description": "ssh",
                "TagSpecification.1.ResourceType": "security-group-rule",
                "TagSpecification.1.Tag.1.Key": "k",
                "TagSpecification.1.Tag.1.Value": "v",
            },
        )
        item = answer.find("securityGroupRuleSet/item")
        self.assertEqual(
            ["groupOwnerId", "groupId", "securityGroupRuleId", "description", "isEgress", "ipProtocol", "fromPort",
             "toPort", "cidrIpv4", "tagSet", "securityGroupRuleArn"],
            names(item),
        )  # fmt: skip
        self.assertEqual("10.0.0.0/8", text(item, "cidrIpv4"))
        answer = self.client.ok(
            "AuthorizeSecurityGroupIngress",
            {
                "GroupId": group,
                "IpPermissions.1.IpProtocol": "TCP",
                "IpPermissions.1.FromPort": 80,
                "IpPermissions.1.ToPort": 80,
                "IpPermissions.1.Groups.1.GroupId": group,
            },
        )
        item = answer.find("securityGroupRuleSet/item")
        self.assertEqual("tcp", text(item, "ipProtocol"))
        self.assertEqual(
            (self.client.account_id(), group), tuple(each.text for each in item.find("referencedGroupInfo"))
        )
        self.assertEqual(["userId", "groupId"], names(item.find("referencedGroupInfo")))
        rules = self.client.ok("DescribeSecurityGroupRules", {"Filter.1.Name": "group-id", "Filter.1.Value.1": group})
        for item in rules.all("securityGroupRuleSet/item"):
            self.assertEqual(sorted(names(item), key=str.lower), names(item))
        egress = [each for each in rules.all("securityGroupRuleSet/item") if text(each, "isEgress") == "true"]
        self.assertEqual(
            [("-1", "-1", "-1", "0.0.0.0/0")],
            [tuple(text(each, tag) for tag in ("ipProtocol", "fromPort", "toPort", "cidrIpv4")) for each in egress],
        )

    def test_permissions_have_all_four_lists_and_no_ports_for_all_protocols(self):
        group = self.client.group("lists")
        item = self.client.ok("DescribeSecurityGroups", {"GroupId.1": group}).find("securityGroupInfo/item")
        self.assertEqual(
            ["ownerId", "groupId", "groupName", "groupDescription", "vpcId", "ipPermissions", "ipPermissionsEgress"],
            [tag for tag in names(item) if tag not in ("tagSet", "securityGroupArn")],
        )
        egress = item.find("ipPermissionsEgress/item")
        self.assertEqual({"ipProtocol", "groups", "ipRanges", "ipv6Ranges", "prefixListIds"}, set(names(egress)))
        self.assertEqual("0.0.0.0/0", text(egress, "ipRanges/item/cidrIp"))


class RecordedKeyPairs(ServerTest):
    def test_deleting_twice_says_yes_twice(self):
        key = self.client.ok("CreateKeyPair", {"KeyName": "twice"}).text("keyPairId")
        first = self.client.ok("DeleteKeyPair", {"KeyPairId": key})
        self.assertEqual(("true", key), (first.text("return"), first.text("keyPairId")))
        second = self.client.ok("DeleteKeyPair", {"KeyPairId": key})
        self.assertEqual(("true", None), (second.text("return"), second.text("keyPairId")))

    def test_id_wins_over_name(self):
        keep = self.client.ok("CreateKeyPair", {"KeyName": "keep"}).text("keyPairId")
        gone = self.client.ok("CreateKeyPair", {"KeyName": "gone"}).text("keyPairId")
        self.client.ok("DeleteKeyPair", {"KeyName": "keep", "KeyPairId": gone})
        self.assertEqual([keep], self.client.ok("DescribeKeyPairs").texts("keySet/item/keyPairId"))
        self.client.ok("DeleteKeyPair", {"KeyName": "keep"})

    def test_rsa_material(self):
        answer = self.client.ok("CreateKeyPair", {"KeyName": "rsa"})
        self.assertTrue(answer.text("keyMaterial").startswith("-----BEGIN RSA PRIVATE KEY-----\n"))
        self.assertRegex(answer.text("keyFingerprint"), r"^([0-9a-f]{2}:){19}[0-9a-f]{2}$")
        self.client.ok("DeleteKeyPair", {"KeyName": "rsa"})

    def test_ed25519_material(self):
        answer = self.client.ok("CreateKeyPair", {"KeyName": "ed", "KeyType": "ed25519"})
        self.assertTrue(answer.text("keyMaterial").startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n"))
        self.assertRegex(answer.text("keyFingerprint"), r"^[A-Za-z0-9+/]{43}=$")
        self.client.ok("DeleteKeyPair", {"KeyName": "ed"})

    def test_rsa_1024_is_accepted(self):
        # The blob of ssh-rsa with e = 65537 and a modulus of 1,024 bits.
        def part(data):
            return len(data).to_bytes(4, "big") + data

        modulus = b"\x00" + b"\xc7" + bytes(range(1, 127)) + b"\x01"
        blob = part(b"ssh-rsa") + part(b"\x01\x00\x01") + part(modulus)
        material = base64.b64encode(b"ssh-rsa " + base64.b64encode(blob) + b" me@here").decode()
        answer = self.client.ok("ImportKeyPair", {"KeyName": "old", "PublicKeyMaterial": material})
        self.assertRegex(answer.text("keyFingerprint"), r"^([0-9a-f]{2}:){15}[0-9a-f]{2}$")
        self.client.ok("DeleteKeyPair", {"KeyName": "old"})


if __name__ == "__main__":
    main()
