"""RDF as text: Turtle for people and JSON-LD for programs, byte for byte the same for the same triples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kb import strict_json
from kb.export.rdf.terms import PREFIXES, Iri, Literal, Triple, named

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""A local name that Turtle takes behind a prefix without escapes."""
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    | {chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
_TYPE = named("rdf:type")
_BARE = {named("xsd:integer"): re.compile(r"-?[0-9]+"), named("xsd:boolean"): re.compile("true|false")}
"""What Turtle writes without quotes and without a type."""


def turtle(triples: Iterable[Triple]) -> str:
    """Return triples as Turtle: a paragraph a subject, in the order in which they came."""
    subjects = _grouped(triples)
    prefixes = [f"@prefix {prefix}: <{whole}> ." for prefix, whole in sorted(PREFIXES.items())]
    return "\n".join(prefixes) + "\n\n" + "\n\n".join(_paragraph(*each) for each in subjects.items()) + "\n"


def json_ld(triples: Iterable[Triple]) -> dict[str, Any]:
    """Return triples as a JSON-LD document: a node a subject, in the order in which they came."""
    nodes = []
    for subject, properties in _grouped(triples).items():
        node: dict[str, Any] = {"@id": subject}
        for predicate, objects in properties.items():
            if predicate == _TYPE:
                node["@type"] = [_short(each) for each in objects if isinstance(each, Iri)]
            else:
                found = [_object(each) for each in objects]
                node[_short(predicate)] = found[0] if len(found) == 1 else found
        nodes.append(node)
    return {"@context": dict(sorted(PREFIXES.items())), "@graph": nodes}


def _grouped(triples: Iterable[Triple]) -> dict[Iri, dict[Iri, list[Iri | Literal]]]:
    """The objects by subject and predicate, each once."""
    found: dict[Iri, dict[Iri, list[Iri | Literal]]] = {}
    for subject, predicate, object_ in dict.fromkeys(triples):
        found.setdefault(subject, {}).setdefault(predicate, []).append(object_)
    return found


def _paragraph(subject: Iri, properties: dict[Iri, list[Iri | Literal]]) -> str:
    lines = [
        f"{'a' if predicate == _TYPE else _name(predicate)} {', '.join(map(_written, objects))}"
        for predicate, objects in properties.items()
    ]
    return f"{_name(subject)} " + " ;\n    ".join(lines) + " ."


def _written(object_: Iri | Literal) -> str:
    if isinstance(object_, Iri):
        return _name(object_)
    bare = _BARE.get(object_.datatype) if object_.datatype else None
    if bare and bare.fullmatch(object_.text):
        return object_.text
    text = f'"{object_.text.translate(_ESCAPES)}"'
    return f"{text}^^{_name(object_.datatype)}" if object_.datatype else text


def _name(iri: Iri) -> str:
    short = _short(iri)
    return short if short != iri else f"<{iri}>"


def _short(iri: Iri) -> str:
    """A name with a prefix, where one begins the address and what follows is plain; else the whole address."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _BY_ADDRESS.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix and _PLAIN.fullmatch(iri, cut) else iri


_BY_ADDRESS = {whole: prefix for prefix, whole in PREFIXES.items()}


def _object(object_: Iri | Literal) -> Any:
    if isinstance(object_, Iri):
        return {"@id": object_}
    if object_.datatype is None:
        return object_.text
    bare = _BARE.get(object_.datatype)
    if bare and bare.fullmatch(object_.text) and len(object_.text) < 16:
        return object_.text == "true" if object_.datatype == named("xsd:boolean") else int(object_.text)
    return {"@value": object_.text, "@type": _short(object_.datatype)}


def json_ld_text(triples: Iterable[Triple]) -> str:
    """Return triples as the text of a JSON-LD document."""
    return strict_json.dumps(json_ld(triples), indent=1)
