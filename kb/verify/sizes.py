"""The size of variants: parameters, forward FLOPs and the stages of a block diagram."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from kb.active import count_active
from kb.base import Base
from kb.measuring import count_flops, count_parameters, stages
from kb.schema import Architecture
from kb.subnetworks import SubNetwork, shown
from kb.tracing import depth, receptive_field
from kb.verify.preparing import drawing_by, example_inputs, seeded

LARGE = 3_000_000
"""Variants with more parameters than this are measured on the meta device: shapes only, no memory, no arithmetic."""


def measure_size(base: Base, entry: Architecture, name: str) -> dict[str, Any]:
    """Count the parameters of a variant or a sub-network, and run it once for the shapes and FLOPs of one example."""
    variant = entry.all_variants[name.partition("/")[0]]
    with torch.device("meta"):
        parameters = count_parameters(entry.build(name))
    device = torch.device("meta" if parameters > LARGE else "cpu")
    with device, drawing_by(0):  # how often a network repeats something may depend on its weights
        module = entry.build(name).eval()
    taken = inspect.signature(module.example_inputs).parameters  # type: ignore[arg-type]
    sizes = {
        letter: size for letter, size in variant.sizes.items() if letter in taken or not isinstance(module, SubNetwork)
    }
    if "B" in taken:
        sizes.setdefault("B", 1)
    example = example_inputs(module, seeded(entry.id), **sizes)
    inputs = {name: value.to(device) for name, value in example.items()}
    return {
        "variant": name,
        "parameters": parameters,
        "active": count_active(module, inputs),
        "flops": count_flops(module, inputs),
        "depth": depth(module, inputs),
        "receptive_field": receptive_field(module, inputs),
        "inputs": {name: list(value.shape) for name, value in inputs.items()},
        "stages": [
            {"name": s.name, "module": s.module, "shape": list(s.shape), "parameters": s.parameters}
            for s in stages(shown(module), inputs)
        ],
    }
