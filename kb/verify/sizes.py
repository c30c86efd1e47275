"""The size of variants: parameters, forward FLOPs and the stages of a block diagram."""

from __future__ import annotations

import inspect

import torch

from kb.evidence import Stage, VariantEvidence
from kb.links import resolve
from kb.measuring import count_flops, count_parameters, stages
from kb.schema import Architecture, Variant
from kb.tracing import depth, receptive_field
from kb.verify.preparing import seeded

LARGE = 3_000_000
"""Variants with more parameters than this are measured on the meta device: shapes only, no memory, no arithmetic."""


def measure_variant(entry: Architecture, variant: Variant) -> VariantEvidence:
    """Count a variant's parameters, and run it once for the shapes and FLOPs of one example."""
    with torch.device("meta"):
        parameters = count_parameters(resolve(entry.implementation)(**variant.arguments))
    device = torch.device("meta" if parameters > LARGE else "cpu")
    with device:
        module = resolve(entry.implementation)(**variant.arguments).eval()
    sizes = dict(variant.sizes)
    if "B" in inspect.signature(module.example_inputs).parameters:
        sizes.setdefault("B", 1)
    inputs = {name: value.to(device) for name, value in module.example_inputs(seeded(entry.id), **sizes).items()}
    return VariantEvidence(
        parameters=parameters,
        flops=count_flops(module, inputs),
        depth=depth(module, inputs),
        receptive_field=receptive_field(module, inputs),
        inputs={name: list(value.shape) for name, value in inputs.items()},
        stages=[
            Stage(name=s.name, module=s.module, shape=list(s.shape), parameters=s.parameters)
            for s in stages(module, inputs)
        ],
    )
