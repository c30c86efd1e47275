"""Search: what is asked for comes first, misspelt or not. The lists were written before the ranking was measured."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from searches import HUNDRED
from small import Miniature

from kb.search import absence
from kb.search.ranking import TEXTS

NAMES = {
    "lstm": "lstm",
    "LSTM": "lstm",
    "long short-term memory": "lstm",
    "Gated recurrent unit": "gru",
    "MLP": "mlp",
    "multilayer perceptron": "mlp",
    "multi-layer perceptron": "mlp",
    "CNN": "convolutional-network",
    "ConvNet": "convolutional-network",
    "residual network": "resnet",
    "kNN": "k-nearest-neighbours",
    "nearest neighbour": "k-nearest-neighbours",
    "k nearest neighbors": "k-nearest-neighbours",
    "GAT": "gat",
    "graph attention network": "gat",
    "graph convolution": "gcn",
    "transformer": "transformer",
    "attention is all you need": "vaswani2017attention",
    "relu": "rectified-linear-unit",
    "SGD": "stochastic-gradient-descent",
    "xavier": "glorot-initialisation",
    "kaiming": "he-initialisation",
    "BPTT": "backpropagation-through-time",
    "softmax": "softmax",
    "batch norm": "batch-normalisation",
    "batchnorm": "batch-normalisation",
    "layernorm": "layer-normalisation",
    "batch normalization": "batch-normalisation",
    "kipf welling": "kipf2016semi",
    "he2016deep": "he2016deep",
}
MISSPELT = {
    "lstn": "lstm",
    "gated recurent unit": "gru",
    "long short term memmory": "lstm",
    "tranformer": "transformer",
    "trasnformer": "transformer",
    "convolutinal network": "convolutional-network",
    "multilayer perceptrn": "mlp",
    "residual netwrk": "resnet",
    "grpah attention": "gat",
    "graph convolutional netwrok": "gcn",
    "vanishing gradeint": "vanishing-gradient",
    "vanihsing gradients": "vanishing-gradient",
    "exploding gradiant": "exploding-gradient",
    "translation equivarience": "translation-equivariance",
    "permutaion invariance": "permutation-invariance",
    "oversmoothing": "over-smoothing",
    "glorot initialization": "glorot-initialisation",
    "bacpropagation": "backpropagation",
    "catastrophic forgeting": "catastrophic-forgetting",
    "universal aproximation": "universal-approximation",
    "sigmiod": "logistic-sigmoid",
    "stochastic gradient decent": "stochastic-gradient-descent",
    "recieptive field": "receptive-field",
    "causalty": "causality",
}
ABOUT = {
    "weight sharing": "weight-sharing-over-positions",
    "shift invariance": "translation-invariance",
    "skip connection": "residual-connection",
    "number of linear regions": "linear-region",
    "linear regions of deep networks": "montufar2014linear",
    "circulant": "circulant-matrix",
    "attention graph complete": "attention-is-graph-attention",
    "recurrent gradients explode": "recurrent-gradients-explode",
    "why non-linearity": "why-a-non-linearity",
    "dropout": "srivastava2014dropout",
    "positional encoding": "sinusoidal-position-code",
    "neighbours order": "node-update-is-order-invariant",
    "razvan pascanu": "deep-learning-taxonomy",
    "state of fixed size": "fixed-size-state",
    "gradient shrinks exponentially": "vanishing-gradient",
    "squashing function": "logistic-sigmoid",
}


@pytest.mark.parametrize("query", [*NAMES, *MISSPELT])
def test_a_name_finds_its_entry_first_however_it_is_spelt(query: str) -> None:
    hits = BASE.search(query, 3)
    assert [hit.id for hit in hits][:1] == [(NAMES | MISSPELT)[query]], hits


def test_words_find_what_they_are_about_among_the_first_three_nine_times_in_ten() -> None:
    missed = [query for query, expected in ABOUT.items() if expected not in [hit.id for hit in BASE.search(query, 3)]]
    assert len(missed) <= len(ABOUT) / 10, missed


def mistype(word: str, generator: random.Random) -> str:
    """Make one slip of the finger, not at the first letter: swap, drop, double or replace."""
    place = generator.randrange(1, len(word) - 1)
    before, here, after = word[:place], word[place], word[place + 1 :]
    return generator.choice(
        [before + after[0] + here + after[1:], before + after, before + 2 * here + after, before + "x" + after]
    )


def test_one_slip_of_the_finger_in_any_name_is_forgiven() -> None:
    generator = random.Random(0)
    names = [entry for entry in BASE.values() if entry.kind != "paper" and len(entry.title) > 4]
    slips = [(mistype(entry.title, generator), entry.id) for entry in names]
    missed = [(text, expected) for text, expected in slips if [hit.id for hit in BASE.search(text, 1)] != [expected]]
    assert len(slips) > 200
    assert len(missed) <= 0.02 * len(slips), missed


def test_every_entry_is_found_first_by_its_own_name() -> None:
    missed = [
        entry.id
        for entry in BASE.values()
        if entry.kind != "paper" and [hit.id for hit in BASE.search(entry.title, 1)] != [entry.id]
    ]
    assert missed == []


@pytest.mark.parametrize("query", ["", "   ", "?!", "qwxz", "zebra crossing"])
def test_nothing_is_found_where_nothing_fits(query: str) -> None:
    assert BASE.search(query) == []


def is_right(query: dict[str, Any], most: int) -> bool:
    hits = BASE.search(query["query"], 1000)
    if query.get("absent"):
        return all(hit.guess or hit.matched == TEXTS for hit in hits)
    expected = query["first"] if isinstance(query["first"], list) else [query["first"]]
    return any(hit.id in expected for hit in hits[:most])


def test_the_hundred_are_a_hundred_searches_for_entries_that_there_are() -> None:
    assert len({query["query"] for query in HUNDRED}) == 100
    expected = [query["first"] for query in HUNDRED if "first" in query]
    assert all(name in list(BASE) for each in expected for name in ([each] if isinstance(each, str) else each))


@pytest.mark.parametrize(("most", "least"), [(1, 95), (5, 99)])
def test_of_the_hundred_what_is_asked_for_comes_first(most: int, least: int) -> None:
    missed = [query["query"] for query in HUNDRED if not is_right(query, most)]
    assert len(missed) <= 100 - least, missed


def test_the_limit_is_kept_and_scores_fall() -> None:
    hits = BASE.search("network", limit=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_new_base_has_its_own_index(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("flux-capacitor")
    assert [hit.id for hit in small.load().search("flux")] == ["flux-capacitor"]
    assert BASE.search("flux capacitor") == []


def test_every_slip_that_is_forgiven_is_marked_as_a_guess() -> None:
    assert BASE.search("lstn", 1)[0].guess
    assert not BASE.search("lstm", 1)[0].guess
    assert not BASE.search("vanishing gradients", 1)[0].guess  # a plural is no slip


@pytest.mark.parametrize("absent", ["Gemini", "AlphaFold", "c++", "capsule network"])
def test_what_is_absent_is_said_to_be_absent(absent: str) -> None:
    hits = BASE.search(absent)
    assert not [hit for hit in hits if hit.named]
    assert absence(absent, hits).startswith(f"no entry has the name {absent!r}")
