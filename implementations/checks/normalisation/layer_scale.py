"""Exact checks of layer scale."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.normalisation.layer_scale import LayerScale


def folds_into_a_linear_layer(generator: torch.Generator) -> float:
    """Return the difference between a scaled linear layer and one whose rows and biases are scaled."""
    before, folded, layer = nn.Linear(3, 4).double(), nn.Linear(3, 4).double(), LayerScale().double()
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        layer.scale.copy_(torch.randn(4, generator=generator, dtype=torch.float64))
        folded.weight.copy_(layer.scale[:, None] * before.weight)
        folded.bias.copy_(layer.scale * before.bias)
    return difference(layer(before(x)), folded(x))


def gradient_of_the_factors(generator: torch.Generator) -> float:
    """Return the difference between the gradient of the factors and its formula."""
    layer = LayerScale().double()
    x, upstream = (torch.randn(2, 5, 4, generator=generator, dtype=torch.float64) for _ in range(2))
    (found,) = torch.autograd.grad(layer(x), layer.scale, upstream)
    return difference(found, (x * upstream).sum((0, 1)))
