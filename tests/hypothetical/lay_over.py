#!/usr/bin/env python3
"""A copy of fixtures/model and of fixtures/kinds in which EC2 has lighthouses.

usage: lay_over.py FIXTURES FOLDER
"""

import json
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent


def lay_over(below, above):
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            lay_over(below[key], value)
        elif isinstance(value, list) and isinstance(below.get(key), list):
            below[key] += value
        elif key in below:
            sys.exit(f"{key} is there already")
        else:
            below[key] = value


def main():
    fixtures, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    api = json.loads((HERE / "api.json").read_text())
    for name in ("model", "kinds"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for old in (folder / name).glob("*.json"):
            old.unlink()
        for path in (fixtures / name).glob("*.json"):
            shutil.copyfile(path, folder / name / path.name)
    shutil.copyfile(HERE / "lighthouse.json", folder / "kinds/lighthouse.json")
    for name in api.keys() - {"what"}:
        data = json.loads((folder / "model" / name).read_text())
        lay_over(data, api[name])
        (folder / "model" / name).write_text(json.dumps(data))


if __name__ == "__main__":
    main()
