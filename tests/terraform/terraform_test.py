#!/usr/bin/env python3
"""Terraform against the real server, a folder of configuration at a time.

    terraform_test.py PATH-OF-FOGLING FOLDER

Each folder holds what a person would write, from the provider's documentation. It is applied; a second plan is empty;
`changed = true` updates in place and again leaves nothing to do; every resource is imported into a state that does not
know it, with an empty plan; and destroying it leaves no row behind in the state but what every account has.

Needs terraform and an unpacked provider hashicorp/aws; FOGLING_TERRAFORM_PLUGINS names the folder that holds
registry.terraform.io where it is not in a usual place. Nothing is fetched.
"""

import glob
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sdk"))

import real_clients  # noqa: E402
from fogling_client import Server, main  # noqa: E402

PROVIDER = "registry.terraform.io/hashicorp/aws"
OTHER_ACCOUNT = "210987654321"

# What a folder need not say: `aws` is account 123456789012 in us-east-1.
PRELUDE = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "changed" {
  type    = bool
  default = false
}

provider "aws" {
  region = "us-east-1"
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}

provider "aws" {
  alias  = "other_region"
  region = "us-west-2"
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}

provider "aws" {
  alias      = "other_account"
  region     = "us-east-1"
  access_key = "%s"
  secret_key = "not-a-secret"
  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}
""" % OTHER_ACCOUNT


def plugin_folder():
    """The folder of unpacked providers, if there is one."""
    home = pathlib.Path.home()
    candidates = [
        os.environ.get("FOGLING_TERRAFORM_PLUGINS"),
        os.environ.get("TF_PLUGIN_CACHE_DIR"),
        str(home / ".terraform.d" / "plugins"),
        str(home / ".local" / "share" / "terraform" / "plugins"),
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
        *glob.glob("/opt/*/"),
    ]
    for each in candidates:
        if each and glob.glob(os.path.join(each, PROVIDER, "*", "*", "terraform-provider-aws*")):
            return each
    return None


def rows(state_file):
    """How many rows each table holds, of all that belongs to an account."""
    with sqlite3.connect(f"file:{state_file}?mode=ro", uri=True) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in ("client_token", "scope", "setting")
            and any(column[1] == "account" for column in database.execute(f"PRAGMA table_info({name})"))
        ]
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


class Terraform(unittest.TestCase):
    folder = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.program = real_clients.require_program("terraform")
        plugins = plugin_folder()
        if not plugins:
            real_clients.skip("there is no unpacked Terraform provider hashicorp/aws on this machine")
        cls.rules = json.loads((HERE / "imports.json").read_text())
        home = real_clients.temporary_home(cls)
        cls.state_file = os.path.join(home, "state.db")
        cls.server = Server("--state", cls.state_file)
        cls.addClassCleanup(cls.server.kill)
        mirror = pathlib.Path(home, "terraform.rc")
        mirror.write_text(
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(plugins)}\n  }}\n}}\n"
        )
        cls.work = os.path.join(home, "work")
        shutil.copytree(HERE / cls.folder, cls.work)
        pathlib.Path(cls.work, "prelude.tf").write_text(PRELUDE)
        cls.environment = {
            **real_clients.isolated_environment(home),
            "TF_CLI_CONFIG_FILE": str(mirror),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "TF_VAR_endpoint": cls.server.endpoint,
            # The provider waits ten seconds before it first looks at many resources; nothing here needs that long.
            "TF_AWS_WAITER_DELAY": "0s",
        }
        cls.addClassCleanup(cls.environment.clear)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0

    def terraform(self, *words, cwd=None, accepted=(0,)):
        done = subprocess.run(
            [self.program, *words], cwd=cwd or self.work, env=self.environment, capture_output=True, text=True,
            timeout=1200, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.assertIn(done.returncode, accepted, f"terraform {' '.join(words)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def apply(self):
        return self.terraform("apply", "-no-color", "-auto-approve", "-parallelism=30")

    def unchanged(self):
        """A plan has nothing to do: all that was asked for reads back as it was asked for."""
        self.terraform("plan", "-no-color", "-detailed-exitcode", "-parallelism=30")

    def managed(self):
        """Every resource of the state: address, type and attributes."""
        state = json.loads(self.terraform("show", "-json"))
        return [
            each
            for each in state.get("values", {}).get("root_module", {}).get("resources", [])
            if each["mode"] == "managed"
        ]

    def import_id(self, resource):
        rule = self.rules["ids"].get(resource["type"], "{id}")
        values = {name: "" if value is None else value for name, value in resource["values"].items()}
        return None if rule is None else rule.format(**values)

    def replaced_for_nothing(self, plan):
        """What is to be replaced only for what importing cannot know, or for naming a resource that is."""
        named = {
            (each["address"], attribute): set(expression["references"])
            for each in plan["configuration"]["root_module"]["resources"]
            for attribute, expression in each.get("expressions", {}).items()
            if isinstance(expression, dict) and "references" in expression
        }
        found = None
        while True:
            before, found = found or set(), set()
            for each in plan.get("resource_changes", []):
                accepted = self.rules["not_read_back"].get(each["type"], {})
                paths = [path[0] for path in each["change"].get("replace_paths", [])]
                if paths and all(
                    name in accepted or named.get((each["address"], name), set()) & before for name in paths
                ):
                    found.add(each["address"])
            if found == before:
                return found

    def imported(self):
        """In a copy of the folder whose state has forgotten them, every resource is imported and needs no change."""
        copy = self.work + "-import"
        shutil.copytree(self.work, copy, symlinks=True)
        blocks, addresses = [], []
        for resource in self.managed():
            identity = self.import_id(resource)
            if identity is None:
                continue
            provider = {
                f"{PROVIDER}.other_region": "aws.other_region",
                f"{PROVIDER}.other_account": "aws.other_account",
            }.get(resource["provider_name"])
            addresses.append(resource["address"])
            blocks.append(
                f"import {{\n  to = {resource['address']}\n  id = {json.dumps(identity)}\n"
                + (f"  provider = {provider}\n" if provider else "")
                + "}\n"
            )
        if not blocks:
            return 0
        self.terraform("state", "rm", *addresses, cwd=copy)
        pathlib.Path(copy, "import.tf").write_text("\n".join(blocks))
        self.terraform("plan", "-no-color", "-out=plan", "-parallelism=30", cwd=copy)
        plan = json.loads(self.terraform("show", "-json", "plan", cwd=copy))
        faults, excused = [], self.replaced_for_nothing(plan)
        for each in plan.get("resource_changes", []):
            change = each["change"]
            if change["actions"] in (["no-op"], ["read"]):
                continue
            before, after = change["before"] or {}, change["after"] or {}
            differing = sorted(
                name for name in {*before, *after} if before.get(name) != after.get(name) and name not in ("tags_all",)
            )
            accepted = self.rules["not_read_back"].get(each["type"], {})
            if each["address"] in excused:  # the rest is then only unknown
                continue
            left = [name for name in differing if name not in accepted]
            if left or change["actions"] != ["update"]:
                faults.append(
                    f"{each['address']}: {change['actions']} "
                    + "; ".join(f"{name}: {before.get(name)!r} -> {after.get(name)!r}" for name in left)
                    + (f"; replaced for {change['replace_paths']}" if change.get("replace_paths") else "")
                )
        self.assertEqual([], faults, "imported resources differ from what was asked for")
        shutil.rmtree(copy)
        return len(blocks)

    def test_apply_plan_change_import_destroy(self):
        for scope in ({}, {"region": "us-west-2"}, {"account": OTHER_ACCOUNT}):
            client = self.server.client.at(**scope) if scope else self.server.client
            client.ok("DescribeVpcs")  # so that each scope has its default VPC
        before = HERE / self.folder / "before.json"
        for action, parameters in json.loads(before.read_text()) if before.exists() else ():
            self.server.client.ok(action, parameters)
        empty = rows(self.state_file)
        self.terraform("init", "-no-color")
        self.apply()
        self.unchanged()
        self.environment["TF_VAR_changed"] = "true"
        change = self.apply()
        if (HERE / self.folder / "replaced").exists():
            self.assertIn(" changed, ", change)
        else:
            self.assertIn(" 0 destroyed", change)
        self.unchanged()
        imported = self.imported()
        print(f"{len(self.managed())} resources, {imported} imported", file=sys.stderr)
        self.terraform("destroy", "-no-color", "-auto-approve", "-parallelism=30")
        # What EC2 still shows for a while after its end has to go by itself.
        for step in ({"run_until_idle": True}, {"advance": "240h"}):
            self.assertEqual(200, self.server.client.sim("clock", step).status)
        self.assertEqual(empty, rows(self.state_file), "rows left behind")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} PATH-OF-FOGLING FOLDER [unittest arguments]")
    Terraform.folder = sys.argv.pop(2)
    main()
