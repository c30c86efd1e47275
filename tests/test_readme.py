"""What the README shows is what one gets."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest
from bundled import BASE
from typer.testing import CliRunner

import kb
from kb.cli import app

CONTRIBUTING = BASE.root / "CONTRIBUTING.md"
README = BASE.root / "README.md"


def commands() -> list[tuple[str, str]]:
    """Every `$ kb ...` of the README, with the output that is shown below it."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", README.read_text(), flags=re.DOTALL):
        for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = chunk.partition("\n")
            if command.startswith("kb "):
                found.append((command, output.rstrip()))
    return found


def test_python_examples() -> None:
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted >= 5
    assert result.failed == 0


@pytest.mark.parametrize(("command", "output"), [pair for pair in commands() if pair[1]])
def test_shell_examples(command: str, output: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
    assert [line.rstrip() for line in result.output.rstrip().splitlines()] == output.splitlines()


@pytest.mark.parametrize("command", [command for command, output in commands() if not output])
def test_commands_without_shown_output_exist(command: str) -> None:
    name = shlex.split(command)[1]
    assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_the_entry_in_contributing_loads_beside_the_others(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", CONTRIBUTING.read_text(), flags=re.DOTALL)
    shutil.copytree(BASE.root / "entries", tmp_path / "entries")
    file = tmp_path / "entries" / "architectures" / "graph" / "gated-graph-network.yaml"
    assert not file.exists()
    file.write_text(textwrap.dedent(block).rstrip(" "))
    assert kb.load(tmp_path)["gated-graph-network"].year == BASE["li2015gated"].year
