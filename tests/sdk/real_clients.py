"""What the tests with real clients share: finding them, and keeping the user's own settings out of reach."""

import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "blackbox"))

SKIPPED = 77  # what ctest takes for "not run"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def require_program(name):
    found = shutil.which(name)
    if not found:
        skip(f"there is no {name} on this machine")
    return found


def isolated_environment(home, region="us-east-1"):
    """The environment for a client: dummy credentials, a home of its own, nothing of the user's, no way out."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("AWS_", "TF_", "FOGLING_")) and not name.lower().endswith("_proxy")
    }
    kept.setdefault("PYTHONUSERBASE", str(pathlib.Path.home() / ".local"))  # where pip may have put the client
    return {
        **kept,
        "HOME": home,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.path.join(home, "config"),
        "AWS_SHARED_CREDENTIALS_FILE": os.path.join(home, "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "*",
    }


def boto3_environment(test, region):
    """The same for boto3, which reads it from this process: gives it back for others."""
    home = temporary_home(test)
    environment = isolated_environment(home, region)
    os.environ.update(environment)
    for name in ("AWS_CA_BUNDLE", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    return environment


def temporary_home(test):
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    test.addClassCleanup(folder.cleanup)
    return folder.name
