"""Paths: ordered reading routes through entries."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from kb.schema.common import NamedEntry, Source
from kb.schema.fields import Line, SectionKey, Text
from kb.schema.frozen import Many
from kb.schema.model import Kind, Model, Ref

Item = Annotated[int, Field(ge=1, le=9_999)]


class Step(Model):
    """One stop of a route."""

    entry: Ref
    note: Line


class Section(Model):
    """A stretch of a route; for a lecture, also its slides and the items of an inventory that it covers."""

    key: SectionKey | None = None
    name: Line
    slides: Many[Line] = Field(default_factory=tuple, description="Headings of its slides, in their order.")
    items: Many[Item] = Field(default_factory=tuple, description="Items of the lecture's inventory.")
    description: Text | None = Field(default=None, description="What it is about, in our own words. Markdown.")
    steps: Many[Step] = Field(min_length=1)


class Coverage(Model):
    """How many items, claims, equations and questions a lecture has. All of them have to be somewhere."""

    items: Item | None = None
    claims: Item | None = None
    equations: Item | None = None
    questions: Item | None = None


class ReadingPath(NamedEntry):
    """A route, in order."""

    kind: ClassVar[Kind] = "path"

    source: Source | None = None
    covers: Coverage | None = Field(default=None, description="What the inventory of the lecture counts.")
    sections: Many[Section] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_are_of_all_or_none(self) -> Self:
        keys = [section.key for section in self.sections]
        if any(keys) and (None in keys or len(set(keys)) < len(keys)):
            raise ValueError("either every section has a `key` of its own, or none has one")
        return self

    def section(self, key: str) -> Section | None:
        """Return the section with a key, such as `S13`; None where there is none."""
        return next((section for section in self.sections if section.key == key), None)
