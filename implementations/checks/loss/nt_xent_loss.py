"""Exact checks of the NT-Xent loss."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.nt_xent_loss import NTXentLoss

TEMPERATURE = 0.3


def by_a_double_loop(generator: torch.Generator) -> float:
    """Return the difference to a loop over views and candidates."""
    z = torch.randn(8, 3, generator=generator, dtype=torch.float64)
    return difference(NTXentLoss(temperature=TEMPERATURE)(z), looped(z, TEMPERATURE))


def neither_pairs_nor_views_have_an_order(generator: torch.Generator) -> float:
    """Return the difference between losses of views in another order, and the losses in that order."""
    z = torch.randn(5, 2, 3, generator=generator, dtype=torch.float64)
    order, loss = torch.randperm(5, generator=generator), NTXentLoss(temperature=TEMPERATURE)
    changed = z[order].flip(1)
    return difference(loss(changed.flatten(0, 1)), loss(z.flatten(0, 1)).view(5, 2)[order].flip(1).flatten())


def length_has_no_effect(generator: torch.Generator) -> float:
    """Return the difference between losses of vectors, and of the same ones with other lengths."""
    z = torch.randn(8, 3, generator=generator, dtype=torch.float64)
    lengths = 0.1 + torch.rand(8, 1, generator=generator, dtype=torch.float64)
    loss = NTXentLoss(temperature=TEMPERATURE)
    return difference(loss(lengths * z), loss(z))


def looped(z: Tensor, temperature: float) -> Tensor:
    """Return the loss of every view, number by number."""
    losses = []
    for view in range(len(z)):
        terms = {}
        for candidate in range(len(z)):
            if candidate != view:
                lengths = math.sqrt(z[view].square().sum()) * math.sqrt(z[candidate].square().sum())
                terms[candidate] = math.exp(float(z[view] @ z[candidate]) / lengths / temperature)
        other = view + 1 if view % 2 == 0 else view - 1
        losses.append(-math.log(terms[other] / sum(terms.values())))
    return torch.tensor(losses, dtype=z.dtype)
