"""Writes the numbers that explorables load, as their `numbers.py` computes them: `python -m scripts.explorables`."""

import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kb.site.explorables import DATA, folder

DIGITS = 6


def computation(name: str) -> SimpleNamespace:
    """Return what the module beside an explorable defines, which says where its numbers come from."""
    return SimpleNamespace(**runpy.run_path(str(folder() / name / "numbers.py")))


def plain(value: Any, digits: int | None = None) -> Any:
    """Return tensors as lists, and numbers with so many digits."""
    if isinstance(value, dict):
        return {key: plain(inside, digits) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inside, digits) for inside in value]
    if isinstance(value, float) and digits:
        short = float(f"{value:.{digits}g}")
        return int(short) if short.is_integer() else short
    return plain(value.tolist(), digits) if hasattr(value, "tolist") else value


def text(name: str) -> str:
    """Return the numbers of an explorable as the file that holds them."""
    return json.dumps(plain(computation(name).data(), DIGITS), separators=(",", ":")) + "\n"


def main(names: list[str]) -> None:
    for name in names or [path.parent.name for path in sorted(folder().glob("*/numbers.py"))]:
        file: Path = folder() / name / DATA
        file.write_text(text(name), encoding="utf-8")
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
