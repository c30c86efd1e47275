"""Peer of the component: the experts of the Mixtral of transformers, one after the other."""

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"two-experts": {"width": 3, "hidden": 2, "experts": 2}, "many": {"hidden": 4, "experts": 9, "T": 5}}


def peer(*, width: int, hidden: int, experts: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    models = import_transformers()
    layout = models.MixtralConfig(hidden_size=width, intermediate_size=hidden, num_local_experts=experts)
    layout._experts_implementation = "eager"  # the default has no double precision
    module = import_module("transformers.models.mixtral.modeling_mixtral").MixtralExperts(layout).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, **routed: Tensor) -> Tensor:
        flat = (x.flatten(0, 1), *(routed[name].flatten(0, 1) for name in ("chosen", "shares")))
        return torch.func.functional_call(module, experts_of(weights, experts), flat).view_as(x)

    return theirs


def experts_of(weights: dict[str, Tensor], experts: int, prefix: str = "") -> dict[str, Tensor]:
    """Return the weights of experts by the library's names, with the gates of each ahead of its units."""
    gate, up, down = (weights[f"{prefix}{name}.weight"].unflatten(0, (experts, -1)) for name in ("gate", "up", "down"))
    return {"gate_up_proj": torch.cat([gate, up], 1), "down_proj": down}
