"""Connections that are tried, all at once, and what came of them."""

import contextlib
import selectors
import socket
import struct
import time

ENOUGH = 0.5  # seconds in which what gets through has done so
AT_MOST = 15  # seconds for what is said to get through, on a machine that does other things too


class Probe:
    def __init__(self, source, address, to, protocol, port, client_port):
        """`source`: a machine's id, or an address outside; `address`: the one that it sends from."""
        self.source, self.address, self.to, self.protocol = source, address, to, protocol
        self.port, self.client_port = port, client_port
        self.is_open = self.has_passed = False
        self.code = self.because = ""

    def ask(self, client):
        question = {"from": self.source, "to": self.to, "protocol": self.protocol}
        if self.protocol != "icmp":
            question.update({"port": self.port, "client_ports": self.client_port})
        answer = client.sim("reachability/why", question)
        if answer.status != 200:
            raise AssertionError(f"{question}: {answer}")
        self.is_open, self.because = answer.json["verdict"] == "connects", answer.json["because"]
        self.code = answer.json.get("code", "")

    def __str__(self):
        ports = "" if self.protocol == "icmp" else f"{self.port} from port {self.client_port}"
        return (f"{self.protocol} {ports} of {self.source} ({self.address}) to {self.to}: "
                f"{'has' if self.has_passed else 'has not'} passed, but is said to be "
                f"{'open' if self.is_open else 'closed'}: {self.because}")

    # The client's side.

    def begin(self):
        """A socket that tries; none where the attempt is refused at once."""
        kind = socket.SOCK_STREAM if self.protocol == "tcp" else socket.SOCK_DGRAM
        made = socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP if self.protocol == "icmp" else 0)
        try:
            made.setblocking(False)
            made.bind((self.address, self.client_port))
            with contextlib.suppress(BlockingIOError):
                made.connect((self.to, 0 if self.protocol == "icmp" else self.port))
            if self.protocol == "udp":
                made.send(b"?")
            elif self.protocol == "icmp":
                made.send(struct.pack("!BBHHH", 8, 0, 0, 0, 1) + b"?")
            return made
        except OSError:
            made.close()
            return None

    def see(self, made):
        """What the socket has to say: true, false, or None where it is not over yet."""
        try:
            if self.protocol == "tcp":
                return made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
            return bool(made.recv(100))
        except BlockingIOError:
            return None
        except OSError:
            return False


class Answering:
    """Everybody listens on every port: TCP is taken, UDP sent back; ICMP the kernel answers by itself."""

    def __init__(self, built, ports, selector):
        self.sockets, self.selector = [], selector
        for machine, namespace in built.machines.items():
            interface = next(each for each in built.described.interfaces.values() if each.instance == machine)
            with namespace.entered():
                self.listen(interface.addresses, ports)
        with built.internet.entered():
            self.listen(built.outside, ports)

    def listen(self, addresses, ports):
        for address in addresses:
            for port in ports:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    made = socket.socket(socket.AF_INET, kind)
                    made.setblocking(False)
                    made.bind((address, port))
                    if kind == socket.SOCK_STREAM:
                        made.listen(200)
                    self.sockets.append(made)
                    self.selector.register(made, selectors.EVENT_READ, self.answer)

    def answer(self, made):
        try:
            if made.type == socket.SOCK_STREAM:
                made.accept()[0].close()
            else:
                data, sender = made.recvfrom(100)
                made.sendto(data, sender)
        except OSError:
            pass  # who asked is gone, or may not be answered

    def close(self):
        for each in self.sockets:
            each.close()


def send(built, probes, ports):
    """Tries all of them, and notes which have passed."""
    selector = selectors.DefaultSelector()
    answering = Answering(built, ports, selector)
    tries = {}
    for probe in probes:
        with built.machines.get(probe.source, built.internet).entered():
            made = probe.begin()
        if made:
            tries[made] = probe
            selector.register(made, selectors.EVENT_WRITE if probe.protocol == "tcp" else selectors.EVENT_READ, None)
    began = time.monotonic()
    while tries:
        passed = time.monotonic() - began
        is_awaited = any(each.is_open for each in tries.values())
        if passed > AT_MOST or (passed > ENOUGH and not is_awaited):
            break
        for key, _ in selector.select(0.05):
            if key.data:
                key.data(key.fileobj)
                continue
            over = tries[key.fileobj].see(key.fileobj)
            if over is not None:
                selector.unregister(key.fileobj)
                tries.pop(key.fileobj).has_passed = over
                key.fileobj.close()
    for each in tries:
        each.close()
    answering.close()
    selector.close()
