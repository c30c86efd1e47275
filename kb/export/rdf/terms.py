"""Terms of RDF: addresses, values, triples, and the names that this knowledge base gives to what it speaks of.

Nothing is a blank node: whatever a triple speaks of has an address, so that two graphs are equal if their triples are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from kb.base import Base
from kb.export.characters import printable
from kb.folders import is_bundled
from kb.traits import Fact

HOME = "https://w3id.org/deep-learning-taxonomy/"
"""Before the ids of the bundled entries; a name, which need not answer."""
PREFIXES = {
    "dlt": f"{HOME}terms#",
    "cito": "http://purl.org/spar/cito/",
    "dcterms": "http://purl.org/dc/terms/",
    "fabio": "http://purl.org/spar/fabio/",
    "fair4ml": "https://w3id.org/fair4ml#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Iri(str):
    """An address, whole."""


@dataclass(frozen=True)
class Literal:
    """A value with its type, as text."""

    text: str
    datatype: Iri | None = None


Triple = tuple[Iri, Iri, Iri | Literal]


@cache
def named(name: str) -> Iri:
    """Return the address that a name with a prefix stands for.

    Examples:
        >>> named("skos:broader")
        'http://www.w3.org/2004/02/skos/core#broader'
    """
    prefix, _, local = name.partition(":")
    return Iri(PREFIXES[prefix] + local)


def value(data: str | bool | int | float) -> Literal:
    """Return a value of Python as a literal; a number that is none or infinite is written as XML Schema has it."""
    if isinstance(data, bool):
        return Literal(str(data).lower(), named("xsd:boolean"))
    if isinstance(data, int):
        return Literal(str(data), named("xsd:integer"))
    if isinstance(data, float):
        odd = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}
        return Literal(odd.get(repr(data), repr(data)), named("xsd:double"))
    return Literal(printable(data))


def year(number: int) -> Literal:
    """Return a year as a literal."""
    return Literal(f"{number:04d}", named("xsd:gYear"))


def address(text: str) -> Iri:
    """Return an address from elsewhere, in which what RDF forbids is escaped."""
    return Iri(quote(text, safe=":/?#[]@!$&'()*+,;=%~", errors="replace"))


def described(subject: Iri, **properties: object) -> Iterator[Triple]:
    """Yield triples with one subject: a name with two underscores for the colon, and one or several objects.

    What is None, empty text or an empty list is left out.

    Examples:
        >>> list(described(Iri("http://x/a"), skos__prefLabel="A", dlt__draws=None))[0][2]
        Literal(text='A', datatype=None)
    """
    for name, objects in properties.items():
        predicate = _property(name)
        for each in objects if isinstance(objects, list | tuple) else [objects]:
            if isinstance(each, Iri | Literal):
                yield subject, predicate, each
            elif isinstance(each, str | bool | int | float) and each != "":
                yield subject, predicate, value(each)


@cache
def _property(name: str) -> Iri:
    return named(name.replace("__", ":", 1))


class Addresses:
    """The addresses of what a knowledge base speaks of.

    Args:
        base: The knowledge base.
        home: What addresses begin with. Default: ours for the bundled entries, else `kb:`, the scheme of links in
            texts.
    """

    def __init__(self, base: Base, home: str = "") -> None:
        self.home = home or (HOME if is_bundled(base.root) else "kb:")

    def entry(self, entry_id: str) -> Iri:
        """The address of an entry."""
        return Iri(self.home + entry_id)

    def variant(self, architecture: str, variant: str) -> Iri:
        """The address of a variant."""
        return self._of("variant", architecture, variant)

    def fact(self, fact: Fact) -> Iri:
        """The address of a fact: its cell, its value and the kind of evidence, which together no other fact has."""
        return self._of("fact", *fact.cell, fact.value, fact.how)

    def measurement(self, architecture: str, place: str, bias: str) -> Iri:
        """The address of the measurement of a trait."""
        return self._of("measurement", architecture, place, bias)

    def relation(self, start: str, name: str, end: str, number: int) -> Iri:
        """The address of a relation of which more is said than that it is there."""
        return self._of("relation", start, name, end, str(number))

    def set(self, name: str) -> Iri:
        """The address of a set of entries."""
        return self._of("set", name)

    def _of(self, *parts: str) -> Iri:
        return Iri(self.home + "/".join(quote(part, safe="") for part in parts))
