"""What the black-box tests share: the real server as a process, and EC2 Query requests sent raw.

Only Python's standard library, so that nothing stands between a test and the bytes on the wire. A test file calls
`main()`, which takes the binary's path from the command line and leaves the rest to unittest.
"""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ElementTree

VERSION = "2016-11-15"
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
REGION = "us-east-1"
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
UBUNTU_OWNER = "099720109477"
UBUNTU_NAME = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"
DRY_RUN_TEXT = "Request would have succeeded, but DryRun flag is set."

binary = ""


class Answer:
    """One HTTP answer. Elements are found by their names, whatever the namespace."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.raw = body.decode("utf-8", "replace")
        self._root = None

    @property
    def root(self):
        """The document without namespaces; self.raw tells about those."""
        if self._root is None:
            self._root = ElementTree.fromstring(self.body)
            for element in self._root.iter():
                element.tag = element.tag.rpartition("}")[2]
        return self._root

    @property
    def json(self):
        return json.loads(self.body)

    def find(self, path):
        return self.root.find(path)

    def all(self, path):
        return self.root.findall(path)

    def text(self, path):
        """The text of the first such element; '' when it is empty, None when there is none."""
        return text(self.root, path)

    def texts(self, path):
        return [element.text or "" for element in self.root.findall(path)]

    @property
    def code(self):
        return self.text("Errors/Error/Code")

    @property
    def message(self):
        return self.text("Errors/Error/Message")

    def __repr__(self):
        return f"HTTP {self.status}: {self.raw[:2000]}"


def text(element, path):
    found = element.find(path)
    return None if found is None else found.text or ""


def names(element):
    """The tags of an element's children, in their order."""
    return [child.tag for child in element]


def credential_header(account, region, service="ec2", date="20261124"):
    return (
        f"AWS4-HMAC-SHA256 Credential={account}/{date}/{region}/{service}/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={'0' * 64}"
    )


class Client:
    """One caller: an account (a 12-digit access key is that account), a region, one kept connection per thread."""

    def __init__(self, server, account="AKIAIOSFODNN7EXAMPLE", region=REGION):
        self.server, self.account, self.region = server, account, region
        self.retries = True  # one more attempt where the server has closed a kept connection meanwhile
        self._local = threading.local()

    def at(self, account=None, region=None):
        return Client(self.server, account or self.account, region or self.region)

    def send(self, method, target, body=None, headers=None, fresh=False):
        """Sends exactly this; `fresh` on a connection of its own."""
        connection = None if fresh else getattr(self._local, "connection", None)
        for attempt in (1, 2):
            kept = connection is not None
            if not kept:
                connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
            try:
                connection.request(method, target, body=body, headers=headers or {})
                response = connection.getresponse()
                answer = Answer(
                    response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()
                )
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                connection.close()
                connection = None
                self._local.connection = None
                if not kept or attempt == 2 or not self.retries:
                    raise
        if fresh or response.will_close:
            connection.close()
            connection = None
        if not fresh:
            self._local.connection = connection
        return answer

    def close(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def headers(self, service="ec2"):
        return {
            "Authorization": credential_header(self.account, self.region, service),
            "X-Amz-Date": "20261124T120000Z",
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }

    def raw(self, query, method="POST", headers=None, **options):
        """A query string as it is: an order, repetitions and spellings that a dictionary cannot hold."""
        sent = self.headers() if headers is None else headers
        if method == "GET":
            return self.send("GET", "/?" + query, headers=sent, **options)
        return self.send("POST", "/", body=query.encode(), headers=sent, **options)

    def call(self, action, parameters=None, version=VERSION, method="POST", headers=None):
        """`parameters` is a dictionary or a list of pairs; a list as value becomes Name.1, Name.2 ..."""
        pairs = [("Action", action), ("Version", version)]
        items = parameters.items() if isinstance(parameters, dict) else parameters or []
        for name, value in items:
            if isinstance(value, (list, tuple)):
                pairs += [(f"{name}.{index}", each) for index, each in enumerate(value, 1)]
            elif isinstance(value, bool):
                pairs.append((name, "true" if value else "false"))
            else:
                pairs.append((name, value))
        return self.raw(urllib.parse.urlencode(pairs), method=method, headers=headers)

    def ok(self, action, parameters=None, **options):
        """The answer of a call that has to succeed."""
        answer = self.call(action, parameters, **options)
        if answer.status != 200:
            raise AssertionError(f"{action} {parameters} was refused: {answer}")
        return answer

    def json(self, target, payload, service="ssm"):
        """A call of the JSON protocol, which SSM speaks."""
        headers = self.headers(service)
        headers["Content-Type"] = "application/x-amz-json-1.1"
        headers["X-Amz-Target"] = target
        return self.send("POST", "/", body=json.dumps(payload).encode(), headers=headers)

    def sim(self, path, payload=None, headers=None, method=None):
        """One of the server's own endpoints: GET, or POST where there is a payload."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        body = None if payload is None else json.dumps(payload).encode()
        return self.send(method or ("GET" if body is None else "POST"), "/_sim/" + path, body=body, headers=sent)

    # What many tests begin with.

    def pages(self, action, parameters, path):
        found, token = [], None
        while True:
            answer = self.ok(action, {**parameters, **({"NextToken": token} if token else {})})
            found += answer.all(path)
            token = answer.text("nextToken")
            if not token:
                return found

    def image(self, name=UBUNTU_NAME, owner=UBUNTU_OWNER):
        """The newest image of that name."""
        items = self.pages(
            "DescribeImages",
            {"Owner.1": owner, "Filter.1.Name": "name", "Filter.1.Value.1": name, "MaxResults": 1000},
            "imagesSet/item",
        )
        if not items:
            raise AssertionError(f"no image {name} of {owner}")
        return text(max(items, key=lambda item: text(item, "creationDate")), "imageId")

    def account_id(self):
        return sts(self, "GetCallerIdentity").text("GetCallerIdentityResult/Account")

    def default_vpc(self):
        answer = self.ok("DescribeVpcs", {"Filter.1.Name": "is-default", "Filter.1.Value.1": "true"})
        return answer.text("vpcSet/item/vpcId")

    def subnet(self, zone="a"):
        answer = self.ok(
            "DescribeSubnets", {"Filter.1.Name": "availability-zone", "Filter.1.Value.1": self.region + zone}
        )
        return answer.text("subnetSet/item/subnetId")

    def run(self, count=1, **parameters):
        """Ids of new instances; parameters with dots in their names go as `**{"A.B": ...}`."""
        given = {"InstanceType": "t2.micro", "MinCount": count, "MaxCount": count, **parameters}
        if "ImageId" not in given:
            given["ImageId"] = self.image()
        return self.ok("RunInstances", given).texts("instancesSet/item/instanceId")

    def instance(self, instance_id):
        answer = self.ok("DescribeInstances", {"InstanceId.1": instance_id})
        return answer.find("reservationSet/item/instancesSet/item")

    def state(self, instance_id):
        return text(self.instance(instance_id), "instanceState/name")

    def volume(self, **parameters):
        given = {"AvailabilityZone": self.region + "a", "Size": 1, "VolumeType": "gp3", **parameters}
        return self.ok("CreateVolume", given).text("volumeId")

    def group(self, name, **parameters):
        return self.ok(
            "CreateSecurityGroup", {"GroupName": name, "GroupDescription": "made by a test", **parameters}
        ).text("groupId")


def sts(client, action, method="POST"):
    query = urllib.parse.urlencode([("Action", action), ("Version", "2011-06-15")])
    return client.raw(query, method=method, headers=client.headers("sts"))


def operations(client):
    """Names of what is implemented, whatever the page around them looks like."""
    found = client.sim("operations").json
    while isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, (list, dict)) and value]
        found = found.get("operations", lists[0] if lists else [])
        if isinstance(found, dict) and all(isinstance(value, (str, int, dict)) for value in found.values()):
            return list(found)
    return found


def rule(port=22, cidr="0.0.0.0/0", protocol="tcp", to_port=None):
    return {
        "IpPermissions.1.IpProtocol": protocol,
        "IpPermissions.1.FromPort": port,
        "IpPermissions.1.ToPort": port if to_port is None else to_port,
        "IpPermissions.1.IpRanges.1.CidrIp": cidr,
    }


class StartFailed(Exception):
    def __init__(self, status, output):
        super().__init__(f"the server did not start: exit status {status}: {output}")
        self.status, self.output = status, output


def clean_environment():
    """No FOGLING_* or AWS_* of whoever runs the tests."""
    return {
        name: value for name, value in os.environ.items() if not name.upper().startswith(("FOGLING_", "AWS_", "HTTP"))
    }


class Server:
    """`fogling serve` on a free port, ready when the constructor returns."""

    def __init__(self, *arguments, seconds=30, environment=None):
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**clean_environment(), **(environment or {})},
            cwd=tempfile.gettempdir(),
        )
        line = self._first_line(seconds)
        ready = re.match(r"^READY endpoint=http://([0-9.]+|\[[0-9a-f:]+\]):([0-9]+) pid=([0-9]+)", line)
        if not ready:
            self.process.kill()
            status = self.process.wait()
            raise StartFailed(status, line + self.process.stdout.read().decode("utf-8", "replace") + self.log())
        self.ready_line = line
        self.host, self.port, self.pid = ready.group(1).strip("[]"), int(ready.group(2)), int(ready.group(3))
        self.endpoint = f"http://{ready.group(1)}:{self.port}"
        # Read on, so that the server never waits for somebody to take what it prints.
        threading.Thread(target=self._drain, daemon=True).start()
        self.client = Client(self)

    def _first_line(self, seconds):
        line, until = b"", time.monotonic() + seconds
        out = self.process.stdout.fileno()
        while not line.endswith(b"\n"):
            if not select.select([out], [], [], max(0, until - time.monotonic()))[0]:
                raise AssertionError(f"the server said nothing in {seconds} s: {self.log()}")
            byte = os.read(out, 1)
            if not byte:
                self.process.wait(seconds)
                raise StartFailed(self.process.returncode, line.decode("utf-8", "replace") + self.log())
            line += byte
        return line.decode()

    def _drain(self):
        try:
            while self.process.stdout.read(65536):
                pass
        except ValueError:  # closed by stop()
            pass

    def log(self):
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def stop(self, how=signal.SIGTERM, seconds=20):
        """Ends the server and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"signal {how} did not end the server in {seconds} s: {self.log()[-2000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()


class ServerTest(unittest.TestCase):
    """One server for each class of tests; `arguments` go to `fogling serve`."""

    arguments = ()
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.arguments)
        cls.client = cls.server.client

    @classmethod
    def tearDownClass(cls):
        died = cls.server.process.poll() is not None
        status = cls.server.stop()
        if died or status not in (0, -signal.SIGTERM):
            raise AssertionError(f"the server ended with status {status}: {cls.server.log()[-4000:]}")

    def refused(self, action, parameters, code, message=None, status=400, client=None, **options):
        """The call is refused with this code and, where given, exactly these words, in EC2's envelope."""
        answer = (client or self.client).call(action, parameters, **options)
        self.is_refusal(answer, code, message, status)
        return answer

    def is_refusal(self, answer, code, message=None, status=400):
        self.assertEqual((code, status), (answer.code, answer.status), answer)
        if isinstance(message, re.Pattern):
            self.assertRegex(answer.message, message)
        elif message is not None:
            self.assertEqual(message, answer.message)


def main():
    global binary
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-FOGLING [unittest arguments]")
    binary = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__")
