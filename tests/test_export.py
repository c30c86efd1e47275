"""Exports: readable by the tools they are meant for, complete, and current where they are committed."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import networkx as nx
import pytest
import yaml_rs
from bundled import BASE
from pybtex.database import Entry as BibtexEntry
from pybtex.database import parse_string
from small import Miniature

import kb
from kb import strict_json
from kb.export import (
    base_json,
    bibtex,
    bibtex_of_entry,
    entry_json,
    graph_json,
    graphml,
    markdown,
    schema_org,
    schemas,
    write_schemas,
)
from kb.kinds import BY_FOLDER
from kb.schema import Paper

HOSTILE = [
    r"x}, note={\input{/etc/passwd}}, y={",
    "}}\n@article{evil, title={{x}}}",
    r"\write18{rm -rf /} \end{document}",
    r"{{{ unbalanced \{ and \\",
    "100% of R&D, #1, a_b, $x^2$, ~tilde^ <a|b>",
    'says "so" @string{a = "b"} % no comment',
    "été — Łukasz 学习 𝔸 🙂",
    "-->]]><script>alert(1)</script>&amp;&#0;",
    "  spaces at  the ends ",
]
UNPRINTABLE = "a\x00b\x08c\x1bd\x7fe\ud800f\ufffeg\rh"
PRINTED = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|",
}  # fmt: skip
"""What LaTeX prints for its commands, from its manual."""


def read_bibtex(text: str) -> dict[str, BibtexEntry]:
    return dict(parse_string(text, "bibtex").entries)


def printed(field: str) -> str:
    """What LaTeX prints for a field. A backslash, brace or other active character that is left over is a failure."""
    plain = re.sub(r"\\(text[a-z]+)\{\}|\\([&%#_$])", "", field)
    assert not re.search(r"[\\{}~^&%#_$<>|]", plain), field
    return re.sub(r"\\(text[a-z]+)\{\}|\\([&%#_$])", lambda m: PRINTED[m[1]] if m[1] else m[2], field)


def unbraced(field: str) -> str:
    return field[1:-1] if field.startswith("{") and field.endswith("}") else field


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
        ("PhD thesis, Harvard University", "phdthesis", "school"),
        ("Doctoral thesis, Universität Wien", "phdthesis", "school"),
        ("GMD Technical Report 148", "techreport", "institution"),
        ("Report of the School of Aviation Medicine", "techreport", "institution"),
        ("IJCNN", "inproceedings", "booktitle"),
        ("MIT Press", "book", "publisher"),
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
    assert made(authors_complete=False).citation == "Example et al. (2000)"
    assert "doi           = {10.1000/a_b}" in record


def test_a_doi_with_angle_brackets_becomes_an_address() -> None:
    paper = made(ids={"doi": "10.1002/(SICI)1097<1661::AID>3.0.CO;2-2"})
    assert paper.link == "https://doi.org/10.1002/(SICI)1097%3C1661::AID%3E3.0.CO;2-2"


def test_all_papers_are_read_back_from_bibtex_with_what_they_say() -> None:
    found = read_bibtex("\n\n".join(map(bibtex, BASE.papers.values())))
    assert set(found) == set(BASE.papers)
    for paper in BASE.papers.values():
        record = found[paper.id]
        assert printed(unbraced(record.fields["title"])) == paper.name
        assert record.fields["year"] == str(paper.published)
        assert record.fields.get("doi") == paper.ids.doi
        assert record.fields.get("url") == paper.link
        assert record.fields.get("eprint") == paper.ids.arxiv
        where = {"booktitle", "journal", "howpublished", "school", "institution", "publisher"} & set(record.fields)
        assert [printed(record.fields[name]) for name in where] == ([paper.venue] if paper.venue else [])
        assert len(record.persons["author"]) == len(paper.authors) + (not paper.authors_complete)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_in_their_fields(text: str) -> None:
    line = " ".join(text.split())
    hostile = Paper.model_construct(**{**dict(made()), "name": text, "venue": text, "authors": [text, "Ada Example"]})
    (record,) = read_bibtex(bibtex(hostile)).values()
    assert set(record.fields) == {"title", "year", "journal"}
    assert printed(unbraced(record.fields["title"])) == printed(record.fields["journal"]) == line
    authors = re.search(r"author\s+= \{(.*)\},", bibtex(hostile))[1].removesuffix(" and Ada Example")
    assert printed(unbraced(authors)) == line
    assert [str(person) for person in record.persons["author"]][-1] == "Example, Ada"


@pytest.mark.parametrize("name", ["Sense and Sensibility", "others", "Example, Ada", "AND gate"])
def test_one_author_stays_one(name: str) -> None:
    (record,) = read_bibtex(bibtex(made(authors=[name, "Ada Example"], authors_complete=False))).values()
    assert [str(person) for person in record.persons["author"]] == [f"{{{name}}}", "Example, Ada", "others"]


def test_addresses_are_escaped_as_addresses_are() -> None:
    ids = {"doi": r"10.1000/a}b{c\d_e%20", "url": r"https://x.org/a_b/{c}?d=%7B&e=~f#g^|é"}
    record = bibtex(made(ids=ids))
    (found,) = read_bibtex(record).values()
    assert found.fields["doi"] == "10.1000/a%7Db%7Bc%5Cd_e%20"
    assert found.fields["url"] == "https://x.org/a_b/%7Bc%7D?d=%7B&e=~f#g%5E%7C%C3%A9"
    assert unquote(found.fields["url"]) == unquote(ids["url"])


def test_what_no_export_can_hold_is_replaced() -> None:
    paper = Paper.model_construct(**{**dict(made()), "name": UNPRINTABLE, "contributes": UNPRINTABLE})
    (record,) = read_bibtex(bibtex(paper)).values()
    assert unbraced(record.fields["title"]) == "a�b�c�d�e�f�g h"


def plain(data: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in data.items() if value is not None}


def edges(graph: nx.MultiDiGraph) -> Counter[tuple[object, ...]]:
    return Counter((start, end, *sorted(plain(data).items())) for start, end, data in graph.edges(data=True))


def test_graphml_is_read_back_with_every_attribute() -> None:
    text = graphml(BASE)
    graph = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    assert dict(graph.nodes(data=True)) == {node: plain(data) for node, data in BASE.graph.nodes(data=True)}
    assert edges(graph) == edges(BASE.graph)
    numbers = re.findall(r'<edge [^>]*id="([^"]*)"', text)
    assert len(numbers) == len(set(numbers)) == BASE.graph.number_of_edges()


@pytest.fixture
def hostile(tmp_path: Path) -> kb.KnowledgeBase:
    """A base whose entries hold, in names and in fields of edges, what their formats give a meaning to."""
    small = Miniature(tmp_path)
    for number, text in enumerate(HOSTILE):
        line = " ".join(text.split())
        small.concept(f"hostile-{number}", f"see_also: [{{entry: part, because: {json.dumps(line)}}}]\n")
        file = tmp_path / f"entries/concepts/theory/hostile-{number}.yaml"
        file.write_text(file.read_text().replace(f"name: hostile-{number}", f"name: {json.dumps(line)}"))
    base = small.load()
    base.__dict__["graph"] = base.graph.copy()  # no entry may hold it, and the graph of a base is frozen
    base.graph.add_node("unprintable", kind="concept", name=UNPRINTABLE, group="theory", year=None)
    base.graph.add_edge("unprintable", "part", relation="see-also", because=UNPRINTABLE)
    return base


def test_hostile_texts_come_back_from_graphml(hostile: kb.KnowledgeBase) -> None:
    graph = nx.read_graphml(io.BytesIO(graphml(hostile).encode()), force_multigraph=True)
    replaced = "a�b�c�d�e�f�g�h"
    assert graph.nodes["unprintable"]["name"] == replaced
    assert [data["because"] for *_, data in graph.out_edges("unprintable", data=True)] == [replaced]
    graph.remove_node("unprintable")
    hostile.graph.remove_node("unprintable")
    assert dict(graph.nodes(data="name")) == dict(hostile.graph.nodes(data="name"))
    assert edges(graph) == edges(hostile.graph)


def test_hostile_texts_come_back_from_json(hostile: kb.KnowledgeBase) -> None:
    text = strict_json.dumps(graph_json(hostile)).encode().decode()
    assert nx.utils.graphs_equal(nx.node_link_graph(json.loads(text), edges="edges"), hostile.graph)
    entries = json.loads(strict_json.dumps(base_json(hostile)))["entries"]
    assert all(entries[entry.id]["name"] == entry.name for entry in hostile.concepts.values())


def test_json_has_no_number_that_json_does_not_have() -> None:
    data = {"a": [float("nan"), float("inf")], "b": {"c": (float("-inf"), 0.5)}, "d": Path("e")}
    read = json.loads(strict_json.dumps(data), parse_constant=pytest.fail)
    assert read == {"a": ["NaN", "Infinity"], "b": {"c": ["-Infinity", 0.5]}, "d": "e"}
    assert [float(text) for text in read["a"][1:] + read["b"]["c"]] == [float("inf"), float("-inf"), 0.5]


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


def test_one_entry_is_the_part_of_the_whole_that_speaks_of_it() -> None:
    whole = json.loads(json.dumps(base_json(BASE)))
    one = json.loads(json.dumps(entry_json(BASE, "LSTM")))
    assert one["entry"] == whole["entries"]["lstm"]
    assert one["evidence"] == whole["evidence"]["lstm"]
    assert one["traits"] == [trait for trait in whole["traits"] if trait["architecture"] == "lstm"]
    speak = [edge for edge in whole["relations"] if "lstm" in (edge["start"], edge["end"])]
    key = json.dumps
    assert sorted(map(key, one["relations"])) == sorted(map(key, speak))


def test_every_entry_is_text_with_links_that_lead_to_entries() -> None:
    for entry in BASE.values():
        text = markdown(BASE, entry.id)
        assert text.startswith(f"# {entry.title}\n"), entry.id
        assert f"`{entry.id}`" in text
        assert set(re.findall(r"\]\(kb:([^)\s]+)\)", text)) <= BASE.keys(), entry.id
    assert "- holds: [Causality](kb:causality) (measured" in markdown(BASE, "lstm")
    assert "](../gru/)" in markdown(BASE, "lstm", "../{}/".format)


def test_an_entry_is_cited_as_a_part_of_the_base() -> None:
    record = read_bibtex(bibtex_of_entry(BASE["lstm"], "Deep Learning Taxonomy", "1.2"))["kb-lstm"]
    assert record.type == "misc"
    assert unbraced(record.fields["title"]) == "Long short-term memory"
    assert printed(record.fields["howpublished"]) == "Deep Learning Taxonomy, version 1.2, architecture lstm"


@pytest.mark.parametrize(
    ("entry_id", "kind"),
    [
        ("lstm", "DefinedTerm"),
        ("softmax", "DefinedTerm"),
        ("causality", "DefinedTerm"),
        ("kipf2016semi", "ScholarlyArticle"),
        ("a-convolution-has-one-set-of-weights-for-all-places", "ClaimReview"),
        ("deep-learning-taxonomy", "LearningResource"),
    ],
)
def test_an_entry_has_a_type_of_schema_org(entry_id: str, kind: str) -> None:
    found = schema_org(BASE, entry_id, "Deep Learning Taxonomy")
    assert found["@type"] == kind
    assert found["name"] == BASE[entry_id].title


def test_verdicts_are_ratings_whose_word_is_said() -> None:
    for claim in BASE.claims.values():
        found = schema_org(BASE, claim.id, "us")
        record = BASE.evidence.get(claim.id)
        if record and record.claim:
            rating = found["reviewRating"]
            assert rating["alternateName"] == record.claim.verdict
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
        else:
            assert found["@type"] == "Claim"


def test_a_licence_is_stated_for_our_own_entries_only(hostile: kb.KnowledgeBase) -> None:
    assert "creativecommons" in json.dumps(schema_org(BASE, "softmax", "us"))
    assert "creativecommons" not in json.dumps(schema_org(hostile, "hostile-0", "they"))


def test_the_committed_schemas_are_current(tmp_path: Path) -> None:
    for path in write_schemas(tmp_path):
        committed = BASE.root / "schemas" / path.name
        assert committed.read_text() == path.read_text(), "run `kb export schemas`"
    assert {path.name for path in (BASE.root / "schemas").glob("*.json")} == {p.name for p in tmp_path.iterdir()}


def test_schemas_speak_of_the_fields_that_files_have() -> None:
    known = schemas()
    assert set(known) == set(BY_FOLDER)
    for entry_id, path in BASE.files.items():
        schema = known[path.relative_to(BASE.root).parts[1]]
        written = yaml_rs.loads(path.read_text(encoding="utf-8")).keys()
        assert schema["additionalProperties"] is False
        assert written <= schema["properties"].keys(), entry_id
        assert set(schema["required"]) <= written, entry_id
