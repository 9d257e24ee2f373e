#!/usr/bin/env python3
"""What real clients send, with all their oddities, and what they insist on in the answers.

Requests and expectations are what was seen on the wire of the aws CLI, boto 2 and 3, Libcloud, fog, VM::EC2,
Net::Amazon::EC2, Terraform, Ansible, Packer, aws-nuke and Prometheus, and what real EC2 was recorded to answer.
"""

import base64
import gzip
import re
import unittest
import urllib.parse

from fogling_client import (
    DRY_RUN_TEXT,
    NAMESPACE,
    REGION,
    UBUNTU_NAME,
    UBUNTU_OWNER,
    UUID,
    ServerTest,
    credential_header,
    main,
    names,
    rule,
    sts,
    text,
)

INDEX_TEXT = "Invalid or illegal XML character specified"


class Transport(ServerTest):
    """Methods, versions, signatures, and the bytes of an envelope."""

    def test_answer_is_one_line_after_the_declaration_with_the_request_id_first(self):
        answer = self.client.ok("DescribeRegions")
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<DescribeRegionsResponse xmlns="{NAMESPACE}"><requestId>'
        )
        self.assertTrue(answer.raw.startswith(head), answer)
        self.assertNotIn("\n", answer.raw[len(head) :].rstrip("\n"))
        self.assertEqual("text/xml;charset=UTF-8", answer.headers["content-type"])
        self.assertRegex(answer.text("requestId"), UUID)
        self.assertEqual(answer.text("requestId"), answer.headers["x-amzn-requestid"])

    def test_every_call_has_a_request_id_of_its_own(self):
        ids = {self.client.ok("DescribeRegions").text("requestId") for _ in range(20)}
        self.assertEqual(20, len(ids))

    def test_error_has_no_namespace_and_capital_request_id(self):
        answer = self.client.call("DescribeInstances", {"InstanceId.1": "i-0123456789abcdef0"})
        self.assertEqual(400, answer.status)
        self.assertRegex(
            answer.raw,
            r'^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Response><Errors><Error>'
            r"<Code>InvalidInstanceID\.NotFound</Code><Message>[^<]*</Message></Error></Errors>"
            r"<RequestID>[0-9a-f-]{36}</RequestID></Response>\n?$",
        )
        self.assertEqual(answer.text("RequestID"), answer.headers["x-amzn-requestid"])
        self.assertEqual("text/xml;charset=UTF-8", answer.headers["content-type"])

    def test_get_and_post_answer_alike(self):
        for action, parameters in (
            ("DescribeRegions", {"RegionName.1": "eu-west-1"}),
            ("DescribeAvailabilityZones", {}),
            ("DescribeVpcs", {}),
        ):
            by_post = self.client.ok(action, parameters)
            by_get = self.client.ok(action, parameters, method="GET")
            strip = re.compile("<requestId>.*?</requestId>")
            self.assertEqual(strip.sub("", by_post.raw), strip.sub("", by_get.raw))

    def test_connection_is_kept_for_many_requests(self):
        self.client.ok("DescribeRegions")
        first = self.client._local.connection.sock.getsockname()
        for _ in range(5):
            self.client.ok("DescribeRegions")
        self.assertEqual(first, self.client._local.connection.sock.getsockname())

    def test_plain_or_gzip_body_for_accept_encoding_gzip(self):
        headers = {**self.client.headers(), "Accept-Encoding": "gzip"}
        answer = self.client.call("DescribeRegions", headers=headers)
        body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
        self.assertIn(b"<DescribeRegionsResponse", body)

    def test_old_api_versions(self):
        for version in ("2013-10-15", "2014-05-01", "2014-06-15", "2014-10-01", "2016-09-15"):
            answer = self.client.ok("DescribeRegions", version=version)
            namespace = re.search(r'<DescribeRegionsResponse xmlns="([^"]*)"', answer.raw).group(1)
            self.assertIn(namespace, (NAMESPACE, f"http://ec2.amazonaws.com/doc/{version}/"))

    def test_version_that_never_was(self):
        self.refused("DescribeRegions", {}, "NoSuchVersion", version="2001-01-01")

    def test_no_action(self):
        self.is_refusal(self.client.raw("Version=2016-11-15"), "MissingAction")
        self.is_refusal(self.client.raw("Action=&Version=2016-11-15"), "MissingAction")

    def test_unknown_action_ends_at_once(self):
        self.refused("MakeTea", {}, "InvalidAction", "The action MakeTea is not valid for this web service.")
        self.refused("describeregions", {}, "InvalidAction")

    def test_action_of_ec2_that_is_not_built_yet_says_so_in_xml(self):
        built = {each["name"] if isinstance(each, dict) else each for each in operations(self.client)}
        missing = [
            action
            for action in ("CreateVerifiedAccessInstance", "CreateCoipPool", "DescribeTrafficMirrorFilters")
            if action not in built
        ]
        for action in missing:
            answer = self.refused(action, {}, "UnsupportedOperation")
            self.assertIn("<Response><Errors>", answer.raw)

    def test_signature_version_2_in_the_body(self):
        query = urllib.parse.urlencode(
            [
                ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
                ("Action", "DescribeVpcs"),
                ("SignatureMethod", "HmacSHA256"),
                ("SignatureVersion", "2"),
                ("Timestamp", "2026-11-24T12:00:00Z"),
                ("Version", "2014-05-01"),
                ("Signature", "c2lnbmF0dXJlIG9mIG5vdGhpbmcgaW4gcGFydGljdWxhcg=="),
            ]
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        for method in ("POST", "GET"):
            answer = self.client.raw(query, method=method, headers=headers)
            self.assertEqual(200, answer.status, answer)
            self.assertEqual(self.client.default_vpc(), answer.text("vpcSet/item/vpcId"))

    def test_signature_version_2_names_the_account(self):
        query = urllib.parse.urlencode(
            [
                ("AWSAccessKeyId", "111122223333"),
                ("Action", "DescribeVpcs"),
                ("SignatureMethod", "HmacSHA256"),
                ("SignatureVersion", "2"),
                ("Timestamp", "2026-11-24T12:00:00Z"),
                ("Version", "2016-11-15"),
                ("Signature", "AAAA"),
            ]
        )
        answer = self.client.raw(query, headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual("111122223333", answer.text("vpcSet/item/ownerId"), answer)

    def test_presigned_query(self):
        query = urllib.parse.urlencode(
            [
                ("Action", "DescribeAvailabilityZones"),
                ("Version", "2016-11-15"),
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20261124/eu-west-1/ec2/aws4_request"),
                ("X-Amz-Date", "20261124T120000Z"),
                ("X-Amz-Expires", "60"),
                ("X-Amz-Security-Token", "token"),
                ("X-Amz-SignedHeaders", "host"),
                ("X-Amz-Signature", "0" * 64),
            ]
        )
        answer = self.client.raw(query, method="GET", headers={})
        self.assertEqual(200, answer.status, answer)
        self.assertEqual({"eu-west-1"}, set(answer.texts("availabilityZoneInfo/item/regionName")))

    def test_odd_credential_scopes_are_ec2_in_the_default_region(self):
        # boto 2 signs for region 0 and service 127 when it talks to 127.0.0.1; others take the host's name apart too.
        for region, service in (("0", "127"), ("localhost", "ec2"), ("us-east-1", "localhost"), ("", "ec2")):
            headers = self.client.headers()
            headers["Authorization"] = credential_header("AKIAIOSFODNN7EXAMPLE", region, service)
            answer = self.client.call("DescribeAvailabilityZones", headers=headers)
            self.assertEqual(200, answer.status, answer)
            self.assertEqual({REGION}, set(answer.texts("availabilityZoneInfo/item/regionName")), (region, service))

    def test_credential_scope_names_the_region(self):
        answer = self.client.at(region="ap-northeast-2").ok("DescribeAvailabilityZones")
        self.assertEqual({"ap-northeast-2"}, set(answer.texts("availabilityZoneInfo/item/regionName")))
        self.assertEqual(
            [f"ap-northeast-2{letter}" for letter in "abcd"], answer.texts("availabilityZoneInfo/item/zoneName")
        )
        for zone_id in answer.texts("availabilityZoneInfo/item/zoneId"):
            self.assertRegex(zone_id, r"^apne2-az[1-4]$")

    def test_form_encoding(self):
        volume = self.client.volume()
        value = "a+b & <c> \"d\" 'e' ü 日本 %41 = ;"
        self.client.ok("CreateTags", {"ResourceId.1": volume, "Tag.1.Key": "k ey", "Tag.1.Value": value})
        query = f"Action=DescribeTags&Version=2016-11-15&Filter.1.Name=key&Filter.1.Value.1=k+ey"
        for each in (query, query.replace("+", "%20")):
            self.assertEqual([value], self.client.raw(each).texts("tagSet/item/value"))

    def test_a_body_without_end_is_refused_and_the_server_lives(self):
        answer = self.client.send(
            "POST", "/", body=b"Action=DescribeRegions&X=" + b"a" * (64 << 20), headers=self.client.headers(), fresh=True
        )
        self.assertIn(answer.status, (400, 413))
        self.client.ok("DescribeRegions")

    def test_bad_escapes_and_rubbish_never_break_the_server(self):
        for query in ("%", "%zz=%", "&&&", "=", "Action", "Action=DescribeRegions&Version=2016-11-15&%00=1", "\x00"):
            answer = self.client.raw(query, fresh=True)
            self.assertEqual(4, answer.status // 100, query)
            self.assertIsNotNone(answer.code, query)
        self.client.ok("DescribeRegions")


def operations(client):
    """Names of what is implemented, whatever the page around them looks like."""
    found = client.sim("operations").json
    while isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, (list, dict)) and value]
        found = found.get("operations", lists[0] if lists else [])
        if isinstance(found, dict) and all(isinstance(value, (str, int, dict)) for value in found.values()):
            return list(found)
    return found


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
            [("ResourceId.0", a), ("Tag.0.Key", "one"), ("Tag.0.Value", "1"), ("Tag.1.Key", "two"), ("Tag.1.Value", "2")],
        )
        answer = self.client.ok("DescribeTags", {"Filter.1.Name": "resource-id", "Filter.1.Value.1": a})
        self.assertEqual({"one": "1", "two": "2"}, dict(zip(answer.texts("tagSet/item/key"), answer.texts("tagSet/item/value"))))

    def test_order_of_elements_is_that_of_the_indices(self):
        query = "Action=CreateTags&Version=2016-11-15&ResourceId.1={}&Tag.2.Key=z&Tag.2.Value=2&Tag.1.Key=y&Tag.1.Value=1"
        self.assertEqual(200, self.client.raw(query.format(self.volumes[1])).status)

    def test_words_and_negative_numbers_as_index(self):
        answer = self.client.raw("Action=DescribeSubnets&Version=2016-11-15&SubnetId.x=subnet-1")
        self.is_refusal(answer, "InvalidSubnetID.NotFound", "The subnet ID '' does not exist")
        answer = self.client.raw("Action=DescribeSubnets&Version=2016-11-15&SubnetId.-1=subnet-1")
        self.is_refusal(
            answer,
            "InvalidParameterValue",
            f"Value (-1) for parameter QueryStringParameter is invalid. {INDEX_TEXT}",
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
        self.refused("AllocateAddress", {"NetworkBorderGroup": "invalid", "DryRun": True}, "InvalidParameterValue", "invalid")
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
            (
                "ModifyInstanceAttribute",
                {"InstanceId": self.id, "DisableApiTermination.Value": False},
            ),
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
        for absent in ("ipAddress", "platformDetails", "usageOperation", "hibernationOptions", "networkPerformanceOptions"):
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
        self.assertEqual(f"ip-{private.replace('.', '-')}.ap-northeast-2.compute.internal", text(item, "privateDnsName"))
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
        for empty in ("privateDnsName", "dnsName", "blockDeviceMapping", "groupSet", "networkInterfaceSet", "productCodes"):
            self.assertIsNotNone(item.find(empty), empty)
            self.assertEqual((0, ""), (len(item.find(empty)), text(item, empty)), empty)
        for absent in ("privateIpAddress", "ipAddress", "subnetId", "vpcId", "sourceDestCheck", "privateDnsNameOptions"):
            self.assertIsNone(item.find(absent), absent)
        again = self.client.ok("TerminateInstances", {"InstanceId.1": instance}).find("instancesSet/item")
        self.assertEqual(("48", "48"), (text(again, "previousState/code"), text(again, "currentState/code")))

    def test_image_fields(self):
        answer = self.client.ok(
            "DescribeImages",
            {"Owner.1": UBUNTU_OWNER, "Filter.1.Name": "name", "Filter.1.Value.1": UBUNTU_NAME},
        )
        self.assertGreaterEqual(len(answer.all("imagesSet/item")), 2, "sorting by date needs two builds")
        for item in answer.all("imagesSet/item"):
            for needed in ("imageLocation", "imageState", "imageOwnerId", "creationDate", "name", "rootDeviceName",
                           "blockDeviceMapping/item/ebs/snapshotId", "architecture", "hypervisor", "isPublic"):
                self.assertTrue(text(item, needed), needed)
            self.assertEqual("machine", text(item, "imageType"))
            self.assertEqual("available", text(item, "imageState"))
            self.assertIsNone(item.find("imageOwnerAlias"))
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
            ["requestId", "publicIp", "domain", "allocationId", "publicIpv4Pool", "networkBorderGroup"], names(answer.root)
        )
        self.assertEqual(("vpc", "amazon", REGION), tuple(answer.text(n) for n in names(answer.root)[2:] if n != "allocationId"))
        allocation = {"AllocationId.1": answer.text("allocationId")}
        free = self.client.ok("DescribeAddresses", allocation).find("addressesSet/item")
        self.assertEqual(
            ["publicIp", "allocationId", "domain", "publicIpv4Pool", "networkBorderGroup"],
            [tag for tag in names(free) if tag != "tagSet"],
        )
        self.client.ok("AssociateAddress", {"AllocationId": answer.text("allocationId"), "InstanceId": self.id})
        self.client.ok("CreateTags", {"ResourceId.1": answer.text("allocationId"), "Tag.1.Key": "k", "Tag.1.Value": "v"})
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
        self.assertEqual(
            {a.text("publicIp"), b.text("publicIp")}, set(both.texts("addressesSet/item/publicIp"))
        )
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
        self.assertEqual((self.client.account_id(), group), tuple(each.text for each in item.find("referencedGroupInfo")))
        self.assertEqual(["userId", "groupId"], names(item.find("referencedGroupInfo")))
        rules = self.client.ok(
            "DescribeSecurityGroupRules", {"Filter.1.Name": "group-id", "Filter.1.Value.1": group}
        )
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
        answer = self.client.ok("DescribeAddressesAttribute", {"AllocationId.1": allocation, "Attribute": "domain-name"})
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
        self.assertEqual(1, len(by("DescribeSecurityGroups", vpc_id, ("group-name", "default"), "securityGroupInfo/item")))
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
            "DescribeImages",
            {"Owner.1": "self", "Filter.1.Name": "name", "Filter.1.Value.1": "packer-new"},
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
            ("DescribeSecurityGroups", "group-id group-name vpc-id"),
            ("DescribeSnapshots", "owner-id tag:Name volume-id"),
            ("DescribeSubnets", "cidr-block subnet-id tag:Name vpc-id"),
            ("DescribeTags", "key resource-id resource-type"),
            ("DescribeVolumes", "attachment.device attachment.instance-id tag:Name volume-id"),
            ("DescribeVpcs", "cidr-block cidr-block-association.association-id dhcp-options-id tag:Name vpc-id"
             " ipv6-cidr-block-association.association-id"),
        ):  # fmt: skip
            for name in filters.split():
                self.client.ok(action, {"Filter.1.Name": name, "Filter.1.Value.1": "nothing-like-this"})


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
            ("DescribeVolumes", 4, "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5."),
            ("DescribeImages", 0, "Invalid value '0' for maxResults. Expecting a value greater than 5."),
        ):
            self.refused(action, {"MaxResults": value}, "InvalidParameterValue", message)


class Sts(ServerTest):
    """GetCallerIdentity has to answer on the port of EC2: Ansible sends it there, and Terraform always asks."""

    def test_envelope(self):
        for method in ("POST", "GET"):
            answer = sts(self.client, "GetCallerIdentity", method)
            self.assertEqual(200, answer.status, answer)
            self.assertIn('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">', answer.raw)
            account = answer.text("GetCallerIdentityResult/Account")
            self.assertRegex(account, r"^\d{12}$")
            self.assertRegex(answer.text("GetCallerIdentityResult/Arn"), rf"^arn:aws:(iam|sts)::{account}:")
            self.assertTrue(answer.text("GetCallerIdentityResult/UserId"))
            self.assertRegex(answer.text("ResponseMetadata/RequestId"), UUID)

    def test_a_12_digit_key_is_that_account(self):
        self.assertEqual("111122223333", self.client.at(account="111122223333").account_id())

    def test_any_service_in_the_scope(self):
        # The Action and Version tell whose it is.
        query = "Action=GetCallerIdentity&Version=2011-06-15"
        answer = self.client.raw(query, headers=self.client.headers("ec2"))
        self.assertEqual(200, answer.status, answer)

    def test_unknown_action_of_sts(self):
        answer = sts(self.client, "GetTea")
        self.assertEqual(400, answer.status)
        self.assertIn("InvalidAction", answer.raw)


class Ssm(ServerTest):
    """The public parameters that lead to images, by the JSON protocol that SSM speaks."""

    AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"

    def test_get_parameter(self):
        for name in (
            self.AL2023,
            self.UBUNTU,
            "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
            "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
            "/aws/service/debian/release/12/latest/amd64",
            "/aws/service/debian/release/bookworm/latest/amd64",
            "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
            "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
        ):
            answer = self.client.json("AmazonSSM.GetParameter", {"Name": name})
            self.assertEqual(200, answer.status, (name, answer))
            parameter = answer.json["Parameter"]
            self.assertEqual((name, "String", "text"), tuple(parameter[key] for key in ("Name", "Type", "DataType")))
            self.assertEqual(f"arn:aws:ssm:{REGION}::parameter{name}", parameter["ARN"])
            self.assertIsInstance(parameter["Version"], int)
            self.assertIsInstance(parameter["LastModifiedDate"], (int, float))
            images = self.client.ok("DescribeImages", {"ImageId.1": parameter["Value"]})
            self.assertEqual(parameter["Value"], images.text("imagesSet/item/imageId"), name)
        self.assertEqual("application/x-amz-json-1.1", answer.headers["content-type"])

    def test_is_the_image_that_a_filter_finds(self):
        value = self.client.json("AmazonSSM.GetParameter", {"Name": self.UBUNTU}).json["Parameter"]["Value"]
        self.assertEqual(self.client.image(), value)

    def test_differs_by_region(self):
        here, there = (
            client.json("AmazonSSM.GetParameter", {"Name": self.AL2023}).json["Parameter"]["Value"]
            for client in (self.client, self.client.at(region="ap-northeast-2"))
        )
        self.assertNotEqual(here, there)

    def test_unknown_parameter(self):
        answer = self.client.json("AmazonSSM.GetParameter", {"Name": "/aws/service/tea"})
        self.assertEqual(400, answer.status)
        self.assertEqual("ParameterNotFound", answer.json["__type"].rpartition("#")[2])

    def test_get_parameters(self):
        answer = self.client.json("AmazonSSM.GetParameters", {"Names": [self.AL2023, "/aws/service/tea", self.UBUNTU]})
        self.assertEqual({self.AL2023, self.UBUNTU}, {each["Name"] for each in answer.json["Parameters"]})
        self.assertEqual(["/aws/service/tea"], answer.json["InvalidParameters"])

    def test_get_parameters_by_path(self):
        path, found, token = "/aws/service/ami-amazon-linux-latest", [], None
        while True:
            payload = {"Path": path, "MaxResults": 10, **({"NextToken": token} if token else {})}
            answer = self.client.json("AmazonSSM.GetParametersByPath", payload)
            self.assertEqual(200, answer.status, answer)
            self.assertLessEqual(len(answer.json["Parameters"]), 10)
            found += [each["Name"] for each in answer.json["Parameters"]]
            token = answer.json.get("NextToken")
            if not token:
                break
        self.assertIn(self.AL2023, found)
        self.assertGreater(len(found), 10)
        self.assertEqual(len(found), len(set(found)))
        self.assertTrue(all(name.startswith(path + "/") for name in found))

    def test_path_is_not_recursive_by_default(self):
        flat = self.client.json("AmazonSSM.GetParametersByPath", {"Path": "/aws/service/debian"}).json
        self.assertEqual([], flat["Parameters"])
        deep = self.client.json("AmazonSSM.GetParametersByPath", {"Path": "/aws/service/debian", "Recursive": True}).json
        self.assertTrue(deep["Parameters"])

    def test_launch_by_parameter(self):
        instance = self.client.run(ImageId="resolve:ssm:" + self.UBUNTU)[0]
        self.assertEqual(self.client.image(), text(self.client.instance(instance), "imageId"))

    def test_unknown_operation(self):
        answer = self.client.json("AmazonSSM.MakeTea", {})
        self.assertEqual(400, answer.status)
        self.assertIn("__type", answer.json)


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
