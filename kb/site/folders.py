"""Folders that the site is built in. Only what was written here is ever deleted, and a mark in the folder shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from kb.knowledge_base import KnowledgeBase

MARK = ".kb-site"
MEANING = "`kb site build` wrote this folder, and deletes all of it before it writes it again.\n"
SOURCES = ("entries", "implementations", "evidence", "docs", "kb")


def require_apart(target: Path, base: KnowledgeBase) -> None:
    """Refuse a target that holds, or lies in, a folder with sources.

    Raises:
        ValueError: It does.
    """
    place, package = target.resolve(), Path(__file__).parent.parent
    sources = [package, *(base.root / name for name in SOURCES if (base.root / name).exists())]
    for source in [base.root, *sources]:
        inside = place.is_relative_to(source.resolve()) and source != base.root
        if inside or source.resolve().is_relative_to(place):
            how = "is inside of" if inside else "is or contains"
            raise ValueError(f"{target} {how} {source}, which the site is made from: give another folder to build in")


def require_ours(folders: Iterable[Path]) -> None:
    """Refuse folders that hold something and were not written by `renew`.

    Raises:
        ValueError: One of them is such a folder, a file, or a symbolic link.
    """
    for folder in folders:
        if folder.is_symlink() or folder.parent.is_symlink():
            raise ValueError(f"{folder} is or lies in a symbolic link: give the folder that it leads to")
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder} is a file: give another folder to build in")
        if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
            raise ValueError(
                f"{folder} was not written by `kb site build`: move it, or give another folder to build in"
            )


def renew(folder: Path) -> None:
    """Empty a folder of ours, except for the mark.

    Raises:
        ValueError: It holds something that is not ours.
    """
    require_ours([folder])
    if folder.is_dir():
        shutil.rmtree(folder)  # which removes symbolic links and never follows them
    folder.mkdir(parents=True)
    (folder / MARK).write_text(MEANING, encoding="utf-8")


def copy_files(source: Path, target: Path, pattern: str) -> None:
    """Copy the files of a folder into another; symbolic links are left out."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob(pattern)):
        if path.is_file() and not path.is_symlink():
            shutil.copyfile(path, target / path.name)
