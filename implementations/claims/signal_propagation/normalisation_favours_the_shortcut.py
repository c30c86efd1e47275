"""Experiment: how large is the branch of a residual block relative to its shortcut, and what if it starts at zero?

Source: the lecture, S18; De & Smith 2020 (de2020batch).

Method: random inputs go through 32 residual blocks of 512 features, each of a rectifier and a linear map by He's rule,
with batch normalisation first, or without it. Before training, the mean square of the sum after every block is
measured, and that of its branch divided by that of its shortcut. Then networks of forty blocks of 32 features are
trained on the digits: without normalisation, and without it but with a scalar at the end of every branch that starts at
zero.

Measures:
    growth_error: largest relative difference of the mean square after l blocks from 1 + l, with normalisation.
    share_error: largest relative difference from 1 / l of branch divided by shortcut in block l, with normalisation.
    growth_plain: mean factor by which a block multiplies the mean square, without normalisation.
    loss_skipinit: training loss with scalars that start at zero, mean over the last twenty of 300 steps.
    loss_plain: the same without scalars and without normalisation.
    block: 1, .., 32; normalised, plain: log10 of the mean square after each block.
"""

import torch
from torch import Tensor

from implementations.claims.stacking import layer, stack
from implementations.concepts.task.digits import Digits
from kb.training import batch_loss, descend

BLOCKS, WIDTH, EXAMPLES = 32, 512, 256
DEPTH, NARROW, RATE, STEPS, LAST = 40, 32, 3e-3, 300, 20


def run(seed: int) -> dict[str, float | list[float]]:
    """Follow signals through both kinds of blocks, and train without normalisation.

    Args:
        seed: Seed of weights, inputs and batches.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    normalised, shares = mean_squares(normalise=True)
    plain, _ = mean_squares(normalise=False)
    number = torch.arange(1, BLOCKS + 1, dtype=torch.float64)
    return {
        "growth_error": (normalised[1:] / (1 + number) - 1).abs().max().item(),
        "share_error": (shares * number - 1).abs().max().item(),
        "growth_plain": (plain[-1] / plain[0]).item() ** (1 / BLOCKS),
        "loss_skipinit": final_loss(skipinit=True, seed=seed),
        "loss_plain": final_loss(skipinit=False, seed=seed),
        "block": number.tolist(),
        "normalised": normalised[1:].log10().tolist(),
        "plain": plain[1:].log10().tolist(),
    }


@torch.no_grad()
def mean_squares(*, normalise: bool) -> tuple[Tensor, Tensor]:
    """Return the mean squares of the signal before and after every block, and of each branch over its shortcut."""
    x = torch.randn(EXAMPLES, WIDTH, dtype=torch.float64)
    sizes, shares = [x.square().mean()], []
    for _ in range(BLOCKS):
        block = layer(WIDTH, normalise=normalise).double()
        shares.append(block.branch(x).square().mean() / sizes[-1])
        x = block(x)
        sizes.append(x.square().mean())
    return torch.stack(sizes), torch.stack(shares)


def final_loss(*, skipinit: bool, seed: int) -> float:
    """Train a network without normalisation, and return the mean loss of the last steps."""
    form = {"normalise": False, "skipinit": skipinit}
    network = stack(DEPTH, inputs=64, width=NARROW, outputs=10, seed=seed, **form)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    losses = descend(torch.optim.Adam(network.parameters(), lr=RATE), batch_loss(network, task), steps=STEPS)
    return sum(losses[-LAST:]) / LAST
