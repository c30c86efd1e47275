"""Experiment: critical points of the loss of a small network, and the share of negative eigenvalues there.

Source: the lecture, S8; Dauphin et al. 2014 (dauphin2014identifying).

Method: a network of four inputs, four hyperbolic tangents and one output, 25 weights in all, is trained on 40 random
points with random targets. 300 times random weights of random size are drawn, and gradient descent takes up to a
thousand steps from there. From the result, the squared length of the gradient is lowered by 150 damped Gauss-Newton
steps, with a damping that is adapted for each start. Where the gradient gets shorter than 1e-5, the eigenvalues of the
Hessian are computed, and those below minus a millionth of the largest count as negative. Points with the same loss are
counted once, because reordering units or changing their signs gives an equivalent point.

Measures:
    correlation: of the loss and the share of negative eigenvalues, over the distinct critical points (Pearson).
    correlation_strict: the same over those with a gradient below 1e-10.
    points: number of distinct critical points.
    converged: share of the starts that led to a critical point.
    minima: number of distinct ones without negative eigenvalue.
    correlation_anywhere: as `correlation`, over the starts, which are not critical points.
    loss, index: of 30 of the points, evenly spaced by loss.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import grad, hessian, vmap

INPUTS, UNITS, POINTS, STARTS, STEPS, SMALL, SMALLER, SHOWN = 4, 4, 40, 300, 150, 1e-5, 1e-10, 30
DESCENT, RATE = 1000.0, 0.2
WEIGHTS = UNITS * (INPUTS + 2) + 1
Loss = Callable[[Tensor], Tensor]


def run(seed: int) -> dict[str, float | list[float]]:
    """Search critical points, and count negative eigenvalues.

    Args:
        seed: Seed of the data and of the starts.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POINTS, INPUTS, generator=generator, dtype=torch.float64)
    y = torch.randn(POINTS, generator=generator, dtype=torch.float64)

    def loss(weights: Tensor) -> Tensor:
        inner, bias, outer, last = weights.split([UNITS * INPUTS, UNITS, UNITS, 1])
        hidden = torch.tanh(x @ inner.view(UNITS, INPUTS).T + bias)
        return (hidden @ outer + last - y).square().mean() / 2

    sizes = torch.linspace(0.1, 2, STARTS, dtype=torch.float64)[:, None]
    drawn = sizes * torch.randn(STARTS, WEIGHTS, generator=generator, dtype=torch.float64)
    starts = descended(loss, drawn, (DESCENT ** torch.rand(STARTS, 1, generator=generator) - 1).round())
    ends = critical(loss, starts)
    lengths = vmap(grad(loss))(ends).norm(dim=1)
    all_losses, all_indices = vmap(loss)(ends), index(vmap(hessian(loss))(ends))
    losses, indices = distinct(all_losses[lengths < SMALL], all_indices[lengths < SMALL])
    strict = distinct(all_losses[lengths < SMALLER], all_indices[lengths < SMALLER])
    chosen = torch.linspace(0, len(losses) - 1, SHOWN).round().long()
    return {
        "correlation": correlation(losses, indices),
        "correlation_strict": correlation(*strict),
        "points": float(len(losses)),
        "converged": (lengths < SMALL).double().mean().item(),
        "minima": float((indices == 0).sum()),
        "correlation_anywhere": correlation(vmap(loss)(starts), index(vmap(hessian(loss))(starts))),
        "loss": losses[chosen].tolist(),
        "index": indices[chosen].tolist(),
    }


def descended(loss: Loss, weights: Tensor, steps: Tensor) -> Tensor:
    """Take a number of steps of gradient descent from each row of weights."""
    gradients = vmap(grad(loss))
    for step in range(int(DESCENT)):
        weights = torch.where(step < steps, weights - RATE * gradients(weights), weights)
    return weights


def critical(loss: Loss, weights: Tensor) -> Tensor:
    """Lower the length of the gradient from each row of weights, and return where this leads."""
    gradients, hessians = vmap(grad(loss)), vmap(hessian(loss))
    damping = torch.full((len(weights), 1, 1), 1e-2, dtype=torch.float64)
    unit = torch.eye(WEIGHTS, dtype=torch.float64)
    slope = gradients(weights)
    for _ in range(STEPS):
        curve = hessians(weights)
        step = torch.linalg.solve(curve @ curve + damping * unit, curve @ slope[:, :, None])[:, :, 0]
        there = gradients(weights - step)
        better = there.norm(dim=1) < slope.norm(dim=1)
        weights = torch.where(better[:, None], weights - step, weights)
        slope = torch.where(better[:, None], there, slope)
        damping = torch.where(better[:, None, None], damping / 3, damping * 4).clamp(1e-14, 1e6)
    return weights


def index(hessians: Tensor) -> Tensor:
    """Return the share of negative eigenvalues of each Hessian."""
    eigenvalues = torch.linalg.eigvalsh(hessians)
    return (eigenvalues < -1e-6 * eigenvalues.abs().amax(1, keepdim=True)).double().mean(1)


def distinct(losses: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Return sorted losses, and indices, without points whose loss equals the one before."""
    order = losses.argsort()
    losses, indices = losses[order], indices[order]
    new = torch.cat([torch.ones(1, dtype=torch.bool), losses.diff() > 1e-8])
    return losses[new], indices[new]


def correlation(x: Tensor, y: Tensor) -> float:
    """Return Pearson's correlation coefficient."""
    return torch.corrcoef(torch.stack([x, y]))[0, 1].item()
