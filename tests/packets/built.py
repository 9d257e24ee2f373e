"""A described network, built: a namespace for each machine, router, gateway, and for the internet."""

import contextlib

import rules
from described import network_of
from namespaces import Links, Namespace

DELIVERY = 50  # the table of who is where in a VPC


class Built:
    def __init__(self, described, outside):
        """`outside`: addresses of hosts on the internet."""
        self.described, self.outside = described, outside
        self.links, self.namespaces = Links(), []
        self.internet = self.namespace(forwards=True)
        self.internet.lines += [f"addr add {each}/32 dev lo" for each in outside]
        self.routers = {vpc: Router(self, vpc) for vpc in self.described.vpcs if self.interfaces_of(vpc)}
        self.machines = {}
        for router in self.routers.values():
            router.plug_in()
        for peering, (one, other) in described.peerings.items():
            if one in self.routers and other in self.routers:
                self.peer(peering, self.routers[one], self.routers[other])
        for router in self.routers.values():
            router.rule()
        self.links.lay()
        for each in self.namespaces:
            each.settle()

    def namespace(self, *, forwards=False):
        made = Namespace(forwards=forwards)
        self.namespaces.append(made)
        return made

    def interfaces_of(self, vpc):
        return [each for each in self.described.interfaces.values() if each.vpc == vpc]

    def peer(self, peering, one, other):
        ends = self.links.connect(one.namespace, f"p{len(one.peered)}", other.namespace, f"p{len(other.peered)}")
        for router, far, beyond in ((one, other, ends[1]), (other, one, ends[0])):
            device = f"p{len(router.peered)}"
            router.ways[peering] = f"via {beyond} dev {device}"
            router.peered[device] = (self.described.vpcs[router.vpc], self.described.vpcs[far.vpc])

    def close(self):
        for each in self.namespaces:
            each.close()


class Router:
    """Of a VPC. Every machine has a cable of its own to it, so that packets inside a subnet come by here too."""

    def __init__(self, built, vpc):
        self.built, self.vpc = built, vpc
        self.namespace = built.namespace(forwards=True)
        self.places, self.peered, self.ways, self.delivery = {}, {}, {}, []

    def plug_in(self):
        described = self.built.described
        nats = {interface: nat for nat, interface in described.nats.items()}
        for name, interface in described.interfaces.items():
            if interface.vpc != self.vpc:
                continue
            machine = self.built.namespace(forwards=name in nats or interface.sends_on)
            device = f"i{len(self.places)}"
            here, there = self.built.links.connect(self.namespace, device, machine, "eth0")
            self.places[device] = interface.subnet
            primary = next(iter(interface.addresses))
            machine.lines += [f"addr add {each}/32 dev eth0" for each in interface.addresses]
            machine.lines.append(f"route add default via {here} dev eth0 src {primary}")
            self.delivery += [f"route add {each}/32 via {there} dev {device}" for each in interface.addresses]
            if name in nats:
                self.ways[nats[name]] = f"via {there} dev {device}"
                machine.rules = rules.for_nat_gateway(primary)
            else:
                machine.rules = rules.for_machine(described, interface, interface.instance in described.running)
                self.built.machines[interface.instance] = machine
                self.ways[name] = f"via {there} dev {device}"
        if self.vpc in described.gateways:
            self.attach(described.gateways[self.vpc])

    def attach(self, gateway):
        """An internet gateway, with the public addresses of everybody behind it."""
        built, middle = self.built, self.built.namespace(forwards=True)
        to_gateway, to_vpc = reversed(built.links.connect(self.namespace, "gw", middle, "vpc"))
        device = f"g{list(built.routers).index(self.vpc)}"
        to_middle, to_internet = reversed(built.links.connect(built.internet, device, middle, "net"))
        pairs = [(private, public) for each in built.interfaces_of(self.vpc)
                 for private, public in each.addresses.items() if public]
        middle.rules = rules.for_internet_gateway(pairs)
        middle.lines += [f"route add {block} via {to_vpc} dev vpc" for block in built.described.vpcs[self.vpc]]
        middle.lines.append(f"route add default via {to_internet} dev net")
        built.internet.lines += [f"route add {public}/32 via {to_middle} dev {device}" for _, public in pairs]
        self.ways[gateway] = f"via {to_gateway} dev gw"

    def rule(self):
        """What there is to route by and to filter by, once all ways are there."""
        described, lines = self.built.described, self.namespace.lines
        lines += [f"{each} table {DELIVERY}" for each in self.delivery]
        lines.append(f"route add blackhole default table {DELIVERY}")
        tables = {}
        for device, subnet in self.places.items():
            table = described.table_of(subnet)
            if table not in tables:
                tables[table] = 100 + len(tables)
                lines += [f"{each} table {tables[table]}" for each in rules.routes(table, described, self.ways)]
            # Inside a subnet nothing is routed.
            lines.append(f"rule add pref 90 iif {device} to {described.blocks[subnet]} lookup {DELIVERY}")
            lines.append(f"rule add pref 100 iif {device} lookup {tables[table]}")
        lines.append(f"rule add pref 200 lookup {DELIVERY}")
        self.namespace.rules = rules.for_router(described, self.places, self.peered)
