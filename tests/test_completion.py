"""What the tab key completes, by the names of files and the lines of names alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled import BASE
from commands import RUNNER
from small import Miniature

from kb.cli import app


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kb show ls", sorted(entry_id for entry_id in BASE if entry_id.startswith("ls"))),
        ("kb compare lstm grap", sorted(entry_id for entry_id in BASE if entry_id.startswith("grap"))),
        ("kb why lstm causali", ["causality"]),
        ("kb run resn", ["resnet"]),
        ("kb run soft", []),
        ("kb select --exhibits caus", ["causality"]),
        ("kb select --family recurren", sorted({e.group for e in BASE.values() if e.group.startswith("recurren")})),
        ("kb export bibtex kipf", ["kipf2016semi", "kipf2018neural"]),
        ("kb run lstm --variant no-p", ["no-peepholes"]),
        ("kb run LSTM --variant no-p", ["no-peepholes"]),
        ("kb show LST", ["LSTM", "LSTM-YT"]),
        ("kb show CNN", ["CNN"]),
        ("kb show cn", ["cnn"]),
        ("kb select --uses ReLU", ["ReLU", "ReLU6"]),
        ("kb prereq", ["prerequisites"]),
    ],
)
def test_the_tab_key_completes(typed: str, expected: list[str]) -> None:
    words = typed.split()
    environment = {"_KB_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}
    completed = RUNNER.invoke(app, [], prog_name="kb", env=environment)
    assert completed.stdout.split() == expected


def test_completion_works_while_an_entry_is_broken_and_loads_none(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.write("concepts/theory/broken-one.yaml", "{")
    typed = f"kb --folder {tmp_path} show bro"
    environment = {"_KB_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "4"}
    assert RUNNER.invoke(app, [], prog_name="kb", env=environment).stdout.split() == ["broken-one"]
