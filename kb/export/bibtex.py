"""BibTeX records of papers."""

from __future__ import annotations

from kb.schema import Paper

ESCAPES = str.maketrans({"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$"})
CONFERENCES = ("conference", "proceedings", "neurips", "nips", "icml", "iclr", "cvpr", "iccv", "eccv", "aistats", "acl",
               "emnlp", "ssst", "workshop", "aaai", "interspeech")  # fmt: skip


def bibtex(paper: Paper) -> str:
    """Return the BibTeX record of a paper under its own id.

    Example:
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
    if where and paper.venue:
        fields[where] = paper.venue.translate(ESCAPES)
    if paper.ids.arxiv:
        fields |= {"eprint": paper.ids.arxiv, "archiveprefix": "arXiv"}
    if paper.ids.doi:
        fields["doi"] = paper.ids.doi
    if paper.link:
        fields["url"] = paper.link
    lines = [f"  {name:<13} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{paper.id},", *lines, "}"])


def _kind(venue: str | None) -> tuple[str, str | None]:
    if venue is None or venue.casefold().startswith("arxiv"):
        return "misc", "howpublished" if venue else None
    if any(word in venue.casefold() for word in CONFERENCES):
        return "inproceedings", "booktitle"
    return "article", "journal"
