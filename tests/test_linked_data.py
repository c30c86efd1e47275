"""Linked data: read by others' parsers, valid by its own shapes, explained, complete, and the same byte for byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph
import pyshacl
import pytest
import rdflib
from bundled import BASE
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS
from small import Miniature
from test_export import HOSTILE, UNPRINTABLE

import kb
from kb.export.about import LICENCE
from kb.export.details import DETAILS
from kb.export.rdf import (
    HOME,
    PREFIXES,
    TERMS,
    Addresses,
    Literal,
    Triple,
    json_ld_text,
    n_triples,
    shapes,
    triples,
    turtle,
    vocabulary,
)
from kb.export.rdf.entries import PUBLICATIONS
from kb.export.rdf.terms import Iri, named, value
from kb.schema import Architecture

DOCS = Path(__file__).parent.parent / "docs"
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


@cache
def everything() -> tuple[Triple, ...]:
    return tuple(dict.fromkeys(triples(BASE)))


@cache
def store() -> pyoxigraph.Store:
    found = pyoxigraph.Store()
    found.bulk_load(n_triples(everything()).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    return found


FORMS = {
    pyoxigraph.RdfFormat.N_TRIPLES: n_triples,
    pyoxigraph.RdfFormat.TURTLE: turtle,
    pyoxigraph.RdfFormat.JSON_LD: json_ld_text,
}


def stored(text: str, form: pyoxigraph.RdfFormat) -> set[pyoxigraph.Quad]:
    found = pyoxigraph.Store()
    found.bulk_load(text.encode(), format=form)
    return set(found)


def answers_to(query: str) -> set[tuple[str, ...]]:
    answers = store().query(query, prefixes={"": HOME, **PREFIXES})
    return {tuple(term.value.removeprefix(HOME) for term in row) for row in answers}


def part(size: int) -> list[Triple]:
    """What is said of entries, and facts with all that these rest on: enough for slow readers."""
    by_subject: dict[str, list[Triple]] = {}
    for triple in everything():
        by_subject.setdefault(triple[0], []).append(triple)
    derived = [
        subject for subject, about in by_subject.items() if any(p == named("prov:wasDerivedFrom") for _, p, _ in about)
    ]
    chosen_ones, waiting = (
        set[str](),
        [*derived[:: len(derived) // size], *(s for s in by_subject if "/fact/" not in s and "/measurement/" not in s)],
    )
    while waiting:
        if (subject := waiting.pop()) not in chosen_ones and subject in by_subject:
            chosen_ones.add(subject)
            waiting += [
                o
                for _, p, o in by_subject[subject]
                if p in (named("prov:wasDerivedFrom"), named("prov:wasGeneratedBy"))
            ]
    return [triple for triple in everything() if triple[0] in chosen_ones]


def read(text: str, form: str) -> set[tuple[object, ...]]:
    return set(rdflib.Graph().parse(data=text, format=form))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib's own reader of JSON-LD
def test_all_forms_are_read_alike_and_by_two_parsers() -> None:
    assert len(store()) == len(everything())
    assert all(stored(text(everything()), form) == set(store()) for form, text in FORMS.items())
    some = everything()[:: len(everything()) // 4000]  # rdflib takes minutes for all
    assert read(turtle(some), "turtle") == read(json_ld_text(some), "json-ld")
    assert len(read(turtle(some), "turtle")) == len(some)


def test_the_graph_has_the_shapes_that_are_shipped() -> None:
    data = rdflib.Graph().parse(data=turtle([*part(150), *vocabulary()]), format="turtle")
    valid, _, report = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(data=shapes(), format="turtle"))
    assert valid, report[:3000]


@cache
def about_the_lstm() -> str:
    """A little of the graph that has all shapes: an architecture with its papers, variants, and two of its facts."""
    by_subject: dict[str, list[Triple]] = {}
    for triple in everything():
        by_subject.setdefault(triple[0].removeprefix(HOME), []).append(triple)
    facts = [name for name in by_subject if name.startswith("fact/lstm/default/")]
    derived = next(n for n in facts if any(p == named("prov:wasDerivedFrom") for _, p, _ in by_subject[n]))
    measured = next(n for n in facts if any(p == named("prov:wasGeneratedBy") for _, p, _ in by_subject[n]))
    whole = {
        "set/entries",
        "lstm",
        derived,
        measured,
        *(name for name in by_subject if name.startswith("variant/lstm/")),
    }
    linked = {o.removeprefix(HOME) for n in (derived, measured) for _, _, o in by_subject[n] if isinstance(o, Iri)}
    whole |= {name for name in linked if name.startswith(("fact/", "measurement/"))} | {"hochreiter1997lstm"}
    mentioned = {o.removeprefix(HOME) for name in whole for _, _, o in by_subject[name] if isinstance(o, Iri)} - whole
    biases = (named("rdf:type"), named("dlt:Bias"))
    rest = [
        triple for name in sorted(mentioned & by_subject.keys()) for triple in by_subject[name] if triple[1:] == biases
    ]
    chosen = [t for name in sorted(whole) for t in by_subject[name] if t[1] not in OF_OTHERS]
    return turtle([*chosen, *rest])


OF_OTHERS = {named(f"skos:{name}") for name in ("broader", "narrower", "related")}


def is_valid(text: str) -> bool:
    graph = rdflib.Graph().parse(data=text, format="turtle")
    valid, _, _ = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=shapes(), format="turtle"))
    return bool(valid)


def test_a_little_of_the_graph_has_the_shapes_too() -> None:
    assert is_valid(about_the_lstm())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('dlt:how "derived"', 'dlt:how "guessed"'),
        (r'dlt:value "\w+"', 'dlt:value "perhaps"'),
        ("skos:inScheme", "skos:x"),
        ("dcterms:issued", "dcterms:x"),
        ("dlt:draws", "dlt:x"),
        ("prov:wasGeneratedBy", "prov:x"),
        ("prov:wasDerivedFrom", "prov:x"),
        ("dlt:variantOf", "dlt:x"),
    ],
)
def test_the_shapes_refuse_what_is_not_so(right: str, wrong: str) -> None:
    changed, count = re.subn(right, wrong, about_the_lstm())
    assert count
    assert not is_valid(changed)


def test_every_fact_comes_back_with_its_proof() -> None:
    """Triples and facts say the same: nothing is lost, and nothing added."""
    known = {fact.id: fact for facts in BASE.facts.values() for fact in facts}
    by_subject: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, object_ in everything():
        text = object_.text if isinstance(object_, Literal) else object_.removeprefix(HOME)
        by_subject.setdefault(subject.removeprefix(HOME), {}).setdefault(predicate, []).append(text)
    identifier, kind, how = (named(name) for name in ("dcterms:identifier", "rdf:type", "dlt:how"))
    facts = {
        about[identifier][0]: about
        for about in by_subject.values()
        if PREFIXES["dlt"].removeprefix(HOME) + "Fact" in about[kind]
    }
    fields = [named(f"dlt:{name}") for name in ("ofArchitecture", "place", "ofBias", "value", "how")]
    steps = 0
    for fact in known.values():
        about = facts[fact.id]
        assert [about[name] for name in fields] == [[part] for part in (*fact.cell, fact.value, fact.how)]
        premises = [by_subject[name][identifier][0] for name in about.get(named("prov:wasDerivedFrom"), ())]
        assert premises == list(dict.fromkeys(premise.id for premise in fact.premises))
        assert about.get(named("dlt:rule"), [""]) == [fact.rule]
        steps += len(premises)
        if fact.how == "measured":
            (measurement,) = about[named("prov:wasGeneratedBy")]
            assert by_subject[measurement][named("dlt:digest")]
    assert steps > 5000
    assert all(facts[name][how] == ["asserted"] for name in facts.keys() - known.keys())  # what parts contribute


def test_entries_and_relations_come_back() -> None:
    assert answers_to("SELECT ?id { ?e dcterms:identifier ?id ; dlt:group ?g }") == {(entry_id,) for entry_id in BASE}
    relation = {t.name: name for t in TERMS for name in [re.sub("([A-Z])", lambda m: "-" + m[1].lower(), t.name)]}
    edges = {
        (s, relation[p.removeprefix("terms#")], o)
        for s, p, o in answers_to("SELECT ?s ?p ?o { ?s ?p ?o . ?s dlt:group ?g . ?o dlt:group ?h }")
        if p.startswith("terms#")
    }
    stated = {(start, data["relation"], end) for start, end, data in BASE.graph.edges(data=True)}
    traits = {"has-trait", "lacks-trait", "unknown-trait"}
    assert {edge for edge in edges if edge[1] not in traits} == stated
    cells = {(a, b): v.removesuffix("-trait") for a, v, b in edges if v in traits}
    words = {"holds": "has", "lacks": "lacks", "unknown": "unknown"}
    assert cells == {
        (a, b): words[BASE.trait(a, b).value]
        for a in BASE.architectures for b in BASE.biases if BASE.trait(a, b).value != "not-applicable"
    }  # fmt: skip
    details = {name for *_, data in BASE.graph.edges(data=True) for name in data} - {"relation"}
    assert details <= DETAILS.keys(), "a new field beside a reference has no property yet"


def test_concepts_keep_the_rules_of_skos() -> None:
    """No concept has two names or no name, and none is related to what is above it."""
    labels = answers_to("SELECT ?c ?l { ?c a skos:Concept ; skos:prefLabel ?l }")
    assert len(labels) == len({concept for concept, _ in labels})
    assert answers_to("SELECT ?c { ?c skos:prefLabel ?l ; skos:altLabel ?l }") == set()
    assert answers_to("SELECT ?a ?b { ?a skos:related ?b . ?a skos:broader+ ?b }") == set()
    assert answers_to("SELECT ?a ?b { ?a skos:broader ?b FILTER NOT EXISTS { ?b skos:narrower ?a } }") == set()


def test_every_term_is_explained_in_the_graph_and_in_the_documentation() -> None:
    used = {p for _, p, _ in everything()} | {o for _, p, o in everything() if p == named("rdf:type")}
    ours = {iri.removeprefix(PREFIXES["dlt"]) for iri in used if iri.startswith(PREFIXES["dlt"])}
    assert ours <= {term.name for term in TERMS}
    assert len({term.name for term in TERMS}) == len(TERMS)
    assert {PREFIXES[term.partition(":")[0]] for each in TERMS for term in each.under}
    page = (DOCS / "exports.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) >= {term.name for term in TERMS}
    assert len(read(turtle(vocabulary()), "turtle")) == len(set(vocabulary()))


def test_the_vocabulary_says_what_it_is_and_which_terms_are_classes() -> None:
    found = rdflib.Graph().parse(data=turtle(vocabulary()), format="turtle")
    (ontology,) = found.subjects(RDF.type, OWL.Ontology)
    assert str(ontology) == PREFIXES["dlt"]
    assert [str(title) for title in found.objects(ontology, DCTERMS.title)] == ["Terms of the Deep Learning Taxonomy"]
    assert [str(licence) for licence in found.objects(ontology, DCTERMS.license)] == [LICENCE]
    assert set(found.objects(None, RDFS.isDefinedBy)) == {ontology}
    classes = {str(term) for term in found.subjects(RDF.type, RDFS.Class)}
    tiny = list(triples(kb.load(TINY)))
    assert {o for _, p, o in tiny if p == named("rdf:type") and o.startswith(PREFIXES["dlt"])} <= classes
    assert not {p for _, p, _ in tiny} & classes
    assert {str(term) for term in found.subjects(RDFS.subClassOf)} <= classes


def test_every_kind_of_publication_has_a_type() -> None:
    papers = answers_to("SELECT ?p ?t { ?p a dlt:Paper, ?t FILTER(STRSTARTS(STR(?t), STR(fabio:))) }")
    assert {paper for paper, _ in papers} == set(BASE.papers)
    assert {kind.rpartition("/")[2] for _, kind in papers} <= {name.partition(":")[2] for name in PUBLICATIONS.values()}


def test_variants_are_models_of_fair4ml() -> None:
    models = answers_to("SELECT ?m ?a ?n { ?m a fair4ml:MLModel ; fair4ml:modelCategory ?a ; dlt:parameters ?n }")
    assert {(m, int(n)) for m, _, n in models} >= {("variant/resnet/resnet-50", 25557032)}
    assert len(models) == sum(len(e.all_variants) for e in BASE.values() if isinstance(e, Architecture))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> kb.KnowledgeBase:
    small = Miniature(tmp_path_factory.mktemp("hostile"))
    for number, text in enumerate(HOSTILE):
        small.concept(
            f"hostile-{number}", f"see_also: [{{entry: part, because: {json.dumps(' '.join(text.split()))}}}]\n"
        )
    return small.load()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_hostile_texts_come_back(hostile: kb.KnowledgeBase) -> None:
    reasons = {" ".join(text.split()) for text in HOSTILE}
    for form, text in (("turtle", turtle(triples(hostile), "kb:")), ("json-ld", json_ld_text(triples(hostile), "kb:"))):
        graph = rdflib.Graph().parse(data=text, format=form)
        assert reasons <= {str(o) for o in graph.objects(predicate=rdflib.URIRef(PREFIXES["dlt"] + "because"))}
        assert {str(s) for s in graph.subjects() if "hostile-0" in str(s)} >= {"kb:hostile-0"}


def test_any_text_and_number_is_a_literal_in_every_form() -> None:
    subject, predicate = Iri("http://example.org/a"), named("dlt:reason")
    texts = [*HOSTILE, UNPRINTABLE, "a\\", '"""', "\n\r\t", "a\x0bb"]
    data = [
        *map(value, texts),
        value(1.5e-9),
        value(float("nan")),
        value(float("inf")),
        value(-3),
        value(True),
        value(10**30),
    ]
    data.append(Literal("x", named("xsd:integer")))
    short = {"1.5e-09": "0.0000000015"}  # the same number
    for form, text in FORMS.items():
        graph = stored(text([(subject, predicate, each) for each in data]), form)
        found = {short.get(quad.object.value, quad.object.value) for quad in graph}
        assert found == {short.get(each.text, each.text) for each in data}, form


def test_places_are_escaped_in_addresses() -> None:
    fact = next(f for fs in BASE.facts.values() for f in fs if "/" in f.variant)
    address = Addresses(BASE).fact(fact)
    assert unquote(address.removeprefix(f"{HOME}fact/")) == fact.id
    assert address.count("/") == HOME.count("/") + 5


def test_the_same_data_give_the_same_bytes() -> None:
    """Whatever the order in which Python's sets happen to be."""
    code = "import sys, kb; from kb.export.rdf import *; sys.stdout.write(turtle(triples(kb.load(sys.argv[1])), 'kb:'))"
    tiny = Path(__file__).parent / "miniature" / "valid" / "tiny"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code, tiny],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 1000
    assert turtle(triples(BASE)) == turtle(everything())
