"""Entries in the words of schema.org, which search engines and reference managers read.

No words of our own: what schema.org has no type for is a term that a set of terms defines, or a claim.
"""

from __future__ import annotations

from typing import Any

from kb.base import Base
from kb.evidence import links_of
from kb.export.about import LICENCE
from kb.export.characters import all_printable
from kb.folders import is_bundled
from kb.schema import Architecture, Claim, Entry, Paper, ReadingPath, Theorem

RATINGS = {"refuted": 1, "not settled": 2, "supported": 3}
"""Verdicts on the scale that schema.org asks for; the word itself stands beside the number."""


def schema_org(base: Base, entry_id: str, publisher: str) -> dict[str, Any]:
    """Return an entry as a JSON-LD document of schema.org.

    Args:
        base: The knowledge base.
        entry_id: The entry.
        publisher: Name of the knowledge base.

    Returns:
        A paper as `ScholarlyArticle`; a claim with a verdict as `ClaimReview`; a theorem, and a claim without one, as
        `Claim`; a reading path as `LearningResource`; all else as `DefinedTerm`, with its code and its evidence.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> schema_org(kb.load(), "lstm", "Deep Learning Taxonomy")["@type"]
        'DefinedTerm'
    """
    entry = base[entry_id]
    common: dict[str, Any] = {"name": entry.title, "description": entry.gist, "identifier": entry.id}
    if entry.aliases:
        common["alternateName"] = entry.aliases
    document = {"@context": "https://schema.org"} | common | _typed(base, entry, publisher)
    return {name: all_printable(value) for name, value in document.items()}


def _typed(base: Base, entry: Entry, publisher: str) -> dict[str, Any]:
    """The type of an entry, and the properties that this type has."""
    licence = {"license": LICENCE} if is_bundled(base.root) else {}
    match entry:
        case Paper():
            return _article(entry)
        case Claim():
            return _claim(base, entry, publisher) | licence
        case Theorem():
            return {"@type": "Claim", "text": entry.gist} | licence
        case ReadingPath():
            steps = [base[step.entry].title for section in entry.sections for step in section.steps]
            return {"@type": "LearningResource", "hasPart": steps} | licence
    return {
        "@type": "DefinedTerm",
        "termCode": entry.id,
        "inDefinedTermSet": {"@type": "DefinedTermSet", "name": publisher} | licence,
        "subjectOf": [*_introduced(base, entry), *_measured(base, entry, publisher, licence)],
    }


def _article(paper: Paper) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "ScholarlyArticle",
        "headline": paper.title,
        "author": [{"@type": "Person", "name": author} for author in paper.authors],
        "datePublished": str(paper.published),
    }
    if paper.venue:
        found["isPartOf"] = {"@type": "PublicationVolume", "name": paper.venue}
        found["isPartOf"] |= {"volumeNumber": paper.volume} if paper.volume else {}
    if paper.pages:
        found["pagination"] = paper.pages
    if paper.link:
        found["url"] = paper.link
    if paper.ids.doi:
        found["sameAs"] = f"https://doi.org/{paper.ids.doi}"
    return found


def _claim(base: Base, claim: Claim, publisher: str) -> dict[str, Any]:
    record = base.evidence.get(claim.id)
    verdict = record.claim.verdict if record and record.claim else ""
    if verdict not in RATINGS:
        return {"@type": "Claim", "text": claim.gist}
    return {
        "@type": "ClaimReview",
        "claimReviewed": claim.gist,
        "author": {"@type": "Organization", "name": publisher},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATINGS[verdict],
            "worstRating": min(RATINGS.values()),
            "bestRating": max(RATINGS.values()),
            "alternateName": verdict,
        },
    }


def _introduced(base: Base, entry: Entry) -> list[dict[str, Any]]:
    """The paper that introduced an entry."""
    paper = getattr(entry, "introduced_by", None)
    return [_article(base.papers[paper]) | {"name": base.papers[paper].title}] if paper in base.papers else []


def _measured(base: Base, entry: Entry, publisher: str, licence: dict[str, str]) -> list[dict[str, Any]]:
    """The code of an entry, and what was measured of it."""
    if not links_of(entry):
        return []
    code = {"@type": "SoftwareSourceCode", "name": f"{entry.title} in PyTorch", "programmingLanguage": "Python"}
    if entry.id not in base.evidence:
        return [code]
    what = "Sizes, inductive biases and agreement with peers" if isinstance(entry, Architecture) else "Measurements"
    data = {"@type": "Dataset", "name": f"Evidence: {entry.title}"} | licence
    data |= {"description": f"{what} of the reference implementation, as {publisher} publishes and repeats them."}
    return [code, data | {"creator": {"@type": "Organization", "name": publisher}}]
