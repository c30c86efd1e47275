"""Who changes how something is measured says whether other numbers come out: `measuring.json` beside this file.

Digests of evidence do not hold the code of the library that measures, only its version in `kb.evidence.jobs.VERSIONS`:
a change of it that leaves all numbers alone makes nothing stale. A change that does not, and leaves the version alone,
leaves old numbers that look new: 2 stood as the depth of a network of 21 layers, measured on a branch before the count
was mended. After a change, repeat measurements of the kind (`kb verify --audit`), raise its version if one differs, and
record the code with `python tests/test_ways_of_measuring.py`.
"""

from __future__ import annotations

import ast
import hashlib
import json
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
import torch
from test_arrows import ROOT, imports

from kb.evidence.jobs import VERSIONS
from kb.syntax import LIBRARY, dump
from kb.verify.measuring import LIBRARIES, WAYS, _versions

FILE = Path(__file__).with_name("measuring.json")


@cache
def code() -> dict[str, dict[str, int | str]]:
    """From each kind of measurement to its version and a digest of the modules that planning does not load."""
    graph = imports()
    graph.remove_nodes_from(["kb.verify", *nx.descendants(imports(anywhere=False), "kb.verify"), *LIBRARY])
    found: dict[str, dict[str, int | str]] = {}
    for kind, way in sorted(WAYS.items()):
        modules = {way.__module__, *nx.descendants(graph, way.__module__)}
        text = "\n".join(_text(module) for module in sorted(modules))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        found[kind] = {"version": VERSIONS[kind], "code": digest}  # type: ignore[index]
    return found


def _text(module: str) -> str:
    """The module without comments, docstrings and layout."""
    path = ROOT.joinpath(*module.split(".")[1:])
    return dump(ast.parse(path.with_suffix(".py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", WAYS)
def test_code_that_measures_is_recorded_with_its_version(kind: str) -> None:
    assert code()[kind] == json.loads(FILE.read_text(encoding="utf-8"))[kind], f"{kind}: see the top of this file"


def test_versions_of_libraries_are_without_what_they_were_built_for() -> None:
    assert _versions().keys() == set(LIBRARIES)
    assert _versions()["torch"] == torch.__version__.partition("+")[0]


if __name__ == "__main__":
    FILE.write_text(json.dumps(code(), indent=2) + "\n", encoding="utf-8")
