"""The command in a process of its own, and the files that runs leave."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def command(*words: str, before: str = "", **options: object) -> subprocess.Popen[str]:
    """Start the command in a process of its own, after a line of Python."""
    code = f"import sys\n{before}\nfrom kb.cli import app\nsys.argv = ['kb', *{list(words)!r}]\napp(prog_name='kb')"
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT} | options
    return subprocess.Popen([sys.executable, "-c", code], **given)


def names(folder: Path) -> list[str]:
    """Return the files below a folder, hidden ones included."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
