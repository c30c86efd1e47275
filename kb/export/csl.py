"""Papers as CSL-JSON, which Zotero, pandoc and other reference managers read."""

from __future__ import annotations

from typing import Any

from kb.export.bibtex import kind_of
from kb.export.characters import all_printable
from kb.schema import Paper

TYPES = {
    "misc": "article",
    "inproceedings": "paper-conference",
    "article": "article-journal",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "techreport": "report",
    "book": "book",
}
"""The type of a BibTeX record, and what CSL calls it."""
PUBLISHED_BY = ("thesis", "report", "book", "article")
"""The types whose venue is who published it, and not what it stands in."""


def csl(paper: Paper) -> dict[str, Any]:
    """Return a paper as an item of CSL-JSON, under its own id.

    Names stay whole, as they are written: which part is the family name is nowhere said.

    Examples:
        >>> import kb
        >>> csl(kb.load().papers["kipf2016semi"])["type"]
        'paper-conference'
    """
    kind = TYPES[kind_of(paper.venue)[0]]
    found = {
        "id": paper.id,
        "type": kind,
        "title": paper.name,
        "author": [{"literal": name} for name in (*paper.authors, *([] if paper.authors_complete else ["others"]))],
        "issued": {"date-parts": [[paper.published]]},
        ("publisher" if kind in PUBLISHED_BY else "container-title"): paper.venue,
        "volume": paper.volume,
        "issue": paper.number,
        "page": paper.pages,
        "DOI": paper.ids.doi,
        "URL": paper.link,
        "number": f"arXiv:{paper.ids.arxiv}" if paper.ids.arxiv else None,
    }
    return {name: all_printable(value) for name, value in found.items() if value}
