"""The command line as tests call it: in this process, and in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from bundled import BASE
from typer.testing import CliRunner, Result

from kb.cli import app

RUNNER = CliRunner()


def kb(*words: str) -> Result:
    return RUNNER.invoke(app, list(words), env={"COLUMNS": "80"})


def in_shell(*words: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, after a line of Python."""
    code = f"import sys\n{before}\nfrom kb.cli import app\nsys.argv = ['kb', *{list(words)!r}]\napp(prog_name='kb')"
    variables = {**os.environ, "PYTHONPATH": str(BASE.code_root), "COLUMNS": "80", **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=False)
