"""Connections that are tried, all at once, and what came of them, in the words of the emulator's verdict."""

import contextlib
import errno
import selectors
import socket
import struct
import time

ENOUGH = 0.5  # seconds in which what gets through has done so
AT_MOST = 15  # seconds for what is said to get through, on a machine that does other things too
CONNECTS, REFUSED, TIMES_OUT = "connects", "refused", "times out"


class Probe:
    def __init__(self, source, address, to, protocol, port, client_port):
        """`source`: a machine's id, or an address outside; `address`: the one that it sends from."""
        self.source, self.address, self.to, self.protocol = source, address, to, protocol
        self.port, self.client_port = port, client_port
        self.said = self.seen = TIMES_OUT
        self.code = self.because = ""

    def ask(self, client):
        question = {"from": self.source, "to": self.to, "protocol": self.protocol}
        if self.protocol != "icmp":
            question.update({"port": self.port, "client_ports": self.client_port})
        answer = client.sim("reachability/why", question)
        if answer.status != 200:
            raise AssertionError(f"{question}: {answer}")
        self.said, self.because = answer.json["verdict"], answer.json["because"]
        self.code = answer.json.get("code", self.said)
        # Nobody answers to UDP; and what the kernel sends instead is ICMP, for which ACLs have entries of their own.
        if self.said == REFUSED and self.protocol != "tcp":
            self.said = TIMES_OUT

    def __str__(self):
        ports = "" if self.protocol == "icmp" else f"{self.port} from port {self.client_port}"
        return (f"{self.protocol} {ports} of {self.source} ({self.address}) to {self.to}: "
                f"it {self.seen}, but the emulator says that it {self.said}: {self.because}")

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
        """What the socket has to say; None where it is not over yet."""
        try:
            if self.protocol != "tcp":
                return CONNECTS if made.recv(100) else TIMES_OUT
            error = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            return {0: CONNECTS, errno.ECONNREFUSED: REFUSED}.get(error, TIMES_OUT)
        except BlockingIOError:
            return None
        except OSError:
            return TIMES_OUT


class Answering:
    """Everybody listens on every port, or where a tag says: TCP is taken, UDP sent back; ICMP the kernel answers by
    itself."""

    def __init__(self, built, ports, selector):
        self.sockets, self.selector = [], selector
        for machine, namespace in built.machines.items():
            interface = next(each for each in built.described.interfaces.values() if each.instance == machine)
            with namespace.entered():
                self.listen(interface.addresses, ports, built.described.listens.get(machine))
        with built.internet.entered():
            self.listen(built.outside, ports, None)

    def listen(self, addresses, ports, only):
        for address in addresses:
            for port in ports:
                for word, kind in (("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)):
                    if only is not None and f"{word}/{port}" not in only:
                        continue
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
    """Tries all of them, and notes what was seen."""
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
        is_awaited = any(each.said != TIMES_OUT for each in tries.values())
        if passed > AT_MOST or (passed > ENOUGH and not is_awaited):
            break
        for key, _ in selector.select(0.05):
            if key.data:
                key.data(key.fileobj)
                continue
            seen = tries[key.fileobj].see(key.fileobj)
            if seen is not None:
                selector.unregister(key.fileobj)
                tries.pop(key.fileobj).seen = seen
                key.fileobj.close()
    for each in tries:
        each.close()
    answering.close()
    selector.close()
