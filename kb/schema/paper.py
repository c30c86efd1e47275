"""Papers: bibliographic records that were looked up, and what each contributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from kb import display
from kb.schema.common import Entry
from kb.schema.fields import Arxiv, Doi, Line, OpenReview, Pages, Url, Volume
from kb.schema.frozen import Many
from kb.schema.model import Kind, Model


class Identifiers(Model):
    """Where the paper can be found. Quoted strings: an unquoted arXiv number would lose its zeros."""

    arxiv: Arxiv | None = None
    doi: Doi | None = None
    openreview: OpenReview | None = None
    url: Url | None = None


class Paper(Entry):
    """A publication. Its id is its BibTeX key."""

    kind: ClassVar[Kind] = "paper"

    name: Line = Field(alias="title", description="The title, as published.")
    authors: Many[Line] = Field(min_length=1, description="In order; a person is spelt alike in all papers.")
    published: int = Field(alias="year", ge=1600, le=2100, description="In which the venue published it.")
    venue: Line | None = None
    volume: Volume | None = Field(default=None, description="Of the journal or series, as text: '9'.")
    number: Volume | None = Field(default=None, description="The issue within the volume.")
    pages: Pages | None = Field(default=None, description="First and last, with one dash: 1735-1780.")
    ids: Identifiers = Identifiers()
    contributes: Line = Field(description="One sentence of ours.")
    verified_against: Many[Line] = Field(min_length=1, description="Where the record was checked.")
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
    def place(self) -> dict[str, str | None]:
        """Where it stands in its venue: volume, number and pages."""
        return {"volume": self.volume, "number": self.number, "pages": self.pages}

    @property
    def in_venue(self) -> str:
        """Volume, number and pages as they are printed behind the venue: ` 9(8), 1735-1780`."""
        volume = f" {self.volume}" if self.volume else ""
        number = f"({self.number})" if self.number else ""
        return f"{volume}{number}{f', {self.pages}' if self.pages else ''}"

    @property
    def link(self) -> str | None:
        """The best address to read it at."""
        ids = self.ids
        if ids.arxiv:
            return f"https://arxiv.org/abs/{ids.arxiv}"
        if ids.openreview:
            return f"https://openreview.net/forum?id={ids.openreview}"
        if ids.url or not ids.doi:
            return ids.url
        return "https://doi.org/" + ids.doi.replace("<", "%3C").replace(">", "%3E")  # which no address holds

    @property
    def citation(self) -> str:
        """The short form used in running text, such as `Kipf and Welling (2016)`."""
        last = [author.split()[-1] for author in self.authors]
        several = len(last) > 2 or not self.authors_complete
        names = f"{last[0]} et al." if several else " and ".join(last)
        return f"{names} ({self.published})"

    def _where(self) -> str:
        return ""  # its family is its year

    def _described(self) -> Iterator[tuple[str, str]]:
        yield "by", ", ".join(map(display.text, self.authors))
        yield "in", display.text(self.venue or "")
