"""The graph: edges named after fields, with what stands beside the reference."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from bundled import BASE
from small import CONCEPT, Miniature

from kb.kinds import BY_FOLDER
from kb.relations import RELATIONS, having
from kb.schema import Source
from kb.schema.claim import Relation
from kb.schema.model import Model, Ref


def test_edges_carry_relation_and_details(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("local")
    more = "exhibits: [{bias: local, because: a window, source: {paper: paper2000, at: eq. 2}}]\n"
    small.architecture("a", more)
    graph = small.load().graph
    edges = {(target, data["relation"]): data for _, target, data in graph.out_edges("a", data=True)}
    assert edges["part", "parts"]["role"] == "all of it"
    assert edges["local", "exhibits"]["because"] == "a window"
    assert edges["paper2000", "cites"]["at"] == "eq. 2"
    assert edges["paper2000", "introduced-by"] == {"relation": "introduced-by"}


def test_nodes_carry_kind_name_group_and_year(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.architecture("a")
    node = small.load().graph.nodes["a"]
    assert node == {"kind": "architecture", "name": "a", "group": "family", "year": 2000}


def fields_with_references(model: type[Model]) -> set[str]:
    """The fields of a model that hold references, at any depth; those inside a source are citations."""

    def holds(annotation: object) -> bool:
        if isinstance(annotation, type) and issubclass(annotation, Ref):
            return True
        if isinstance(annotation, type) and issubclass(annotation, Source):
            return False
        if isinstance(annotation, type) and issubclass(annotation, Model):
            return bool(fields_with_references(annotation))
        return any(map(holds, get_args(annotation)))

    return {name for name, field in model.model_fields.items() if holds(field.annotation)}


def test_every_relation_of_the_schema_stands_in_the_table() -> None:
    fields = {name.replace("_", "-") for model in BY_FOLDER.values() for name in fields_with_references(model)}
    stated = set(get_args(Relation.model_fields["kind"].annotation))
    assert stated == set(having("exact"))
    derived = {"implies", "excludes"}  # of biases, by theorems
    assert (fields - {"relation"}) | stated | derived | {"cites"} == set(RELATIONS)
    assert {data["relation"] for *_, data in BASE.graph.edges(data=True)} <= set(RELATIONS)


def test_an_exact_relation_is_an_edge_between_its_two_sides() -> None:
    for claim in BASE.claims.values():
        if claim.relation:
            edges = BASE.graph.get_edge_data(claim.relation.subject, claim.relation.object).values()
            assert any(edge["relation"] == claim.relation.kind and edge["claim"] == claim.id for edge in edges)


def test_the_year_follows_what_introduced_an_entry_and_nothing_else(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    for year in (2001, 2002, 2003):
        small.paper(f"paper{year}", year)
    more = "named_by: [paper2001]\nanalysed_by: [paper2002]\npopularised_by: [paper2003]\n"
    small.architecture("a", more)
    small.write("concepts/component/b.yaml", CONCEPT.format(id="b") + more)
    base = small.load()
    assert (base["a"].year, base["b"].year) == (2000, None)
    assert base.architectures["a"].credits == [
        ("introduced", "paper2000"),
        ("named", "paper2001"),
        ("analysed", "paper2002"),
        ("popularised", "paper2003"),
    ]
    later = {data["relation"]: target for _, target, data in base.graph.out_edges("b", data=True)}
    assert later == {"named-by": "paper2001", "analysed-by": "paper2002", "popularised-by": "paper2003"}
