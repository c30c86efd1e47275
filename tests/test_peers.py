"""Every implementation agrees with its peer: outputs, and the gradient of every weight and input."""

from __future__ import annotations

import pytest
from bundled import Subject

from kb.evidence import PEER_TOLERANCE
from kb.schema import Architecture, Entry
from kb.verify.checks import run_checks
from kb.verify.peers import compare_with_peer
from kb.verify.sizes import measure_variant

pytestmark = pytest.mark.peer


def test_agrees_with_its_peer(peer_subject: Subject) -> None:
    found = compare_with_peer(peer_subject.link)
    assert found.outputs <= PEER_TOLERANCE
    assert found.gradients <= PEER_TOLERANCE


def test_parameter_counts(architecture: Architecture) -> None:
    for name, variant in architecture.variants.items():
        if variant.parameters is not None:
            assert measure_variant(architecture, variant).parameters == variant.parameters, name


def test_passes_its_exact_checks(checked: Entry) -> None:
    for result in run_checks(checked.checks):
        assert result.met, f"{result.check}: {result.error}"


def test_every_architecture_has_a_peer_or_two_exact_checks(architecture: Architecture) -> None:
    assert architecture.peer or len(architecture.checks) >= 2
