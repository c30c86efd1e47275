"""Where the library's own knowledge base is, and what of a folder may be read and written."""

from __future__ import annotations

import os
import stat
import time
from itertools import accumulate
from pathlib import Path

DISTRIBUTION = "deep-learning-taxonomy"
"""What is installed, by its name among packages."""
PACKAGE = Path(__file__).parent
BEGAN = time.time()
"""When the library was imported: what was written later may be neither the code that runs nor what was read."""


def checkout() -> Path | None:
    """The root of the checkout that this library is used from; None where it is installed."""
    root = PACKAGE.parent
    return root if (root / "entries").is_dir() and (root / "pyproject.toml").is_file() else None


def bundled_root() -> Path:
    """The folder with the `entries` that come with the library: in a checkout its root, else inside the package."""
    return checkout() or PACKAGE / "bundled"


def is_bundled(root: Path) -> bool:
    """Whether a folder holds the entries that come with the library."""
    return root.resolve() == bundled_root().resolve()


def is_plain(root: Path, path: Path) -> bool:
    """Whether a file or folder exists below another, with no symbolic link on the way to it.

    Everything that reads, shows or runs what a folder from elsewhere holds asks this: nothing outside it is reached.
    """
    if not path.is_relative_to(root) or ".." in path.parts:
        return False
    steps = path.parts[len(root.parts) :]
    places = accumulate(steps, os.path.join, initial=str(root))
    next(places)
    try:
        return not any(_is_link(os.lstat(place)) for place in places) and (bool(steps) or root.exists())
    except (OSError, ValueError):  # there is no such file; a name with a NUL is none
        return False


def _is_link(status: os.stat_result) -> bool:
    """Whether what stands there is a symbolic link, or what Windows calls a junction."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", "on Windows only")
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", None) == junction


def is_installed(folder: Path) -> bool:
    """Whether a folder is part of the installed package, where the next upgrade would remove what is written."""
    return folder.resolve().is_relative_to(PACKAGE.resolve())


def require_own(folder: Path, what: str) -> None:
    """Refuse to write into the installed package.

    Args:
        folder: The folder of a knowledge base.
        what: What would be written, such as `evidence`.

    Raises:
        ValueError: It is part of the package.
    """
    if is_installed(folder):
        raise ValueError(f"{folder} is part of the installed package: say with --folder where to write {what}")
