"""BibTeX records of papers."""

from __future__ import annotations

import re

from kb.schema import Paper

ESCAPES = str.maketrans({"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$"})
CONFERENCE = re.compile(
    r"\b(conference|workshop|neurips|nips|icml|iclr|cvpr|iccv|eccv|aistats|acl|emnlp|naacl|ssst|aaai|ijcai|colt|uai|kdd"
    r"|interspeech|icassp)\b"
)
"""Venues whose papers stand in proceedings; `Proceedings of the IEEE` and of the academies are journals."""


def bibtex(paper: Paper) -> str:
    """Return the BibTeX record of a paper under its own id.

    Examples:
        >>> import kb
        >>> print(bibtex(kb.load().papers["kipf2016semi"]).splitlines()[0])
        @inproceedings{kipf2016semi,
    """
    fields = {
        "title": f"{{{paper.name.translate(ESCAPES)}}}",
        "author": " and ".join([*paper.authors, *([] if paper.authors_complete else ["others"])]).translate(ESCAPES),
        "year": str(paper.published),
    }
    kind, where = _kind(paper.venue)
    if paper.venue:
        fields[where] = paper.venue.translate(ESCAPES)
    if paper.ids.arxiv:
        fields |= {"eprint": paper.ids.arxiv, "archiveprefix": "arXiv"}
    if paper.ids.doi:
        fields["doi"] = paper.ids.doi
    if paper.link:
        fields["url"] = paper.link
    lines = [f"  {name:<13} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{paper.id},", *lines, "}"])


def _kind(venue: str | None) -> tuple[str, str]:
    """The type of the record, and the field that the venue goes into."""
    words = (venue or "arxiv").casefold()
    if words.startswith("arxiv"):
        return "misc", "howpublished"
    if CONFERENCE.search(words):
        return "inproceedings", "booktitle"
    if "thesis" in words:
        return ("phdthesis" if "phd" in words or "doctoral" in words else "mastersthesis"), "school"
    if "technical report" in words:
        return "techreport", "institution"
    return "article", "journal"
