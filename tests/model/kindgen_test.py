#!/usr/bin/env python3
"""A declared kind that the API model contradicts fails the build: usage kindgen_test.py KINDGEN"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

KINDS = pathlib.Path(__file__).resolve().parents[2] / "fixtures/kinds"
kindgen = ""


class Refusals(unittest.TestCase):
    """One kind of the repository, whole, and then with one thing of it wrong."""

    def setUp(self):
        self.kind = json.loads((KINDS / "carrier_gateway.json").read_text())

    def generate(self, kind):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "kind.json").write_text(json.dumps(kind))
            done = subprocess.run([kindgen, folder, folder + "/tables.cpp"], capture_output=True, text=True, check=False)
            return done.returncode, done.stderr

    def refused(self, sentence, **changes):
        kind = copy.deepcopy(self.kind)
        for key, value in changes.items():
            kind[key] = {**kind[key], **value} if isinstance(kind.get(key), dict) else value
        status, said = self.generate(kind)
        self.assertEqual(1, status, f"{changes} was taken")
        self.assertIn(sentence, said)

    def test_as_it_is(self):
        self.assertEqual((0, ""), self.generate(self.kind))

    def test_names_that_the_model_lacks(self):
        self.refused("there is no colour here", colour="red")
        self.refused("its shape is no structure", shape="CarrierPigeon")
        self.refused("the shape has no member PigeonId", id={"member": "PigeonId"})
        self.refused("there is no operation HatchCarrierGateway", operations={"create": "HatchCarrierGateway"})
        self.refused("members: DescribeVpcs is no operation of this kind", members={"DescribeVpcs": {"list": "Vpcs"}})
        self.refused("set: CarrierGateway has nothing at Colour", set={"Colour": "red"})
        self.refused("copies: no operation has the parameter Colour", copies={"OwnerId": "Colour"})
        self.refused("copies: no operation has the parameter VpcId.Colour", copies={"OwnerId": "VpcId.Colour"})
        self.refused("does not know the filter colour", filters={"colour": "State"})
        self.refused("refers: CreateCarrierGatewayRequest has nothing at Loft", refers={"Loft": "vpc"})
        self.refused("refers: there is no resource type loft", refers={"VpcId": "loft"})

    def test_words_that_enums_lack(self):
        self.refused("does not know the state hatching", lifecycle={"create": ["hatching"]})
        self.refused("does not know the state hatching", lifecycle={"from": {"delete": ["hatching"]}})
        self.refused("set: State cannot be hatching", set={"State": "hatching"})
        self.refused("defaults: State cannot be hatching", defaults={"State": "hatching"})
        self.refused("set: Tags: Tag has nothing at Colour", set={"Tags": [{"Colour": "red"}]})

    def test_examples(self):
        def example(**parameters):
            return {"CreateCarrierGateway": {"VpcId": "$vpc", **parameters}}

        self.refused("CreateCarrierGateway has no parameter Colour", examples=example(Colour="red"))
        self.refused("has no parameter TagSpecification.1.Colour",
                     examples=example(**{"TagSpecification.1.Colour": "red"}))
        self.refused("TagSpecification.1.ResourceType cannot be pigeon",
                     examples=example(**{"TagSpecification.1.ResourceType": "pigeon"}))


if __name__ == "__main__":
    kindgen = sys.argv.pop(1)
    unittest.main()
