"""Measuring one entry, whatever its kind."""

from __future__ import annotations

import importlib.metadata

import torch

from kb.base import KnowledgeBase
from kb.evidence import Evidence
from kb.schema import Architecture, Claim, Concept, Entry
from kb.verify import Progress
from kb.verify.checks import run_checks
from kb.verify.claims import judge
from kb.verify.peers import compare_with_peer
from kb.verify.probing import measure_traits
from kb.verify.sizes import measure_variant

LIBRARIES = ("torch", "torch-geometric", "numpy")


def measure(base: KnowledgeBase, entry: Entry, progress: Progress = lambda entry, step: None) -> Evidence:
    """Run all that can be measured about an entry, on one thread and with fixed seeds.

    Args:
        base: The knowledge base, for the biases.
        entry: An architecture, a claim with an experiment, or a concept with a peer or checks.
        progress: Told of every step.

    Returns:
        The evidence, with the digest of what produced it.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        record = {"digest": base.digest(entry.id), "libraries": _versions()}
        match entry:
            case Architecture():
                return Evidence(**record, **_measure_architecture(base, entry, progress))
            case Claim():
                progress(entry.id, "experiment")
                return Evidence(**record, claim=judge(entry))
            case Concept() if entry.peer or entry.checks:
                progress(entry.id, "peer and checks")
                peer = compare_with_peer(entry.peer) if entry.peer else None
                return Evidence(**record, peer=peer, checks=run_checks(entry.checks))
    finally:
        torch.set_num_threads(threads)
    raise ValueError(f"{entry.id} is a {entry.kind} with nothing to measure")


def _measure_architecture(base: KnowledgeBase, entry: Architecture, progress: Progress) -> dict[str, object]:
    variants = {}
    for name, variant in entry.all_variants.items():
        progress(entry.id, f"variant {name}")
        variants[name] = measure_variant(entry, variant)
    peer = None
    if entry.peer:
        progress(entry.id, "peer")
        peer = compare_with_peer(entry.peer, entry.peer_variant)
    checks = run_checks(entry.checks)
    traits = list(measure_traits(base, entry, progress))
    return {"variants": variants, "traits": traits, "peer": peer, "checks": checks}


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name).partition("+")[0] for name in LIBRARIES}
