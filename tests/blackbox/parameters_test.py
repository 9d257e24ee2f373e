#!/usr/bin/env python3
"""How lists, gaps, repetitions, empty values, dry runs and pages are read, as recorded on real EC2.
"""

from fogling_client import DRY_RUN_TEXT, REGION, UBUNTU_OWNER, ServerTest, main, text

INDEX_TEXT = "Invalid or illegal XML character specified"


class Parameters(ServerTest):
    """How lists, gaps, repetitions and empty values are read."""

    def setUp(self):
        if not hasattr(type(self), "volumes"):
            type(self).volumes = [self.client.volume() for _ in range(3)]

    def described(self, query):
        answer = self.client.raw("Action=DescribeVolumes&Version=2016-11-15&" + query)
        self.assertEqual(200, answer.status, answer)
        return sorted(answer.texts("volumeSet/item/volumeId"))

    def test_any_index_will_do(self):
        a, b, c = self.volumes
        for query in (
            f"VolumeId.0={a}&VolumeId.1={b}",  # Libcloud, fog
            f"VolumeId.3={a}&VolumeId.70={b}",
            f"VolumeId.001={a}&VolumeId.2={b}",
            f"VolumeId={a}&VolumeId.1={b}",
        ):
            self.assertEqual(sorted([a, b]), self.described(query), query)
        self.assertEqual([c], self.described(f"VolumeId={c}"))

    def test_filter_with_one_value_without_index(self):
        # VM::EC2 leaves the index of a list of one away, Libcloud begins at 0.
        a = self.volumes[0]
        for query in (
            f"Filter.1.Name=volume-id&Filter.1.Value={a}",
            f"Filter.0.Name=volume-id&Filter.0.Value.0={a}",
            f"Filter.7.Name=volume-id&Filter.7.Value.9={a}",
            f"Filter.1.Value.1={a}&Filter.1.Name=volume-id",
        ):
            self.assertEqual([a], self.described(query), query)

    def test_owner_without_index(self):
        # Net::Amazon::EC2 and fog.
        for query in (f"Owner={UBUNTU_OWNER}", f"Owner.0={UBUNTU_OWNER}"):
            answer = self.client.raw("Action=DescribeImages&Version=2016-11-15&" + query)
            owners = set(answer.texts("imagesSet/item/imageOwnerId"))
            self.assertEqual({UBUNTU_OWNER}, owners, query)

    def test_zero_based_tags(self):
        a = self.volumes[0]
        self.client.ok(
            "CreateTags",
            [
                ("ResourceId.0", a),
                ("Tag.0.Key", "one"),
                ("Tag.0.Value", "1"),
                ("Tag.1.Key", "two"),
                ("Tag.1.Value", "2"),
            ],
        )
        answer = self.client.ok("DescribeTags", {"Filter.1.Name": "resource-id", "Filter.1.Value.1": a})
        self.assertEqual(
            {"one": "1", "two": "2"}, dict(zip(answer.texts("tagSet/item/key"), answer.texts("tagSet/item/value")))
        )

    def test_order_of_elements_is_that_of_the_indices(self):
        query = (
            "Action=CreateTags&Version=2016-11-15&ResourceId.1={}&Tag.2.Key=z&Tag.2.Value=2&Tag.1.Key=y&Tag.1.Value=1"
        )
        self.assertEqual(200, self.client.raw(query.format(self.volumes[1])).status)

    def test_words_and_negative_numbers_as_index(self):
        answer = self.client.raw("Action=DescribeSubnets&Version=2016-11-15&SubnetId.x=subnet-1")
        self.is_refusal(answer, "InvalidSubnetID.NotFound", "The subnet ID '' does not exist")
        answer = self.client.raw("Action=DescribeSubnets&Version=2016-11-15&SubnetId.-1=subnet-1")
        self.is_refusal(
            answer, "InvalidParameterValue", f"Value (-1) for parameter QueryStringParameter is invalid. {INDEX_TEXT}"
        )

    def test_sent_twice_post_takes_the_last_and_get_the_first(self):
        a, b, _ = self.volumes
        query = f"Action=DescribeVolumes&Version=2016-11-15&VolumeId.1={a}&VolumeId.1={b}"
        self.assertEqual([b], self.client.raw(query).texts("volumeSet/item/volumeId"))
        self.assertEqual([a], self.client.raw(query, method="GET").texts("volumeSet/item/volumeId"))

    def test_names_are_case_sensitive(self):
        self.refused("DescribeVolumes", {"volumeId.1": self.volumes[0]}, "UnknownParameter")

    def test_empty_parameters_are_unset(self):
        # Packer and Terraform send all that they leave open.
        answer = self.client.ok(
            "RunInstances",
            {
                "ImageId": self.client.image(),
                "InstanceType": "t2.micro",
                "MinCount": 1,
                "MaxCount": 1,
                "SubnetId": "",
                "KeyName": "",
                "UserData": "",
                "IamInstanceProfile.Name": "",
                "Placement.AvailabilityZone": "",
                "PrivateIpAddress": "",
                "KernelId": "",
            },
        )
        self.assertIsNone(answer.text("instancesSet/item/keyName"))
        group = self.client.ok(
            "CreateSecurityGroup", {"GroupName": "packer", "GroupDescription": "temporary", "VpcId": ""}
        )
        described = self.client.ok("DescribeSecurityGroups", {"GroupId.1": group.text("groupId")})
        self.assertEqual(self.client.default_vpc(), described.text("securityGroupInfo/item/vpcId"))

    def test_explicit_false_flags(self):
        # Terraform
        self.client.run(
            **{
                "DisableApiTermination": False,
                "Monitoring.Enabled": False,
                "HibernationOptions.Configured": False,
                "EnclaveOptions.Enabled": False,
                "EbsOptimized": False,
                "Placement.AvailabilityZone": "",
            }
        )

    def test_empty_id_means_all_in_describe_volume_status(self):
        answer = self.client.ok("DescribeVolumeStatus", {"VolumeId.1": ""})
        self.assertLessEqual(set(self.volumes), set(answer.texts("volumeStatusSet/item/volumeId")))

    def test_empty_tag_value_is_a_value(self):
        a = self.volumes[2]
        self.client.ok("CreateTags", {"ResourceId.1": a, "Tag.1.Key": "empty", "Tag.1.Value": ""})
        answer = self.client.ok("DescribeTags", {"Filter.1.Name": "resource-id", "Filter.1.Value.1": a})
        self.assertEqual(["empty"], answer.texts("tagSet/item/key"))
        self.assertEqual([""], answer.texts("tagSet/item/value"))
        self.assertEqual([a], self.described("Filter.1.Name=tag:empty&Filter.1.Value.1="))

    def test_client_token_of_white_space_counts_as_none(self):
        first, second = (self.client.volume(ClientToken="  ") for _ in range(2))
        self.assertNotEqual(first, second)

    def test_client_token_is_trimmed(self):
        first = self.client.volume(ClientToken="tok")
        self.assertEqual(first, self.client.volume(ClientToken=" tok "))

    def test_cli_writes_a_uuid_as_client_token_and_sees_it_again(self):
        token = "40d09be7-2b4c-40cf-b111-b061b84024c1"
        instance = self.client.run(ClientToken=token)
        self.assertEqual(instance, self.client.run(ClientToken=token))
        self.assertEqual(token, text(self.client.instance(instance[0]), "clientToken"))

    def test_network_interface_in_place_of_subnet(self):
        # Terraform, as soon as a private address is given.
        subnet = self.client.ok("DescribeSubnets", {"SubnetId.1": self.client.subnet("a")}).find("subnetSet/item")
        base = text(subnet, "cidrBlock").rsplit(".", 1)[0]
        instance = self.client.run(
            **{
                "NetworkInterface.1.DeviceIndex": 0,
                "NetworkInterface.1.NetworkCardIndex": 0,
                "NetworkInterface.1.SubnetId": text(subnet, "subnetId"),
                "NetworkInterface.1.PrivateIpAddress": base + ".77",
                "NetworkInterface.1.DeleteOnTermination": True,
                "TagSpecification.1.ResourceType": "instance",
                "TagSpecification.1.Tag.1.Key": "Name",
                "TagSpecification.1.Tag.1.Value": "pinned",
            }
        )[0]
        self.assertEqual(base + ".77", text(self.client.instance(instance), "privateIpAddress"))


class DryRuns(ServerTest):
    """A dry run answers 412 before nearly everything."""

    def test_beats_missing_parameters_and_unknown_ids(self):
        for action, parameters in (
            ("AssociateAddress", {}),
            ("DisassociateAddress", {}),
            ("ReleaseAddress", {}),
            ("ReleaseAddress", {"AllocationId": "eipalloc-0123456789abcdef0"}),
            ("ModifyVolume", {}),
            ("ModifyVolume", {"VolumeId": "vol-0123456789abcdef0", "Size": 1}),
            ("ModifyVolumeAttribute", {}),
            ("CreateKeyPair", {}),
            ("CreateKeyPair", {"KeyName": "x", "KeyType": "tea"}),
            ("ImportKeyPair", {"KeyName": "x"}),
            ("DeleteKeyPair", {}),
            ("DescribeInstances", {"Filter.1.Name": "nonsense", "Filter.1.Value.1": "x"}),
            ("DescribeInstances", {"InstanceId.1": "i-0123456789abcdef0"}),
            ("DescribeVpcs", {"Filter.1.Name": "nonsense", "Filter.1.Value.1": "x"}),
            ("DescribeKeyPairs", {"KeyName.1": "absent"}),
            ("DescribeRegions", {}),
        ):
            self.refused(action, {**parameters, "DryRun": True}, "DryRunOperation", DRY_RUN_TEXT, status=412)

    def test_after_the_figures_of_a_volume(self):
        good = {"AvailabilityZone": REGION + "a", "Size": 10, "VolumeType": "gp3", "DryRun": True}
        self.refused("CreateVolume", good, "DryRunOperation", DRY_RUN_TEXT, status=412)
        self.refused(
            "CreateVolume",
            {**good, "VolumeType": "io1", "Iops": 64001, "Size": 16384},
            "InvalidParameterValue",
            "Volume iops of 64001 is too high; maximum is 64000.",
        )
        self.refused("CreateVolume", {**good, "ClientToken": "t" * 65}, "DryRunOperation", status=412)
        self.refused("CreateVolume", {**good, "MultiAttachEnabled": True}, "DryRunOperation", status=412)

    def test_after_the_ids_of_delete_volume(self):
        self.refused(
            "DeleteVolume",
            {"VolumeId": "vol-0123456789abcdef0", "DryRun": True},
            "InvalidVolume.NotFound",
            "The volume 'vol-0123456789abcdef0' does not exist.",
        )

    def test_after_a_bad_public_ip(self):
        self.refused(
            "DescribeAddresses",
            {"PublicIp.1": "bad", "DryRun": True},
            "InvalidParameterValue",
            "Invalid value 'bad' for PublicIp. Not a valid IPv4 address.",
        )

    def test_after_a_bad_border_group(self):
        self.refused(
            "AllocateAddress", {"NetworkBorderGroup": "invalid", "DryRun": True}, "InvalidParameterValue", "invalid"
        )
        self.refused(
            "AllocateAddress",
            {"NetworkBorderGroup": "invalid"},
            "InvalidParameterValue",
            "invalid value for parameter network-border-group: invalid",
        )

    def test_after_the_image_of_a_launch(self):
        launch = {"InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1, "DryRun": True}
        self.refused("RunInstances", {**launch, "ImageId": self.client.image()}, "DryRunOperation", status=412)
        unknown = "ami-0123456789abcdef0"
        self.refused(
            "RunInstances",
            {**launch, "ImageId": unknown},
            "InvalidAMIID.NotFound",
            f"The image id '[{unknown}]' does not exist",
        )

    def test_does_nothing(self):
        self.refused("AllocateAddress", {"DryRun": True}, "DryRunOperation", DRY_RUN_TEXT, status=412)
        self.refused("CreateKeyPair", {"KeyName": "dry", "DryRun": True}, "DryRunOperation", status=412)
        self.assertEqual([], self.client.ok("DescribeAddresses").all("addressesSet/item"))
        self.assertEqual([], self.client.ok("DescribeKeyPairs").all("keySet/item"))
        self.assertEqual([], self.client.ok("DescribeInstances").all("reservationSet/item"))

    def test_false_is_none(self):
        self.client.ok("DescribeRegions", {"DryRun": False})
        self.client.ok("DescribeRegions", {"DryRun": ""})


class Paging(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        image = cls.client.image()
        cls.ids = sorted(each for _ in range(13) for each in cls.client.run(ImageId=image))

    def test_pages_hold_everything_once(self):
        items = self.client.pages("DescribeInstances", {"MaxResults": 5}, "reservationSet/item/instancesSet/item")
        self.assertEqual(self.ids, sorted(text(item, "instanceId") for item in items))

    def test_page_size(self):
        answer = self.client.ok("DescribeInstances", {"MaxResults": 5})
        self.assertEqual(5, len(answer.all("reservationSet/item/instancesSet/item")))
        self.assertTrue(answer.text("nextToken"))
        self.assertFalse(self.client.ok("DescribeInstances", {"MaxResults": 1000}).text("nextToken"))

    def test_made_up_token(self):
        self.refused("DescribeInstances", {"MaxResults": 5, "NextToken": "made-up"}, "InvalidNextToken")

    def test_with_ids(self):
        for action, parameters, message in (
            (
                "DescribeInstances",
                {"InstanceId.1": self.ids[0]},
                "The parameter instancesSet cannot be used with the parameter maxResults",
            ),
            (
                "DescribeImages",
                {"ImageId.1": self.client.image()},
                "The parameter imageIdsSet cannot be used with the parameter maxResults",
            ),
            (
                "DescribeVpcs",
                {"VpcId.1": self.client.default_vpc()},
                "The parameter VpcIds cannot be used with the parameter MaxResults",
            ),
        ):
            self.refused(action, {**parameters, "MaxResults": 5}, "InvalidParameterCombination", message)

    def test_out_of_range_by_operation(self):
        for action, value, message in (
            (
                "DescribeVpcs",
                1,
                "Value ( 1 ) for parameter MaxResults is invalid. Expecting a value greater than or equal to 5.",
            ),
            (
                "DescribeSubnets",
                4,
                "Value ( 4 ) for parameter MaxResults is invalid. Expecting a value greater than or equal to 5.",
            ),
            (
                "DescribeVolumes",
                4,
                "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
            ),
            ("DescribeImages", 0, "Invalid value '0' for maxResults. Expecting a value greater than 5."),
        ):
            self.refused(action, {"MaxResults": value}, "InvalidParameterValue", message)


if __name__ == "__main__":
    main()
