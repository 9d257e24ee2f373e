#!/usr/bin/env python3
"""kill -9 at any moment under write load, and a start on the same file: every answered write is there, no half of one,
and pending moves go on. The rest is about what the state file may be.
"""

import http.client
import os
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "blackbox"))

from fogling_client import Client, Server, StartFailed, main, rule, text  # noqa: E402

KILLS = 24
WRITERS = 6
SECONDS = 55
INSTANCES = "reservationSet/item/instancesSet/item"
TOO_EARLY = {"IncorrectInstanceState", "IncorrectState"}
TRANSIENT = {"pending", "stopping", "shutting-down", "creating", "deleting", "attaching", "detaching"}


class Refused(Exception):
    pass


class Writer(threading.Thread):
    """One connection that writes until the server is gone, and remembers what was answered.

    `instances` is what each instance's last answered command aims at; `doubt` holds what the unanswered last request
    was about: that alone may be done or not.
    """

    def __init__(self, number, server, image, memory):
        super().__init__(daemon=True)
        self.client = Client(server, region="us-east-1")
        self.client.retries = False
        self.number, self.image, self.memory = number, image, memory
        self.random = random.Random()
        self.broken = None

    def run(self):
        try:
            while True:
                try:
                    self.step()
                except Refused:
                    pass  # too early: what it is about is still on its way
        except (OSError, http.client.HTTPException):
            pass  # the server was killed; what was asked last stays in doubt
        except Exception as error:  # told by the main thread
            self.broken = error

    def write(self, action, parameters, about):
        """Sends one write; until its answer is read it is in doubt."""
        self.memory.doubt = about
        answer = self.client.call(action, parameters)
        self.memory.doubt = None
        if answer.code in TOO_EARLY:
            raise Refused
        if answer.status != 200:
            raise AssertionError(f"{action} {parameters}: {answer}")
        self.memory.writes += 1
        return answer

    def step(self):
        memory, choose = self.memory, self.random
        standing = [each for each, aim in memory.instances.items() if aim in ("running", "stopped")]
        what = choose.choice(
            ["run"] * 4 + ["volume", "volume", "tag", "tag", "rule", "address", "key", "snapshot"]
            + (["stop", "start", "terminate", "delete"] if standing else [])
        )  # fmt: skip
        memory.serial += 1
        name = f"{self.number}-{memory.serial}"
        if what == "run":
            count = choose.choice([1, 1, 2, 3])
            tags = {}
            for index, kind in enumerate(("instance", "volume", "network-interface"), 1):
                tags[f"TagSpecification.{index}.ResourceType"] = kind
                tags[f"TagSpecification.{index}.Tag.1.Key"] = "Launch"
                tags[f"TagSpecification.{index}.Tag.1.Value"] = name
            answer = self.write(
                "RunInstances",
                {"ImageId": self.image, "InstanceType": "t2.micro", "MinCount": count, "MaxCount": count, **tags},
                ("launch", name, count),
            )
            for each in answer.texts("instancesSet/item/instanceId"):
                memory.instances[each] = "running"
        elif what in ("stop", "start", "terminate"):
            each = choose.choice(standing)
            aim = {"stop": "stopped", "start": "running", "terminate": "terminated"}[what]
            self.write(what.title() + "Instances", {"InstanceId.1": each}, ("instance", each, aim))
            memory.instances[each] = aim
        elif what == "volume":
            size = choose.randrange(1, 50)
            answer = self.write(
                "CreateVolume",
                {"AvailabilityZone": "us-east-1a", "Size": size, "VolumeType": "gp3", "ClientToken": name},
                ("token", name),
            )
            memory.volumes[answer.text("volumeId")] = str(size)
        elif what == "delete" and memory.volumes:
            each = choose.choice(sorted(memory.volumes))
            self.write("DeleteVolume", {"VolumeId": each}, ("volume", each))
            del memory.volumes[each]
            memory.gone.add(each)
        elif what == "tag" and memory.volumes:
            each = choose.choice(sorted(memory.volumes))
            # Two tags by one request: a half of it would be one without the other.
            self.write(
                "CreateTags",
                {"ResourceId.1": each, "Tag.1.Key": "a", "Tag.1.Value": name, "Tag.2.Key": "b", "Tag.2.Value": name},
                ("tag", each, name),
            )
            memory.tags[each] = name
        elif what == "rule":
            if memory.group is None:
                answer = self.write(
                    "CreateSecurityGroup",
                    {"GroupName": f"g{name}", "GroupDescription": "under load"},
                    ("group", f"g{name}"),
                )
                memory.group = answer.text("groupId")
            else:
                cidr = f"10.{self.number}.{memory.serial // 250 % 250}.{memory.serial % 250}/32"
                self.write("AuthorizeSecurityGroupIngress", {"GroupId": memory.group, **rule(22, cidr)}, ("rule", cidr))
                memory.rules.add(cidr)
        elif what == "address":
            answer = self.write("AllocateAddress", {}, ("address", name))
            memory.addresses[answer.text("allocationId")] = answer.text("publicIp")
        elif what == "key":
            answer = self.write("CreateKeyPair", {"KeyName": name, "KeyType": "ed25519"}, ("key", name))
            memory.keys[answer.text("keyPairId")] = answer.text("keyFingerprint")
        elif what == "snapshot" and memory.volumes:
            each = choose.choice(sorted(set(memory.volumes) - memory.snapped) or [None])
            if each is None:
                return
            memory.snapped.add(each)  # real EC2 takes one every quarter of a minute of a volume
            answer = self.write("CreateSnapshot", {"VolumeId": each, "Description": name}, ("snapshot", each))
            memory.snapshots[answer.text("snapshotId")] = each


class Memory:
    """What one writer knows to be true, over all kills."""

    def __init__(self):
        self.serial = self.writes = 0
        self.group = self.doubt = None
        self.instances, self.volumes, self.gone, self.tags = {}, {}, set(), {}
        self.snapshots, self.snapped = {}, set()
        self.rules, self.addresses, self.keys = set(), {}, {}


class Kill9(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, "state.db")
        self.server = None
        self.addCleanup(lambda: self.server and self.server.kill())

    def serve(self, clock):
        self.server = Server("--state", self.state, "--clock", clock, "--quotas", "none")
        return self.server.client

    def test_answered_writes_survive(self):
        seed = int(os.environ.get("CRASH_SEED", random.randrange(10**6)))
        chance, memories = random.Random(seed), [Memory() for _ in range(WRITERS)]
        started, kills = time.monotonic(), 0
        print(f"CRASH_SEED={seed}", flush=True)
        while kills < KILLS and time.monotonic() - started < SECONDS:
            clock = chance.choice(["settle", "manual", "scaled:20", "real"])
            client = self.serve(clock)
            image = client.image()
            writers = [Writer(number, self.server, image, memory) for number, memory in enumerate(memories)]
            for writer in writers:
                writer.start()
            time.sleep(chance.choice([0.02, 0.1, 0.3, 0.6]) * (0.5 + chance.random()))
            self.server.kill()
            kills += 1
            for writer in writers:
                writer.join(30)
                self.assertFalse(writer.is_alive())
                if writer.broken:
                    raise writer.broken
            self.look(memories, kills, clock)
        print(f"{kills} kills, {sum(memory.writes for memory in memories)} answered writes")
        self.assertGreaterEqual(kills, 20, "too slow to be killed often enough")
        self.assertGreater(sum(memory.writes for memory in memories), 20 * kills)

    def look(self, memories, kills, clock):
        """Starts on the file as it was left, and compares all that is there before and after the pending moves."""
        with self.subTest(kills=kills, clock=clock):
            # Frozen, so that the moves that were pending are seen pending.
            client = self.serve("manual")
            self.compare(client, memories, settled=False)
            client.sim("clock", {"run_until_idle": True})
            self.assertFalse(client.sim("clock").json["pending"])
            self.compare(client, memories, settled=True)
            for memory in memories:
                self.settle_doubt(client, memory)
            if kills % 6 == 0:  # begin anew, lest everything takes longer and longer
                client.sim("reset", {})
                for memory in memories:
                    writes = memory.writes
                    memory.__init__()
                    memory.writes = writes
            if kills % 4 == 0:
                self.server.kill()  # with nothing going on at all
            else:
                self.server.stop()
            with sqlite3.connect(self.state) as file:
                self.assertEqual("ok", file.execute("PRAGMA integrity_check").fetchone()[0])
                self.assertEqual([], file.execute("PRAGMA foreign_key_check").fetchall())
            file.close()

    def compare(self, client, memories, settled):
        instances = {
            text(each, "instanceId"): each
            for each in client.pages("DescribeInstances", {"MaxResults": 1000}, INSTANCES)
        }
        volumes = {
            text(each, "volumeId"): each
            for each in client.pages("DescribeVolumes", {"MaxResults": 500}, "volumeSet/item")
        }
        interfaces = {
            text(each, "networkInterfaceId"): each
            for each in client.pages("DescribeNetworkInterfaces", {"MaxResults": 1000}, "networkInterfaceSet/item")
        }
        addresses = {
            text(each, "allocationId"): each for each in client.ok("DescribeAddresses").all("addressesSet/item")
        }
        snapshots = {
            text(each, "snapshotId"): each
            for each in client.pages("DescribeSnapshots", {"Owner.1": "self", "MaxResults": 1000}, "snapshotSet/item")
        }
        keys = {text(each, "keyPairId"): each for each in client.ok("DescribeKeyPairs").all("keySet/item")}
        rules = {
            text(each, "cidrIpv4")
            for each in client.pages("DescribeSecurityGroupRules", {"MaxResults": 1000}, "securityGroupRuleSet/item")
        }
        self.whole(instances, volumes, interfaces, settled)
        launches = {}
        for each in instances.values():
            name = tags_of(each).get("Launch")
            launches[name] = launches.get(name, 0) + 1
        for memory in memories:
            doubt = memory.doubt or ()
            # Terminated instances may fade away, and nothing else may.
            for each, aim in memory.instances.items():
                if each not in instances:
                    self.assertTrue(aim == "terminated" or doubt == ("instance", each, "terminated"), f"{each} is lost")
                    continue
                self.follows(instances[each], each, aim, doubt, settled)
            if doubt[:1] == ("launch",):
                self.assertIn(launches.get(doubt[1], 0), (0, doubt[2]), "half of a launch")
            for each, size in memory.volumes.items():
                if doubt != ("volume", each):
                    self.assertIn(each, volumes)
                if each in volumes:
                    self.assertEqual(size, text(volumes[each], "size"))
                    tags = tags_of(volumes[each])
                    self.assertEqual(tags.get("a"), tags.get("b"), "half of a CreateTags")
                    allowed = {memory.tags.get(each), doubt[2] if doubt[:2] == ("tag", each) else memory.tags.get(each)}
                    self.assertIn(tags.get("a"), allowed)
            for each in memory.gone:
                if settled:
                    self.assertNotIn(each, volumes)
            for each, ip in memory.addresses.items():
                self.assertIn(each, addresses)
                self.assertEqual(ip, text(addresses[each], "publicIp"))
            for each, fingerprint in memory.keys.items():
                self.assertIn(each, keys)
                self.assertEqual(fingerprint, text(keys[each], "keyFingerprint"))
            for each, volume in memory.snapshots.items():
                self.assertIn(each, snapshots)
                self.assertEqual(volume, text(snapshots[each], "volumeId"))
                if settled:
                    self.assertEqual("completed", text(snapshots[each], "status"))
            self.assertLessEqual(memory.rules, rules)

    def follows(self, item, each, aim, doubt, settled):
        state = text(item, "instanceState/name")
        aims = {aim, doubt[2]} if doubt[:2] == ("instance", each) else {aim}
        way = {"running": {"pending"}, "stopped": {"stopping"}, "terminated": {"shutting-down"}}
        allowed = aims if settled else aims.union(*(way[one] for one in aims))
        self.assertIn(state, allowed, f"{each} after {sorted(aims)}")

    def whole(self, instances, volumes, interfaces, settled):
        """No half of anything: every machine has its disk and its interface, each of which has one machine."""
        attached, mapped, private = {}, {}, set()
        for each, item in volumes.items():
            attachments = item.findall("attachmentSet/item")
            self.assertEqual(text(item, "status") == "in-use", bool(attachments), each)
            for attachment in attachments:
                attached.setdefault(text(attachment, "instanceId"), set()).add(each)
            if settled:
                self.assertNotIn(text(item, "status"), TRANSIENT, each)
        for each, item in interfaces.items():
            instance = text(item, "attachment/instanceId")
            self.assertEqual(text(item, "status") == "in-use", bool(instance), each)
            if instance:
                mapped.setdefault(instance, set()).add(each)
            address = (text(item, "subnetId"), text(item, "privateIpAddress"))
            self.assertNotIn(address, private)
            private.add(address)
        for each, item in instances.items():
            state = text(item, "instanceState/name")
            if settled:
                self.assertNotIn(state, TRANSIENT, each)
            if state == "terminated":
                self.assertNotIn(each, attached)
                self.assertNotIn(each, mapped)
            elif state != "shutting-down":
                disks = {text(device, "ebs/volumeId") for device in item.findall("blockDeviceMapping/item")}
                self.assertEqual(1, len(disks), each)
                self.assertEqual(disks, attached.get(each), each)
                cards = {text(card, "networkInterfaceId") for card in item.findall("networkInterfaceSet/item")}
                self.assertEqual(1, len(cards), each)
                self.assertEqual(cards, mapped.get(each), each)
                launch = tags_of(item)["Launch"]
                for disk in disks:
                    self.assertEqual(launch, tags_of(volumes[disk]).get("Launch"))
                for card in cards:
                    self.assertEqual(launch, tags_of(interfaces[card]).get("Launch"))
        for each in set(attached) | set(mapped):
            self.assertIn(each, instances)

    def settle_doubt(self, client, memory):
        """Reads how the unanswered request ended, so that the next round begins with certainty."""
        doubt, memory.doubt = memory.doubt, None
        if not doubt:
            return
        if doubt[0] == "launch":
            filters = {"Filter.1.Name": "tag:Launch", "Filter.1.Value.1": doubt[1]}
            for each in client.ok("DescribeInstances", filters).all(INSTANCES):
                memory.instances[text(each, "instanceId")] = "running"
        elif doubt[0] == "instance":
            answer = client.call("DescribeInstances", {"InstanceId.1": doubt[1]})
            memory.instances[doubt[1]] = answer.text(INSTANCES + "/instanceState/name") or "terminated"
        elif doubt[0] == "volume":
            if client.call("DescribeVolumes", {"VolumeId.1": doubt[1]}).status != 200:
                del memory.volumes[doubt[1]]
                memory.gone.add(doubt[1])
        elif doubt[0] == "tag":
            tags = tags_of(client.ok("DescribeVolumes", {"VolumeId.1": doubt[1]}).find("volumeSet/item"))
            if "a" in tags:
                memory.tags[doubt[1]] = tags["a"]


def tags_of(item):
    return {text(tag, "key"): text(tag, "value") for tag in item.findall("tagSet/item")}


class PendingMoves(unittest.TestCase):
    """What was under way goes on after a restart, whatever ended the process."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, "state.db")

    def serve(self, *arguments):
        server = Server("--state", self.state, *arguments)
        self.addCleanup(server.kill)
        return server

    def test_manual(self):
        for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            server = self.serve("--clock", "manual")
            instance = server.client.run()[0]
            now = server.client.sim("clock").json["now"]
            server.stop(how)
            server = self.serve("--clock", "manual")
            self.assertEqual(
                now, server.client.sim("clock").json["now"], "a clock moved by hand stands still meanwhile"
            )
            self.assertEqual("pending", server.client.state(instance))
            self.assertTrue(server.client.sim("clock").json["pending"])
            server.client.sim("clock", {"run_until_idle": True})
            self.assertEqual("running", server.client.state(instance))
            server.client.ok("TerminateInstances", {"InstanceId.1": instance})
            server.client.sim("clock", {"run_until_idle": True})
            server.stop()

    def test_real(self):
        server = self.serve("--clock", "real")
        instance = server.client.run()[0]
        self.assertEqual("pending", server.client.state(instance))
        server.kill()
        server = self.serve("--clock", "scaled:200")
        until = time.monotonic() + 20
        while server.client.state(instance) != "running" and time.monotonic() < until:
            time.sleep(0.02)
        self.assertEqual("running", server.client.state(instance))
        server.stop()

    def test_settle(self):
        server = self.serve("--clock", "manual")
        instance = server.client.run()[0]
        server.kill()
        server = self.serve("--clock", "settle")
        self.assertEqual("running", server.client.state(instance))
        server.stop()

    def test_client_token_is_remembered(self):
        server = self.serve()
        instance = server.client.run(ClientToken="once")
        server.kill()
        server = self.serve()
        self.assertEqual(instance, server.client.run(ClientToken="once"))
        server.stop()


class StateFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, "state.db")

    def filled(self, how):
        server = Server("--state", self.state)
        try:
            client = server.client
            client.ok("CreateKeyPair", {"KeyName": "kept", "KeyType": "ed25519"})
            instance = client.run(KeyName="kept")[0]
            server.stop(how)
            return instance
        finally:
            server.kill()

    def test_ending_by_a_signal_keeps_it(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            instance = self.filled(how)
            server = Server("--state", self.state)
            try:
                self.assertEqual("kept", text(server.client.instance(instance), "keyName"))
                server.client.sim("reset", {})
            finally:
                server.stop()

    def test_readable_by_the_sqlite_shell(self):
        instance = self.filled(signal.SIGTERM)
        with sqlite3.connect(self.state) as file:
            rows = file.execute("SELECT instance_id, state, key_name FROM instance").fetchall()
        file.close()
        # Nobody has asked since the launch, so it may still be on its way.
        self.assertIn(rows, ([(instance, "running", "kept")], [(instance, "pending", "kept")]))

    def refuses(self, *words):
        before = pathlib.Path(self.state).read_bytes()
        with self.assertRaises(StartFailed) as caught:
            Server("--state", self.state).kill()
        self.assertGreater(caught.exception.status, 0)
        for word in (self.state, *words):
            self.assertIn(word, caught.exception.output)
        self.assertNotIn("terminate called", caught.exception.output)
        self.assertEqual(before, pathlib.Path(self.state).read_bytes(), "a file that is refused stays as it was")

    def test_newer_version(self):
        self.filled(signal.SIGTERM)
        with sqlite3.connect(self.state) as file:
            version = file.execute("PRAGMA user_version").fetchone()[0]
            self.assertGreater(version, 0)
            file.execute(f"PRAGMA user_version = {version + 1}")
        file.close()
        self.refuses("newer")

    def test_rubbish(self):
        pathlib.Path(self.state).write_bytes(b"this is no database\n" * 500)
        self.refuses()

    def test_somebody_elses_database(self):
        with sqlite3.connect(self.state) as file:
            file.execute("CREATE TABLE instance (recipe TEXT)")
        file.close()
        self.refuses()


if __name__ == "__main__":
    main()
