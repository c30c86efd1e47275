"""Exact checks of the learned constant."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.learned_constant import LearnedConstant


def all_examples_get_the_table(generator: torch.Generator) -> float:
    """Return the difference of all maps from the table, for two draws of latents."""
    layer = LearnedConstant().double()
    latents = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    return max(difference(each, layer.constant) for w in latents for each in layer(w))


def gradients_add_up(generator: torch.Generator) -> float:
    """Return the difference of the table's gradient from the sum of those of the maps."""
    layer = LearnedConstant().double()
    out = torch.randn(4, *layer.constant.shape, generator=generator, dtype=torch.float64)
    layer(torch.zeros(4, 5, dtype=torch.float64)).backward(out)
    return difference(layer.constant.grad, out.sum(0))
