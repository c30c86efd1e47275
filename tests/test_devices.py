"""Implementations under automatic mixed precision, and on the `meta` device, which has shapes and no numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch
from bundled import BASE, Subject
from torch import Tensor, nn

from kb.verify.preparing import example_inputs, flatten, seeded

COUNTS = "it counts edges, and `bincount` has as many places as the largest number in the data asks for"
NEEDS_NUMBERS = {
    "coordinate-update": COUNTS,
    "deep-equilibrium-model": "how many iterations there are depends on how far the state still moves",
    "graph-neural-network": COUNTS,
    "k-nearest-neighbours": "how many candidates are compared exactly depends on the distances",
    "mean-aggregation": COUNTS,
    "message-passing-network": "how many graphs there are is the largest number in the data",
}
"""What cannot run without numbers, nor what it is a part of, and why."""


CHOOSES = {"yolo": "detect"}
"""Methods that return as many things as there are numbers above a threshold, by entry."""


def build(subject: Subject) -> nn.Module:
    module: nn.Module = BASE.code.load(subject.link)(**(subject.arguments or {}))
    return module


def tensor_methods(module: nn.Module, known: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the public methods, by name, whose arguments are all known; `known` is by name, with annotations."""
    found = {}
    for name, function in inspect.getmembers(type(module), inspect.isfunction):
        if name.startswith("_") or hasattr(nn.Module, name):  # those of all modules, `forward` and `train` among them
            continue
        if function.__module__ == type(module).__module__:
            needed = [
                p for p in inspect.signature(function).parameters.values() if p.default is inspect.Parameter.empty
            ]
            if all(p.name in known and str(p.annotation) == str(known[p.name]) for p in needed if p.name != "self"):
                found[name] = getattr(module, name)
    return found


@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
def test_runs_under_autocast(subject: Subject, train: bool) -> None:
    module = build(subject).train(train)
    inputs = example_inputs(module, seeded(1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = flatten(module(**inputs))
    assert all(torch.isfinite(output).all() for output in outputs)


def test_runs_on_the_meta_device(subject: Subject) -> None:
    """No tensor is made on the processor by a pass, nor by another public method that takes the inputs of a pass."""
    module = build(subject).eval()
    inputs = {name: value.to("meta") for name, value in example_inputs(module, seeded(1)).items()}
    module.to("meta")
    parts = {str(part.component) for part in getattr(subject.entry, "parts", ())}
    if NEEDS_NUMBERS.keys() & {subject.entry.id, *parts}:
        with pytest.raises(RuntimeError, match=r"bincount|nonzero|item\(\)"):
            module(**inputs)
        return
    assert all(output.is_meta for output in flatten(module(**inputs)))
    taken = {name: p.annotation for name, p in inspect.signature(module.forward).parameters.items() if name in inputs}
    for called, method in tensor_methods(module, taken).items():
        arguments = [name for name in inspect.signature(method).parameters if name in inputs]
        if CHOOSES.get(subject.entry.id) == called:
            with pytest.raises(RuntimeError, match="nonzero"):
                method(**{name: inputs[name] for name in arguments})
            continue
        result = method(**{name: inputs[name] for name in arguments})
        assert all(value.is_meta for value in flatten(result) if isinstance(value, Tensor))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_positions_are_distinguished_in_low_precision(dtype: torch.dtype) -> None:
    """Codes of positions are computed in more than 16 bits, whatever the numbers are that they are added to."""
    code = BASE.code.load(BASE.concepts["sinusoidal-position-code"].implementation)(width=16)
    low, exact = (code(torch.zeros(1, 600, 16, dtype=kind))[0] for kind in (dtype, torch.float64))
    assert len(low.unique(dim=0)) == 600
    assert (low.double() - exact).abs().max() < 0.01
