"""The knowledge base as linked data: entries, relations, and facts with their proofs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.export.rdf.entries import entries
from kb.export.rdf.facts import facts
from kb.export.rdf.terms import HOME, PREFIXES, Addresses, Iri, Literal, Triple
from kb.export.rdf.vocabulary import TERMS, Term, vocabulary
from kb.export.rdf.writing import json_ld_text, n_triples, turtle
from kb.knowledge_base import KnowledgeBase

__all__ = [
    "HOME",
    "PREFIXES",
    "TERMS",
    "Addresses",
    "Iri",
    "Literal",
    "Term",
    "Triple",
    "json_ld_text",
    "n_triples",
    "shapes",
    "triples",
    "turtle",
    "vocabulary",
]


def triples(base: KnowledgeBase, home: str = "") -> Iterator[Triple]:
    """Yield all that the knowledge base says, as triples.

    Args:
        base: The knowledge base.
        home: What the addresses of entries begin with; see `Addresses`.

    Examples:
        >>> import kb
        >>> next(triples(kb.load()))[0]
        'https://w3id.org/deep-learning-taxonomy/set/entries'
    """
    names = Addresses(base, home)
    yield from entries(base, names)
    yield from facts(base, names)


def shapes() -> str:
    """Return the shapes of SHACL that the triples have, as Turtle."""
    return (Path(__file__).parent / "shapes.ttl").read_text(encoding="utf-8")
