"""What the README shows is what one gets."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from bundled import BASE
from typer.testing import CliRunner

from kb.cli import app
from kb.cli.index import known

pytestmark = pytest.mark.usefixtures("bundled_once")
CONTRIBUTING = BASE.root / "CONTRIBUTING.md"
NEW = "gated-graph-network"
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


@pytest.mark.parametrize("page", [README, BASE.root / "docs" / "python.md"], ids=["README", "python"])
def test_python_examples(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
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


def test_the_example_in_contributing_passes_the_checks_and_the_battery(tmp_path: Path) -> None:
    """To the letter: its files are written into a copy of the project, measured, checked and tested there."""
    root = tmp_path / "project"
    shutil.copytree(BASE.root, root, ignore=shutil.ignore_patterns(".*", "build", "__pycache__"))
    steps = CONTRIBUTING.read_text().partition("## Adding an architecture")[2].partition("\nThen:")[0]
    blocks = re.findall(r"^\d\. `([^`]+)`.*?```(?:yaml|python)\n(.*?)```", steps, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    for path, text in blocks:
        assert not (root / path).exists()
        (root / path).write_text(textwrap.dedent(text).rstrip(" "))
    for words in (
        ["-m", "kb", "verify", NEW, "--jobs", "1"],
        ["-m", "kb", "check"],
        # No test of the site is about a single entry.
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--assert=plain", "--ignore=tests/site", "-k", NEW],
    ):
        environment = {**os.environ, "PYTHONPATH": str(root)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the second and the third run need not compile it all again
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 10


def test_the_site_says_what_is_safe_in_the_words_of_security() -> None:
    text = (BASE.root / "SECURITY.md").read_text().partition("\n\n")[2].partition("\n\nPlease report")[0]
    assert text.count("\n- ") >= 5
    assert text in (BASE.root / "docs" / "about.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_commands_and_links_of_the_pages_exist(page: str) -> None:
    text = (BASE.root / page).read_text()
    assert set(re.findall(r"`kb ([a-z]+)", text)) <= known().keys()
    missing = [link for link in re.findall(r"\]\((?!https?:|kb:)([^)#]+)\)", text) if not (BASE.root / link).exists()]
    assert missing == []


def test_the_battery_of_an_entry_builds_no_site() -> None:
    """It takes seconds; all tests with a page of it in their names would take minutes."""
    files = ("test_formatting.py", "test_examples.py", "site/test_comparing.py")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *(f"tests/{file}" for file in files)]
    environment = os.environ | {"PYTEST_ADDOPTS": ""}

    def collected(keyword: str) -> str:
        found = subprocess.run(
            [*command, "-k", keyword], cwd=BASE.root, env=environment, capture_output=True, text=True, check=True
        )
        return found.stdout

    battery = collected("lstm")
    assert "tests/test_examples.py" in battery
    assert "tests/site" not in battery
    assert "tests/site/test_comparing.py" in collected("lstm and compare")
