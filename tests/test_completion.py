"""What the tab key completes, by the names of files and the lines of names alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bundled import BASE
from commands import RUNNER
from small import Miniature

from kb.cli import app

DETECTION = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"
"""Set, the shell is the one that is named, and not the one around it."""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kb show ls", sorted(entry_id for entry_id in BASE if entry_id.startswith("ls"))),
        ("kb compare lstm grap", sorted(entry_id for entry_id in BASE if entry_id.startswith("grap"))),
        ("kb why lstm causali", ["causality"]),
        ("kb run resn", ["resnet", "resnext"]),
        ("kb run soft", []),
        ("kb select --exhibits caus", ["causality"]),
        ("kb select --family recurren", sorted({e.group for e in BASE.values() if e.group.startswith("recurren")})),
        ("kb export bibtex kipf", ["kipf2016semi", "kipf2018neural"]),
        ("kb run lstm --variant no-p", ["no-peepholes"]),
        ("kb run LSTM --variant no-p", ["no-peepholes"]),
        ("kb show LST", ["LSTM", "LSTM-YT"]),
        ("kb show CNN", ["CNN"]),
        ("kb show cn", ["cnn", "cnp"]),
        ("kb select --uses ReLU", ["ReLU", "ReLU6"]),
        ("kb prereq", ["prerequisites"]),
    ],
)
def test_the_tab_key_completes(typed: str, expected: list[str]) -> None:
    assert completed("bash", typed).split() == expected


def completed(shell: str, typed: str, name: str = "kb") -> str:
    """What a shell gets for what is typed, as its own script asks for it."""
    variables = {
        f"_{name.replace('-', '_').upper()}_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    return RUNNER.invoke(app, [], prog_name=name, env=variables).stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kb show gated-transformer", ["gated-transformer-xl"]),
        ("kb show LST", ["LSTM", "LSTM-YT"]),
        ("kb show cn", ["cnn", "cnp"]),
        ("kb run LSTM --variant no-p", ["no-peepholes"]),
        ("kb prereq", ["prerequisites"]),
        ("kb site ser", ["serve"]),
    ],
)
def test_names_and_aliases_are_completed_in_other_shells(shell: str, typed: str, expected: list[str]) -> None:
    answer = completed(shell, typed)
    found = re.findall(r'(?:^_arguments .*\(\(|^)"([^"]+)"', answer, re.M) if shell == "zsh" else answer.splitlines()
    assert [line.split("\t")[0] for line in found] == expected


def test_the_other_name_of_the_command_is_completed_too() -> None:
    typed = "deep-learning-taxonomy show LST"
    assert completed("bash", typed, "deep-learning-taxonomy").split() == ["LSTM", "LSTM-YT"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_every_shell_asks_this_command(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DETECTION, "1")
    shown = RUNNER.invoke(app, ["--show-completion", shell], prog_name="kb")
    assert shown.exit_code == 0, shown.output
    assert f"_KB_COMPLETE=complete_{shell}" in shown.stdout


def test_completion_works_while_an_entry_is_broken_and_loads_none(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.write("concepts/theory/broken-one.yaml", "{")
    typed = f"kb --folder {tmp_path} show bro"
    environment = {"_KB_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "4"}
    assert RUNNER.invoke(app, [], prog_name="kb", env=environment).stdout.split() == ["broken-one"]
