"""Answers that take seconds and are asked for often: each is kept as long as nothing that it depends on changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, TypeVar

from kb.cli.application import chosen_folder, load_base, skips_broken
from kb.folders import bundled_root

if TYPE_CHECKING:
    from kb.engines import Cypher, Sparql, Sql

E = TypeVar("E", "Sparql", "Sql", "Cypher")


def answered(question: str, answer: Callable[[], Any]) -> Any:
    """Return the answer to a question about the chosen knowledge base, as JSON has it.

    It is the one of before where entries, evidence, code, the library and what it needs are byte for byte those of
    before. A folder that is written meanwhile is asked again.

    Args:
        question: A name for the question.
        answer: Finds the answer, which depends on the folder alone. Nothing is kept where it raises an exception.
    """
    from kb.cache import cache, digest
    from kb.state import state_of

    if skips_broken():  # what is left out is said every time
        return answer()
    root = _root()
    state = state_of(root)
    key = digest(question, state.hex()) if state else b""
    kept = cache().get(key) if state else None
    if kept is None:
        kept = json.dumps(answer())
        if state and state_of(root) == state:
            cache().keep(key, kept)
    return json.loads(kept)


def engine_of(kind: type[E]) -> E:
    """Return an engine with the chosen knowledge base in it.

    It is opened from a folder that was filled before, where nothing has changed since; see `answered`.
    """
    from importlib.metadata import version

    from kb.cache import digest, kept_folder
    from kb.state import state_of

    root = _root()
    state = None if skips_broken() else state_of(root)
    if state is None:
        return kind(load_base())

    def fill(folder: Path) -> None:
        kind.write(load_base(), folder)
        if state_of(root) != state:
            raise _ChangedError

    try:
        folder = kept_folder(f"queries/{kind.__name__.lower()}", digest(state.hex(), version(kind.package)), fill)
    except (OSError, _ChangedError):
        return kind(load_base())
    try:
        return kind(folder)
    except Exception:  # of whatever class: the folder is damaged
        rmtree(folder, ignore_errors=True)
        return kind(load_base())


class _ChangedError(Exception):
    """The folder of entries was written while it was read."""


def _root() -> Path:
    return (chosen_folder() or bundled_root()).resolve()
