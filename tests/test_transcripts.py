"""What the commands print, word by word, of a miniature knowledge base: `transcripts.txt` beside this file.

Where `COLUMNS` stands before a command, it is what a terminal of that width shows, without bold type and colours.

After a change that is meant, write it again and read the difference: `python tests/test_transcripts.py`.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import kb

from kb.cli.application import console

FILE = Path(__file__).with_name("transcripts.txt")
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
START = re.compile(r"^\$ ((?:COLUMNS=\d+ )?kb .*)\n", re.MULTILINE)
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def read() -> dict[str, str]:
    """From each command to what it printed, and its status where that was not 0."""
    _, *parts = START.split(FILE.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def run(command: str) -> str:
    """Run a command on the miniature; spaces at the ends of lines are left out."""
    before, _, words = command.partition("kb ")
    with pytest.MonkeyPatch.context() as patch:
        if before:
            patch.setattr(console, "_force_terminal", True)
            patch.setattr(console, "_width", int(before.strip().removeprefix("COLUMNS=")))
        result = kb("--folder", str(TINY), *shlex.split(words))
    lines = [line.rstrip() for line in STYLE.sub("", result.output).replace(str(TINY), "TINY").splitlines()]
    status = [f"[status {result.exit_code}]"] if result.exit_code else []
    return "\n".join([*lines, *status]).rstrip() + "\n\n"


@pytest.mark.parametrize("command", read())
def test_a_command_prints_what_it_printed(command: str) -> None:
    assert run(command) == read()[command]


if __name__ == "__main__":
    FILE.write_text("".join(f"$ {command}\n{run(command)}" for command in read()), encoding="utf-8")
