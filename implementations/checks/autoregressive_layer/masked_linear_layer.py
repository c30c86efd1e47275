"""Exact checks of the masked linear layer."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.autoregressive_layer.masked_linear_layer import MaskedLinearLayer

BEFORE, AFTER = (2, 1, 3), (1, 3, 2, 3)


def sum_by_sum(generator: torch.Generator) -> float:
    """Return the difference from sums over the units whose number is smaller, or as large."""
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    errors = []
    for strict in (False, True):
        layer = MaskedLinearLayer(before=BEFORE, after=AFTER, strict=strict).double()
        sums = layer.linear.bias.expand(5, -1).clone()
        for unit, number in enumerate(AFTER):
            for place, other in enumerate(BEFORE):
                if other < number or (other == number and not strict):
                    sums[:, unit] += layer.linear.weight[unit, place] * x[:, place]
        errors.append(difference(layer(x), sums))
    return max(errors)


def composition_depends_on_smaller_numbers(generator: torch.Generator) -> float:
    """Return the largest derivative, through a layer and a strict one, of an output by an input it must not see."""
    hidden = (1, 2, 1, 2, 2)
    first = MaskedLinearLayer(before=BEFORE, after=hidden).double()
    last = MaskedLinearLayer(before=hidden, after=BEFORE, strict=True).double()
    x = torch.randn(3, generator=generator, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: last(torch.tanh(first(x[None])))[0], x)
    numbers = torch.tensor(BEFORE)
    return jacobian[numbers[:, None] <= numbers].abs().max().item()
