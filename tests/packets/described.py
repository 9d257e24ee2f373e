"""A network as its account describes it: what any client of EC2 can know, and nothing of the emulator's own."""

import ipaddress

from fogling_client import text

ANYWHERE = "0.0.0.0/0"


def network_of(block):
    return ipaddress.ip_network(block, strict=False)


class Described:
    """Everything of a Region, by the Describe operations. Members are dictionaries by id."""

    def __init__(self, client):
        self.client = client
        self.vpcs = {text(each, "vpcId"): texts(each, "cidrBlockAssociationSet/item/cidrBlock")
                     for each in self.all("DescribeVpcs", "vpcSet")}
        self.subnets = {text(each, "subnetId"): text(each, "vpcId") for each in self.all("DescribeSubnets", "subnetSet")}
        self.blocks = {text(each, "subnetId"): text(each, "cidrBlock")
                       for each in self.all("DescribeSubnets", "subnetSet")}
        self.lists = {text(each, "prefixListId"): self.entries(text(each, "prefixListId"))
                      for each in self.all("DescribeManagedPrefixLists", "prefixListSet")
                      if text(each, "prefixListName").startswith("made")}
        self.tables = {text(each, "routeTableId"): Table(each, self.lists)
                       for each in self.all("DescribeRouteTables", "routeTableSet")}
        self.acls = {text(each, "networkAclId"): Acl(each) for each in self.all("DescribeNetworkAcls", "networkAclSet")}
        self.groups = {text(each, "groupId"): Group(each)
                       for each in self.all("DescribeSecurityGroups", "securityGroupInfo")}
        self.interfaces = {text(each, "networkInterfaceId"): Interface(each)
                           for each in self.all("DescribeNetworkInterfaces", "networkInterfaceSet")}
        instances = self.all("DescribeInstances", "reservationSet/item/instancesSet")
        self.running = {text(each, "instanceId") for each in instances if text(each, "instanceState/name") == "running"}
        self.listens = {text(each, "instanceId"): text(tag, "value").split() for each in instances
                        for tag in each.findall("tagSet/item") if text(tag, "key") == "fogling:listens"}
        self.gateways = {text(each, "attachmentSet/item/vpcId"): text(each, "internetGatewayId")
                         for each in self.all("DescribeInternetGateways", "internetGatewaySet")
                         if each.find("attachmentSet/item/vpcId") is not None}
        self.nats = {text(each, "natGatewayId"): text(each, "natGatewayAddressSet/item/networkInterfaceId")
                     for each in self.all("DescribeNatGateways", "natGatewaySet")
                     if text(each, "state") == "available"}
        self.peerings = {text(each, "vpcPeeringConnectionId"):
                         (text(each, "requesterVpcInfo/vpcId"), text(each, "accepterVpcInfo/vpcId"))
                         for each in self.all("DescribeVpcPeeringConnections", "vpcPeeringConnectionSet")
                         if text(each, "status/code") == "active"}

    def all(self, action, items):
        return self.client.ok(action).all(items + "/item")

    def entries(self, prefix_list):
        answer = self.client.ok("GetManagedPrefixListEntries", {"PrefixListId": prefix_list})
        return answer.texts("entrySet/item/cidr")

    def table_of(self, subnet):
        return self.of_subnet(self.tables, subnet)

    def acl_of(self, subnet):
        return self.of_subnet(self.acls, subnet)

    def of_subnet(self, rows, subnet):
        """What is associated with a subnet, and else what its VPC has for all."""
        for name, row in rows.items():
            if subnet in row.subnets:
                return name
        return next(name for name, row in rows.items() if row.is_main and row.vpc == self.subnets[subnet])

    def members(self, group):
        """Private addresses of those who have a group."""
        return [address for each in self.interfaces.values() if group in each.groups for address in each.addresses]


def texts(element, path):
    return [found.text for found in element.findall(path) if found.text]


class Table:
    """`routes`: triples of block, target and state."""

    def __init__(self, item, lists):
        self.vpc = text(item, "vpcId")
        self.subnets = texts(item, "associationSet/item/subnetId")
        self.is_main = "true" in texts(item, "associationSet/item/main")
        self.routes = []
        for each in item.findall("routeSet/item"):
            target = next(found for name in ("gatewayId", "natGatewayId", "vpcPeeringConnectionId", "networkInterfaceId")
                          if (found := text(each, name)))
            blocks = texts(each, "destinationCidrBlock") or lists[text(each, "destinationPrefixListId")]
            self.routes += [(block, target, text(each, "state")) for block in blocks]


class Acl:
    """`ingress` and `egress`: tuples of action, protocol, block, and ports or type and code, in order."""

    def __init__(self, item):
        self.vpc = text(item, "vpcId")
        self.subnets = texts(item, "associationSet/item/subnetId")
        self.is_main = text(item, "default") == "true"
        entries = sorted(item.findall("entrySet/item"), key=lambda each: int(text(each, "ruleNumber")))
        self.ingress = [self.entry(each) for each in entries if text(each, "egress") == "false"]
        self.egress = [self.entry(each) for each in entries if text(each, "egress") == "true"]

    @staticmethod
    def entry(item):
        range_ = item.find("icmpTypeCode")
        pair = ("type", "code") if range_ is not None else ("from", "to")
        range_ = item.find("portRange") if range_ is None else range_
        ports = None if range_ is None else tuple(int(text(range_, name)) for name in pair)
        return text(item, "ruleAction"), int(text(item, "protocol")), text(item, "cidrBlock"), ports


class Group:
    """`ingress` and `egress`: tuples of protocol, ports, and a block, a group or a prefix list."""

    NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}

    def __init__(self, item):
        self.ingress = [rule for each in item.findall("ipPermissions/item") for rule in self.rules(each)]
        self.egress = [rule for each in item.findall("ipPermissionsEgress/item") for rule in self.rules(each)]

    def rules(self, item):
        word = text(item, "ipProtocol")
        protocol = self.NUMBERS[word] if word in self.NUMBERS else int(word)
        ports = None if item.find("fromPort") is None else (int(text(item, "fromPort")), int(text(item, "toPort")))
        for name in ("ipRanges/item/cidrIp", "groups/item/groupId", "prefixListIds/item/prefixListId"):
            for peer in texts(item, name):
                yield protocol, ports, peer


class Interface:
    """`addresses`: private ones, the primary one first, each with its public one or None."""

    def __init__(self, item):
        self.subnet, self.vpc = text(item, "subnetId"), text(item, "vpcId")
        self.instance = text(item, "attachment/instanceId")
        self.sends_on = text(item, "sourceDestCheck") == "false"
        self.groups = texts(item, "groupSet/item/groupId")
        self.addresses = {text(each, "privateIpAddress"): text(each, "association/publicIp")
                          for each in item.findall("privateIpAddressesSet/item")}
