"""Rules of nftables and lines of `ip route` for what EC2 describes. Written from EC2's documents, and not from how the
emulator decides: that is what the two are compared for."""

PRIVATE = "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }"  # what an internet gateway does not carry
PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp"}


def matched(protocol, ports):
    """Of a rule's protocol and ports; of ICMP, type and code. -1 is any."""
    if protocol == -1:
        return ""
    word = PROTOCOLS[protocol]
    if protocol == 1:
        kind, code = ports or (-1, -1)
        if kind == -1:
            return "ip protocol icmp "
        return f"icmp type {kind} " + (f"icmp code {code} " if code != -1 else "")
    if ports is None or ports == (-1, -1):
        return f"ip protocol {word} "
    return f"{word} dport {ports[0]}-{ports[1]} "


def chain(name, rules, hook=""):
    body = "".join(f"    {rule}\n" for rule in ([hook] if hook else []) + rules)
    return f"  chain {name} {{\n{body}  }}\n"


def for_machine(described, interface, is_running):
    """Groups stand at the interface, and know connections. A machine that is off takes and sends nothing."""
    known = ["ct state established,related accept"]
    chains = ""
    for direction, side in (("ingress", "saddr"), ("egress", "daddr")):
        chains += chain(direction, [*group_rules(described, interface, direction, side), "drop"])
    # What it sends on for others comes in and goes out.
    for hook, jumps in (("input", ["ingress"]), ("output", ["egress"]), ("forward", ["ingress", "egress"])):
        allowed = [*known, *[f"jump {each}" for each in jumps], "accept"] if is_running else ["drop"]
        chains += chain(hook, allowed, f"type filter hook {hook} priority filter; policy drop;")
    return "table ip groups {\n" + chains + "}\n"


def group_rules(described, interface, direction, side):
    for group in interface.groups:
        for protocol, ports, peer in getattr(described.groups[group], direction):
            blocks = described.members(peer) if peer.startswith("sg-") else described.lists.get(peer, [peer])
            for block in blocks:
                yield f"ip {side} {block} {matched(protocol, ports)}return"


def for_router(described, places, peered):
    """ACLs stand at the borders of subnets, and know nothing of connections: this namespace tracks none. `places`: the
    subnet of each device; `peered`: of each device to another VPC, the blocks here and there."""
    subnets = sorted(set(places.values()))
    chains, forward = "", []
    for number, subnet in enumerate(subnets):
        acl = described.acls[described.acl_of(subnet)]
        chains += chain(f"in{number}", acl_rules(acl.ingress, "saddr"))
        chains += chain(f"out{number}", acl_rules(acl.egress, "daddr"))
        devices = ", ".join(name for name, place in places.items() if place == subnet)
        forward.append(f"iifname {{ {devices} }} oifname {{ {devices} }} accept")
    for word, device in (("out", "iifname"), ("in", "oifname")):
        jumps = ", ".join(f"{name} : jump {word}{subnets.index(place)}" for name, place in places.items())
        forward.append(f"{device} vmap {{ {jumps} }}")
    for device, (here, there) in peered.items():
        for ours, theirs in (("saddr", "daddr"), ("daddr", "saddr")):
            name = "oifname" if ours == "saddr" else "iifname"
            forward += [f"{name} {device} ip {side} != {{ {', '.join(blocks)} }} drop"
                        for side, blocks in ((ours, here), (theirs, there))]
    return ("table ip acls {\n" + chains
            + chain("forward", forward, "type filter hook forward priority filter; policy accept;") + "}\n")


def acl_rules(entries, side):
    rules = [f"ip {side} {block} {matched(protocol, ports)}{'return' if action == 'allow' else 'drop'}"
             for action, protocol, block, ports in entries]
    return [*rules, "drop"]


def for_internet_gateway(pairs):
    """Addresses are exchanged one for one, without a memory."""
    there = ", ".join(f"{private} : {public}" for private, public in pairs)
    back = ", ".join(f"{public} : {private}" for private, public in pairs)
    rules = [f"iifname vpc ip daddr {PRIVATE} drop", f"iifname net ip saddr {PRIVATE} drop"]
    if pairs:
        rules += [f"iifname vpc ip saddr set ip saddr map {{ {there} }} accept",
                  f"iifname net ip daddr set ip daddr map {{ {back} }} accept"]
    return ("table ip gateway {\n"
            + chain("addresses", [*rules, "drop"], "type filter hook prerouting priority raw; policy accept;") + "}\n")


def for_nat_gateway(address):
    """Many behind one address; only they begin connections."""
    begins = ["ct state established,related accept", "ct state invalid drop",
              "ip protocol tcp tcp flags & (syn | ack) == syn accept", "ip protocol udp accept",
              "icmp type echo-request accept"]
    return ("table ip nat_gateway {\n"
            + chain("input", [], "type filter hook input priority filter; policy drop;")
            + chain("forward", begins, "type filter hook forward priority filter; policy drop;")
            + chain("source", [f"snat to {address}"], "type nat hook postrouting priority srcnat; policy accept;")
            + "}\n")


def routes(table, described, ways):
    """A table of a subnet. `local` is left to the table of who is where; `ways`: the words for each target."""
    lines = []
    for block, target, state in described.tables[table].routes:
        if target == "local":
            lines.append(f"route add throw {block}")
        elif state == "blackhole" or target not in ways:
            lines.append(f"route add blackhole {block}")
        else:
            lines.append(f"route add {block} {ways[target]}")
    if not any(line.endswith(" 0.0.0.0/0") or " 0.0.0.0/0 " in line for line in lines):
        lines.append("route add blackhole 0.0.0.0/0")
    return lines
