"""Experiment: weights at which a network of rectifiers is stuck, though other weights fit exactly.

Source: the lecture, S8; Swirszcz, Czarnecki & Pascanu 2016 (swirszcz2016local).

Method: a network with one hidden layer of two rectified units is to compute |x| at 21 points from -1 to 1. At one
setting of its weights both units are zero at all points, and the output is the mean of the targets; at another the
units are x and -x, and the loss is zero. 2000 random steps of length 0.1 are tried from the first setting, and from a
third one where all weights but the last bias are zero, which is a critical point too. Also, fifty networks with the
usual random weights are trained by 5000 steps of gradient descent.

Measures:
    loss: mean squared error at the dead weights.
    moved: change of the loss by 2000 steps of gradient descent from there.
    lowered: by how much the best of the random steps lowers the loss.
    best: loss at the weights that fit.
    saddle_gradient: length of the gradient at the third setting.
    saddle_lowered: as `lowered`, from the third setting.
    stuck: share of the trained networks with a loss above 0.01 and a gradient below 1e-6.
    network: 1 to 50; final: log10 of the loss of the trained networks, smallest first.
"""

import torch
from torch import Tensor

STEPS, RATE, STEPSIZE, TRIES, STARTS, TRAINED = 2000, 0.1, 0.1, 2000, 50, 5000
X = torch.linspace(-1, 1, 21, dtype=torch.float64)
EXPECTED = X.abs()
LEAST = 1e-12


def run(seed: int) -> dict[str, float | list[float]]:
    """Take random steps from two settings of the weights, and train from many.

    Args:
        seed: Seed of the random steps and of the weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    mean = EXPECTED.mean().item()
    dead = weights([1.0, -1.0], [-2.0, -2.0], [1.0, 1.0], mean)
    fits = weights([1.0, -1.0], [0.0, 0.0], [1.0, 1.0], 0.0)
    flat = weights([0.0, 0.0], [0.0, 0.0], [0.0, 0.0], mean)
    starts = torch.rand(STARTS, 7, generator=generator, dtype=torch.float64) * 2 - 1
    ends = descended(starts, TRAINED)
    final = loss(ends)
    stuck = (final > 0.01) & (gradient(ends).norm(dim=1) < 1e-6)
    return {
        "loss": loss(dead).item(),
        "moved": (loss(descended(dead, STEPS)) - loss(dead)).abs().item(),
        "lowered": lowered(dead, STEPSIZE, generator),
        "best": loss(fits).item(),
        "saddle_gradient": gradient(flat).norm().item(),
        "saddle_lowered": lowered(flat, STEPSIZE, generator),
        "stuck": stuck.double().mean().item(),
        "network": [float(number + 1) for number in range(STARTS)],
        "final": final.sort().values.clamp_min(LEAST).log10().tolist(),
    }


def weights(inner: list[float], bias: list[float], outer: list[float], constant: float) -> Tensor:
    """Return all weights as one row `[1, 7]`: slopes, biases and outputs of two units, and the last bias."""
    return torch.tensor([[*inner, *bias, *outer, constant]], dtype=torch.float64)


def loss(rows: Tensor) -> Tensor:
    """Return the mean squared error for each row of weights `[.., 7]`."""
    inner, bias, outer, constant = rows.split([2, 2, 2, 1], dim=-1)
    hidden = torch.relu(X[:, None] * inner[..., None, :] + bias[..., None, :])  # [.., N, 2]
    output = (hidden * outer[..., None, :]).sum(-1) + constant
    return (output - EXPECTED).square().mean(-1)


def gradient(rows: Tensor) -> Tensor:
    """Return the gradient of the loss at each row of weights."""
    rows = rows.detach().requires_grad_()
    return torch.autograd.grad(loss(rows).sum(), rows)[0]


def descended(rows: Tensor, steps: int) -> Tensor:
    """Return where gradient descent leads from each row of weights."""
    for _ in range(steps):
        rows = rows - RATE * gradient(rows)
    return rows


def lowered(row: Tensor, length: float, generator: torch.Generator) -> float:
    """Return by how much the best of many random steps of one length lowers the loss; zero where none does."""
    steps = torch.randn(TRIES, 7, generator=generator, dtype=torch.float64)
    steps *= length / steps.norm(dim=1, keepdim=True)
    return (loss(row) - loss(row + steps)).clamp_min(0).max().item()
