"""Exports: readable by the tools they are meant for, complete, and current where they are committed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx as nx
import pytest
import yaml_rs
from bundled import BASE

from kb.export import base_json, bibtex, graph_json, graphml, schemas, write_schemas
from kb.schema import ENTRY_TYPES, Paper


def made(**fields: object) -> Paper:
    data = {"id": "a2000b", "group": "2000", "title": "T", "authors": ["Ada Example"], "year": 2000,
            "contributes": "C.", "verified_against": ["a test"]}  # fmt: skip
    return Paper.model_validate(data | fields)


def test_every_paper_has_a_bibtex_record(paper: Paper) -> None:
    record = bibtex(paper)
    assert record.startswith("@")
    assert f"{{{paper.id},\n" in record
    assert record.count("{") == record.count("}")
    fields = {line.split("=")[0].strip() for line in record.splitlines()[1:-1]}
    assert fields >= {"title", "author", "year"}
    assert record.count(" and ") >= len(paper.authors) - 1


@pytest.mark.parametrize(
    ("venue", "kind", "field"),
    [
        ("ICML", "inproceedings", "booktitle"),
        ("NeurIPS (NIPS)", "inproceedings", "booktitle"),
        ("Deep Learning and Representation Workshop", "inproceedings", "booktitle"),
        ("Proceedings of the IEEE", "article", "journal"),
        ("Oracle Bulletin of Miracles", "article", "journal"),
        ("Diploma thesis, TU München", "mastersthesis", "school"),
        ("GMD Technical Report 148", "techreport", "institution"),
        ("arXiv", "misc", "howpublished"),
    ],
)
def test_the_venue_decides_the_type_of_a_record(venue: str, kind: str, field: str) -> None:
    record = bibtex(made(venue=venue))
    assert record.startswith(f"@{kind}{{a2000b,")
    assert f"\n  {field:<13} = {{{venue}}}," in record


def test_special_characters_are_escaped_and_missing_authors_told() -> None:
    record = bibtex(made(title="R&D at 100% _ #1", authors_complete=False, ids={"doi": "10.1000/a_b"}))
    assert r"{{R\&D at 100\% \_ \#1}}" in record
    assert "{Ada Example and others}" in record
    assert "doi           = {10.1000/a_b}" in record


def test_graphml_can_be_read_back() -> None:
    graph = nx.read_graphml(io.BytesIO(graphml(BASE).encode()), force_multigraph=True)
    assert (len(graph), graph.number_of_edges()) == (len(BASE), BASE.graph.number_of_edges())
    assert graph.nodes["lstm"] == BASE.graph.nodes["lstm"]


def test_graph_json_can_be_read_back() -> None:
    data = json.loads(json.dumps(graph_json(BASE)))
    graph = nx.node_link_graph(data, edges="edges")
    assert nx.utils.graphs_equal(graph, BASE.graph)


def test_the_whole_base_is_json_with_nothing_left_out() -> None:
    data = json.loads(json.dumps(base_json(BASE)))
    assert set(data["entries"]) == set(BASE)
    assert len(data["relations"]) == BASE.graph.number_of_edges()
    assert data["entries"]["lstm"]["kind"] == "architecture"
    assert data["entries"]["lstm"]["year"] == BASE["lstm"].year
    assert set(data["evidence"]) == set(BASE.evidence)
    for trait in data["traits"]:
        assert BASE.trait(trait["architecture"], trait["bias"]).value == trait["value"]
    for entry_id, path in BASE.files.items():
        written = yaml_rs.loads(path.read_text(encoding="utf-8"))
        assert data["entries"][entry_id].keys() >= written.keys()


def test_the_committed_schemas_are_current(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path):
        committed = BASE.root / "schemas" / path.name
        assert committed.read_text() == path.read_text(), "run `kb export schemas`"
    assert {path.name for path in (BASE.root / "schemas").glob("*.json")} == {p.name for p in tmp_path.iterdir()}


def test_schemas_speak_of_the_fields_that_files_have() -> None:
    known = schemas()
    assert set(known) == set(ENTRY_TYPES)
    for entry_id, path in BASE.files.items():
        schema = known[path.relative_to(BASE.root).parts[1]]
        written = yaml_rs.loads(path.read_text(encoding="utf-8")).keys()
        assert schema["additionalProperties"] is False
        assert written <= schema["properties"].keys(), entry_id
        assert set(schema["required"]) <= written, entry_id


def test_schemas_know_the_short_form_of_a_shape() -> None:
    signature = schemas()["architectures"]["$defs"]["Signature"]
    for shapes in signature["properties"].values():
        short, full = shapes["additionalProperties"]["anyOf"]
        assert short["type"] == "array"
        assert full == {"$ref": "#/$defs/Shape"}
