"""The tutorials: every cell is run in order, every file is written, and what is shown is what one gets.

After a change that is meant, write the outputs again and read the difference: `python tests/test_tutorials.py`.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from commands import kb

import kb as library

PAGES = sorted((BASE.root / "docs").glob("tutorial-*.md"))
BLOCK = re.compile(
    r'^```(python|yaml|console)(?: title="([^"]+)")?\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?', re.M | re.S
)


@dataclass
class Tutorial:
    """A page, run in a copy of the project, if it writes any file."""

    text: str
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def run(self) -> str:
        """Run everything, and return the page with the outputs that there are."""
        for name in ("entries", "implementations", "evidence") if "title=" in self.text.split("---", 2)[2] else ():
            shutil.copytree(BASE.root / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return BLOCK.sub(self._block, self.text)

    def _block(self, found: re.Match[str]) -> str:
        language, title, source, _ = found.groups()
        if title:
            path = self.folder / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
            return found[0]
        if language == "console":
            return f"```console\n{''.join(self._commands(source))}```\n"
        shown = self._cell(source)
        return f"```python\n{source}```\n" + (f"\n```text\n{shown}```\n" if shown else "")

    def _commands(self, source: str) -> Iterator[str]:
        """Run commands; those whose output is not shown have to succeed, and no more is said."""
        for chunk in re.split(r"^\$ ", source, flags=re.M)[1:]:
            command, _, shown = chunk.partition("\n")
            folder = ["--folder", str(self.folder)] if (self.folder / "entries").exists() else []
            here = ["--jobs", "1"] if command.startswith("kb verify") else []
            result = kb(*folder, *shlex.split(command)[1:], *here)
            assert result.exit_code in (0, 1) if shown else result.exit_code == 0, result.output
            yield f"$ {command}\n" + (
                "\n".join(line.rstrip() for line in result.stdout.splitlines()) + "\n" if shown else ""
            )

    def _cell(self, source: str) -> str:
        if (self.folder / "entries").exists():
            self.names["base"] = library.load(self.folder)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(source, "a cell", "exec"), self.names)
        return printed.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) >= 5
    assert Tutorial(text, tmp_path).run() == text


if __name__ == "__main__":
    import tempfile

    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(Tutorial(page.read_text(encoding="utf-8"), Path(folder)).run(), encoding="utf-8")
