"""Exact checks of the non-local block."""

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.non_local_block import PAIRWISE, NonLocalBlock


def starts_as_the_identity(generator: torch.Generator) -> float:
    """Return the change of a feature map that passes a new block, for every comparison."""
    x = torch.randn(2, 4, 3, 5, generator=generator, dtype=torch.float64)
    blocks = (NonLocalBlock(channels=4, bottleneck=4, pairwise=pairwise).double() for pairwise in PAIRWISE)
    return max(difference(block(x), x) for block in blocks)


def sums_over_all_pairs(generator: torch.Generator) -> float:
    """Return the difference to the paper's sum, pair by pair, for every comparison."""
    errors = []
    for pairwise in PAIRWISE:
        block = NonLocalBlock(channels=4, bottleneck=4, pairwise=pairwise).double()
        nn.init.normal_(block.output.weight, generator=generator)
        x = torch.randn(1, 4, 2, 3, generator=generator, dtype=torch.float64)
        theta, phi, g = (layer(x)[0].flatten(1).T for layer in (block.theta, block.phi, block.g))
        rows = []
        for i in range(6):
            if pairwise == "concatenation":
                f = torch.stack([block.compare(torch.cat([theta[i], phi[j]])).relu()[0] for j in range(6)])
            else:
                f = torch.stack([theta[i] @ phi[j] for j in range(6)])
            f = f.exp() if "gaussian" in pairwise else f
            normaliser = f.sum() if "gaussian" in pairwise else 6
            rows.append(sum(f[j] * g[j] for j in range(6)) / normaliser)
        attended = torch.stack(rows).T.view(1, 4, 2, 3)
        errors.append(difference(block(x), x + block.output(attended)))
    return max(errors)
