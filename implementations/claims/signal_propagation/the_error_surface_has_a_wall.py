"""Experiment: gradient descent on the error of one recurrent unit after fifty steps, from points near its wall.

Source: the lecture, S20; Pascanu, Mikolov & Bengio 2013, eq. 8 and Algorithm 1 (pascanu2013difficulty).

Method: x_t = w sigmoid(x_(t-1)) + b from x_0 = 0.5, and the error is (sigmoid(x_50) - 0.7)^2, as in the paper; the
lecture drops the outer sigmoid. The surface over w in [3, 8] and b in [-5, -1] is computed on a grid. Fifty points
where the gradient is longer than 10 are drawn, and gradient descent starts from each, with its gradient clipped to a
norm of one or not.

Measures:
    wall: largest norm of the gradient on the grid, relative to the median.
    wall_one_step: the same for the error after one step.
    longest_jump, longest_jump_clipped: the longest step of gradient descent, from any of the points.
    arrived, arrived_clipped: share of the starting points for which the last error is below 0.001.
    step: 0, 5, .., 500; clipped, unclipped: median of log10 of the error over the points.
"""

import torch
from torch import Tensor

TARGET, START, STEPS_OF_TIME = 0.7, 0.5, 50
RATE, STEPS, SHOWN, THRESHOLD = 0.3, 500, 5, 1.0
STARTS, STEEP = 50, 10.0
LEAST, MOST = torch.tensor([3.0, -5.0], dtype=torch.float64), torch.tensor([8.0, -1.0], dtype=torch.float64)


def run(seed: int) -> dict[str, float | list[float]]:
    """Compute the surface, and descend it from points near the wall.

    Args:
        seed: Seed of the points.

    Returns:
        The measures that the module lists.
    """
    grid = LEAST + (MOST - LEAST) * torch.cartesian_prod(*2 * [torch.linspace(0, 1, 201, dtype=torch.float64)])
    starts = beside_the_wall(torch.Generator().manual_seed(seed))
    plain, jump = descend(starts, clip=False)
    clipped, jump_clipped = descend(starts, clip=True)
    return {
        "wall": height(grid, STEPS_OF_TIME),
        "wall_one_step": height(grid, 1),
        "longest_jump": jump,
        "longest_jump_clipped": jump_clipped,
        "arrived": (plain[-1] < 1e-3).double().mean().item(),
        "arrived_clipped": (clipped[-1] < 1e-3).double().mean().item(),
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "unclipped": _medians(plain),
        "clipped": _medians(clipped),
    }


def error(point: Tensor, steps: int = STEPS_OF_TIME) -> Tensor:
    """Return the error for weights and biases `[.., 2]`."""
    w, b = point.unbind(-1)
    x = torch.full_like(w, START)
    for _ in range(steps):
        x = w * torch.sigmoid(x) + b
    return (torch.sigmoid(x) - TARGET).square()


def gradient(point: Tensor, steps: int = STEPS_OF_TIME) -> Tensor:
    """Return the gradient of the error at each point `[.., 2]`."""
    point = point.detach().requires_grad_()
    return torch.autograd.grad(error(point, steps).sum(), point)[0]


def height(grid: Tensor, steps: int) -> float:
    """Return the largest norm of the gradient on a grid, relative to the median."""
    norms = gradient(grid, steps).norm(dim=-1)
    return (norms.max() / norms.median()).item()


def beside_the_wall(generator: torch.Generator) -> Tensor:
    """Draw points at random, and return the first of those at which the gradient is long."""
    points = LEAST + (MOST - LEAST) * torch.rand(100_000, 2, generator=generator, dtype=torch.float64)
    return points[gradient(points).norm(dim=-1) > STEEP][:STARTS]


def descend(point: Tensor, *, clip: bool) -> tuple[Tensor, float]:
    """Return the errors during descent `[steps / SHOWN + 1, points]`, and the length of the longest step."""
    errors, longest = [error(point)], 0.0
    for step in range(1, STEPS + 1):
        slope = gradient(point)
        norm = slope.norm(dim=-1, keepdim=True)
        move = RATE * (torch.where(norm > THRESHOLD, THRESHOLD / norm, 1.0) * slope if clip else slope)
        point, longest = point - move, max(longest, move.norm(dim=-1).max().item())
        if step % SHOWN == 0:
            errors.append(error(point))
    return torch.stack(errors), longest


def _medians(errors: Tensor) -> list[float]:
    return errors.median(1).values.clamp_min(1e-10).log10().tolist()
