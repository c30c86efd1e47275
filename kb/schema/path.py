"""Paths: ordered reading routes through entries."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from kb.schema.common import Kind, Model, NamedEntry, Ref, Source
from kb.schema.fields import Line


class Step(Model):
    """One stop of a route."""

    entry: Ref
    note: Line


class Section(Model):
    """A stretch of a route; for the lecture, also the inventory items that it covers."""

    name: Line
    items: list[Annotated[int, Field(ge=1, le=9_999)]] = Field(
        default_factory=list, description="Items of the lecture's inventory."
    )
    steps: list[Step] = Field(min_length=1)


class ReadingPath(NamedEntry):
    """A route, in order."""

    kind: ClassVar[Kind] = "path"

    source: Source | None = None
    sections: list[Section] = Field(min_length=1)
