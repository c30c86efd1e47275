"""Well-known statements on inductive biases, each with its source, against the matrix."""

from __future__ import annotations

import pytest
from bundled import BASE

Cell = tuple[str, str | None, str, str]
"""An architecture, a variant or None for the canonical one, a bias, and the value that the statement gives it."""

BAHDANAU = "Bahdanau et al. 2015, abstract"
BATTAGLIA = "Battaglia et al. 2018, sec. 2, table of standard components"
BRONSTEIN = "Bronstein et al. 2021 (arXiv 2104.13478)"
GOYAL = "Goyal & Bengio 2020 (arXiv 2011.15091), Table 1"
HAN = "Han et al. 2022 (arXiv 2106.04263), introduction"
VASWANI = "Vaswani et al. 2017, Table 1"

STATEMENTS: dict[str, tuple[str, list[Cell]]] = {
    "convolutional layers relate grid elements locally, and are invariant to spatial translation": (BATTAGLIA, [
        ("convolutional-network", None, "locality", "holds"),
        ("convolutional-network", None, "interior-translation-equivariance", "holds"),
        ("convolutional-network", None, "weight-sharing-over-positions", "holds"),
        ("resnet", None, "locality", "holds"),
        ("resnet", None, "interior-translation-equivariance", "holds"),
    ]),
    "recurrent layers relate time steps sequentially, and are invariant to time translation": (BATTAGLIA, [
        ("recurrent-network", None, "recurrence-over-time", "holds"),
        ("recurrent-network", None, "time-translation-equivariance", "holds"),
        ("lstm", None, "recurrence-over-time", "holds"),
        ("lstm", None, "time-translation-equivariance", "holds"),
        ("gru", None, "time-translation-equivariance", "holds"),
    ]),
    "graph networks are invariant to permutations of nodes and edges": (BATTAGLIA, [
        ("graph-network", None, "node-permutation-equivariance", "holds"),
        ("interaction-network", None, "node-permutation-equivariance", "holds"),
        ("gcn", None, "node-permutation-equivariance", "holds"),
        ("gat", None, "node-permutation-equivariance", "holds"),
    ]),
    "convolutions are equivariant over space, recurrence over time, attention over permutations": (GOYAL, [
        ("convolutional-network", None, "interior-translation-equivariance", "holds"),
        ("recurrent-network", None, "time-translation-equivariance", "holds"),
        ("graph-network", None, "node-permutation-equivariance", "holds"),
        ("transformer", "default", "permutation-equivariance", "holds"),
    ]),
    "a function of a set that sums over elements is invariant to their permutation": ("Zaheer et al. 2017, Theorem 2", [
        ("deep-sets", None, "permutation-invariance", "holds"),
    ]),
    "a Transformer without position codes is permutation-equivariant, and the codes break it": (
        f"{BRONSTEIN}, sec. 5.4", [
            ("transformer", "default", "permutation-equivariance", "holds"),
            ("transformer", "positions", "permutation-equivariance", "lacks"),
            ("transformer", "original", "permutation-equivariance", "lacks"),
        ]),
    "circular convolutions commute with shifts": (f"{BRONSTEIN}, sec. 4.2", [
        ("convolutional-network", "circular", "translation-equivariance", "holds"),
        ("convolutional-network", "default", "translation-equivariance", "lacks"),
    ]),
    "equivariant message passing commutes with rotations, reflections and translations": (f"{BRONSTEIN}, sec. 5.5", [
        ("equivariant-graph-network", None, "euclidean-equivariance", "holds"),
    ]),
    "attention computes its connections from its inputs, and a convolution does not": (HAN, [
        ("transformer", None, "data-dependent-connectivity", "holds"),
        ("convolutional-network", None, "data-dependent-connectivity", "lacks"),
        ("vgg", None, "data-dependent-connectivity", "lacks"),
        ("resnet", None, "data-dependent-connectivity", "lacks"),
    ]),
    "self-attention costs the square of the length, and a recurrent network its first power": (VASWANI, [
        ("transformer", None, "linear-cost", "lacks"),
        ("lstm", None, "linear-cost", "holds"),
        ("recurrent-network", None, "linear-cost", "holds"),
    ]),
    "self-attention needs no sequential steps over the length, and recurrence does": (VASWANI, [
        ("transformer", "default", "constant-sequential-depth", "holds"),
        ("recurrent-network", None, "constant-sequential-depth", "lacks"),
    ]),
    "one vector between encoder and decoder is a bottleneck, which attention opens": (BAHDANAU, [
        ("sequence-to-sequence", None, "fixed-size-summary", "holds"),
        ("attention-encoder-decoder", None, "fixed-size-summary", "lacks"),
        ("transformer", None, "fixed-size-summary", "lacks"),
    ]),
    "graph networks that pass messages are bounded by the test of Weisfeiler and Leman": ("Xu et al. 2019, Lemma 2", [
        ("gcn", None, "weisfeiler-leman-bound", "holds"),
        ("graph-isomorphism-network", None, "weisfeiler-leman-bound", "holds"),
        ("gat", None, "weisfeiler-leman-bound", "holds"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_matrix_says_what_the_literature_does(statement: str) -> None:
    source, cells = STATEMENTS[statement]
    found = [(entry, variant, bias, BASE.trait(entry, bias, variant).value) for entry, variant, bias, _ in cells]
    assert found == cells, source


def test_architectures_differ_as_their_history_does() -> None:
    """What set an architecture apart when it was introduced sets its row apart."""
    for older, newer, bias in (
        ("sequence-to-sequence", "attention-encoder-decoder", "fixed-size-summary"),
        ("recurrent-network", "transformer", "constant-sequential-depth"),
        ("gcn", "gat", "anisotropic-aggregation"),
        ("message-passing-network", "equivariant-graph-network", "euclidean-equivariance"),
    ):
        assert BASE.trait(older, bias).value != BASE.trait(newer, bias).value, (older, newer, bias)
