#!/usr/bin/env python3
"""Security groups, rules and key pairs that EC2 refuses, with its own code and its own words: those that users and
recordings of real EC2 show, and that a learner searches the web for.
"""

import base64

from fogling_client import ServerTest, main, rule

VPC = "vpc-0123456789abcdef0"
CHARACTERS = " a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
DESCRIPTION_TEXT = "Valid descriptions are strings less than 256 characters from the following set:"


class SecurityGroups(ServerTest):
    def setUp(self):
        self.group = self.client.group("of-" + self.id().rpartition(".")[2])
        self.permission = {"GroupId": self.group, **rule()}

    def refused_rule(self, changes, code, message=None, without=()):
        parameters = {**self.permission, **changes}
        for name in without:
            del parameters["IpPermissions.1." + name]
        self.refused("AuthorizeSecurityGroupIngress", parameters, code, message)

    def test_duplicate_rule(self):
        self.client.ok("AuthorizeSecurityGroupIngress", self.permission)
        self.refused_rule(
            {},
            "InvalidPermission.Duplicate",
            'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists',
        )
        # Descriptions are not compared, and host bits are not part of a block.
        self.refused_rule({"IpPermissions.1.IpRanges.1.Description": "again"}, "InvalidPermission.Duplicate")
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": self.group, **rule(80, "10.1.2.3/8")})
        self.refused(
            "AuthorizeSecurityGroupIngress",
            {"GroupId": self.group, **rule(80, "10.0.0.0/8")},
            "InvalidPermission.Duplicate",
            'the specified rule "peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW" already exists',
        )
        self.refused(
            "AuthorizeSecurityGroupEgress",
            {
                "GroupId": self.group,
                "IpPermissions.1.IpProtocol": "-1",
                "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
            },
            "InvalidPermission.Duplicate",
            'the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists',
        )

    def test_same_permission_twice_in_one_request(self):
        self.refused_rule(
            {"IpPermissions.1.IpRanges.2.CidrIp": "0.0.0.0/0"},
            "InvalidParameterValue",
            "The same permission must not appear multiple times",
        )

    def test_one_bad_rule_and_nothing_is_stored(self):
        self.refused_rule({"IpPermissions.1.IpRanges.2.CidrIp": "10.0.0.0/33"}, "InvalidParameterValue")
        item = self.client.ok("DescribeSecurityGroups", {"GroupId.1": self.group}).find("securityGroupInfo/item")
        self.assertEqual([], item.findall("ipPermissions/item"))

    def test_cidr(self):
        for cidr in ("10.0.0.0/33", "0.0.0.0", "10.0.0/8", "::/0", "300.0.0.0/8", "10.0.0.0/-1", "tea"):
            self.refused_rule(
                {"IpPermissions.1.IpRanges.1.CidrIp": cidr}, "InvalidParameterValue", f"CIDR block {cidr} is malformed"
            )

    def test_ports(self):
        for first, last, message in (
            (22, 99999, "TCP/UDP (to) port (99999) out of range"),
            (99999, 99999, "TCP/UDP (from) port (99999) out of range"),
            (-1, 80, "TCP/UDP (from) port (-1) out of range"),
            (8080, 80, "Invalid TCP/UDP port range (8080:80)"),
        ):
            self.refused_rule(
                {"IpPermissions.1.FromPort": first, "IpPermissions.1.ToPort": last}, "InvalidParameterValue", message
            )
        both = "Invalid value for portRange. Must specify both from and to ports with TCP/UDP."
        self.refused_rule({}, "InvalidParameterValue", both, without=["ToPort"])
        self.refused_rule({}, "InvalidParameterValue", both, without=["FromPort", "ToPort"])
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": self.group, **rule(0, to_port=65535)})

    def test_icmp(self):
        icmp = {"IpPermissions.1.IpProtocol": "icmp"}
        self.refused_rule(
            {**icmp, "IpPermissions.1.FromPort": 8, "IpPermissions.1.ToPort": 65535},
            "InvalidParameterValue",
            "ICMP code (65535) out of range",
        )
        self.refused_rule(
            {**icmp, "IpPermissions.1.FromPort": 300, "IpPermissions.1.ToPort": 0},
            "InvalidParameterValue",
            "ICMP type (300) out of range",
        )
        self.client.ok(
            "AuthorizeSecurityGroupIngress",
            {**self.permission, **icmp, "IpPermissions.1.FromPort": -1, "IpPermissions.1.ToPort": -1},
        )

    def test_protocol(self):
        self.refused_rule(
            {"IpPermissions.1.IpProtocol": "all"},
            "InvalidParameterValue",
            "Invalid value 'all' for IP protocol. Unknown protocol.",
        )
        self.refused_rule(
            {},
            "InvalidParameterValue",
            "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
            without=["IpProtocol"],
        )

    def test_rule_description(self):
        self.refused_rule(
            {"IpPermissions.1.IpRanges.1.Description": "it's"},
            "InvalidParameterValue",
            f"Invalid rule description. {DESCRIPTION_TEXT}{CHARACTERS}",
        )

    def test_sixty_rules(self):
        ranges = {f"IpPermissions.1.IpRanges.{n + 1}.CidrIp": f"10.0.{n}.0/24" for n in range(60)}
        self.client.ok("AuthorizeSecurityGroupIngress", {**self.permission, **ranges})
        self.refused_rule(
            {"IpPermissions.1.IpRanges.1.CidrIp": "10.1.0.0/24"},
            "RulesPerSecurityGroupLimitExceeded",
            "The maximum number of rules per security group has been reached.",
        )

    def test_revoke_what_is_not_there_in_the_default_vpc(self):
        # No error there: the permission comes back as unknown.
        answer = self.client.ok("RevokeSecurityGroupIngress", self.permission)
        self.assertEqual("22", answer.text("unknownIpPermissionSet/item/fromPort"))

    def test_names(self):
        vpc = self.client.default_vpc()
        create = {"GroupName": "web", "GroupDescription": "for the web"}
        self.client.ok("CreateSecurityGroup", create)
        self.refused(
            "CreateSecurityGroup",
            create,
            "InvalidGroup.Duplicate",
            f"The security group 'web' already exists for VPC '{vpc}'",
        )
        self.refused(
            "CreateSecurityGroup",
            {**create, "GroupName": "sg-017c251"},
            "InvalidParameterValue",
            "Value (sg-017c251) for parameter GroupName is invalid. Group names may not be in the format sg-*.",
        )
        self.refused(
            "CreateSecurityGroup",
            {**create, "GroupName": "default"},
            "InvalidParameterValue",
            "Cannot use reserved security group name: default",
        )
        self.refused(
            "CreateSecurityGroup",
            {**create, "GroupName": "other", "GroupDescription": "it's mine"},
            "InvalidParameterValue",
            f"Invalid security group description. {DESCRIPTION_TEXT} {CHARACTERS}",
        )
        self.refused(
            "CreateSecurityGroup",
            {**create, "GroupName": "other", "VpcId": VPC},
            "InvalidVpcID.NotFound",
            f"The vpc ID '{VPC}' does not exist",
        )

    def test_group_in_use(self):
        instance = self.client.run(**{"SecurityGroupId.1": self.group})[0]
        in_use = f"resource {self.group} has a dependent object"
        self.refused("DeleteSecurityGroup", {"GroupId": self.group}, "DependencyViolation", in_use)
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        self.refused("DeleteSecurityGroup", {"GroupId": self.group}, "DependencyViolation", in_use)
        self.client.ok("TerminateInstances", {"InstanceId.1": instance})
        self.client.ok("DeleteSecurityGroup", {"GroupId": self.group})
        self.refused("DeleteSecurityGroup", {"GroupId": self.group}, "InvalidGroup.NotFound")

    def test_group_named_by_a_rule_of_another(self):
        other = self.client.group("naming-another")
        permission = {
            "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": 22,
            "IpPermissions.1.ToPort": 22,
            "IpPermissions.1.Groups.1.GroupId": self.group,
        }
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": other, **permission})
        self.refused(
            "DeleteSecurityGroup",
            {"GroupId": self.group},
            "DependencyViolation",
            f"resource {self.group} has a dependent object",
        )
        self.client.ok("RevokeSecurityGroupIngress", {"GroupId": other, **permission})
        # Naming oneself is no hindrance.
        self.client.ok("AuthorizeSecurityGroupIngress", {"GroupId": self.group, **permission})
        self.client.ok("DeleteSecurityGroup", {"GroupId": self.group})

    def test_default_group(self):
        group = self.client.ok("DescribeSecurityGroups", {"GroupName.1": "default"}).text(
            "securityGroupInfo/item/groupId"
        )
        self.refused(
            "DeleteSecurityGroup",
            {"GroupId": group},
            "CannotDelete",
            f'the specified group: "{group}" name: "default" cannot be deleted by a user',
        )


class GroupOfAnotherVpc(ServerTest):
    def test_group_of_another_vpc(self):
        vpc = self.client.ok("CreateVpc", {"CidrBlock": "10.0.0.0/16"}).text("vpc/vpcId")
        foreign = self.client.group("foreign", VpcId=vpc)
        subnet = self.client.subnet()
        self.refused(
            "RunInstances",
            {
                "ImageId": self.client.image(),
                "InstanceType": "t2.micro",
                "MinCount": 1,
                "MaxCount": 1,
                "SubnetId": subnet,
                "SecurityGroupId.1": foreign,
            },
            "InvalidParameter",
            f"Security group {foreign} and subnet {subnet} belong to different networks.",
        )
        home = self.client.group("home")
        self.refused(
            "AuthorizeSecurityGroupIngress",
            {
                "GroupId": home,
                "IpPermissions.1.IpProtocol": "tcp",
                "IpPermissions.1.FromPort": 22,
                "IpPermissions.1.ToPort": 22,
                "IpPermissions.1.Groups.1.GroupId": foreign,
            },
            "InvalidGroup.NotFound",
            "You have specified two resources that belong to different networks.",
        )

    def test_sixth_vpc(self):
        client = self.client.at(region="eu-west-1")
        for n in range(4):
            client.ok("CreateVpc", {"CidrBlock": f"10.{n}.0.0/16"})
        self.refused(
            "CreateVpc",
            {"CidrBlock": "10.9.0.0/16"},
            "VpcLimitExceeded",
            "The maximum number of VPCs has been reached.",
            client=client,
        )


class KeyPairs(ServerTest):
    def test_duplicate(self):
        self.client.ok("CreateKeyPair", {"KeyName": "demo", "KeyType": "ed25519"})
        for parameters in ({"KeyType": "ed25519"}, {}):
            self.refused(
                "CreateKeyPair",
                {"KeyName": "demo", **parameters},
                "InvalidKeyPair.Duplicate",
                "The keypair already exists",
            )

    def test_names(self):
        self.refused(
            "CreateKeyPair",
            {"KeyName": " x"},
            "InvalidParameterValue",
            "Invalid value ' x' for keyName. It should be trimmed",
        )
        self.refused(
            "CreateKeyPair",
            {"KeyName": "x" * 256},
            "InvalidParameterValue",
            "Value for parameter KeyName is invalid. Length exceeds maximum of 255.",
        )

    def test_material(self):
        for material in ("tea", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "ssh-rsa AAAA"):
            self.refused(
                "ImportKeyPair",
                {"KeyName": "x", "PublicKeyMaterial": base64.b64encode(material.encode()).decode()},
                "InvalidKey.Format",
                "Key is not in valid OpenSSH public key format",
            )


if __name__ == "__main__":
    main()
