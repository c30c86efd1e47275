"""Building the site, as time per page: with nothing made before, and after a change of one entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import kb
from kb.site.build import build, generate


def test_generate(base: kb.KnowledgeBase, tmp_path: Path, benchmark: Any) -> None:
    count = benchmark.pedantic(generate, args=(base, tmp_path / "docs"), rounds=1)
    benchmark.extra_info |= {"pages": count, "ms_per_page": round(1e3 * benchmark.stats.stats.min / count, 2)}
    print(f"\ngenerate: {benchmark.extra_info}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is built anew, and again with what was kept."""
    return tmp_path_factory.mktemp("site")


@pytest.mark.parametrize("made_before", [False, True], ids=["anew", "again"])
def test_build(
    base: kb.KnowledgeBase, folder: Path, benchmark: Any, monkeypatch: pytest.MonkeyPatch, made_before: bool
) -> None:
    monkeypatch.setenv("KB_CACHE", str(folder / "cache"))
    if made_before and not (folder / "cache").exists():  # asked for alone
        build(base, folder)
    benchmark.pedantic(build, args=(base, folder), rounds=1)
    count = len(list((folder / "site").rglob("*.html")))
    benchmark.extra_info |= {"pages": count, "ms_per_page": round(1e3 * benchmark.stats.stats.min / count, 2)}
    print(f"\nbuild: {benchmark.extra_info}")
