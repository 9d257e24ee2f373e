#!/usr/bin/env python3
"""What the tests of the process do not reach, held as lists that may only shrink, and docs/coverage.md.

usage: coverage_test.py FOGLING FOLDER
       coverage_test.py --forget FOLDER

The tests note in the folder what they reach (reached.cpp); this asks the program what is built, and compares what is
left over with the lists beside this file. A line that is new is something built and not tested, or a test that is gone;
a line that is no longer true has to leave. `UPDATE_COVERAGE=1` writes lists and page anew. `--forget` empties the folder
before the first of the tests.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs/coverage.md"
UPDATE = "UPDATE_COVERAGE=1 ctest --preset dev -R coverage"
sys.path.insert(0, str(HERE.parent / "blackbox"))
import fogling_client  # noqa: E402

LISTS = {
    "not_built.txt": "operations of the API that are not built",
    "not_answered.txt": "operations that are built and that no test of the process gets an answer from",
    "not_written.txt": "members of their answers that no test of the process sees, by structure",
    "not_refused.txt": "codes of errors in the code that no test of the process meets",
}


# ---- What there is --------------------------------------------------------------------------------------------------

def built():
    """Depth of each operation that is built, by its name: `written`, `hooked`, `declared`."""
    server = fogling_client.Server()
    try:
        operations = fogling_client.Client(server).sim("operations").json["operations"]
        return {each["name"]: each["depth"] for each in operations}
    finally:
        server.stop()


def model():
    """Operations of the model with their output shapes, and the members of each structure."""
    data = json.loads((ROOT / "fixtures/model/ec2.json").read_text())
    shapes = data["shapes"]
    additions = json.loads((ROOT / "fixtures/model/additions.json").read_text())
    for shape, members in additions.get("shapes", {}).items():
        shapes[shape].setdefault("members", {}).update(members["members"])
    return data["operations"], shapes


def members_within(shape, shapes, found):
    """All `Structure.Member` that an answer of this shape can hold."""
    fact = shapes.get(shape, {})
    if fact.get("type") == "list":
        members_within(fact["of"], shapes, found)
    for name, member in fact.get("members", {}).items():
        if f"{shape}.{name}" not in found:
            found.add(f"{shape}.{name}")
            members_within(member["shape"], shapes, found)


def error_codes():
    """Codes that the emulator's sources and the declared kinds can refuse with."""
    codes = set()
    thrown = re.compile(r'ApiError(?: \w+)?[({]\s*"([A-Z][\w.]+)"|return \{\s*"([A-Z][\w.]+)",\s*(?:"|fmt::|std::)|'
                        r'"(Invalid[A-Za-z]+\.[A-Z][A-Za-z]+)"')
    for path in sorted((ROOT / "emulator").rglob("*.cpp")) + sorted((ROOT / "api").glob("*.cpp")):
        for found in thrown.finditer(path.read_text()):
            codes.add(next(filter(None, found.groups())))
    for path in sorted((ROOT / "fixtures/kinds").glob("*.json")):
        kind = json.loads(path.read_text())
        stated = {**kind.get("errors", {}), "limit": kind.get("limit", {}).get("code", "")}
        codes |= {code for name, code in stated.items() if code and not name.endswith("_text")}
    return codes


# ---- What is reached ------------------------------------------------------------------------------------------------

def reached(folder):
    """Lines by their first word: `answered`, `written`, `refused`."""
    lines = collections.defaultdict(set)
    for file in pathlib.Path(folder).iterdir():
        for line in file.read_text().splitlines():
            word, what = line.split(" ", 1)
            lines[word].add(what)
    return lines


def left_over(depths, folder):
    operations, shapes = model()
    lines = reached(folder)
    within = set()
    for name in depths:
        if operations[name].get("out"):
            members_within(operations[name]["out"], shapes, within)
    unwritten = collections.defaultdict(list)
    for place in sorted(within - lines["written"]):
        shape, member = place.split(".", 1)
        unwritten[shape].append(member)
    return {
        "not_built.txt": sorted(set(operations) - set(depths)),
        "not_answered.txt": sorted(set(depths) - lines["answered"]),
        "not_written.txt": [f"{shape}: {' '.join(members)}" for shape, members in sorted(unwritten.items())],
        "not_refused.txt": sorted(error_codes() - lines["refused"]),
    }


# ---- The page -------------------------------------------------------------------------------------------------------

VERBS = re.compile(r"^(Accept|Advertise|Allocate|Apply|Assign|Associate|Attach|Authorize|Bundle|Cancel|Confirm|Copy|"
                   r"Create|Delete|Deprovision|Deregister|Describe|Detach|Disable|Disassociate|Enable|Export|Get|"
                   r"Import|List|Lock|Modify|Monitor|Move|Provision|Purchase|Reboot|Register|Reject|Release|Replace|"
                   r"Report|Request|Reset|Restore|Revoke|Run|Search|Send|Start|Stop|Terminate|Unassign|Unlock|"
                   r"Unmonitor|Update|Withdraw)")


def noun_of(operation):
    noun = VERBS.sub("", operation)
    noun = re.sub(r"ies$", "y", noun)
    return re.sub(r"(?<=[^su])s$", "", re.sub(r"(ss|ch|x)es$", r"\1", noun))


def page(depths, operations):
    counts = collections.Counter(depths.values())
    by_noun = collections.defaultdict(list)
    for name in sorted(operations):
        by_noun[noun_of(name)].append(name)
    out = ["# What is built", "",
           "Written by `tests/coverage/coverage_test.py`; do not edit. `GET /_sim/operations` tells the same of a",
           "running server.", "",
           f"{len(depths)} of {len(operations)} operations of the API are built:", "",
           "| rung | operations | what it means |", "|---|---|---|",
           f"| written | {counts['written']} | a function of its own |",
           f"| hooked | {counts['hooked']} | declared as data, with a function where the data cannot say it |",
           f"| declared | {counts['declared']} | declared as data, carried out by the one engine |",
           f"| not built | {len(operations) - len(depths)} | answers UnsupportedOperation |", "",
           "## By noun", "",
           "Bold is written, plain is declared (with a star: hooked), in brackets is not built.", ""]
    marks = {"written": "**{}**", "hooked": "{}\\*", "declared": "{}", None: "({})"}
    nothing = []
    for noun, names in sorted(by_noun.items()):
        if any(name in depths for name in names):
            out.append(f"- {noun}: " + ", ".join(marks[depths.get(name)].format(name) for name in names))
        else:
            nothing.append(noun)
    if nothing:
        out += ["", "## Nouns of which nothing is built", "", ", ".join(nothing) + "."]
    return "\n".join([*out, *rules(), *terraform(), ""])


def rules():
    """What `tests/every_operation` holds every operation to, and who is known not to keep it."""
    folder = HERE.parent / "every_operation"
    row = re.compile(r'^    \{"([a-z-]+)",\s*((?:"[^"]*"\s*)+),', re.MULTILINE)
    out = ["", "## The rules that every operation is held to", "",
           "`tests/every_operation` asks each operation for the smallest thing that it does, and holds it to:", "",
           "| rule | |", "|---|---|"]
    for source in ("refusals", "answers", "lives", "lists"):
        for name, sentence in row.findall((folder / f"{source}.cpp").read_text()):
            words = "".join(re.findall('"([^"]*)"', sentence))
            out.append(f"| {name} | {words} |")
    out += ["", "Known not to keep one of them:", "", "| rule | operations | why |", "|---|---|---|"]
    for line in (folder / "exceptions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            who, why = line.split(": ", 1)
            rule, *operations = who.split()
            out.append(f"| {rule} | {', '.join(operations)} | {why} |")
    out += ["", "Refused by EC2, whatever is asked, to an account such as one has here:", "",
            "| operation | code | why |", "|---|---|---|"]
    refused = re.compile(r"^(\w+).* !> (\S+) (.*)$", re.MULTILINE)
    lines = "".join(each.read_text() for each in sorted((folder / "requests").glob("*.txt")))
    out += [f"| {name} | {code} | {why} |" for name, code, why in sorted(refused.findall(lines))]
    return out


def terraform():
    """What `tests/terraform` applies, plans, changes, imports and destroys."""
    folder = HERE.parent / "terraform"
    types = json.loads((folder / "types.json").read_text())
    left_out, missing = types["left_out"], set(types["missing"])
    out = ["", "## Terraform", "",
           "Types of the AWS provider whose API is EC2's alone, in the configurations of `tests/terraform`. Each folder is",
           "applied, planned anew (empty), changed in place, imported (empty plan) and destroyed, until no row is left.", "",
           "| | used | listed |", "|---|---|---|"]
    for kind, word in (("resources", "resource"), ("data_sources", "data")):
        listed = [f"{word} {name}" for name in types[kind] if f"{word} {name}" not in left_out]
        out.append(f"| {kind.replace('_', ' ')} | {len([name for name in listed if name not in missing])} | {len(listed)} |")
    out += ["", "Left out:", "", "| type | why |", "|---|---|"]
    return out + [f"| {name} | {why} |" for name, why in sorted(left_out.items())]


# ---- Comparing ------------------------------------------------------------------------------------------------------

def compare(path, wanted, what):
    """Faults, after writing the file when that is asked for."""
    if os.environ.get("UPDATE_COVERAGE"):
        path.write_text(wanted)
    there = path.read_text() if path.exists() else ""
    if there == wanted:
        return []
    old, new = set(there.splitlines()), set(wanted.splitlines())
    return ([f"{path.name} ({what}):"] + [f"  new: {line}" for line in sorted(new - old)] +
            [f"  no longer so: {line}" for line in sorted(old - new)])


def forget(folder):
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)


def main():
    if sys.argv[1] == "--forget":
        forget(sys.argv[2])
        return 0
    fogling_client.binary = str(pathlib.Path(sys.argv[1]).resolve())
    depths = built()
    lists = left_over(depths, sys.argv[2])
    faults = []
    for name, what in LISTS.items():
        faults += compare(HERE / name, "".join(line + "\n" for line in lists[name]), what)
        print(f"{len(lists[name]):5} {what}")
    faults += compare(PAGE, page(depths, model()[0]), "made from the program")
    if faults:
        print("\n".join(faults), f"If that is as it should be: {UPDATE}", sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
