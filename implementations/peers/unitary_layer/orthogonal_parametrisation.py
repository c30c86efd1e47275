"""Peer of the component: `torch.nn.utils.parametrizations.orthogonal` on a linear layer, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import orthogonal


def linear(weight: Tensor, x: Tensor) -> Tensor:
    """Return torch's orthogonal layer of vectors `[B, U]`; it learns only the entries below the diagonal."""
    units = len(weight)
    layer = nn.Linear(units, units, bias=False, dtype=x.dtype)
    layer = orthogonal(layer, orthogonal_map="matrix_exp", use_trivialization=False)
    return torch.func.functional_call(layer, {"parametrizations.weight.original": (weight - weight.T).tril()}, (x,))


SIZES = {"odd": {"units": 7}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return linear(weights["weight"], x)

    return theirs
