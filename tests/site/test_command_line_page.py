"""The page about the command line tells of every command, and what it shows can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from bundled import BASE
from commands import write_examples
from typer.testing import CliRunner

from kb.cli import app

pytestmark = pytest.mark.usefixtures("bundled_once")
PAGE = (BASE.root / "docs" / "command-line.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\$ kb (.*)$", PAGE, flags=re.MULTILINE)
WRITES_OR_IMPORTS_TORCH = {"run", "notebook", "verify", "bench", "new", "site", "export", "import"}
WAITS = {"mcp"}


def test_every_command_is_described() -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert {shlex.split(line)[0] for line in SHOWN} == commands


@pytest.mark.parametrize("line", [line for line in SHOWN if line.split()[0] not in WRITES_OR_IMPORTS_TORCH | WAITS])
def test_what_is_shown_can_be_typed(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some write files
    write_examples(tmp_path)
    result = CliRunner().invoke(app, shlex.split(line))
    assert result.exit_code == 0, result.output
    assert result.output.strip()
