#!/usr/bin/env python3
"""The server's own endpoints, who may reach them, and how it starts and ends."""

import datetime
import os
import signal
import socket
import tempfile
import time
import unittest

from fogling_client import Client, Server, ServerTest, StartFailed, main, operations, text


def idle(client):
    return client.sim("clock", {"run_until_idle": True})


class Health(ServerTest):
    def test_health(self):
        answer = self.client.sim("health")
        self.assertEqual(200, answer.status)
        self.assertIsInstance(answer.json, dict)
        self.assertEqual("application/json", answer.headers["content-type"].partition(";")[0])

    def test_operations(self):
        built = operations(self.client)
        self.assertTrue(built)
        names = {each["name"] if isinstance(each, dict) else each for each in built}
        self.assertLessEqual({"RunInstances", "DescribeInstances", "AllocateAddress", "CreateVolume"}, names)

    def test_unknown_page(self):
        self.assertEqual(404, self.client.sim("tea").status)

    def test_wrong_method(self):
        answer = self.client.sim("reset")
        self.assertIn(answer.status, (404, 405))

    def test_bad_json(self):
        headers = {"Content-Type": "application/json"}
        for body in (b"{", b"[]", b'"x"', b'{"mode": 7}', b'{"tea": 1}', b'{"advance": "soon"}', b'{"mode": "tea"}'):
            answer = self.client.send("POST", "/_sim/clock", body=body, headers=headers)
            self.assertEqual(400, answer.status, body)
        self.assertEqual("settle", self.client.sim("clock").json["mode"])


class ForeignPages(ServerTest):
    """A page in somebody's browser must not reach the server by a name that it rebinds, or from its own origin."""

    def test_hosts(self):
        port = self.server.port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "localhost", "LOCALHOST", "127.0.0.1"):
            answer = self.client.sim("health", headers={"Host": host})
            self.assertEqual(200, answer.status, host)
        for host in (
            f"evil.example:{port}",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example:127.0.0.1",
            "192.0.2.1",
            "evillocalhost",
        ):
            for path, payload in (("health", None), ("reset", {}), ("clock", {"mode": "manual"}), ("operations", None)):
                answer = self.client.sim(path, payload, headers={"Host": host})
                self.assertEqual(403, answer.status, (host, path))

    def test_origins(self):
        port = self.server.port
        for origin in (f"http://127.0.0.1:{port}", f"http://localhost:{port}", f"http://[::1]:{port}"):
            answer = self.client.sim("health", headers={"Origin": origin})
            self.assertEqual(200, answer.status, origin)
        for origin in ("http://evil.example", "https://localhost.evil.example", "null", f"http://evil.example:{port}"):
            answer = self.client.sim("reset", {}, headers={"Origin": origin})
            self.assertEqual(403, answer.status, origin)

    def test_nothing_happened(self):
        volume = self.client.volume()
        self.client.sim("reset", {}, headers={"Origin": "http://evil.example"})
        self.client.sim("reset", {}, headers={"Host": "evil.example"})
        self.client.ok("DescribeVolumes", {"VolumeId.1": volume})


class Reset(ServerTest):
    WORLDS = [
        (account, region) for account in ("111111111111", "222222222222") for region in ("us-east-1", "eu-west-1")
    ]

    def furnish(self):
        for world in self.WORLDS:
            client = Client(self.server, *world)
            client.run()
            client.ok("CreateKeyPair", {"KeyName": f"key-{time.monotonic_ns()}", "KeyType": "ed25519"})
            client.ok("CreateTags", {"ResourceId.1": client.volume(), "Tag.1.Key": "k", "Tag.1.Value": "v"})

    def left(self):
        found = []
        for world in self.WORLDS:
            client = Client(self.server, *world)
            if (
                client.ok("DescribeInstances").all("reservationSet/item")
                or client.ok("DescribeVolumes").all("volumeSet/item")
                or client.ok("DescribeKeyPairs").all("keySet/item")
                or client.ok("DescribeTags").all("tagSet/item")
            ):
                found.append(world)
        return found

    def test_scopes(self):
        self.furnish()
        self.assertEqual(self.WORLDS, self.left())
        self.reset({"account": "111111111111", "region": "us-east-1"})
        self.assertEqual(self.WORLDS[1:], self.left())
        self.reset({"account": "222222222222"})
        self.assertEqual(self.WORLDS[1:2], self.left())
        self.furnish()
        self.reset({"region": "eu-west-1"})
        self.assertEqual([self.WORLDS[0], self.WORLDS[2]], self.left())
        self.reset({})
        self.assertEqual([], self.left())

    def reset(self, scope):
        answer = self.client.sim("reset", scope)
        self.assertEqual(2, answer.status // 100, answer)

    def test_a_default_vpc_is_there_again(self):
        before = self.client.default_vpc()
        self.reset({})
        after = self.client.default_vpc()
        self.assertNotEqual((None, None), (before, after))
        self.assertEqual(1, len(self.client.ok("DescribeVpcs").all("vpcSet/item")))
        self.assertEqual(6, len(self.client.ok("DescribeSubnets").all("subnetSet/item")))

    def test_without_a_body(self):
        volume = self.client.volume()
        answer = self.client.send("POST", "/_sim/reset", body=b"", headers={})
        self.assertEqual(2, answer.status // 100, answer)
        self.refused("DescribeVolumes", {"VolumeId.1": volume}, "InvalidVolume.NotFound")

    def test_takes_no_time(self):
        self.client.run()
        samples = []
        for _ in range(20):
            self.client.volume()
            started = time.perf_counter()
            self.reset({})
            samples.append(time.perf_counter() - started)
        # Under a millisecond in a release; this build has assertions, perhaps sanitizers, and a busy machine.
        self.assertLess(sorted(samples)[10], 0.05)


class Clock(ServerTest):
    arguments = ("--clock", "manual")

    def setUp(self):
        self.client.sim("reset", {})
        self.client.sim("clock", {"mode": "manual"})

    def now(self):
        return self.client.sim("clock").json["now"]

    def test_state(self):
        clock = self.client.sim("clock").json
        self.assertEqual("manual", clock["mode"])
        self.assertLessEqual({"mode", "now", "pending"}, set(clock))

    def test_stands_still_until_told(self):
        instance = self.client.run()[0]
        before = self.now()
        time.sleep(0.05)
        self.assertEqual(before, self.now())
        for _ in range(3):
            self.assertEqual("pending", self.client.state(instance))
        self.assertTrue(self.client.sim("clock").json["pending"])

    def test_advance(self):
        for advance in ("90s", 90, "2m", "1h"):
            instance, before = self.client.run()[0], self.now()
            answer = self.client.sim("clock", {"advance": advance})
            self.assertEqual(200, answer.status, answer)
            self.assertEqual("running", self.client.state(instance))
            self.assertNotEqual(before, self.now())
            self.client.ok("StopInstances", {"InstanceId.1": instance})
            self.assertEqual("stopping", self.client.state(instance))
            self.client.sim("clock", {"advance": advance})
            self.assertEqual("stopped", self.client.state(instance))

    def test_moves_in_the_order_of_their_time(self):
        instance = self.client.run()[0]
        seen = [self.client.state(instance)]
        for _ in range(240):
            self.client.sim("clock", {"advance": 1})
            seen.append(self.client.state(instance))
        steps = [state for index, state in enumerate(seen) if index == 0 or seen[index - 1] != state]
        self.assertEqual(["pending", "running"], steps)
        self.assertFalse(self.client.sim("clock").json["pending"])

    def test_run_until_idle(self):
        instance, volume = self.client.run()[0], self.client.volume()
        self.assertEqual(200, idle(self.client).status)
        self.assertFalse(self.client.sim("clock").json["pending"])
        self.assertEqual("running", self.client.state(instance))
        snapshot = self.client.ok("CreateSnapshot", {"VolumeId": volume})
        self.assertEqual("pending", snapshot.text("status"))
        image = self.client.ok("CreateImage", {"InstanceId": instance, "Name": "idle"}).text("imageId")
        pending = self.client.ok("DescribeImages", {"ImageId.1": image})
        self.assertEqual("pending", pending.text("imagesSet/item/imageState"))
        idle(self.client)
        for action, name, value, path, expected in (
            ("DescribeSnapshots", "SnapshotId.1", snapshot.text("snapshotId"), "snapshotSet/item/status", "completed"),
            ("DescribeImages", "ImageId.1", image, "imagesSet/item/imageState", "available"),
            ("DescribeInstanceStatus", "InstanceId.1", instance, "instanceStatusSet/item/systemStatus/status", "ok"),
        ):
            self.assertEqual(expected, self.client.ok(action, {name: value}).text(path))

    def test_status_checks_initialize_after_launch(self):
        instance = self.client.run()[0]
        for _ in range(60):
            if self.client.state(instance) == "running":
                break
            self.client.sim("clock", {"advance": 1})
        status = self.client.ok("DescribeInstanceStatus", {"InstanceId.1": instance})
        self.assertEqual("initializing", status.text("instanceStatusSet/item/instanceStatus/status"))

    def test_launch_time_follows_the_clock(self):
        def launched():
            return datetime.datetime.strptime(
                text(self.client.instance(self.client.run()[0]), "launchTime"), "%Y-%m-%dT%H:%M:%S.%fZ"
            )

        before = launched()
        self.client.sim("clock", {"advance": 86400})
        self.assertEqual(datetime.timedelta(days=1), launched() - before)

    def test_settle(self):
        self.client.sim("clock", {"mode": "settle"})
        launch = self.client.ok(
            "RunInstances", {"ImageId": self.client.image(), "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1}
        )
        self.assertEqual("pending", launch.text("instancesSet/item/instanceState/name"))
        self.assertEqual("running", self.client.state(launch.text("instancesSet/item/instanceId")))

    def test_poll(self):
        self.client.sim("clock", {"mode": "poll"})
        instance = self.client.run()[0]
        seen = [self.client.state(instance) for _ in range(6)]
        self.assertEqual("running", seen[-1])
        self.client.ok("StopInstances", {"InstanceId.1": instance})
        seen = [self.client.state(instance) for _ in range(6)]
        self.assertEqual("stopping", seen[0])
        self.assertEqual("stopped", seen[-1])

    def test_scaled(self):
        self.client.sim("clock", {"mode": "scaled:1000"})
        instance = self.client.run()[0]
        until = time.monotonic() + 10
        while self.client.state(instance) != "running" and time.monotonic() < until:
            time.sleep(0.01)
        self.assertEqual("running", self.client.state(instance))

    def test_real_is_not_at_once(self):
        self.client.sim("clock", {"mode": "real"})
        instance = self.client.run()[0]
        self.assertEqual("pending", self.client.state(instance))
        self.client.sim("clock", {"mode": "settle"})
        self.assertEqual("running", self.client.state(instance))


class Seed(unittest.TestCase):
    def one(self, seed):
        server = Server("--clock", "manual", "--seed", seed)
        try:
            client = server.client
            answers = [
                client.call("CreateKeyPair", {"KeyName": "k"}),
                client.call("CreateKeyPair", {"KeyName": "e", "KeyType": "ed25519"}),
                client.call("AllocateAddress"),
                client.call("DescribeVpcs"),
            ]
            client.run(2)
            described = client.ok("DescribeInstances").find("reservationSet/item/instancesSet")
            answers.append(text(described, "item/instanceId") + text(described, "item/privateIpAddress"))
            return [getattr(answer, "raw", answer) for answer in answers]
        finally:
            server.stop()

    def test_same_seed_same_bytes(self):
        first, second, other = self.one("7"), self.one("7"), self.one("8")
        self.assertEqual(first, second)
        for one, another in zip(first, other):
            self.assertNotEqual(one, another)


class Process(unittest.TestCase):
    """How the program starts, fails to start, and ends."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, "state.db")

    def fails(self, *arguments):
        with self.assertRaises(StartFailed) as caught:
            server = Server(*arguments)
            server.kill()
        self.assertGreater(caught.exception.status, 0, caught.exception.output)
        self.assertNotIn("terminate called", caught.exception.output)
        self.assertTrue(caught.exception.output.strip())
        return caught.exception.output

    def test_ready_line(self):
        server = Server()
        self.assertEqual(server.process.pid, server.pid)
        self.assertRegex(server.ready_line, rf"^READY endpoint=http://127\.0\.0\.1:{server.port} pid={server.pid}\b")
        server.stop()

    def test_signals_end_it_at_once(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = Server("--state", self.state)
            # A connection that is kept open must not hold it up.
            server.client.ok("DescribeRegions")
            started = time.monotonic()
            self.assertEqual(0, server.stop(how))
            self.assertLess(time.monotonic() - started, 2)

    def test_taken_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertIn(str(port), self.fails("--port", str(port)))

    def test_unreadable_state(self):
        self.assertIn(self.state, self.fails("--state", os.path.join(self.state, "no", "folder")))
        os.mkdir(self.state)
        self.assertIn(self.state, self.fails("--state", self.state))

    def test_bad_arguments(self):
        for arguments in (
            ("--clock", "tea"),
            ("--port", "70000"),
            ("--tea",),
            ("--public-pool", "tea"),
            ("--quotas", os.path.join(self.state, "absent")),
            ("--images", os.path.join(self.state, "absent")),
        ):
            self.fails(*arguments)

    def test_flag_beats_environment(self):
        environment = {"FOGLING_CLOCK": "manual", "FOGLING_REGION": "eu-west-1"}
        for arguments, mode in (((), "manual"), (("--clock", "poll"), "poll")):
            server = Server(*arguments, environment=environment)
            try:
                self.assertEqual(mode, server.client.sim("clock").json["mode"])
                zones = Client(server, region="0").ok("DescribeAvailabilityZones")
                self.assertEqual("eu-west-1", zones.text("availabilityZoneInfo/item/regionName"))
            finally:
                server.stop()

    def test_public_pool(self):
        server = Server("--public-pool", "203.0.113.0/24")
        try:
            self.assertTrue(server.client.ok("AllocateAddress").text("publicIp").startswith("203.0.113."))
        finally:
            server.stop()

    def test_region_and_account(self):
        server = Server("--region", "eu-west-1", "--account", "999988887777")
        try:
            client = Client(server, region="0")
            self.assertEqual("999988887777", client.account_id())
            zones = client.ok("DescribeAvailabilityZones")
            self.assertEqual({"eu-west-1"}, set(zones.texts("availabilityZoneInfo/item/regionName")))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
