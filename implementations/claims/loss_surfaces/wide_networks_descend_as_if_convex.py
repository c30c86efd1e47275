"""Experiment: gradient descent on a wide network and on a narrow one, with the smallest eigenvalue of their kernels.

Source: the lecture, S8; Liu, Zhu & Belkin 2022 (liu2020loss).

Method: networks with one hidden layer of hyperbolic tangents learn random targets for twenty random points of the
sphere in five dimensions, by 6000 steps of gradient descent, with 1024 units and with four. The rate is one divided by
the largest eigenvalue of the first tangent kernel. With L half the sum of squared errors and K the tangent kernel,
|grad L|^2 = e K e for the errors e, so that |grad L|^2 >= 2 m L where m is the smallest eigenvalue of K. The line
between the first weights and those with the signs of all hidden units changed, which compute the same function, shows
that the loss is not convex: the value of a convex function half-way is no larger than at the ends.

Measures:
    wide: loss after training divided by that before, 1024 units; narrow: with four.
    eigenvalue: the smallest eigenvalue of the wide network's kernel, the least during training.
    slack: least of |grad L|^2 / (2 m L) during training, with m of the same step; at least one.
    eigenvalue_few: as `eigenvalue`, with two units, whose 12 weights are fewer than the 20 points: zero.
    bump: loss of the wide network half-way between its last weights and those with the signs changed, divided by the
        loss before training.
    step: 0, 100, .., 6000; wide_loss, narrow_loss: log10 of the loss, divided by that before training.
"""

import torch

from implementations.claims.tangent import Layer, descend

POINTS, FEATURES, STEPS, SEEN = 20, 5, 6000, 100
LEAST = 1e-30


def run(seed: int) -> dict[str, float | list[float]]:
    """Train a wide network and two narrow ones.

    Args:
        seed: Seed of the points and of the weights.

    Returns:
        The measures that the module lists.
    """
    (wide, eigenvalues, slack, bump), (narrow, *_), (_, few, *_) = (trained(width, seed) for width in (1024, 4, 2))
    return {
        "wide": wide[-1],
        "narrow": narrow[-1],
        "eigenvalue": min(eigenvalues),
        "slack": min(slack),
        "eigenvalue_few": max(abs(value) for value in few),
        "bump": bump,
        "step": [float(step) for step in range(0, STEPS + 1, SEEN)],
        "wide_loss": _logarithms(wide),
        "narrow_loss": _logarithms(narrow),
    }


def trained(width: int, seed: int) -> tuple[list[float], list[float], list[float], float]:
    """Train a network; return losses by the first, smallest eigenvalues, the ratio of the inequality, and the bump."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POINTS, FEATURES, generator=generator, dtype=torch.float64)
    x = x / x.norm(dim=1, keepdim=True) * FEATURES**0.5
    y = torch.randn(POINTS, generator=generator, dtype=torch.float64)
    layer = Layer.drawn(FEATURES, width, generator)
    losses: list[float] = []
    eigenvalues: list[float] = []
    slack: list[float] = []

    def seen(layer: Layer, loss: float) -> None:
        error = layer.hidden(x) @ layer.outputs / layer.scale - y
        kernel = layer.kernel(x)
        losses.append(loss)
        eigenvalues.append(torch.linalg.eigvalsh(kernel)[0].item())
        slack.append((error @ kernel @ error / (2 * loss)).item() / eigenvalues[-1] if loss > LEAST else 1.0)

    rate = 1 / torch.linalg.eigvalsh(layer.kernel(x))[-1].item()
    descend(layer, x, y, rate=rate, steps=STEPS, seen=seen, every=SEEN)
    bump = y.square().sum().item() / 2 / losses[0]  # half-way all weights are zero, and so are the outputs
    return [loss / losses[0] for loss in losses], eigenvalues, slack, bump


def _logarithms(values: list[float]) -> list[float]:
    return torch.tensor(values, dtype=torch.float64).clamp_min(LEAST).log10().tolist()
