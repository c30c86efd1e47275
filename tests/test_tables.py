"""Tables, the JSON document and other whole exports: read back by others' readers with all that they say."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import jsonschema
import networkx as nx
import pyarrow.parquet as pq
import pytest
from bundled import BASE
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from test_export import HOSTILE, UNPRINTABLE, made, read_bibtex
from typer.testing import CliRunner

import kb
from kb import strict_json
from kb.cli import app
from kb.export import base_json, csl, gexf, unpack, write_csv, write_parquet
from kb.export.csl import TYPES
from kb.export.schemas import schema_of_whole
from kb.export.tables import TABLES, csv_of, json_lines
from kb.schema import Paper

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"


@pytest.fixture(scope="module")
def tiny() -> kb.KnowledgeBase:
    return kb.load(TINY)


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return json.loads(strict_json.dumps(base_json(BASE)))


def test_the_document_is_valid_by_its_schema_and_says_what_it_is(document: dict[str, object]) -> None:
    validator = jsonschema.Draft202012Validator(schema_of_whole())
    validator.check_schema(schema_of_whole())
    validator.validate(document)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({name: part for name, part in document.items() if name != "facts"})
    about = document["about"]
    assert about.keys() == {"name", "version", "licence", "date", "content"}
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", about["content"])
    assert about["date"] in (BASE.root / "CITATION.cff").read_text()
    assert document["$schema"] == json.loads((BASE.root / "schemas/knowledge-base.schema.json").read_text())["$id"]


def test_the_document_has_every_proof(document: dict[str, object]) -> None:
    facts = {fact["id"]: fact for fact in document["facts"]}
    known = {fact.id: fact for facts in BASE.facts.values() for fact in facts}
    assert facts.keys() >= known.keys()
    for name, fact in known.items():
        assert facts[name]["premises"] == [premise.id for premise in fact.premises]
        assert all(premise in facts for premise in facts[name]["premises"])
        assert facts[name].get("rule", "") == fact.rule
        assert ("measured" in facts[name]) == (fact.how == "measured")
        source = facts[name].get("source") or {}
        assert (fact.source is not None) == bool(source)
        assert None not in source.values(), "what a source does not say is left out"


def test_there_and_back_nothing_is_lost(document: dict[str, object], tmp_path: Path) -> None:
    """Files of entries and of evidence come out byte for byte; with the code, so does all that follows."""
    unpack(document, tmp_path / "back")
    back = kb.load(tmp_path / "back")
    assert dict(back) == dict(BASE)
    assert back.axes == BASE.axes
    for name, path in BASE.files.items():
        assert back.files[name].read_bytes() == path.read_bytes(), name
        assert back.files[name].relative_to(back.root) == path.relative_to(BASE.root)
    assert back.measured.keys() == BASE.measured.keys()
    for name in BASE.measured:
        assert back.evidence_file(name).read_bytes() == BASE.evidence_file(name).read_bytes(), name


def test_the_tiny_base_comes_back_with_all_that_follows(tiny: kb.KnowledgeBase, tmp_path: Path) -> None:
    file, folder = tmp_path / "all.json", tmp_path / "back"
    run = CliRunner().invoke
    assert run(app, ["--folder", str(TINY), "export", "json", "--out", str(file)]).exit_code == 0
    assert run(app, ["import", str(file), str(folder)]).exit_code == 0
    shutil.copytree(TINY / "implementations", folder / "implementations")
    back = kb.load(folder)
    assert dict(back) == dict(tiny)
    assert back.facts == tiny.facts
    assert strict_json.dumps(base_json(back) | {"about": 0}) == strict_json.dumps(base_json(tiny) | {"about": 0})
    again = run(app, ["import", str(file), str(folder)])
    assert again.exit_code == 1
    assert "is not empty" in again.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"$schema": "x"}, "expected the document that `kb export json` writes"),
        ({"entries": {"a": {"id": "b", "kind": "concept"}}}, "entry 'a' says that its id is 'b'"),
        ({"entries": {"a": {"id": "a", "kind": "nope"}}}, "nope"),
        ({"entries": {"../a": {"id": "../a", "kind": "concept", "group": "x"}}}, "cannot be read: id"),
        ({"entries": {"a": {"id": "a", "kind": "concept", "group": "../x"}}}, "cannot be read: group"),
        ({"axes": 3}, "cannot be read"),
    ],
)
def test_a_wrong_document_is_refused(
    change: dict[str, object], words: str, tiny: kb.KnowledgeBase, tmp_path: Path
) -> None:
    data = json.loads(strict_json.dumps(base_json(tiny))) | change
    with pytest.raises(ValueError, match=words):
        unpack(data, tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_what_is_no_document_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(text.encode(errors="surrogateescape"))
    result = CliRunner().invoke(app, ["import", str(tmp_path / "a.json"), str(tmp_path / "back")])
    assert result.exit_code == 1
    assert result.stderr.startswith("kb: ")


def typed(text: str, head: str) -> object:
    """A value as Neo4j's import reads it."""
    if text == "":
        return None
    kind = head.rpartition(":")[2]
    if kind == "string[]":
        return text.split(";")
    return {"long": int, "double": float, "boolean": "true".__eq__}.get(kind, str)(text)


def test_csv_and_parquet_say_the_same_and_name_everything(tmp_path: Path) -> None:
    files = write_parquet(BASE, tmp_path / "parquet")
    texts = {path.name: path.read_text() for path in write_csv(BASE, tmp_path / "csv") if path.suffix == ".csv"}
    assert [path.stem for path in files] == [table.name for table in TABLES]
    found = {}
    for table, path in zip(TABLES, files, strict=True):
        rows = pq.read_table(path).to_pylist()
        heads, *lines = csv.reader(io.StringIO(texts[f"{table.name}.csv"]))
        names = [column.name for column in table.columns]
        assert heads == [column.head for column in table.columns]
        assert pq.read_schema(path).names == names
        plain = [
            {name: row[name] or (row[name] if row[name] in (0, False) else None) for name in names} for row in rows
        ]
        read = [dict(zip(names, map(typed, line, heads), strict=True)) for line in lines]
        assert read == plain, table.name
        found[table.name] = rows
    assert [row["id"] for row in found["nodes"]] == list(BASE)
    assert len(found["edges"]) == BASE.graph.number_of_edges()
    assert {row["value"] for row in found["traits"]} == {"holds", "lacks", "unknown"}
    assert all(row["known"] for row in found["traits"] if row["value"] != "unknown")
    facts, ids = {row["id"] for row in found["facts"]}, {row["id"] for row in found["nodes"]}
    assert all(row["fact"] in facts and row["premise"] in facts for row in found["premises"])
    assert all(row["start"] in ids and row["end"] in ids for row in found["edges"])
    assert all(row["architecture"] in ids and row["bias"] in ids for row in found["traits"])


def test_every_head_of_neo4j_is_there() -> None:
    heads = {table.name: [column.head for column in table.columns] for table in TABLES}
    for name in ("nodes", "facts", "variants"):
        assert heads[name][0].startswith("id:ID(")
        assert heads[name][1] == ":LABEL"
    for name in ("edges", "traits", "premises"):
        assert [head.partition("(")[0] for head in heads[name][:3]] == [":START_ID", ":END_ID", ":TYPE"]


def test_fields_of_relations_have_a_column() -> None:
    known = {column.name: column.meaning for table in TABLES if table.name == "edges" for column in table.columns}
    assert {name for *_, data in BASE.graph.edges(data=True) for name in data} <= known.keys()
    assert all(meaning[0].isupper() for meaning in known.values())


def test_croissant_describes_the_files_as_they_are(tiny: kb.KnowledgeBase, tmp_path: Path) -> None:
    *files, description = write_csv(tiny, tmp_path)
    data = json.loads(description.read_text())
    described = {file["contentUrl"]: file for file in data["distribution"]}
    assert described.keys() == {path.name for path in files}
    for path in files:
        assert described[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    columns = {field["source"]["extract"]["column"] for records in data["recordSet"] for field in records["field"]}
    assert columns == {head for path in files for head in next(csv.reader(path.read_text().splitlines()))}
    assert all(data.values()), "what is not known is left out"


def test_tables_and_graphs_are_the_same_byte_for_byte(tiny: kb.KnowledgeBase, tmp_path: Path) -> None:
    again = kb.load(TINY)
    for name in ("first", "second"):
        write_parquet(tiny if name == "first" else again, tmp_path / name)
    for table in TABLES:
        assert csv_of(tiny, table) == csv_of(again, table)
        first, second = ((tmp_path / name / f"{table.name}.parquet").read_bytes() for name in ("first", "second"))
        assert first == second
    assert gexf(tiny) == gexf(again)
    assert strict_json.dumps(base_json(tiny)) == strict_json.dumps(base_json(again))


def test_gexf_is_read_back_with_every_attribute() -> None:
    graph = nx.read_gexf(io.BytesIO(gexf(BASE).encode()))
    assert set(graph) == set(BASE)
    assert graph.number_of_edges() == BASE.graph.number_of_edges()
    for node, data in BASE.graph.nodes(data=True):
        assert {name: graph.nodes[node].get(name) for name in data if data[name] is not None} == {
            name: value for name, value in data.items() if value is not None
        }
    relations = sorted((start, end, data["relation"]) for start, end, data in BASE.graph.edges(data=True))
    assert sorted((start, end, data["relation"]) for start, end, data in graph.edges(data=True)) == relations
    assert "lastmodifieddate" not in gexf(BASE)


def test_reference_managers_read_all_papers() -> None:
    items = [csl(paper) for paper in BASE.papers.values()]
    source = CiteProcJSON(json.loads(json.dumps(items)))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    for paper in BASE.papers:
        bibliography.register(Citation([CitationItem(paper)]))
    printed = [str(line) for line in bibliography.bibliography()]
    assert len(printed) == len(BASE.papers)
    for paper, line in zip(BASE.papers.values(), printed, strict=True):
        assert str(paper.published) in line, line
        assert paper.authors[0] in line, line
    assert {item["type"] for item in items} <= set(TYPES.values())


def test_a_paper_has_volume_number_and_pages_where_it_says_them() -> None:
    paper = made(venue="Neural Computation", volume="9", number="8", pages="1735-1780")
    (record,) = read_bibtex(kb.export.bibtex(paper)).values()
    assert {name: record.fields[name] for name in ("volume", "number", "pages")} == {
        "volume": "9", "number": "8", "pages": "1735--1780",
    }  # fmt: skip
    item = csl(paper)
    assert (item["volume"], item["issue"], item["page"]) == ("9", "8", "1735-1780")
    assert "volume" not in csl(made())


@pytest.mark.parametrize("text", [*HOSTILE, UNPRINTABLE])
def test_hostile_texts_stay_in_their_fields(text: str) -> None:
    paper = Paper.model_construct(**{**dict(made()), "name": text, "venue": text, "authors": [text]})
    item = json.loads(json.dumps(csl(paper)))
    assert item.keys() == {"id", "type", "title", "author", "issued", "container-title"}
    assert len(item["author"]) == 1


def test_folders_need_a_place_and_other_formats_print() -> None:
    run = CliRunner().invoke
    for form in ("csv", "parquet"):
        result = run(app, ["export", form])
        assert (result.exit_code, result.stderr) == (
            1, f"kb: {form} is a folder of files: say with --out where to write it\n",
        )  # fmt: skip
    folder = ["--folder", str(TINY), "export"]
    for form in ("csl", "gexf", "graph", "json", "jsonld", "shapes", "sssom", "turtle", "vocabulary", "schema-org"):
        result = run(app, [*folder, form])
        assert result.exit_code == 0, form
        if form in ("csl", "graph", "json", "jsonld", "schema-org"):
            json.loads(result.stdout)


def test_lines_of_json_have_every_column(tiny: kb.KnowledgeBase) -> None:
    for table in TABLES:
        for line in json_lines(tiny, table).splitlines():
            assert list(json.loads(line)) == [column.name for column in table.columns]
