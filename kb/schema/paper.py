"""Papers: bibliographic records that were looked up, and what each contributes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from kb.schema.common import URL_PATTERN, Entry, Kind, Line, Model


class Identifiers(Model):
    """Where the paper can be found. Quoted strings: an unquoted arXiv number would lose its zeros."""

    arxiv: Annotated[str, Field(pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+/\d{7})$")] | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/[^\s<>\"']+$")] | None = None
    openreview: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    url: Annotated[str, Field(pattern=URL_PATTERN)] | None = None


class Paper(Entry):
    """A publication. Its id is its BibTeX key."""

    kind: ClassVar[Kind] = "paper"

    name: Line = Field(alias="title", description="The title, as published.")
    authors: list[Line] = Field(min_length=1, description="In order, as published.")
    published: int = Field(alias="year", ge=1600, le=2100)
    venue: Line | None = None
    ids: Identifiers = Identifiers()
    contributes: Line = Field(description="One sentence of ours.")
    verified_against: list[Line] = Field(min_length=1, description="Where the record was checked.")
    authors_complete: bool = True

    @property
    def title(self) -> str:
        """The title, as published."""
        return self.name

    @property
    def gist(self) -> str:
        """What it contributes."""
        return self.contributes

    @property
    def year(self) -> int:
        """The year of publication."""
        return self.published

    @property
    def link(self) -> str | None:
        """The best address to read it at."""
        ids = self.ids
        if ids.arxiv:
            return f"https://arxiv.org/abs/{ids.arxiv}"
        if ids.openreview:
            return f"https://openreview.net/forum?id={ids.openreview}"
        return ids.url or (f"https://doi.org/{ids.doi}" if ids.doi else None)

    @property
    def citation(self) -> str:
        """The short form used in running text, such as `Kipf and Welling (2016)`."""
        last = [author.split()[-1] for author in self.authors]
        names = last[0] if len(last) == 1 else f"{last[0]} and {last[1]}" if len(last) == 2 else f"{last[0]} et al."
        return f"{names} ({self.published})"
