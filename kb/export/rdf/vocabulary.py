"""Our own words in RDF: the few that SKOS, PROV-O, schema.org, FaBiO, CiTO and FAIR4ML do not have, each explained.

Every relation of the graph is a property, called after it: `introduced-by` gives `dlt:introducedBy`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.export.about import LICENCE
from kb.export.details import DETAILS
from kb.export.rdf.terms import HOME, Iri, Triple, described, named
from kb.kinds import KINDS
from kb.relations import RELATIONS


@dataclass(frozen=True)
class Term:
    """A word of ours.

    Args:
        name: What it is called.
        meaning: What it says, in a sentence.
        under: The more general words of others, with their prefixes.
        is_class: Whether it is a class; else it is a property.
    """

    name: str
    meaning: str
    under: tuple[str, ...] = ()
    is_class: bool = False


def camel(name: str) -> str:
    """Return the property that a relation is.

    Examples:
        >>> camel("introduced-by")
        'introducedBy'
    """
    return re.sub("-(.)", lambda found: found[1].upper(), name)


def property_of(relation: str) -> Iri:
    """Return the address of the property that a relation is."""
    return named(f"dlt:{camel(relation)}")


UNDER = {
    "broader": ("skos:broader",),
    "specialises": ("skos:broader",),
    "cites": ("cito:cites",),
    "derives-from": ("prov:wasDerivedFrom",),
    "see-also": ("rdfs:seeAlso",),
}
"""The relations that words of others say too."""

_CLASSES = {
    "architecture": ("A network architecture, with code.", ("skos:Concept",)),
    "bias": ("An inductive bias: a property that an architecture has or lacks.", ("skos:Concept",)),
    "claim": ("A statement with an experiment that can fail.", ("schema:Claim",)),
    "concept": ("An idea that other entries need.", ("skos:Concept",)),
    "paper": ("A publication.", ("schema:ScholarlyArticle",)),
    "path": ("An ordered reading route through entries.", ("schema:LearningResource",)),
    "theorem": ("An implication between inductive biases.", ("schema:Claim",)),
}

TERMS = (
    *(Term(kind.capitalize(), *_CLASSES[kind], is_class=True) for kind in KINDS),
    Term("Variant", "An architecture with the arguments of its constructor.", ("fair4ml:MLModel",), is_class=True),
    Term("Fact", "That a variant has or lacks an inductive bias, known in one way.", ("prov:Entity",), is_class=True),
    Term("Measurement", "A run of a probe on draws of weights and inputs.", ("prov:Activity",), is_class=True),
    *(Term(camel(name), f"{each.forward}.", UNDER.get(name, ())) for name, each in RELATIONS.items()),
    Term("hasTrait", "The variant that is meant has the bias: what select answers."),
    Term("lacksTrait", "The variant that is meant lacks the bias."),
    Term("unknownTrait", "The bias applies to the variant that is meant, and it is unknown whether it has it."),
    Term("group", "The folder of an entry: a family of architectures, a category of concepts."),
    Term("year", "The year of the publication that introduced it."),
    Term("authors", "The authors of a paper in their order, with semicolons between."),
    Term("variantOf", "The architecture of a variant.", ("fair4ml:modelCategory",)),
    Term("canonical", "Whether a variant is the one that questions are about."),
    Term("arguments", "The arguments of the constructor as JSON."),
    Term("parameters", "Trainable parameters, counted."),
    Term("flops", "Floating point operations of a forward pass, counted: two for a multiply-add."),
    Term("ofArchitecture", "The architecture that a fact is about; of a premise it may be a component."),
    Term("place", "The variant that a fact is about, or a sub-network or axis of it, as in default/encoder."),
    Term("ofBias", "The bias that a fact is about."),
    Term("value", "holds or lacks."),
    Term("how", "How a fact is known: measured, asserted or derived."),
    Term("meant", "Whether a fact is about what is meant where no variant is named."),
    Term("reason", "Why, in words."),
    Term("rule", "The rule of deduction that gave a fact."),
    Term("theorem", "The theorem that a rule used.", ("prov:wasDerivedFrom",)),
    Term("at", "The place in a source, such as an equation or a page."),
    Term("digest", "Of everything that a measurement depends on: it changes if one of these does."),
    Term("draws", "How many draws of weights and inputs were measured."),
    Term("error", "The error that decided: 0 where a bias holds exactly."),
    Term("tolerance", "The largest error of a bias that holds."),
    Term("which", "Which error of all draws decides: largest, median or smallest."),
    Term("narrowed", "How many times as narrow the network was that was measured, if it was."),
    Term("verdict", "What an experiment says of a claim: supported, refuted or not settled."),
    Term("formula", "A formula in LaTeX."),
    *(Term(word, f"Said of a relation: {meaning}") for word, meaning in DETAILS.values() if word != "at"),
)


def vocabulary() -> Iterator[Triple]:
    """Yield the triples that explain our own words."""
    ontology = Iri(f"{HOME}terms#")
    yield from described(
        ontology,
        rdf__type=named("owl:Ontology"),
        dcterms__title="Terms of the Deep Learning Taxonomy",
        dcterms__license=Iri(LICENCE),
    )
    for term in TERMS:
        kind, under = ("rdfs:Class", "rdfs__subClassOf") if term.is_class else ("rdf:Property", "rdfs__subPropertyOf")
        yield from described(
            named(f"dlt:{term.name}"),
            rdf__type=named(kind),
            rdfs__label=term.name,
            rdfs__comment=term.meaning,
            rdfs__isDefinedBy=ontology,
            **{under: [named(name) for name in term.under]},
        )
