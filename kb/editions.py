"""Editions: the recorded states of a knowledge base, each as what changed since the one before.

They stand in `changes/DATE.json`, written by `kb diff --record`. Every address that an edition ever had leads somewhere
for ever: a rule holds that, the site makes the ways, and its feed tells what each edition brought.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from kb.changes import Changes
from kb.explaining import explain, steps_to
from kb.problems import Problem
from kb.reading import UnreadableError, files_below, read_text
from kb.schema.fields import Date, Id, Line, Place
from kb.schema.model import Model

FOLDER = "changes"


class Edition(Model):
    """What an edition changed. Places are as in `architectures/recurrent/lstm`."""

    date: Date
    version: Line | None = Field(default=None, description="Of the library that came with it.")
    added: list[Place] = Field(default_factory=list)
    removed: list[Place] = Field(default_factory=list)
    moved: dict[Place, Place] = Field(default_factory=dict)
    changed: dict[Id, list[Line]] = Field(default_factory=dict, description="Fields, by entry.")
    traits: list[Line] = Field(default_factory=list)
    verdicts: list[Line] = Field(default_factory=list)
    sizes: list[Line] = Field(default_factory=list)

    @property
    def places(self) -> list[str]:
        """Where it has entries for the first time."""
        return [*self.added, *self.moved.values()]

    @classmethod
    def of(cls, changes: Changes, date: str, version: str) -> Edition:
        """Return the edition of a date.

        Raises:
            ValueError: The date is none.
        """
        data: dict[str, Any] = {
            "date": date,
            "version": version or None,
            "added": changes.added,
            "removed": changes.removed,
            "moved": changes.moved,
            "changed": {name: [each.what for each in found] for name, found in changes.fields.items()},
            "traits": [str(each) for each in changes.traits],
            "verdicts": [str(each) for each in changes.verdicts],
            "sizes": [str(each) for each in changes.sizes],
        }
        try:
            return cls.model_validate({name: value for name, value in data.items() if value})
        except ValidationError:
            raise ValueError(f"expected a date such as 2026-11-29, came {date!r}") from None


def editions(root: Path) -> list[Edition]:
    """Return the editions of a knowledge base, the newest first; those that cannot be read are left out."""
    found = [edition for edition in _read(root) if isinstance(edition, Edition)]
    return sorted(found, key=lambda edition: edition.date, reverse=True)


def problems(root: Path) -> Iterator[Problem]:
    """Yield what is wrong with the files of editions."""
    yield from (found for found in _read(root) if isinstance(found, Problem))


def _read(root: Path) -> Iterator[Edition | Problem]:
    folder = root / FOLDER
    for name, error in files_below(str(folder), depth=0) if folder.is_dir() and not folder.is_symlink() else ():
        path = Path(name)
        shown = path.relative_to(root).as_posix()
        try:
            if error:
                raise error
            data = json.loads(read_text(path))
            edition = Edition.model_validate(data)
        except UnreadableError as reason:
            yield Problem(shown, 0, "", str(reason))
        except ValidationError as wrong:
            for detail in wrong.errors():
                steps = steps_to(detail, data)
                yield Problem(shown, 0, ".".join(map(str, steps)), explain(detail, steps, Edition))
        except (ValueError, RecursionError):
            yield Problem(shown, 0, "", "the file is no JSON: `kb diff --record` writes an edition")
        else:
            named = path.name == f"{edition.date}.json"
            yield (
                edition
                if named
                else Problem(shown, 0, "date", f"expected that of the file's name, came {edition.date}")
            )
