"""Networks by chance, made through the API: one for each seed."""

import random

PORTS = (22, 80, 443)
OUTSIDE = ("203.0.113.5", "203.0.113.200", "198.51.100.9")  # hosts on the internet


class Maker:
    """A whole network. `machines`: ids of what was launched in it."""

    def __init__(self, client, seed):
        self.client, self.chance = client, random.Random(seed)
        self.image = client.image()
        self.machines, self.publics, self.peerings = [], [], []
        self.has_nat, self.has_box = self.often(0.4), self.often(0.3)
        self.vpcs = [VpcMaker(self, number) for number in range(1 + self.often(0.4))]
        if len(self.vpcs) == 2 and self.often(0.8):
            self.peer(*self.vpcs)
        for vpc in self.vpcs:
            vpc.make_rules()
            machines = vpc.launch()
            if self.has_box:
                vpc.put_between(self.chance.choice(machines))
        self.idle()
        for public in self.publics:  # rules for those who come back by the internet
            vpc = self.chance.choice(self.vpcs)
            vpc.allow(self.chance.choice(vpc.groups), "Ingress", public + "/32")
        for machine in self.machines:
            if self.often(0.12):
                client.ok("StopInstances", {"InstanceId.1": machine})
            if self.often(0.3):
                words = [f"{word}/{port}" for word in ("tcp", "udp") for port in PORTS if self.often(0.5)]
                client.ok("CreateTags", {"ResourceId.1": machine, "Tag.1.Key": "fogling:listens",
                                         "Tag.1.Value": " ".join(words)})
        self.idle()

    def often(self, share):
        return self.chance.random() < share

    def idle(self):
        self.client.sim("clock", {"run_until_idle": True})

    def are_peered(self, one, other):
        """Whether a peering is there between them, in whatever state."""
        return {one, other} in self.peerings

    def peer(self, one, other):
        self.peerings.append({one.id, other.id})
        made = self.client.ok("CreateVpcPeeringConnection", {"VpcId": one.id, "PeerVpcId": other.id})
        peering = made.text("vpcPeeringConnection/vpcPeeringConnectionId")
        self.idle()
        if self.often(0.9):
            self.client.ok("AcceptVpcPeeringConnection", {"VpcPeeringConnectionId": peering})
            self.idle()
        for here, there in ((one, other), (other, one)):
            for table in here.tables:
                if self.often(0.85):
                    here.route(table, there.block, VpcPeeringConnectionId=peering)

    def traffic(self):
        """A protocol by its number with ports, of ICMP with type and code."""
        number = self.chance.choice(("6", "6", "17", "1", "-1", "-1"))
        if number == "-1":
            return number, (-1, -1)
        if number == "1":
            return number, self.chance.choice(((-1, -1), (-1, -1), (8, -1), (8, 0), (0, -1)))
        return number, self.chance.choice(((22, 22), (80, 80), (443, 443), (22, 80), (80, 443), (0, 65535), (0, 65535)))


class VpcMaker:
    def __init__(self, maker, number):
        self.maker, self.client, self.chance = maker, maker.client, maker.chance
        self.block = f"10.{number}.0.0/16"
        self.id = self.client.ok("CreateVpc", {"CidrBlock": self.block}).text("vpc/vpcId")
        self.subnets = {}
        for i in range(self.chance.randint(2, 3)):
            block = f"10.{number}.{i}.0/24"
            made = self.client.ok("CreateSubnet", {"VpcId": self.id, "CidrBlock": block})
            self.subnets[made.text("subnet/subnetId")] = block
        maker.idle()
        self.tables = self.found("DescribeRouteTables", "routeTableSet/item/routeTableId")
        self.acls = self.found("DescribeNetworkAcls", "networkAclSet/item/networkAclId")
        self.groups = self.found("DescribeSecurityGroups", "securityGroupInfo/item/groupId")
        self.gateway = self.make_gateway() if maker.often(0.92) else None
        self.nat = self.make_nat() if self.gateway and maker.has_nat else None
        self.list = self.make_list() if maker.often(0.4) else None
        self.make_tables()
        if self.gateway and not self.nat and maker.often(0.08):  # its routes stay, and lead nowhere
            self.client.ok("DetachInternetGateway", {"InternetGatewayId": self.gateway, "VpcId": self.id})
            self.gateway = None
        self.make_acls()

    def found(self, action, path):
        return self.client.ok(action, {"Filter.1.Name": "vpc-id", "Filter.1.Value.1": self.id}).texts(path)

    def make_gateway(self):
        made = self.client.ok("CreateInternetGateway").text("internetGateway/internetGatewayId")
        self.client.ok("AttachInternetGateway", {"InternetGatewayId": made, "VpcId": self.id})
        return made

    def make_nat(self):
        address = self.client.ok("AllocateAddress", {"Domain": "vpc"}).text("allocationId")
        made = self.client.ok("CreateNatGateway", {"SubnetId": self.chance.choice(list(self.subnets)),
                                                   "AllocationId": address})
        self.maker.idle()
        return made.text("natGateway/natGatewayId")

    def make_list(self):
        entries = {"Entry.1.Cidr": "203.0.113.0/25", "Entry.2.Cidr": "10.0.0.0/15"}
        made = self.client.ok("CreateManagedPrefixList", {"PrefixListName": f"made for {self.id}", "MaxEntries": 2,
                                                          "AddressFamily": "IPv4", **entries})
        self.maker.idle()
        return made.text("prefixList/prefixListId")

    # Routes.

    def make_tables(self):
        for _ in range(self.chance.randint(0, 2)):
            self.tables.append(self.client.ok("CreateRouteTable", {"VpcId": self.id}).text("routeTable/routeTableId"))
        for subnet in self.subnets:
            table = self.chance.choice(self.tables)
            if table != self.tables[0]:
                self.client.ok("AssociateRouteTable", {"RouteTableId": table, "SubnetId": subnet})
        for table in self.tables:
            if self.maker.often(0.85):
                self.route(table, "0.0.0.0/0", **self.way_out())
            if self.maker.often(0.25):
                self.route(table, self.chance.choice(("203.0.113.0/24", "198.51.100.0/24")), **self.way_out())

    def way_out(self):
        if self.nat and self.maker.often(0.4):
            return {"NatGatewayId": self.nat}
        return {"GatewayId": self.gateway}

    def route(self, table, block, **target):
        if None not in target.values():
            self.client.ok("CreateRoute", {"RouteTableId": table, "DestinationCidrBlock": block, **target})

    # ACLs.

    def make_acls(self):
        for _ in range(self.chance.randint(0, 2)):
            made = self.client.ok("CreateNetworkAcl", {"VpcId": self.id}).text("networkAcl/networkAclId")
            self.acls.append(made)
            for egress in ("false", "true"):
                self.make_entries(made, egress)
        described = self.client.ok("DescribeNetworkAcls", {"NetworkAclId.1": self.acls[0]})
        for association in described.texts("networkAclSet/item/associationSet/item/networkAclAssociationId"):
            acl = self.chance.choice(self.acls)
            if acl != self.acls[0]:
                self.client.ok("ReplaceNetworkAclAssociation", {"AssociationId": association, "NetworkAclId": acl})

    def make_entries(self, acl, egress):
        numbers = self.chance.sample(range(1, 900), self.chance.randint(1, 4))
        entries = [(number, *self.maker.traffic(), self.block_of_chance(), self.chance.choice(("allow", "allow", "deny")))
                   for number in numbers]
        if self.maker.often(0.6):  # for answers
            ports = (1024, 65535) if self.maker.has_nat else self.chance.choice(((1024, 65535), (32768, 60999)))
            entries.append((900, "6", ports, "0.0.0.0/0", "allow"))
            entries.append((901, "17", ports, "0.0.0.0/0", "allow"))
        if self.maker.often(0.5):
            entries.append((999, "-1", (-1, -1), "0.0.0.0/0", "allow"))
        for number, protocol, pair, block, action in entries:
            given = {"NetworkAclId": acl, "RuleNumber": number, "Protocol": protocol, "RuleAction": action,
                     "Egress": egress, "CidrBlock": block}
            if protocol == "1":
                given.update({"Icmp.Type": pair[0], "Icmp.Code": pair[1]})
            elif protocol != "-1":
                given.update({"PortRange.From": pair[0], "PortRange.To": pair[1]})
            self.client.ok("CreateNetworkAclEntry", given)

    def block_of_chance(self):
        subnet = self.chance.choice(list(self.subnets.values()))
        return self.chance.choice((*["0.0.0.0/0"] * 5, "10.0.0.0/8", self.block, subnet, OUTSIDE[0] + "/32",
                                   "203.0.113.0/24", "198.51.100.0/24", "128.0.0.0/1"))

    # Groups.

    def make_rules(self):
        for number in range(self.chance.randint(1, 3)):
            self.groups.append(self.client.group(f"{self.id} {number}", VpcId=self.id))
        for group in self.groups[1:]:
            for _ in range(self.chance.randint(0, 6)):
                self.allow(group, "Ingress")
            if self.maker.often(0.3):
                everything = {"IpPermissions.1.IpProtocol": "-1", "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0"}
                self.client.ok("RevokeSecurityGroupEgress", {"GroupId": group, **everything})
                for _ in range(self.chance.randint(0, 4)):
                    self.allow(group, "Egress")

    def allow(self, group, direction, block=None):
        protocol, (low, high) = self.maker.traffic()
        given = {"IpProtocol": protocol}
        if protocol != "-1":
            given.update({"FromPort": low, "ToPort": high})
        if block is None and not self.maker.has_box and self.maker.often(0.35):
            given["Groups.1.GroupId"] = self.chance.choice(self.groups)
        elif block is None and self.list and self.maker.often(0.3):
            given["PrefixListIds.1.PrefixListId"] = self.list
        else:
            given["IpRanges.1.CidrIp"] = block or self.block_of_chance()
        answer = self.client.call(f"AuthorizeSecurityGroup{direction}",
                                  {"GroupId": group, **{f"IpPermissions.1.{name}": value
                                                        for name, value in given.items()}})
        if answer.status != 200 and answer.code != "InvalidPermission.Duplicate":
            raise AssertionError(f"{given}: {answer}")

    # Machines.

    def launch(self):
        """The new machines."""
        machines = []
        for _ in range(self.chance.randint(2, 4)):
            way = self.chance.choice(("public", "elastic", "hidden"))
            chosen = self.chance.sample(self.groups, self.chance.randint(1, min(2, len(self.groups))))
            given = {"DeviceIndex": 0, "SubnetId": self.chance.choice(list(self.subnets)),
                     "AssociatePublicIpAddress": way == "public",
                     **{f"SecurityGroupId.{i}": group for i, group in enumerate(chosen, 1)}}
            (machine,) = self.client.run(ImageId=self.maker.image,
                                         **{f"NetworkInterface.1.{name}": value for name, value in given.items()})
            machines.append(machine)
            self.maker.idle()
            if way == "elastic" and self.gateway:
                self.give_address(machine)
        self.maker.machines += machines
        return machines

    def put_between(self, machine):
        """Routes that lead through a machine, which may or may not send on what is not for itself."""
        interface = self.client.instance(machine).find("networkInterfaceSet/item/networkInterfaceId").text
        if self.maker.often(0.8):
            self.client.ok("ModifyNetworkInterfaceAttribute", {"NetworkInterfaceId": interface,
                                                               "SourceDestCheck.Value": "false"})
        for table in self.tables:
            blocks = [*self.subnets.values(), "203.0.113.128/25"]
            for block in self.chance.sample(blocks, self.chance.randint(0, 2)):
                self.route(table, block, NetworkInterfaceId=interface)

    def give_address(self, machine):
        """To its only private address, or to a second one."""
        interface = self.client.instance(machine).find("networkInterfaceSet/item/networkInterfaceId").text
        made = self.client.ok("AllocateAddress", {"Domain": "vpc"})
        given = {"AllocationId": made.text("allocationId"), "NetworkInterfaceId": interface}
        if self.maker.often(0.4):
            second = self.client.ok("AssignPrivateIpAddresses",
                                    {"NetworkInterfaceId": interface, "SecondaryPrivateIpAddressCount": 1})
            given["PrivateIpAddress"] = second.text("assignedPrivateIpAddressesSet/item/privateIpAddress")
        self.client.ok("AssociateAddress", given)
        self.maker.publics.append(made.text("publicIp"))
