"""The graph: edges named after fields, with what stands beside the reference."""

from __future__ import annotations

from pathlib import Path

from bundled import BASE
from small import Miniature

from kb.graph import INVERSE


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


def test_every_relation_can_be_read_from_its_other_end() -> None:
    assert {data["relation"] for *_, data in BASE.graph.edges(data=True)} <= set(INVERSE)


def test_an_exact_relation_is_an_edge_between_its_two_sides() -> None:
    for claim in BASE.claims.values():
        if claim.relation:
            edges = BASE.graph.get_edge_data(claim.relation.subject, claim.relation.object).values()
            assert any(edge["relation"] == claim.relation.kind and edge["claim"] == claim.id for edge in edges)
