"""What the commands print, word by word, of a miniature knowledge base: `transcripts.txt` beside this file.

After a change that is meant, write it again and read the difference: `python tests/test_transcripts.py`.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import kb

FILE = Path(__file__).with_name("transcripts.txt")
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
START = re.compile(r"^\$ kb (.*)\n", re.MULTILINE)


def read() -> dict[str, str]:
    """From each command to what it printed, and its status where that was not 0."""
    _, *parts = START.split(FILE.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def run(command: str) -> str:
    """Run a command on the miniature; spaces at the ends of lines are left out."""
    result = kb("--folder", str(TINY), *shlex.split(command))
    lines = [line.rstrip() for line in result.output.replace(str(TINY), "TINY").splitlines()]
    status = [f"[status {result.exit_code}]"] if result.exit_code else []
    return "\n".join([*lines, *status]).rstrip() + "\n\n"


@pytest.mark.parametrize("command", read())
def test_a_command_prints_what_it_printed(command: str) -> None:
    assert run(command) == read()[command]


if __name__ == "__main__":
    FILE.write_text("".join(f"$ kb {command}\n{run(command)}" for command in read()), encoding="utf-8")
