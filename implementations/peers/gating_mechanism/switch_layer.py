"""Peer of the component: the layer of transformers, whose experts compute one after the other.

The library has a fixed number of places for each sequence. Here it gets the number that follows from our capacity
factor, and all words of a batch as one sequence where they share the places. Its router computes in double precision.
"""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {
    "overflowing": {"width": 3, "hidden": 2, "experts": 2, "capacity": 0.5, "T": 9},
    "each-example": {"hidden": 4, "experts": 5, "capacity": 1.0, "across_batch": False, "B": 3},
}
ROUTER, EXPERT = "router.classifier.weight", "experts.expert_{number}.{layer}.weight"


def peer(*, width: int, hidden: int, experts: int, capacity: float, across_batch: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    models = import_transformers()
    sizes = {"d_model": width, "d_ff": hidden, "num_experts": experts}
    layout = models.SwitchTransformersConfig(**sizes, dropout_rate=0.0, router_jitter_noise=0.0)
    library: Any = import_module("transformers.models.switch_transformers.modeling_switch_transformers")
    module = limited(library.SwitchTransformersSparseMLP(layout).double(), capacity, across_batch)

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        return torch.func.functional_call(module.train(training), experts_of(weights, experts), (x,))

    return theirs


def limited(layer: Any, capacity: float, across_batch: bool, dtype: torch.dtype = torch.float64) -> Any:
    """Return the library's layer with places that follow from a capacity factor, and a router of some precision."""
    layer.router.dtype, usual = dtype, layer.forward

    def forward(x: Tensor) -> Tensor:
        words = x.flatten(0, 1)[None] if across_batch else x
        layer.router.expert_capacity = math.ceil(words.shape[1] / layer.router.num_experts * capacity)
        return usual(words).view_as(x)

    layer.forward = forward
    return layer


def experts_of(weights: dict[str, Tensor], experts: int, prefix: str = "") -> dict[str, Tensor]:
    """Return the weights of a router and its experts by the library's names."""
    named = {ROUTER: weights[f"{prefix}router.weight"]}
    for ours, theirs in (("widen", "wi"), ("narrow", "wo")):
        for number, weight in enumerate(weights[f"{prefix}{ours}.weight"].chunk(experts)):
            named[EXPERT.format(number=number, layer=theirs)] = weight
    return named
