"""RDF as text: Turtle for people, JSON-LD and N-Triples for programs; the same triples give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kb import strict_json
from kb.collecting import without_collector
from kb.export.rdf.terms import HOME, PREFIXES, Iri, Literal, Triple, named

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""A local name that Turtle takes behind a prefix without escapes."""
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    | {chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
_TYPE = named("rdf:type")
_BARE = {named("xsd:integer"): re.compile(r"-?[0-9]+"), named("xsd:boolean"): re.compile("true|false")}
"""What Turtle writes without quotes and without a type."""
_LONGEST_NUMBER = 16
"""Digits of a number that every program reads from JSON as it is."""
_BY_ADDRESS = {whole: prefix for prefix, whole in PREFIXES.items()}


@without_collector()
def turtle(triples: Iterable[Triple], home: str = HOME) -> str:
    """Return triples as Turtle: a paragraph a subject, in the order in which they came.

    Args:
        triples: The triples.
        home: What most addresses begin with, and need not repeat.
    """
    write = Writer(home)
    return "\n".join([*write.head(), "", *(write.paragraph(*each) + "\n" for each in _grouped(triples).items())])


@without_collector()
def n_triples(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples: a line each, in the order in which they came, and nothing shortened."""
    return "".join(f"<{subject}> <{predicate}> {_whole(object_)} .\n" for subject, predicate, object_ in triples)


def _whole(object_: Iri | Literal) -> str:
    if isinstance(object_, Iri):
        return f"<{object_}>"
    text = f'"{object_.text.translate(_ESCAPES)}"'
    return f"{text}^^<{object_.datatype}>" if object_.datatype else text


@without_collector()
def json_ld(triples: Iterable[Triple], home: str = HOME) -> dict[str, Any]:
    """Return triples as a JSON-LD document: a node a subject, in the order in which they came; see `turtle`."""
    write, nodes = Writer(home), []
    for subject, properties in _grouped(triples).items():
        node: dict[str, Any] = {"@id": write.relative(subject)}
        for predicate, objects in properties.items():
            if predicate == _TYPE:
                node["@type"] = [_short(each) for each in objects if isinstance(each, Iri)]
            else:
                found = [write.object(each) for each in objects]
                node[_short(predicate)] = found[0] if len(found) == 1 else found
        nodes.append(node)
    base = {"@base": home} if write.home else {}
    return {"@context": base | dict(sorted(PREFIXES.items())), "@graph": nodes}


def json_ld_text(triples: Iterable[Triple], home: str = HOME) -> str:
    """Return triples as the text of a JSON-LD document."""
    return strict_json.dumps(json_ld(triples, home), indent=1)


def _grouped(triples: Iterable[Triple]) -> dict[Iri, dict[Iri, list[Iri | Literal]]]:
    """The objects by subject and predicate, each once."""
    found: dict[Iri, dict[Iri, list[Iri | Literal]]] = {}
    for subject, predicate, object_ in dict.fromkeys(triples):
        found.setdefault(subject, {}).setdefault(predicate, []).append(object_)
    return found


class Writer:
    """Writes addresses and values, short where they begin as most do.

    Args:
        home: What they begin with; only an address that others can be relative to shortens them.
    """

    def __init__(self, home: str) -> None:
        self.home = home if home.startswith(("http://", "https://")) and home.endswith("/") else ""

    def head(self) -> list[str]:
        """The lines of Turtle that declare what is left out below."""
        base = [f"@base <{self.home}> ."] if self.home else []
        return base + [f"@prefix {prefix}: <{whole}> ." for prefix, whole in sorted(PREFIXES.items())]

    def paragraph(self, subject: Iri, properties: dict[Iri, list[Iri | Literal]]) -> str:
        """What is said of one subject, as Turtle."""
        lines = [
            f"{'a' if predicate == _TYPE else self.name(predicate)} {', '.join(map(self.written, objects))}"
            for predicate, objects in properties.items()
        ]
        return f"{self.name(subject)} " + " ;\n    ".join(lines) + " ."

    def written(self, object_: Iri | Literal) -> str:
        """An object as Turtle."""
        if isinstance(object_, Iri):
            return self.name(object_)
        if _is_bare(object_):
            return object_.text
        text = f'"{object_.text.translate(_ESCAPES)}"'
        return f"{text}^^{self.name(object_.datatype)}" if object_.datatype else text

    def name(self, iri: Iri) -> str:
        """An address as Turtle."""
        short = _short(iri)
        return short if short != iri else f"<{self.relative(iri)}>"

    def relative(self, iri: Iri) -> str:
        """An address without what most begin with."""
        return iri[len(self.home) :] if self.home and iri.startswith(self.home) and iri != self.home else iri

    def object(self, object_: Iri | Literal) -> Any:
        """An object as JSON-LD."""
        if isinstance(object_, Iri):
            return {"@id": self.relative(object_)}
        if object_.datatype is None:
            return object_.text
        if _is_bare(object_) and len(object_.text) < _LONGEST_NUMBER:
            return object_.text == "true" if object_.datatype == named("xsd:boolean") else int(object_.text)
        return {"@value": object_.text, "@type": _short(object_.datatype)}


def _is_bare(literal: Literal) -> bool:
    bare = _BARE.get(literal.datatype) if literal.datatype else None
    return bare is not None and bare.fullmatch(literal.text) is not None


def _short(iri: Iri) -> str:
    """A name with a prefix, where one begins the address and what follows is plain; else the whole address."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _BY_ADDRESS.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix and _PLAIN.fullmatch(iri, cut) else iri
