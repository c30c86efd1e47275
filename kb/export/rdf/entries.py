"""Entries and their relations as RDF: concepts of SKOS, publications of FaBiO, models of FAIR4ML."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import networkx as nx

from kb.base import Base
from kb.export.about import LICENCE, about
from kb.export.bibtex import kind_of
from kb.export.details import DETAILS
from kb.export.mapping import address_elsewhere, match_property
from kb.export.rdf.terms import Addresses, Iri, Literal, Triple, address, described, named, year
from kb.export.rdf.vocabulary import property_of
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture, Claim, Concept, Entry, Paper, Theorem

PUBLICATIONS = {
    "misc": "fabio:Preprint",
    "inproceedings": "fabio:ConferencePaper",
    "article": "fabio:JournalArticle",
    "phdthesis": "fabio:DoctoralThesis",
    "mastersthesis": "fabio:MastersThesis",
    "techreport": "fabio:TechnicalReport",
    "book": "fabio:Book",
}
"""The type of a BibTeX record, and what FaBiO calls it."""
IN_SCHEME = ("architecture", "bias", "concept")
"""The kinds that are concepts of SKOS."""
NARROWING = ("broader", "specialises")
"""The relations that lead to a broader concept."""
KINDRED = ("see-also", "distinct-from")
"""The relations between concepts of which neither is the broader."""


def entries(base: KnowledgeBase, names: Addresses) -> Iterator[Triple]:
    """Yield what is said of the knowledge base, of all its entries and of their variants."""
    known = about(base)
    scheme = names.set("entries")
    yield from described(
        scheme,
        rdf__type=[named("skos:ConceptScheme"), named("schema:Dataset")],
        dcterms__title=known["name"],
        schema__version=known.get("version"),
        schema__dateModified=_date(known.get("date")),
        dcterms__license=Iri(LICENCE) if known.get("licence") else None,
    )
    for entry in base.values():
        yield from _entry(entry, names, scheme)
        if isinstance(entry, Architecture):
            yield from _variants(base, entry, names)
    yield from _verdicts(base, names)
    yield from _relations(base, names)


def _date(text: str | None) -> Literal | None:
    return Literal(text, named("xsd:date")) if text else None


def _entry(entry: Entry, names: Addresses, scheme: Iri) -> Iterator[Triple]:
    subject = names.entry(entry.id)
    yield from described(
        subject,
        rdf__type=named(f"dlt:{entry.kind.capitalize()}"),
        dcterms__identifier=entry.id,
        dlt__group=entry.group,
        dlt__year=year(entry.year) if entry.year else None,
    )
    match entry:
        case Paper():
            yield from _paper(subject, entry)
        case Claim() | Theorem():
            text = {"schema__name": entry.title, "schema__text": entry.gist}
            yield from described(subject, rdf__type=named("schema:Claim"), **text)
        case _ if entry.kind in IN_SCHEME:
            definition = entry.definition if isinstance(entry, Concept) else entry.gist
            yield from described(
                subject,
                rdf__type=named("skos:Concept"),
                skos__prefLabel=entry.title,
                skos__altLabel=[each for each in entry.aliases if each != entry.title],
                skos__definition=definition,
                skos__inScheme=scheme,
            )
            for same in getattr(entry, "same_as", ()):
                if not same.variant:
                    yield subject, named(match_property(same)), address_elsewhere(same)
        case _:
            what = {"schema__name": entry.title, "schema__description": entry.gist}
            yield from described(subject, rdf__type=named("schema:LearningResource"), **what)
    for equation in getattr(entry, "equations", ()):
        yield from described(subject, dlt__formula=equation.latex)


def _paper(subject: Iri, paper: Paper) -> Iterator[Triple]:
    kind, _ = kind_of(paper.venue)
    yield from described(
        subject,
        rdf__type=[named("schema:ScholarlyArticle"), named(PUBLICATIONS[kind])],
        dcterms__title=paper.name,
        dcterms__creator=list(paper.authors),
        dlt__authors="; ".join([*paper.authors, *([] if paper.authors_complete else ["et al."])]),
        dcterms__issued=year(paper.published),
        dcterms__abstract=paper.contributes,
        schema__isPartOf=paper.venue,
        schema__volumeNumber=paper.volume,
        schema__issueNumber=paper.number,
        schema__pagination=paper.pages,
        schema__url=address(paper.link) if paper.link else None,
        schema__sameAs=address(f"https://doi.org/{paper.ids.doi}") if paper.ids.doi else None,
    )


def _variants(base: Base, entry: Architecture, names: Addresses) -> Iterator[Triple]:
    record = base.evidence.get(entry.id)
    sizes = record.variants if record else {}
    for name, variant in entry.all_variants.items():
        subject, size = names.variant(entry.id, name), sizes.get(name)
        yield from described(
            subject,
            rdf__type=[named("dlt:Variant"), named("fair4ml:MLModel")],
            schema__name=f"{entry.title}, {name}",
            schema__description=variant.summary,
            dcterms__identifier=name,
            dlt__variantOf=names.entry(entry.id),
            fair4ml__modelCategory=names.entry(entry.id),
            fair4ml__mlTask=names.entry(entry.task.concept) if entry.task and entry.task.variant == name else None,
            dlt__canonical=name == entry.canonical,
            dlt__arguments=json.dumps(variant.arguments, sort_keys=True, ensure_ascii=False),
            dlt__parameters=size.parameters if size else None,
            dlt__flops=size.flops if size else None,
        )
        for same in entry.same_as:
            if same.variant == name:
                yield subject, named(match_property(same)), address_elsewhere(same)


def _verdicts(base: Base, names: Addresses) -> Iterator[Triple]:
    for claim in base.claims:
        record = base.evidence.get(claim)
        if record and record.claim:
            yield from described(names.entry(claim), dlt__verdict=record.claim.verdict)


def _relations(base: Base, names: Addresses) -> Iterator[Triple]:
    numbers: Counter[tuple[str, str, str]] = Counter()
    related = set(_related(base))
    for start, end, data in base.graph.edges(data=True):
        relation = data["relation"]
        subject, object_ = names.entry(start), names.entry(end)
        yield subject, property_of(relation), object_
        yield from _in_words_of_others(base, names, start, relation, end, related)
        details = {DETAILS[name][0]: text for name, text in data.items() if name in DETAILS and text not in (None, "")}
        if details:
            numbers[start, relation, end] += 1
            node = names.relation(start, relation, end, numbers[start, relation, end])
            yield from described(
                node,
                rdf__type=named("rdf:Statement"),
                rdf__subject=subject,
                rdf__predicate=property_of(relation),
                rdf__object=object_,
                **{
                    f"dlt__{name}": names.entry(text) if name in ("byClaim", "byTheorem") else text
                    for name, text in details.items()
                },
            )


def _in_words_of_others(
    base: Base, names: Addresses, start: str, relation: str, end: str, related: set[frozenset[str]]
) -> Iterator[Triple]:
    subject, object_ = names.entry(start), names.entry(end)
    if relation in NARROWING:
        yield subject, named("skos:broader"), object_
        yield object_, named("skos:narrower"), subject
    elif relation in KINDRED and frozenset((start, end)) in related:
        yield subject, named("skos:related"), object_
        yield object_, named("skos:related"), subject
    elif relation == "cites" and base[end].kind == "paper":
        yield subject, named("cito:cites"), object_


def _related(base: Base) -> Iterator[frozenset[str]]:
    """The pairs of concepts of which SKOS may say that they are related: neither is above the other."""
    edges = [(start, end, data["relation"]) for start, end, data in base.graph.edges(data=True)]
    steps = nx.DiGraph((start, end) for start, end, relation in edges if relation in NARROWING)
    above = {entry: nx.descendants(steps, entry) for entry in steps}
    for start, end, relation in edges:
        both = base[start].kind in IN_SCHEME and base[end].kind in IN_SCHEME and start != end
        if relation in KINDRED and both and end not in above.get(start, ()) and start not in above.get(end, ()):
            yield frozenset((start, end))
