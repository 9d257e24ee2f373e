#!/usr/bin/env python3
"""Which of Terraform's types the folders here use. UPDATE_COVERAGE=1 rewrites the list of what is missing, which may
only shrink."""

import json
import os
import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def used():
    text = "\n".join(each.read_text() for each in sorted(HERE.glob("*/*.tf")))
    return {
        "resource": set(re.findall(r'^resource "(\w+)"', text, re.MULTILINE)),
        "data": set(re.findall(r'^data "(\w+)"', text, re.MULTILINE)),
    }


class Coverage(unittest.TestCase):
    def test_every_type_is_used_left_out_or_known_to_be_missing(self):
        types = json.loads((HERE / "types.json").read_text())
        found = used()
        wanted = {f"resource {name}" for name in types["resources"]} | {f"data {name}" for name in types["data_sources"]}
        have = {f"{kind} {name}" for kind, names in found.items() for name in names}
        self.assertEqual(set(), set(types["left_out"]) - wanted, "left out, but no type of the provider")
        missing = sorted(wanted - have - set(types["left_out"]))
        if os.environ.get("UPDATE_COVERAGE"):
            types["missing"] = missing
            (HERE / "types.json").write_text(json.dumps(types, indent=1) + "\n")
        self.assertEqual(types["missing"], missing, "UPDATE_COVERAGE=1 writes the list anew")
        left_out = len(types["left_out"])
        print(f"{len(wanted) - left_out - len(missing)} of {len(wanted) - left_out} types; {left_out} left out", file=sys.stderr)


if __name__ == "__main__":
    sys.argv[1:2] = []  # ctest hands the program to every script
    unittest.main()
