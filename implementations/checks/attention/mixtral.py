"""Exact checks of Mixtral: the load-balancing loss, and a mixture of all experts."""

import torch

from implementations.architectures.attention.mixtral import Mixtral, MixtureOfExperts
from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.swish_gated_linear_unit import SwishGatedLinearUnit


@torch.no_grad()
def balance_by_counting(generator: torch.Generator) -> float:
    """Return the difference of the loss from counting, word by word, which experts the only block chooses."""
    net = Mixtral(layers=1, experts=3).double()
    x = torch.randn(2, 7, 5, generator=generator, dtype=torch.float64)
    (block,), found = net.blocks, []
    for scores in block.mixture.router(block.mixture_norm(block.attended(net.embedding(x)))):
        counts, weights = [0, 0, 0], torch.zeros(3, dtype=torch.float64)
        for word in scores:
            counts[word.argmin()] += 1  # the one of three that is not chosen
            weights += word.exp() / word.exp().sum() / len(scores)
        shares = 1 - torch.tensor(counts, dtype=torch.float64) / len(scores)
        found.append(3 * shares @ weights)
    return difference(net.balance(generator=generator, x=x), torch.stack(found))


@torch.no_grad()
def all_chosen_are_a_soft_mixture(generator: torch.Generator) -> float:
    """Return the difference of a mixture that chooses all experts from their sum, weighted by a softmax of scores."""
    mixture = MixtureOfExperts(width=4, hidden=6, experts=3, chosen=3).double()
    x = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    expected = torch.zeros_like(x)
    for number, weight in enumerate(mixture.router(x).softmax(-1).unbind(-1)):
        expert = SwishGatedLinearUnit(width=4, hidden=6).double()
        for name in ("gate", "up", "down"):
            getattr(expert, name).weight.copy_(getattr(mixture.experts, name).weight.chunk(3)[number])
        expected += weight[..., None] * expert(x)
    return difference(mixture(x), expected)
