"""The bundled entries obey every rule."""

from __future__ import annotations

import copy
import pickle

from bundled import BASE, problems_once

import kb
from kb.rules import rules
from kb.schema import Entry


def test_the_knowledge_base_has_no_problems() -> None:
    assert not problems_once(), "\n".join(map(str, problems_once()))


def test_every_rule_says_what_must_hold() -> None:
    names = [rule.__name__ for rule in rules()]
    assert len(names) == len(set(names)) >= 20
    for rule in rules():
        assert (rule.__doc__ or "").strip().endswith("."), rule.__name__


def test_survives_a_round_trip(entry: Entry) -> None:
    data = entry.model_dump(mode="json", by_alias=True)
    again = type(entry).model_validate(data)
    assert again.model_dump() == entry.model_dump()


def test_entries_compare_by_content_hash_by_id_and_travel_alone() -> None:
    old, new = kb.load(), kb.load()
    assert old["gcn"] == new["gcn"] == copy.deepcopy(old["gcn"])
    assert old["gcn"] != new["gat"]
    assert old["gcn"] in list(new.values())
    assert len({old["gcn"], new["gcn"], old["gat"]}) == 2
    sent = pickle.dumps(old["gcn"])
    assert len(sent) < 50_000, "it does not drag the knowledge base along"
    received = pickle.loads(sent)
    assert received == old["gcn"]
    assert received.year == 2017
    assert type(received.build()).__name__ == "GCN"


def test_every_paper_says_where_it_was_published() -> None:
    assert [paper.id for paper in BASE.papers.values() if not paper.venue] == []
