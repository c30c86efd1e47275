"""Peer of the non-local network: torch's attention with scores that are not scaled, between torch's layers."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F


def theirs(weights: dict[str, Tensor], x: Tensor, pairwise: str = "embedded-gaussian") -> Tensor:
    """Return the outputs of the peer for inputs, with our weights."""

    def pointwise(name: str, positions: Tensor) -> Tensor:
        return F.linear(positions, weights[f"block.{name}.weight"].flatten(1), weights[f"block.{name}.bias"])

    maps = x
    for layer in range(sum(name.startswith("stem.") for name in weights) // 2):
        bias = weights[f"stem.{2 * layer}.bias"]
        maps = F.conv2d(maps, weights[f"stem.{2 * layer}.weight"], bias, padding=1).clamp(min=0)
    positions = maps.permute(0, 2, 3, 1).flatten(1, 2)
    value = pointwise("g", positions)
    of_pair = (positions, positions)
    if pairwise != "gaussian":
        of_pair = (pointwise("theta", positions), pointwise("phi", positions))
    if pairwise in ("gaussian", "embedded-gaussian"):
        attended = F.scaled_dot_product_attention(*of_pair, value, scale=1.0)
    elif pairwise == "dot-product":
        attended = torch.einsum("bpd,bqd,bqe->bpe", *of_pair, value) / positions.shape[1]
    else:
        left, right = torch.broadcast_tensors(of_pair[0][:, :, None], of_pair[1][:, None])
        compared = F.linear(torch.cat([left, right], 3), weights["block.compare.weight"])[..., 0].clamp(min=0)
        attended = torch.einsum("bpq,bqe->bpe", compared, value) / positions.shape[1]
    pooled = (positions + pointwise("output", attended)).clamp(min=0).mean(1)
    return F.linear(pooled, weights["classifier.weight"], weights["classifier.bias"])


def peer(*, pairwise: str) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    return partial(theirs, pairwise=pairwise)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    return "width-512", theirs, {"x": torch.randn(1, 3, 28, 28, generator=generator)}
