"""The examples in docstrings give what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from bundled import BASE

import kb

NEED_EXTRAS = ("kb.site", "kb.cli")
"""Packages whose import needs more than the library; their examples are those of the site's tests."""


def modules() -> list[str]:
    library = [
        found.name for found in pkgutil.walk_packages(kb.__path__, "kb.") if not found.name.startswith(NEED_EXTRAS)
    ]
    code = [
        path.relative_to(BASE.root).with_suffix("").as_posix().replace("/", ".")
        for path in sorted(Path(BASE.root, "implementations").rglob("*.py"))
        if ">>>" in path.read_text(encoding="utf-8")
    ]
    return [name for name in library if name != "kb.__main__"] + code


@pytest.mark.usefixtures("bundled_once")
@pytest.mark.parametrize("name", modules())
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs=_torch(name)).failed == 0


def _torch(name: str) -> dict[str, object]:
    """What examples may use without importing it, as the modules that they stand in do."""
    return {} if name.startswith("kb.") else {"torch": importlib.import_module("torch")}
