"""Speed relative to peers: both sides in one process, interleaved, on one thread, forward and backward.

Only ratios are kept. Speeds change with the machine, so they are kept out of the evidence, in a file of their own.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor

from kb.base import KnowledgeBase
from kb.evidence import SPEED_FILE, Speed, write_json
from kb.links import resolve
from kb.verify import Progress
from kb.verify.preparing import flatten, prepare, rounded, seeded, to_float64

SECONDS = 1.0
"""Time spent on each comparison."""


def run(
    base: KnowledgeBase, ids: Iterable[str], progress: Progress = lambda entry, step: None
) -> Iterator[tuple[str, Speed]]:
    """Time entries against their peers, keep the ratios in `evidence/speed.json`, and yield them.

    Args:
        base: The knowledge base.
        ids: Entries with a peer; others are passed over.
        progress: Told of every step.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for entry_id in ids:
            peer = getattr(base[entry_id], "peer", None)
            if peer:
                progress(entry_id, "speed")
                speed = compare_speed(peer)
                _keep(base.root / SPEED_FILE, entry_id, speed)
                yield entry_id, speed
    finally:
        torch.set_num_threads(threads)


def compare_speed(link: str) -> Speed:
    """Return ours over theirs, for the sizes and the weights of a `pair` function, in float64."""
    generator = seeded(link)
    ours, theirs, inputs = resolve(link)(generator)
    prepare(ours, generator)
    inputs = to_float64(inputs)
    trained = {name for name, _ in ours.named_parameters()}
    weights = {
        name: value.detach().clone().requires_grad_(name in trained) for name, value in ours.state_dict().items()
    }

    def step(call: Callable[[], Tensor | tuple[Tensor, ...]]) -> float:
        start = perf_counter()
        outputs = [output for output in flatten(call()) if output.requires_grad]
        if outputs:
            torch.autograd.backward(outputs, [torch.ones_like(output) for output in outputs])
        return perf_counter() - start

    sides = (
        lambda: torch.func.functional_call(ours, weights, kwargs=dict(inputs)),
        lambda: theirs(weights, **inputs),
    )
    times: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    try:
        end = perf_counter() + SECONDS
        while perf_counter() < end or len(times[0]) < 5:
            for side, taken in zip(sides, times, strict=True):
                taken.append(step(side))
    finally:
        gc.enable()
    return Speed(ratio=rounded(min(times[0]) / min(times[1]), 2), rounds=len(times[0]))


def _keep(path: Path, entry_id: str, speed: Speed) -> None:
    known: Mapping[str, object] = json.loads(path.read_text()) if path.is_file() else {}
    write_json(path, {**known, entry_id: speed.model_dump()})
