#!/usr/bin/env python3
"""What the house looks like: sizes, folders, directions, words. `UPDATE_TIDY=1` rewrites the list of what has grown
beyond the house's measure; its diff should only ever take away."""

import ast
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROWN = ROOT / "tests/tidy/grown.txt"
FILE_LINES, FILE_LINES_AT_MOST, FUNCTION_LINES = 400, 700, 60
README_LINES = 100  # a page

CODE = (".cpp", ".hpp", ".py", ".sql", ".sh")
# From the lowest to the highest: nothing includes what stands behind it.
LAYERS = ["fixtures", "state", "emulator", "api", "cli"]
# Spelt in pieces, so that this file does not say them either.
FORBIDDEN = ["/" + "work/", "/" + "root/", "/" + "tmp/tools", "registry." + "npmjs", "files." + "pythonhosted",
             "pypi." + "org"]
SQL = re.compile(r'"\s*(SELECT .* FROM |INSERT (OR \w+ )?INTO |UPDATE \w+ SET |DELETE FROM |CREATE (TEMP )?(TABLE|INDEX|'
                 r'TRIGGER) |PRAGMA |BEGIN (DEFERRED|IMMEDIATE))')


def tracked():
    """Files of the repository, those that are new and not ignored too."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return sorted(pathlib.PurePosixPath(name) for name in names if name and (ROOT / name).is_file())


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


# ---- Sizes ----------------------------------------------------------------------------------------------------------

BLOCK_WORDS = ("if", "else", "for", "while", "switch", "do", "try", "catch", "case", "default", "}", "namespace",
               "struct", "class", "enum", "union", "return", "extern")


def cpp_functions(text):
    """Name and lines of each function, by the layout that clang-format gives: a `}` alone ends what the nearest line
    above with the same indentation began."""
    lines = text.split("\n")
    for end, line in enumerate(lines):
        found = re.fullmatch(r"( *)\}", line)
        if not found:
            continue
        indentation = found.group(1)
        start = end - 1
        while start >= 0:
            above = lines[start]
            if above.startswith(indentation) and above[len(indentation):len(indentation) + 1] not in ("", " ", "#"):
                break
            start -= 1
        if start < 0:
            continue
        head = lines[start].strip()
        if re.match(r"\w*", head).group() in BLOCK_WORDS or head.startswith("}") or "(" not in head or " = [" in head:
            continue
        before = head.split("(")[0].split()
        name = head.split(")")[0] + ")" if head.startswith("TEST") else before[-1].lstrip("*&") if before else head
        yield name, end - start + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1


def grown(files):
    """What is beyond the measure, with its lines: `path`, `path (more than 700)`, `path function`."""
    sizes = {}
    for path in files:
        if path.suffix not in CODE:
            continue
        text = text_of(path)
        lines = text.count("\n")
        if lines > FILE_LINES:
            sizes[str(path)] = lines
        if lines > FILE_LINES_AT_MOST:
            sizes[f"{path} (more than {FILE_LINES_AT_MOST})"] = lines
        functions = (cpp_functions(text) if path.suffix in (".cpp", ".hpp") else
                     python_functions(text) if path.suffix == ".py" else ())
        for name, length in functions:
            if length > FUNCTION_LINES:
                key = f"{path} {name}"
                sizes[key] = max(length, sizes.get(key, 0))
    return sizes


def check_sizes(files):
    sizes = grown(files)
    if os.environ.get("UPDATE_TIDY"):
        GROWN.write_text("".join(f"{key}\n" for key in sorted(sizes)))
    listed = set(GROWN.read_text().splitlines())
    for key in sorted(sizes.keys() - listed):
        yield f"{key}: {sizes[key]} lines are too many, take it apart ({FILE_LINES} a file, {FUNCTION_LINES} a function)"
    for key in sorted(listed - sizes.keys()):
        yield f"{key} is small again: UPDATE_TIDY=1 python3 tests/tidy/tidy_test.py"
    print(f"{len(sizes)} files and functions are longer than they should be:")
    for key, lines in sorted(sizes.items(), key=lambda each: -each[1]):
        print(f"  {lines:5} {key}")


# ---- Folders and files ----------------------------------------------------------------------------------------------

def check_readmes(files):
    """Every folder opens with a page: what lives here, what does not, where to look, known traps."""
    folders = {str(path.parts[0]) for path in files if len(path.parts) > 1}
    folders |= {"/".join(path.parts[:2]) for path in files if len(path.parts) > 2 and path.parts[0] in
                ("fixtures", "tests")}
    for folder in sorted(folders):
        if folder.startswith(".") or folder == "docs":
            continue
        readme = ROOT / folder / "README.md"
        if not readme.is_file():
            yield f"{folder} has no README.md"
        elif readme.read_text().count("\n") > README_LINES:
            yield f"{folder}/README.md is longer than a page of {README_LINES} lines"


def check_headers(files):
    for path in files:
        if path.suffix == ".hpp" and not text_of(path).startswith("#pragma once\n"):
            yield f"{path} does not begin with #pragma once"


def check_directions(files):
    for path in files:
        if path.suffix not in (".cpp", ".hpp") or path.parts[0] not in LAYERS:
            continue
        for included in re.findall(r'^#include "([^/"]+)/', text_of(path), re.M):
            if included not in LAYERS or LAYERS.index(included) > LAYERS.index(path.parts[0]):
                yield f"{path} includes from {included}, which stands above it"


def check_sql(files):
    for path in files:
        if path.suffix in (".cpp", ".hpp") and path.parts[0] in ("fixtures", "emulator", "api", "cli", "bench"):
            for number, line in enumerate(text_of(path).split("\n"), 1):
                if SQL.search(line):
                    yield f"{path}:{number} holds SQL, which lives in state/ alone"


def check_data(files):
    for path in files:
        if path.parts[0] != "fixtures" or path.suffix != ".json":
            continue
        data = json.loads(text_of(path))
        missing = [word for word in ("source", "date") if not (isinstance(data, dict) and data.get(word))]
        if missing:
            yield f"{path} does not state its {' and '.join(missing)}"


def check_words(files):
    for path in files:
        if path.parts[0] == "LICENSE" or path.suffix == ".json":
            continue
        try:
            text = text_of(path)
        except UnicodeDecodeError:
            continue
        for word in FORBIDDEN:
            if word in text:
                yield f"{path} says {word}"


def check_assumptions(files):
    """docs/fidelity.md says how to find what was chosen without evidence; this says how much of it there is."""
    if "grep -rn 'Assumed:'" not in text_of("docs/fidelity.md"):
        yield "docs/fidelity.md does not say how to find what is assumed"
    counts = collections.Counter()
    for path in files:
        if path.parts[0] in LAYERS:
            counts[path.parts[0]] += text_of(path).count("Assumed")
    print("assumed:", ", ".join(f"{count} in {folder}" for folder, count in sorted(counts.items())))


def main():
    files = tracked()
    faults = []
    for check in (check_sizes, check_readmes, check_headers, check_directions, check_sql, check_data, check_words,
                  check_assumptions):
        faults += check(files)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
