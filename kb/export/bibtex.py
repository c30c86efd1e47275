"""BibTeX records of papers.

Letters stay as they are, in UTF-8, which BibTeX passes on and LaTeX reads. What has a meaning in LaTeX becomes the
command that prints it. For braces a backslash would not do: BibTeX counts them all the same, and one too many would end
the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from kb.export.characters import printable
from kb.schema import Entry, Paper

COMMANDS = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright", "~": "textasciitilde", "^": "textasciicircum",
    "<": "textless", ">": "textgreater", "|": "textbar",
}  # fmt: skip
ESCAPES = str.maketrans(
    {character: f"\\{command}{{}}" for character, command in COMMANDS.items()}
    | {character: f"\\{character}" for character in "&%#_$"}
)
IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%"
"""What else than letters, digits and `-._~` stands in an address as it is: RFC 3986."""

NOT_IN_NAMES = re.compile(r",|\band\b|^others$", re.IGNORECASE)
"""What BibTeX takes for the order of a name, for the end of one, or for more authors."""

CONFERENCE = re.compile(
    r"\b(conference|workshop|neurips|nips|icml|iclr|cvpr|iccv|eccv|aistats|acl|emnlp|naacl|ssst|aaai|ijcai|colt|uai|kdd"
    r"|interspeech|icassp|ijcnn|miccai)\b"
)
"""Venues whose papers stand in proceedings; `Proceedings of the IEEE` and of the academies are journals."""
PUBLISHER = re.compile(r"\b(press|didot)\b")
"""Who publishes books."""


def bibtex(paper: Paper) -> str:
    """Return the BibTeX record of a paper under its own id.

    Examples:
        >>> import kb
        >>> print(bibtex(kb.load().papers["kipf2016semi"]).splitlines()[0])
        @inproceedings{kipf2016semi,
    """
    fields = {
        "title": f"{{{_text(paper.name)}}}",
        "author": " and ".join([*map(_author, paper.authors), *([] if paper.authors_complete else ["others"])]),
        "year": str(paper.published),
    }
    kind, where = kind_of(paper.venue)
    if paper.venue:
        fields[where] = _text(paper.venue)
    fields |= {name: text.replace("-", "--") for name, text in paper.place.items() if text}  # a dash of a range
    if paper.ids.arxiv:
        fields |= {"eprint": paper.ids.arxiv, "archiveprefix": "arXiv"}
    if paper.ids.doi:
        fields["doi"] = _address(paper.ids.doi)
    if paper.link:
        fields["url"] = _address(paper.link)
    return _record(kind, paper.id, fields)


def bibtex_of_entry(entry: Entry, publisher: str, version: str = "") -> str:
    """Return the BibTeX record of an entry as a part of the knowledge base.

    Args:
        entry: The entry.
        publisher: Name of the knowledge base.
        version: Its version, if it has one.

    Examples:
        >>> import kb
        >>> print(bibtex_of_entry(kb.load()["lstm"], "Deep Learning Taxonomy", "0.1.0").splitlines()[1])
          title         = {{Long short-term memory}},
    """
    where = f"{publisher}{f', version {version}' if version else ''}, {entry.kind} {entry.id}"
    return _record("misc", f"kb-{entry.id}", {"title": f"{{{_text(entry.title)}}}", "howpublished": _text(where)})


def _record(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name:<13} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _text(text: str) -> str:
    """A text in one line, as LaTeX prints it."""
    return printable(" ".join(text.split())).translate(ESCAPES)


def _author(name: str) -> str:
    """A name; braces keep together what BibTeX would take for several."""
    return f"{{{_text(name)}}}" if NOT_IN_NAMES.search(name.strip()) else _text(name)


def _address(text: str) -> str:
    """An address or a DOI, which LaTeX prints as it is: what does not belong in one is written as `%7B`."""
    return quote(text, safe=IN_ADDRESSES, errors="replace")


def kind_of(venue: str | None) -> tuple[str, str]:
    """The type of the record, and the field that the venue goes into."""
    words = (venue or "arxiv").casefold()
    if words.startswith("arxiv"):
        return "misc", "howpublished"
    if CONFERENCE.search(words):
        return "inproceedings", "booktitle"
    if "thesis" in words:
        return ("phdthesis" if "phd" in words or "doctoral" in words else "mastersthesis"), "school"
    if "report" in words:
        return "techreport", "institution"
    if PUBLISHER.search(words):
        return "book", "publisher"
    return "article", "journal"
