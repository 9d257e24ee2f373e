#!/usr/bin/env python3
"""Two accounts, two regions and many parallel clients do not see each other."""

import concurrent.futures

from fogling_client import Client, ServerTest, main, rule, text

FIRST, SECOND = "111111111111", "222222222222"

# What shows everything that somebody has, and where the ids are. Images and snapshots only one's own.
LISTS = {
    "DescribeInstances": ({}, "reservationSet/item/instancesSet/item/instanceId"),
    "DescribeVolumes": ({}, "volumeSet/item/volumeId"),
    "DescribeSnapshots": ({"Owner.1": "self"}, "snapshotSet/item/snapshotId"),
    "DescribeImages": ({"Owner.1": "self"}, "imagesSet/item/imageId"),
    "DescribeKeyPairs": ({}, "keySet/item/keyPairId"),
    "DescribeSecurityGroups": ({}, "securityGroupInfo/item/groupId"),
    "DescribeSecurityGroupRules": ({}, "securityGroupRuleSet/item/securityGroupRuleId"),
    "DescribeNetworkInterfaces": ({}, "networkInterfaceSet/item/networkInterfaceId"),
    "DescribeAddresses": ({}, "addressesSet/item/allocationId"),
    "DescribeVpcs": ({}, "vpcSet/item/vpcId"),
    "DescribeSubnets": ({}, "subnetSet/item/subnetId"),
    "DescribeRouteTables": ({}, "routeTableSet/item/routeTableId"),
    "DescribeInternetGateways": ({}, "internetGatewaySet/item/internetGatewayId"),
    "DescribeNetworkAcls": ({}, "networkAclSet/item/networkAclId"),
    "DescribeTags": ({}, "tagSet/item/resourceId"),
}


def everything(client):
    return {action: set(client.ok(action, given).texts(path)) for action, (given, path) in LISTS.items()}


def furnish(client):
    """One of each kind; returns the ids that another must not reach."""
    group = client.group("web")
    client.ok("AuthorizeSecurityGroupIngress", {"GroupId": group, **rule()})
    client.ok("CreateKeyPair", {"KeyName": "demo", "KeyType": "ed25519"})
    instance = client.run(KeyName="demo", **{"SecurityGroupId.1": group})[0]
    volume = client.volume()
    snapshot = client.ok("CreateSnapshot", {"VolumeId": volume}).text("snapshotId")
    image = client.ok("CreateImage", {"InstanceId": instance, "Name": "mine"}).text("imageId")
    address = client.ok("AllocateAddress").text("allocationId")
    client.ok("AssociateAddress", {"AllocationId": address, "InstanceId": instance})
    client.ok("CreateTags", {"ResourceId": [instance, volume], "Tag.1.Key": "Name", "Tag.1.Value": "mine"})
    return {
        "instance": instance,
        "volume": volume,
        "snapshot": snapshot,
        "image": image,
        "address": address,
        "group": group,
        "vpc": client.default_vpc(),
        "subnet": client.subnet(),
    }


class Isolation(ServerTest):
    def test_worlds_are_apart(self):
        clients = [
            Client(self.server, account, region)
            for account in (FIRST, SECOND)
            for region in ("us-east-1", "ap-northeast-2")
        ]
        owned = [furnish(client) for client in clients]
        worlds = [everything(client) for client in clients]
        for action in LISTS:
            ids = [world[action] for world in worlds]
            self.assertTrue(all(ids), action)
            self.assertEqual(sum(map(len, ids)), len(set().union(*ids)), f"{action} shows what belongs to another")
        for client in clients:
            for other, theirs in zip(clients, owned):
                if other is not client:
                    self.reach_for(client, theirs)
        self.assertEqual(worlds, [everything(client) for client in clients])

    def reach_for(self, client, theirs):
        for action, parameters, code in (
            ("DescribeInstances", {"InstanceId.1": theirs["instance"]}, "InvalidInstanceID.NotFound"),
            ("TerminateInstances", {"InstanceId.1": theirs["instance"]}, "InvalidInstanceID.NotFound"),
            ("StopInstances", {"InstanceId.1": theirs["instance"]}, "InvalidInstanceID.NotFound"),
            ("DeleteVolume", {"VolumeId": theirs["volume"]}, "InvalidVolume.NotFound"),
            ("DeleteSnapshot", {"SnapshotId": theirs["snapshot"]}, "InvalidSnapshot.NotFound"),
            ("DeleteSecurityGroup", {"GroupId": theirs["group"]}, "InvalidGroup.NotFound"),
            ("DescribeVpcs", {"VpcId.1": theirs["vpc"]}, "InvalidVpcID.NotFound"),
            ("DescribeSubnets", {"SubnetId.1": theirs["subnet"]}, "InvalidSubnetID.NotFound"),
            (
                "CreateTags",
                {"ResourceId.1": theirs["volume"], "Tag.1.Key": "k", "Tag.1.Value": "v"},
                "InvalidVolume.NotFound",
            ),
        ):
            self.refused(action, parameters, code, client=client)
        answer = client.call("ReleaseAddress", {"AllocationId": theirs["address"]})
        self.assertIn(answer.code, ("InvalidAllocationID.NotFound", "AuthFailure"))
        answer = client.call("DeregisterImage", {"ImageId": theirs["image"]})
        self.assertIn(answer.code, ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "AuthFailure"))

    def test_same_names_and_tokens_in_two_accounts(self):
        first, second = (Client(self.server, account, "eu-central-1") for account in (FIRST, SECOND))
        for client in (first, second):
            client.ok("CreateKeyPair", {"KeyName": "same", "KeyType": "ed25519"})
            client.group("same")
        self.assertNotEqual(first.volume(ClientToken="same"), second.volume(ClientToken="same"))
        # The other's parameters are no mismatch.
        third = first.at(region="eu-central-1", account="333333333333")
        third.volume(ClientToken="same", Size=9)

    def test_quotas_are_each_ones_own(self):
        for account in (FIRST, SECOND):
            for region in ("eu-west-1", "eu-west-3"):
                client = Client(self.server, account, region)
                for _ in range(5):
                    client.ok("AllocateAddress")
                self.refused("AllocateAddress", {}, "AddressLimitExceeded", client=client)

    def test_zone_names_are_the_regions(self):
        client = Client(self.server, FIRST, "us-west-2")
        vpc = client.ok("DescribeVpcs").find("vpcSet/item")
        self.assertEqual(("172.31.0.0/16", FIRST), (text(vpc, "cidrBlock"), text(vpc, "ownerId")))
        subnets = client.ok("DescribeSubnets")
        self.assertEqual(
            {"us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"},
            set(subnets.texts("subnetSet/item/availabilityZone")),
        )
        self.assertEqual({"4091"}, set(subnets.texts("subnetSet/item/availableIpAddressCount")))
        self.assertEqual({"true"}, set(subnets.texts("subnetSet/item/mapPublicIpOnLaunch")))


class Parallel(ServerTest):
    arguments = ("--quotas", "none")
    CLIENTS, ROUNDS = 24, 12

    def life(self, number):
        """One client's work, in a world shared with every third other."""
        client = Client(
            self.server, f"{100000000000 + number % 8}", ("us-east-1", "eu-west-1", "sa-east-1")[number % 3]
        )
        image, mine, addresses = client.image(), [], []
        tag = {
            "TagSpecification.1.ResourceType": "instance",
            "TagSpecification.1.Tag.1.Key": "Client",
            "TagSpecification.1.Tag.1.Value": str(number),
        }
        for turn in range(self.ROUNDS):
            mine += client.run(2, ImageId=image, **tag)
            listed = client.ok(
                "DescribeInstances", {"Filter.1.Name": "tag:Client", "Filter.1.Value.1": str(number)}
            ).texts("reservationSet/item/instancesSet/item/instanceId")
            self.assertEqual(sorted(mine), sorted(listed))
            address = client.ok("AllocateAddress")
            client.ok("AssociateAddress", {"AllocationId": address.text("allocationId"), "InstanceId": mine[-1]})
            addresses.append(address.text("publicIp"))
            self.assertEqual(addresses[-1], text(client.instance(mine[-1]), "ipAddress"))
            if turn % 3 == 2:
                client.ok("StopInstances", {"InstanceId": mine[-2:]})
                self.assertEqual("stopped", client.state(mine[-1]))
        items = [client.instance(each) for each in mine]
        client.close()
        return {
            "world": (client.account, client.region),
            "instances": mine,
            "public": [text(item, "ipAddress") for item in items if text(item, "ipAddress")],
            "private": [(client.account, client.region, text(item, "privateIpAddress")) for item in items],
        }

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(self.CLIENTS) as pool:
            lives = list(pool.map(self.life, range(self.CLIENTS)))
        for what in ("instances", "public", "private"):
            values = [value for life in lives for value in life[what]]
            self.assertEqual(len(values), len(set(values)), f"{what} that two share")
        for world in {life["world"] for life in lives}:
            listed = (
                Client(self.server, *world)
                .ok("DescribeInstances")
                .texts("reservationSet/item/instancesSet/item/instanceId")
            )
            expected = [each for life in lives if life["world"] == world for each in life["instances"]]
            self.assertEqual(sorted(expected), sorted(listed))

    def test_one_name_is_given_once(self):
        client = Client(self.server, "400000000000", "us-east-1")

        def create(_):
            return Client(self.server, client.account, client.region).call(
                "CreateSecurityGroup", {"GroupName": "one", "GroupDescription": "only one may win"}
            )

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(create, range(16)))
        self.assertEqual(1, sum(answer.status == 200 for answer in answers))
        self.assertEqual({None, "InvalidGroup.Duplicate"}, {answer.code for answer in answers})

    def test_one_token_launches_once(self):
        client = Client(self.server, "500000000000", "us-east-1")
        image = client.image()

        def launch(_):
            mine = Client(self.server, client.account, client.region)
            return mine.run(ImageId=image, ClientToken="one")[0]

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(1, len(set(pool.map(launch, range(16)))))
        self.assertEqual(1, len(client.ok("DescribeInstances").all("reservationSet/item")))


if __name__ == "__main__":
    main()
