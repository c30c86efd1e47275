"""Ranking: what an entry scores by its name and by its words, in an index that can be read at a glance."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import CONCEPT, Miniature

from kb.kinds import KINDS
from kb.search.documents import Document, documents_of
from kb.search.ranking import FEW, PREFERRED, TEXTS, WORDS, Index


def document(name: str, **fields: object) -> Document:
    place = f"{len(name)}-{name.casefold().replace(' ', '-')}"
    given = {"summary": "", "origin": "", "variants": "", "related": [], **fields}
    return Document(place, "concept", name, [name], **given)  # type: ignore[arg-type]


def scores(documents: list[Document], query: str, texts: list[list[str]] | None = None) -> dict[str, int]:
    """What each entry scores, without what its kind is preferred by."""
    preferred = PREFERRED * KINDS["concept"].preference
    return {hit.name: hit.score - preferred for hit in Index(documents, texts or ()).search(query.split())}


FILLED = [document(f"Zz{letter}") for letter in "abcdefgh"]
"""Entries that no query fits, so that what does is rare."""


@pytest.mark.parametrize(
    ("name", "query", "score"),
    [
        ("Residual network", "residual network", 1000),
        ("Residual network", "residual", 940 - 4 * 7),
        ("Residual network", "residual net", 915 - 4 * 4),
        ("Residual network", "residualnet", 915 - 4 * 4),
        ("Residual network", "re", 915 - 4 * 13),
        (f"Re{'e' * 60}", "re", 915 - 4 * 40),
        ("ResNet", "resnet50", 870),
        ("ResNet", "resnet152", 870),
        ("ResNet", "resnet 50", 870),
        ("GPT", "gpt2", 870),
        ("Residual network", "residual netwrok", 960 - 60),
        ("Residual network", "resdual netwrok", 960 - 2 * 60),
    ],
)
def test_scores_by_name(name: str, query: str, score: int) -> None:
    """The same, one that begins so, one with the number of a size behind it, and one with slips."""
    documents = [document(name), *FILLED]
    assert scores(documents, query) == {name: score}
    (hit,) = Index(documents).search(query.split())
    assert hit.matched == name
    assert hit.guess == (score in (900, 840))


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("ResNet", "resnet1234"),  # no number of layers is so large
        ("GP", "gp2"),  # so short a name stands in too much
        ("Residual network", "r"),
        ("Residual network", "rasdual natwrog nt"),  # four slips
        ("GPT", "gat"),  # a word of three letters has no slips
    ],
)
def test_what_is_no_name(name: str, query: str) -> None:
    assert scores([document(name), *FILLED], query) == {}


@pytest.mark.parametrize(
    ("fields", "query", "score", "matched"),
    [
        ({"summary": "equivariance"}, "equivariance", 8 * 80, WORDS),
        ({"summary": "equivariance"}, "equiv", 8 * 72, WORDS),
        ({"summary": "equivariance"}, "equi", 8 * 72, WORDS),
        ({"summary": "equivariance"}, "equivariant", 8 * 64, WORDS),
        ({"summary": "equal"}, "equality", 8 * 64, WORDS),
        ({"summary": "equalabc"}, "equalxyz", 8 * 64, WORDS),
        ({"summary": "planes"}, "plane", 8 * 80, WORDS),
        ({"origin": "Equivariance 2016"}, "equivariance", 8 * 90, WORDS),
        ({"origin": "Equivariance 2016"}, "eqiuvariance", 8 * 63, WORDS),
        ({"variants": "equivariance"}, "equivariance", 8 * 60, WORDS),
        ({"summary": "equivariance", "origin": "equivariance"}, "equivariance", 8 * 90, WORDS),
    ],
)
def test_scores_by_a_word(fields: dict[str, object], query: str, score: int, matched: str) -> None:
    """By where it stands, and by how it fits: the same, begun so, with another ending, mistyped."""
    documents = [document("Name", **fields), *FILLED]
    assert scores(documents, query) == {"Name": score}
    (hit,) = Index(documents).search([query])
    assert (hit.matched, hit.guess) == (matched, query == "eqiuvariance")


@pytest.mark.parametrize(
    ("word", "query"),
    [
        ("equivariance", "eq"),  # too short to be a beginning
        ("equivariance", "eqiuvariance"),  # mistyped in a text, it is a word like any other
        ("equivariance", "equivoques"),  # another word that begins so
        ("equally", "equity"),  # too few letters are shared
        ("equalabcd", "equalwxyz"),  # too many follow
    ],
)
def test_what_is_no_word_of_an_entry(word: str, query: str) -> None:
    assert scores([document("Name", summary=word), *FILLED], query) == {}


def test_words_of_texts_count_least() -> None:
    documents = [document("Name"), *FILLED]
    texts = [["equivariance"], *([] for _ in FILLED)]
    assert scores(documents, "equivariance", texts) == {"Name": 8 * 40}
    (hit,) = Index(documents, texts).search(["equivariance"])
    assert hit.matched == TEXTS
    assert scores(documents, "equiv", texts) == {}, "below the lowest score of an answer"


def test_what_refers_to_an_entry_fits_by_its_name() -> None:
    """It counts for less than any word of its own but those of texts; a mistyped name says nothing of others."""
    documents = [document("Gate"), document("Memory", related=[0]), *FILLED]
    assert scores(documents, "gate") == {"Gate": 1000, "Memory": 8 * 50}
    assert scores(documents, "gatee") == {"Gate": 960 - 60}
    by_summary = [document("Gate", summary="equivariance"), document("Memory", related=[0]), *FILLED]
    assert scores(by_summary, "equivariance") == {"Gate": 8 * 80}, "only a name does"


def test_half_of_what_is_asked_for_by_rarity_must_be_there() -> None:
    """Of 16 entries `rare` stands in one (4 bits of rarity), and `common` in seven (2)."""
    documents = [document("One", summary="rare"), *(document(f"Zz{n}", summary="common") for n in "abcdefg")]
    documents += [document(f"Yy{n}") for n in "abcdefgh"]
    assert scores(documents, "rare common") == {"One": 8 * (4 * 80 // 6)}
    assert set(scores(documents, "common")) == {f"Zz{n}" for n in "abcdefg"}


def test_a_word_that_every_entry_has_finds_all_of_them() -> None:
    documents = [document("One", summary="common"), document("Other", origin="common")]
    assert scores(documents, "common") == {"Other": 8 * 90, "One": 8 * 80}


def test_a_name_counts_by_how_much_of_it_is_asked_for() -> None:
    """Of two words that stand in names, in another order: all of one name, and two thirds of the other."""
    documents = [document("Network of graphs"), document("Network of large graphs"), *FILLED]
    assert scores(documents, "graph network") == {
        "Network of graphs": 8 * 100 + 100 * 100 // 100,
        "Network of large graphs": 8 * 100 + 100 * 66 // 100,
    }


def test_words_that_say_nothing_count_only_where_nothing_else_is_asked_for() -> None:
    documents = [document("Name", summary="what is a network"), document("Other", summary="what"), *FILLED]
    assert set(scores(documents, "what is network")) == {"Name"}
    assert set(scores(documents, "what")) == {"Name", "Other"}


def test_the_first_of_two_that_fit_as_well_is_the_first_of_the_documents() -> None:
    documents = [document("Bb", summary="gate"), document("Aa", summary="gate"), *FILLED]
    assert list(scores(documents, "gate")) == ["Bb", "Aa"]
    assert list(scores(documents[::-1], "gate")) == ["Aa", "Bb"]


def test_documents_are_in_the_order_in_which_people_look_for_them(family: Miniature) -> None:
    """Kinds by what they are preferred by; of a kind those first to which most refer, then by name."""
    base = family.load()
    order = [document.id for document in documents_of(base)]
    preferences = [KINDS[base[entry_id].kind].preference for entry_id in order]
    assert preferences == sorted(preferences, reverse=True)
    assert len(set(preferences)) > 1
    assert [entry_id for entry_id in order if base[entry_id].kind == "architecture"] == ["parent", "child"]
    assert [entry_id for entry_id in order if base[entry_id].kind == "bias"] == ["seen", "unseen"]
    assert [entry_id for entry_id in order if base[entry_id].kind == "paper"] == ["paper2000", "paper2010"]


@pytest.mark.parametrize("number", [FEW - 1, FEW])
def test_texts_are_searched_where_names_and_summaries_say_little(tmp_path: Path, number: int) -> None:
    small = Miniature(tmp_path)
    for each in range(number):
        text = CONCEPT.format(id=f"c{each}").replace("summary: A concept.", "summary: A gate.")
        small.write(f"concepts/theory/c{each}.yaml", text)
    small.write(
        "concepts/theory/deep.yaml", CONCEPT.format(id="deep").replace("definition: A concept.", "definition: Gates.")
    )
    found = {hit.id: hit.matched for hit in small.load().search("gate")}
    assert found == {
        **{f"c{each}": WORDS for each in range(number)}, **({"deep": TEXTS} if number < FEW else {})
    }  # fmt: skip
