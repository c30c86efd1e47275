"""Exact checks of sparsely gated experts: the chosen, all, and equal ones."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.sparsely_gated_experts import SparselyGatedExperts


def _outputs(layer: SparselyGatedExperts, x: Tensor) -> Tensor:
    """Return the outputs `[B, T, experts, D]` of all experts, one after the other."""
    pairs = zip(layer.widen.weight.chunk(layer.experts), layer.narrow.weight.chunk(layer.experts), strict=True)
    return torch.stack([torch.relu(x @ widen.T) @ narrow.T for widen, narrow in pairs], 2)


def masked_sum_of_all(generator: torch.Generator) -> float:
    """Return the difference from the sum over all experts, with gates whose scores are minus infinity where cut off."""
    layer = SparselyGatedExperts(experts=6, chosen=3).double()
    x = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    scores = layer.gate(x)
    third = scores.sort(-1, descending=True).values[..., 2:3]
    gates = scores.masked_fill(scores < third, float("-inf")).softmax(-1)
    return difference(layer(x), torch.einsum("bte,bted->btd", gates, _outputs(layer, x)))


def one_expert_is_a_perceptron(generator: torch.Generator) -> float:
    """Return the difference of one chosen expert from the perceptron with the highest score, at each position."""
    layer = SparselyGatedExperts(experts=5, chosen=1).double()
    x = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    best = layer.gate(x).argmax(-1)
    expected = _outputs(layer, x).take_along_dim(best[..., None, None], 2)[:, :, 0]
    return difference(layer(x), expected)


def equal_experts_are_one(generator: torch.Generator) -> float:
    """Return the difference of experts with the same weights, some of which are chosen, from one of them."""
    layer = SparselyGatedExperts(experts=4, chosen=2).double()
    with torch.no_grad():
        for weight in (layer.widen.weight, layer.narrow.weight):
            weight.copy_(weight.chunk(4)[0].repeat(4, 1))
    x = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    return difference(layer(x), _outputs(layer, x)[:, :, 0])
