"""Mending what a machine can mend in the files of entries: marks, line ends and white space that nobody sees."""

from __future__ import annotations

from pathlib import Path

from kb import files
from kb.reading import UnreadableError, files_below, read_text


def mend(root: Path) -> list[Path]:
    """Mend the files below `root/entries`, and return those that were changed.

    A byte order mark goes, line ends become plain ones, white space at the end of lines goes, and a file ends in one
    line end. What cannot be read is left as it is; `kb check` says why.

    Args:
        root: The folder of a knowledge base.
    """
    changed = []
    for name, error in files_below(str(root / "entries"), depth=2):
        path = Path(name)
        if error is None and path.suffix == ".yaml":
            try:
                mended = _mended(read_text(path)).encode()
            except UnreadableError:
                continue
            if mended != path.read_bytes():
                files.write(path, mended)
                changed.append(path)
    return changed


def _mended(text: str) -> str:
    r"""Return a text without white space at the end of its lines, and with one line end at its own.

    Examples:
        >>> _mended("a: 1  \n\n\n")
        'a: 1\n'
    """
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n"
