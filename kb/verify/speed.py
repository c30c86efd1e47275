"""Speed relative to peers: both sides in one process, interleaved, on one thread, forward and backward.

A peer's file may have, beside `peer`, a function `at_scale(generator) -> (variant, theirs, inputs)`, which names a
variant of a realistic size, and gives its peer and inputs. `theirs` is a module with weights of its own, or, as in
`peer`, a function `theirs(weights, **inputs)` of ours. Without `at_scale` the first small case is timed, where
overheads count most.
Only ratios are kept. Speeds change with the machine, so they are kept out of the evidence, in a file of their own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from time import perf_counter

import torch
from torch import Tensor, nn

from kb.base import Base
from kb.evidence import Speed, keep_speed, peer_cases
from kb.schema import Architecture, Concept
from kb.subnetworks import shown
from kb.verify.peers import paired
from kb.verify.preparing import example_inputs, flatten, prepare, rounded, seeded, to_float64

SECONDS = 3.0
"""Time spent on each comparison, if five rounds do not take longer."""

Progress = Callable[[str, str], None]
"""Called with an entry's id and with what is being timed of it."""

Pass = Callable[[], None]
"""A forward and a backward pass."""

Theirs = nn.Module | Callable[..., Tensor | tuple[Tensor, ...]]
"""A peer with weights of its own, or a function of our weights by name and of the inputs."""


def run(base: Base, ids: Iterable[str], progress: Progress = lambda entry, step: None) -> Iterator[tuple[str, Speed]]:
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
            entry = base[entry_id]
            if isinstance(entry, Architecture | Concept) and entry.peer:
                progress(entry_id, "speed")
                speed = compare_speed(base, entry)
                keep_speed(base.root, entry_id, speed)
                yield entry_id, speed
    finally:
        torch.set_num_threads(threads)


def compare_speed(base: Base, entry: Architecture | Concept) -> Speed:
    """Return ours over theirs, at scale in single and in double precision, or else for the pair in double precision."""
    assert entry.peer is not None
    generator = seeded(entry.peer)
    peer = base.code.module(entry.peer)
    at_scale = getattr(peer, "at_scale", None)
    if at_scale is None or not isinstance(entry, Architecture):
        ours, theirs = _expressible(base, entry)
        inputs = to_float64(example_inputs(ours, generator))
        rounds, ratio = _race(*_passes(shown(prepare(ours, generator)), theirs, inputs))
        return Speed(float64=ratio, rounds=rounds)
    variant, theirs, inputs = at_scale(generator)
    ours = shown(entry.build(variant))
    rounds, single = _race(*_passes(ours, theirs, inputs))
    theirs = theirs.double() if isinstance(theirs, nn.Module) else theirs
    _, double = _race(*_passes(ours.double(), theirs, to_float64(inputs)))
    return Speed(variant=variant, float32=single, float64=double, rounds=rounds)


def _expressible(base: Base, entry: Architecture | Concept) -> tuple[nn.Module, Theirs]:
    """Return both sides of the first case that the peer can express."""
    reasons = []
    for case in peer_cases(entry, base.syntax).values():
        try:
            return paired(base, entry, case)
        except NotImplementedError as reason:
            reasons.append(str(reason))
    raise ValueError(f"the peer can express nothing of {entry.id}: {reasons[0]}")


def _passes(ours: nn.Module, theirs: Theirs, inputs: Mapping[str, Tensor]) -> tuple[Pass, Pass]:
    """Return a pass through each side in evaluation mode; a function is called with the weights of our module."""
    if isinstance(theirs, nn.Module):
        return _pass(ours, partial(ours.eval(), **inputs)), _pass(theirs, partial(theirs.eval(), *inputs.values()))
    weights = ours.state_dict(keep_vars=True)
    return _pass(ours, partial(ours.eval(), **inputs)), _pass(ours, partial(theirs, weights, **inputs))


def _pass(trained: nn.Module, forward: Callable[[], Tensor | tuple[Tensor, ...]]) -> Pass:
    """Return a pass forward and back to all parameters of a module, which have no gradients before it."""

    def step() -> None:
        trained.zero_grad(set_to_none=True)
        _backward(forward())

    return step


def _backward(result: Tensor | tuple[Tensor, ...]) -> None:
    """Send ones back from the first output, or from all of a flat tuple, where anything can be differentiated."""
    outputs = [output for output in flatten(result) if isinstance(output, Tensor) and output.requires_grad]
    if outputs:
        torch.autograd.backward(outputs, [torch.ones_like(output) for output in outputs])


def _race(ours: Pass, theirs: Pass) -> tuple[int, float]:
    """Run two passes in turn, and return how often, and the ratio of their fastest times."""
    times: tuple[list[float], list[float]] = ([], [])
    for step in (ours, theirs):
        step()  # the first pass allocates
    gc.disable()
    try:
        end = perf_counter() + SECONDS
        while perf_counter() < end or len(times[0]) < 5:
            for step, taken in zip((ours, theirs), times, strict=True):
                start = perf_counter()
                step()
                taken.append(perf_counter() - start)
    finally:
        gc.enable()
    return len(times[0]), rounded(min(times[0]) / min(times[1]), 2)
