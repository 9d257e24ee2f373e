#!/usr/bin/env python3
"""What the emulator says of packets, against what packets do.

Networks by chance are made through the API. Each is built for real of what the Describe operations say of it: a
namespace for every machine, a router with nftables for every VPC. Connections are then tried there, TCP, UDP and ICMP
echoes, and each has to fare as /_sim/reachability says. All of it stays in namespaces that are gone afterwards.

FOGLING_SEED chooses one network instead of the usual ones, FOGLING_NETWORKS how many there are."""

import collections
import os
import pathlib
import sys

for folder in ("blackbox", "sdk"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))

import real_clients  # noqa: E402
from built import Built  # noqa: E402
from described import Described  # noqa: E402
from fogling_client import ServerTest, main  # noqa: E402
from namespaces import isolate  # noqa: E402
from networks import OUTSIDE, PORTS, Maker  # noqa: E402
from probes import Probe, send  # noqa: E402

NETWORKS = int(os.environ.get("FOGLING_NETWORKS", "16"))
PROBES = 120  # in each


class Packets(ServerTest):
    arguments = ("--clock", "manual", "--quotas", "none", "--seed", "1")

    def test_packets_fare_as_the_emulator_says(self):
        self.told = collections.Counter()
        only = os.environ.get("FOGLING_SEED")
        for seed in [int(only)] if only else range(1, NETWORKS + 1):
            with self.subTest(seed=seed):
                self.one_network(seed)
        print(f"connections that were tried: {dict(self.told)}", flush=True)
        if not only:
            self.assertGreater(self.told["connects"], 10 * NETWORKS, "the networks are too closed to tell")
            self.assertGreater(self.told.total() - self.told["connects"], 10 * NETWORKS, "they are too open to tell")

    def one_network(self, seed):
        self.assertEqual(200, self.client.sim("reset", {}).status)
        maker = Maker(self.client, seed)
        described = Described(self.client)
        probes = self.choose(maker, described)
        for each in probes:
            each.ask(self.client)
        built = Built(described, OUTSIDE)
        try:
            send(built, probes, PORTS)
        finally:
            built.close()
        self.told.update(each.code for each in probes)
        wrong = "\n".join(str(each) for each in probes if each.said != each.seen)
        self.assertEqual("", wrong, f"of {len(probes)} connections with FOGLING_SEED={seed}")

    def choose(self, maker, described):
        """Who tries to reach whom: machines each other, by private addresses and by public ones, and the internet."""
        chance = maker.chance
        machines = {each.instance: each for each in described.interfaces.values() if each.instance}
        publics = [public for each in machines.values() for public in each.addresses.values() if public]
        privates = [(private, each.vpc) for each in machines.values() for private in each.addresses]
        wanted = {}
        for _ in range(PROBES * 4):
            source = chance.choice([*machines, *machines, *OUTSIDE])
            own = machines.get(source)
            far = chance.choice(("private", "public", "outside"))
            if far == "private" and own:
                to, vpc = chance.choice(privates)
                if vpc != own.vpc and not maker.are_peered(vpc, own.vpc):
                    continue
            elif far == "public" and publics:
                to = chance.choice(publics)
            elif far == "outside" and own:
                to = chance.choice(OUTSIDE)
            else:
                continue
            if own and to in own.addresses:
                continue
            protocol, port = chance.choice(("tcp", "tcp", "udp", "icmp")), chance.choice(PORTS)
            address = next(iter(own.addresses)) if own else source
            key = (source, to, protocol, port if protocol != "icmp" else 0)
            wanted.setdefault(key, Probe(source, address, to, protocol, port, 20000 + len(wanted)))
        return list(wanted.values())[:PROBES]


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where some have them who are not root
    for program in ("unshare", "ip", "nft"):
        real_clients.require_program(program)
    isolate(real_clients.skip)
    main()
