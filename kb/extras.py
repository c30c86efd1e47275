"""Which extra of this package brings a library, for the message that it is missing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata

from kb.folders import DISTRIBUTION, checkout

NAMED_OTHERWISE = {"dask": "distributed", "material": "mkdocs-material", "sklearn": "scikit-learn"}
"""What is imported, to what is installed, where the names differ by more than capitals and dashes."""


def how_to_install(library: str) -> str | None:
    """Return the command that installs a library, where an extra of this package has it.

    Args:
        library: What cannot be imported, such as `torch_geometric`.

    Examples:
        >>> "[run]" in how_to_install("torch_geometric"), how_to_install("json")
        (True, None)
    """
    expected = _normal(NAMED_OTHERWISE.get(library, library))
    extra = next((extra for extra, needed in _needed() if needed == expected), None)
    if extra is None:
        return None
    return f"pip install -e '.[{extra}]'" if checkout() else f"pip install '{DISTRIBUTION}[{extra}]'"


def _needed() -> Iterator[tuple[str, str]]:
    """Every extra with each package that it needs: as a checkout says it now, or as it was installed."""
    if root := checkout():
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for extra, lines in project["optional-dependencies"].items():
            yield from ((extra, _normal(line)) for line in lines)
        return
    for line in metadata.requires(DISTRIBUTION) or ():
        if found := re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", line):
            yield found[1], _normal(line)


def _normal(requirement: str) -> str:
    """The name of the package that a requirement begins with, in one spelling."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[._-]+", "-", name).lower()
