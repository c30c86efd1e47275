"""Facts as RDF, each with the evidence for it: entities of PROV-O, what generated them, and what they derive from."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.export.facts import Measured, all_facts, meant_cells, measurements, place_measured
from kb.export.rdf.terms import Addresses, Iri, Triple, address, described, named
from kb.schema import Source
from kb.traits import Fact

TRAITS = {"holds": "dlt:hasTrait", "lacks": "dlt:lacksTrait", "unknown": "dlt:unknownTrait"}


def facts(base: Base, names: Addresses) -> Iterator[Triple]:
    """Yield every fact with its justification, and of what is meant where no variant is named the bare trait."""
    places: dict[tuple[str, str], str] = {}
    for cell in meant_cells(base):
        places[cell.architecture, cell.bias] = cell.variant
        yield names.entry(cell.architecture), named(TRAITS[cell.value]), names.entry(cell.bias)
    measured = measurements(base)
    for fact in all_facts(base):
        yield from _fact(fact, names, is_meant=places.get((fact.architecture, fact.bias)) == fact.variant)
        if fact.how == "measured":
            yield from _measurement(fact, names, measured[place_measured(fact)])


def _fact(fact: Fact, names: Addresses, *, is_meant: bool) -> Iterator[Triple]:
    subject = names.fact(fact)
    yield from described(
        subject,
        rdf__type=[named("dlt:Fact"), named("prov:Entity")],
        dcterms__identifier=fact.id,
        dlt__ofArchitecture=names.entry(fact.architecture),
        dlt__place=fact.variant,
        dlt__ofBias=names.entry(fact.bias),
        dlt__value=fact.value,
        dlt__how=fact.how,
        dlt__meant=is_meant,
        dlt__reason=fact.reason,
        dlt__rule=fact.rule,
        dlt__theorem=names.entry(fact.theorem) if fact.theorem else None,
        prov__wasDerivedFrom=[names.fact(premise) for premise in fact.premises],
    )
    if fact.source:
        yield from _source(subject, fact.source, names)


def _source(subject: Iri, source: Source, names: Addresses) -> Iterator[Triple]:
    where = names.entry(source.paper) if source.paper else address(source.url) if source.url else None
    yield from described(subject, prov__hadPrimarySource=where, dlt__at=source.at or source.deck)


def _measurement(fact: Fact, names: Addresses, measured: Measured) -> Iterator[Triple]:
    activity = names.measurement(*place_measured(fact))
    yield names.fact(fact), named("prov:wasGeneratedBy"), activity
    yield from described(
        activity,
        rdf__type=[named("dlt:Measurement"), named("prov:Activity")],
        prov__used=[names.entry(fact.architecture), names.entry(fact.bias)],
        dlt__digest=measured.digest,
        dlt__draws=measured.draws,
        dlt__error=measured.error,
        dlt__which=measured.which,
        dlt__tolerance=measured.tolerance,
        dlt__narrowed=measured.narrowed,
    )
