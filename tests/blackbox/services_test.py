#!/usr/bin/env python3
"""The two other services that answer on the port of EC2: a little of STS and of SSM.
"""

from fogling_client import REGION, UUID, ServerTest, main, sts, text


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
            self.assertEqual((name, "String"), (parameter["Name"], parameter["Type"]))
            self.assertEqual("aws:ec2:image" if "canonical" in name else "text", parameter["DataType"])
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
        deep = self.client.json(
            "AmazonSSM.GetParametersByPath", {"Path": "/aws/service/debian", "Recursive": True}
        ).json
        self.assertTrue(deep["Parameters"])

    def test_launch_by_parameter(self):
        instance = self.client.run(ImageId="resolve:ssm:" + self.UBUNTU)[0]
        self.assertEqual(self.client.image(), text(self.client.instance(instance), "imageId"))

    def test_unknown_operation(self):
        answer = self.client.json("AmazonSSM.MakeTea", {})
        self.assertEqual(400, answer.status)
        self.assertIn("__type", answer.json)


if __name__ == "__main__":
    main()
