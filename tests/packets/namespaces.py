"""Network namespaces without names: they hold everything that a test builds, and are gone with its process.

A thread enters a namespace, makes a socket or runs a program there, and comes home; the socket stays where it was made.
Nothing here works in the namespace that the machine itself lives in: `isolate` has to have been called before."""

import contextlib
import ctypes
import os
import pathlib
import subprocess
import sys

CLONE_NEWNET = 0x40000000
INSIDE = "FOGLING_PACKETS_OUTSIDE"  # holds, inside, which namespace is the one outside

libc = ctypes.CDLL(None, use_errno=True)


def current():
    return os.readlink("/proc/thread-self/ns/net")


def isolate(skip):
    """Runs this program again in a network of its own that leads nowhere; comes back only in there. Who may not make
    networks is told why."""
    if INSIDE in os.environ:
        if os.environ[INSIDE] == current():
            raise RuntimeError("still in the machine's own network")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    # Without root the right to make networks comes with a namespace of users.
    command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    tried = subprocess.run([*command, "nft", "list", "ruleset"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        skip(f"network namespaces cannot be made here: {tried.stderr.strip()}")
    if tried.stdout.strip():
        raise RuntimeError("a new network has rules already")
    os.environ[INSIDE] = current()
    sys.stdout.flush()
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


class Namespace:
    """A network stack of its own. `lines` are what `ip` is to do there, `rules` what nft is; `settle` does it."""

    def __init__(self, *, forwards=False):
        if INSIDE not in os.environ or os.environ[INSIDE] == current():
            raise RuntimeError("no networks are made in the machine's own")
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            done(libc.unshare(CLONE_NEWNET))
            self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            settings = {"conf/all/rp_filter": 0, "conf/default/rp_filter": 0, "conf/all/send_redirects": 0,
                        "conf/default/send_redirects": 0, "ip_forward": int(forwards), "ping_group_range": "0 0"}
            for name, value in settings.items():
                pathlib.Path("/proc/sys/net/ipv4", name).write_text(f"{value}\n")
        finally:
            done(libc.setns(home, CLONE_NEWNET))
            os.close(home)
        self.lines, self.rules = ["link set lo up"], ""

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def entered(self):
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        done(libc.setns(self.fd, CLONE_NEWNET))
        try:
            yield
        finally:
            done(libc.setns(home, CLONE_NEWNET))
            os.close(home)

    def settle(self):
        with self.entered():
            feed(["ip", "-batch", "-"], "\n".join(self.lines) + "\n")
            if self.rules:
                feed(["nft", "-f", "-"], self.rules)

    def close(self):
        os.close(self.fd)


class Links:
    """Cables between namespaces. Each has a network of four addresses, which nothing but the kernel's ARP uses."""

    def __init__(self):
        self._lines = []

    def connect(self, here, name_here, there, name_there):
        """The addresses of the two ends."""
        base = 4 * (len(self._lines) + 1)
        ends = [f"169.254.{(base + i) // 256}.{(base + i) % 256}" for i in (1, 2)]
        self._lines.append(f"link add name {name_here} netns {here.path} type veth peer name {name_there} "
                           f"netns {there.path}")
        for namespace, name, end in ((here, name_here, ends[0]), (there, name_there, ends[1])):
            namespace.lines += [f"addr add {end}/30 dev {name}", f"link set {name} up"]
        return ends

    def lay(self):
        feed(["ip", "-batch", "-"], "\n".join(self._lines) + "\n")


def done(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def feed(command, text):
    ran = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {ran.stderr}\nof\n{text}")
