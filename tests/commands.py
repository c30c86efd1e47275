"""The command line as tests call it: in this process, and in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bundled import BASE
from typer.testing import CliRunner, Result

from kb.cli import app

RUNNER = CliRunner()


def kb(*words: str) -> Result:
    return RUNNER.invoke(app, list(words), env={"COLUMNS": "80"})


def in_shell(*words: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, after a line of Python."""
    code = f"import sys\n{before}\nfrom kb.cli import app\nsys.argv = ['kb', *{list(words)!r}]\napp(prog_name='kb')"
    return _python(code, environment)


def each_in_shell(*commands: Sequence[str], after: str = "", **environment: str) -> list[str]:
    """Run commands one after another in one process, which loads the entries once, and return what each prints.

    Args:
        commands: The words of each. One that ends with another status than 0 or 1 is an error.
        after: A line of Python to be run at the end; what it prints is the end of the last command's output.
        environment: Variables of the environment.
    """
    code = f"""
import functools, sys
import kb
from kb.cli import app
kb.load = functools.cache(kb.load)
for words in {[list(words) for words in commands]!r}:
    print("\f", end="", flush=True)
    try:
        app(words, prog_name="kb")
    except SystemExit as stop:
        assert stop.code in (0, 1), words
{after}
"""
    done = _python(code, environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\f")[1:]


def _python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(BASE.root), "COLUMNS": "80", **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=False)


def write_examples(folder: Path) -> None:
    """Write the files into a folder that examples of commands read."""
    sizes = {"vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12}
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", **sizes}), encoding="utf-8")
