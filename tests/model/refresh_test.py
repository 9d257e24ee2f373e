#!/usr/bin/env python3
"""The refresh of the API model, from sources that are a few lines long: usage refresh_test.py"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

REFRESH = pathlib.Path(__file__).resolve().parents[2] / "fixtures/model/refresh"

SERVICE = {
    "metadata": {"apiVersion": "2016-11-15"},
    "operations": {"DescribePigeons": {"input": {"shape": "DescribePigeonsRequest"},
                                       "output": {"shape": "DescribePigeonsResult"}}},
    "shapes": {
        "String": {"type": "string"},
        "ResourceType": {"type": "string", "enum": ["pigeon"]},
        "PigeonName": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+"},
        "Colour": {"type": "string", "enum": ["grey"]},
        "FilterList": {"type": "list", "member": {"shape": "String", "locationName": "Filter"}},
        "PigeonList": {"type": "list", "member": {"shape": "Pigeon", "locationName": "item"}},
        "Pigeon": {"type": "structure", "members": {
            "Name": {"shape": "PigeonName", "locationName": "pigeonName"},
            "Colour": {"shape": "Colour", "locationName": "colour"},
            "Type": {"shape": "ResourceType", "locationName": "type"}}},
        "DescribePigeonsRequest": {"type": "structure", "required": ["Loft", "ClientToken"], "members": {
            "Loft": {"shape": "String"},
            "ClientToken": {"shape": "String", "idempotencyToken": True},
            "Filters": {"shape": "FilterList", "locationName": "Filter",
                        "documentation": "<ul><li><p><code>name</code> - The name.</p></li></ul>"}}},
        "DescribePigeonsResult": {"type": "structure", "members": {
            "Pigeons": {"shape": "PigeonList", "locationName": "pigeonSet"}}},
    },
}

SCHEMAS = """const _P = "Pigeon";
const _C = "Colour";
const _N = "Name";
const _R = "Rings";
const _S = "Seen";
const _Se = "Secret";
const _PL = "PigeonList";
const _FL = "FilterList";
const _DPR = "DescribePigeonsRequest";
const _DPRe = "DescribePigeonsResult";
const _DP = "DescribePigeons";
const _CP = "CreatePigeon";
const _CPR = "CreatePigeonRequest";
const _L = "Loft";
const _CT = "ClientToken";
const _F = "Filters";
const _Ps = "Pigeons";
const _NT = "NextToken";
const _Fr = "Friends";
const _xN = "xmlName";
const _eQN = "ec2QueryName";
const _iTd = "idempotencyToken";
const n0 = "com.amazonaws.ec2";
var Secret = [0, n0, _Se, 8, 0];
export var Pigeon$ = [3, n0, _P,
    0,
    [_N, _C, _R, _S],
    [[0, { [_eQN]: `PigeonName`,
                [_xN]: "pigeonName" }], [0, { [_xN]: "colour" }], [1, { [_xN]: "ringCount" }], [4, { [_xN]: "seen" }]]
];
var PigeonList = [1, n0, _PL,
    0, [() => Pigeon$,
        { [_xN]: "item" }]
];
var FilterList = [1, n0, _FL,
    0, [0,
        { [_xN]: "Filter" }]
];
export var DescribePigeonsRequest$ = [3, n0, _DPR,
    0,
    [_L, _CT, _F],
    [0, [0, 4], [() => FilterList, { [_xN]: "Filter" }]]
];
export var DescribePigeonsResult$ = [3, n0, _DPRe,
    0,
    [_Ps, _NT],
    [[() => PigeonList, { [_xN]: "pigeonSet" }], [0, { [_xN]: "nextToken" }]]
];
export var CreatePigeonRequest$ = [3, n0, _CPR,
    0,
    [_N, _Se, _Fr, _CT],
    [0, [() => Secret, 0], [64 | 0, { [_xN]: "Friend" }], [0, { [_iTd]: 1 }]], 1
];
var __Unit = "unit";
export var DescribePigeons$ = [9, n0, _DP,
    0, () => DescribePigeonsRequest$, () => DescribePigeonsResult$
];
export var CreatePigeon$ = [9, n0, _CP,
    0, () => CreatePigeonRequest$, () => __Unit
];
"""

ENUMS = """export declare const Colour: {
    readonly GREY: "grey";
    readonly WHITE: "white";
};
"""

MODELS = """export interface Pigeon {
    /**
     * <p>What it is called.</p>
     * @public
     */
    Name?: string | undefined;
    Colour?: Colour | undefined;
}
export interface DescribePigeonsRequest {
    /**
     * <p>The filters.</p>
     *          <ul>
     *             <li>
     *                <p>
     *                   <code>colour</code> - The colour (<code>grey</code>).</p>
     *             </li>
     *          </ul>
     * @public
     */
    Filters?: string[] | undefined;
}
"""

PAGINATOR = """export const paginateDescribePigeons = createPaginator(EC2Client, DescribePigeonsCommand, "NextToken", \
"NextToken", "");"""


class Refresh(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("old/service-2.json", json.dumps(SERVICE))
        self.write("old/paginators-1.json", '{"pagination": {}}')
        self.write("old/waiters-2.json", '{"waiters": {}}')
        self.write("new/package.json", '{"version": "3.1.4"}')
        self.write("new/dist-es/schemas/schemas_0.js", SCHEMAS)
        self.write("new/dist-es/pagination/DescribePigeonsPaginator.js", PAGINATOR)
        self.write("new/dist-types/models/enums.d.ts", ENUMS)
        self.write("new/dist-types/models/models_0.d.ts", MODELS)
        (self.folder / "into").mkdir()

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def refresh(self, *sources):
        command = [sys.executable, REFRESH, *(self.folder / each for each in sources), "--into", self.folder / "into",
                   "--date", "2026-11-26"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def read(self, name):
        return json.loads((self.folder / "into" / name).read_text())

    def merged(self):
        done = self.refresh("old", "new")
        self.assertEqual(0, done.returncode, done.stderr)
        return self.read("ec2.json")

    def test_newer_things_are_added_and_older_facts_stay(self):
        model = self.merged()
        self.assertEqual(["botocore, api 2016-11-15", "@aws-sdk/client-ec2 3.1.4"], model["source"])
        shapes = model["shapes"]
        self.assertEqual({"in": "CreatePigeonRequest"}, model["operations"]["CreatePigeon"])
        self.assertEqual({"shape": "PigeonName", "wire": "pigeonName"}, shapes["Pigeon"]["members"]["Name"])
        self.assertEqual({"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+"}, shapes["PigeonName"])
        self.assertEqual({"shape": "Integer", "wire": "ringCount"}, shapes["Pigeon"]["members"]["Rings"])
        self.assertEqual("timestamp", shapes[shapes["Pigeon"]["members"]["Seen"]["shape"]]["type"])
        self.assertEqual(["grey", "white"], shapes["Colour"]["enum"])

    def test_what_a_request_looks_like(self):
        members = self.merged()["shapes"]["CreatePigeonRequest"]["members"]
        self.assertEqual({"shape": "String", "required": True}, members["Name"])
        self.assertEqual({"shape": "Secret"}, members["Secret"])
        self.assertEqual({"shape": "String", "token": True}, members["ClientToken"])
        self.assertEqual("Friend", members["Friends"]["wire"])
        friends = self.read("ec2.json")["shapes"][members["Friends"]["shape"]]
        self.assertEqual({"type": "list", "of": "String"}, friends)

    def test_the_newest_says_what_is_required_but_for_tokens(self):
        members = self.merged()["shapes"]["DescribePigeonsRequest"]["members"]
        self.assertNotIn("required", members["Loft"])
        self.assertTrue(members["ClientToken"]["required"])

    def test_filters_and_pages(self):
        self.merged()
        self.assertEqual({"DescribePigeons": ["name", "colour"]}, self.read("filters.json")["filters"])
        self.assertEqual({"DescribePigeons": {"input": "NextToken", "output": "NextToken", "items": "Pigeons"}},
                         self.read("paginators.json")["paginators"])
        written = "".join(file.read_text() for file in (self.folder / "into").iterdir())
        self.assertNotIn("called", written, "prose is kept")

    def test_changes_are_told_once(self):
        self.refresh("old")
        self.merged()
        told = (self.folder / "into/CHANGES.md").read_text()
        newest = told[:told.index("## 2026-11-26: botocore, api 2016-11-15\n")]
        for line in ("- CreatePigeon", "- Pigeon: Rings, Seen", "- Colour: white", "- DescribePigeons: colour",
                     "- DescribePigeonsRequest.Loft: no longer required"):
            self.assertIn(line + "\n", newest)
        self.merged()
        self.assertEqual(told, (self.folder / "into/CHANGES.md").read_text(), "nothing has changed")
        self.refresh("old")
        self.assertIn("### Operations removed (1)\n\n- CreatePigeon\n",
                      (self.folder / "into/CHANGES.md").read_text())

    def test_another_folder_is_no_source(self):
        done = self.refresh("into")
        self.assertEqual(1, done.returncode)
        self.assertIn("is neither botocore's data folder", done.stderr)


if __name__ == "__main__":
    unittest.main()
