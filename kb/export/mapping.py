"""What entries are called elsewhere, as a table of SSSOM: https://w3id.org/sssom."""

from __future__ import annotations

from collections.abc import Iterator

from kb.export.about import about
from kb.export.rdf.terms import PREFIXES, Addresses, Iri, address
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture, Concept
from kb.schema.common import SameAs

ELSEWHERE = {
    "aio": "https://w3id.org/aio/",
    "cso": "https://cso.kmi.open.ac.uk/topics/",
    "timm": "https://huggingface.co/docs/timm/models/",
    "torchvision": "https://docs.pytorch.org/vision/stable/models/",
    "transformers": "https://huggingface.co/docs/transformers/model_doc/",
    "wikidata": "http://www.wikidata.org/entity/",
}
"""What the addresses begin with of what is named in each vocabulary or library."""
COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification", "object_source")


def match_property(same: SameAs) -> str:
    """Return the property of SKOS that says how two things match."""
    return f"skos:{same.match}Match"


def address_elsewhere(same: SameAs) -> Iri:
    """Return the address of what is named elsewhere."""
    return address(ELSEWHERE[same.source] + same.local)


def sssom(base: KnowledgeBase, names: Addresses) -> str:
    """Return all names elsewhere as tab-separated values, with the head that SSSOM asks for.

    Every one was looked up, or is held by a test against the library that has it, hence the justification.
    """
    known = about(base)
    used = {"skos": PREFIXES["skos"], "semapv": "https://w3id.org/semapv/vocab/", "kb": names.home, **ELSEWHERE}
    head = [
        f"# mapping_set_id: {names.home}mappings",
        f"# mapping_set_version: {known['version']}" if "version" in known else "",
        f"# license: {known['licence']}" if "licence" in known else "",
        f"# mapping_date: {known['date']}" if "date" in known else "",
        "# curie_map:",
        *(f"#   {prefix}: {whole}" for prefix, whole in sorted(used.items())),
    ]
    rows = ["\t".join(COLUMNS), *("\t".join(row) for row in _rows(base))]
    return "\n".join([line for line in head if line] + rows) + "\n"


def _rows(base: KnowledgeBase) -> Iterator[tuple[str, ...]]:
    for entry in base.values():
        if not isinstance(entry, Architecture | Concept):
            continue
        for same in entry.same_as:
            subject = f"kb:variant/{entry.id}/{same.variant}" if same.variant else f"kb:{entry.id}"
            label = f"{entry.title}, {same.variant}" if same.variant else entry.title
            predicate = match_property(same)
            yield subject, label, predicate, same.name, "semapv:ManualMappingCuration", ELSEWHERE[same.source]
