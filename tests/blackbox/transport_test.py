#!/usr/bin/env python3
"""Methods, versions, signatures and envelopes, as real clients send and expect them.
"""

import gzip
import re
import urllib.parse

from fogling_client import NAMESPACE, REGION, UUID, ServerTest, credential_header, main, operations


class Transport(ServerTest):
    """Methods, versions, signatures, and the bytes of an envelope."""

    def test_answer_is_one_line_after_the_declaration_with_the_request_id_first(self):
        answer = self.client.ok("DescribeRegions")
        head = '<?xml version="1.0" encoding="UTF-8"?>\n' f'<DescribeRegionsResponse xmlns="{NAMESPACE}"><requestId>'
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
        query = "Action=DescribeTags&Version=2016-11-15&Filter.1.Name=key&Filter.1.Value.1=k+ey"
        for each in (query, query.replace("+", "%20")):
            self.assertEqual([value], self.client.raw(each).texts("tagSet/item/value"))

    def test_a_body_without_end_is_refused_and_the_server_lives(self):
        answer = self.client.send(
            "POST",
            "/",
            body=b"Action=DescribeRegions&X=" + b"a" * (64 << 20),
            headers=self.client.headers(),
            fresh=True,
        )
        self.assertIn(answer.status, (400, 413))
        self.client.ok("DescribeRegions")

    def test_bad_escapes_and_rubbish_never_break_the_server(self):
        for query in ("%", "%zz=%", "&&&", "=", "Action", "Action=DescribeRegions&Version=2016-11-15&%00=1", "\x00"):
            answer = self.client.raw(query, fresh=True)
            self.assertEqual(4, answer.status // 100, query)
            self.assertIsNotNone(answer.code, query)
        self.client.ok("DescribeRegions")


if __name__ == "__main__":
    main()
