"""Exact relation: an update of low rank whose wide matrix stays is trained by a projection of the full gradient.

Source: Hao et al. 2024 (hao2024flora), for the projection as an approximation; Hu et al. 2022, sec. 4.1 (hu2021lora),
for the full rank.

Method: a perceptron with random weights is adapted to other targets by gradient descent on the mean squared error. All
its linear layers get an update B A, with B = 0 at the start. Beside it a copy trains the weights themselves, with the
gradient G of each matrix replaced by G A^T A. The biases of both stay.

Measures:
    first_error: relative difference of the weights' first step, with A random and trained as B is; the largest of all
        layers.
    still: largest gradient of A in that step.
    course_error: relative difference of the weights' change after all steps, where A has orthonormal rows and stays.
    full_error: the same for as many rows as inputs, and the copy that takes steps along the gradient itself.
    trained_difference: as course_error, if A is trained too.
    low_difference: as full_error, for A with fewer rows.
    skew_difference: as full_error, for as many rows as inputs that are random and not orthonormal.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference
from implementations.concepts.efficiency.low_rank_adaptation import LowRankLinear, adapted

WIDTH, RANK, EXAMPLES, STEPS, RATE = 6, 2, 30, 20, 0.02


def run(seed: int) -> dict[str, float]:
    """Compare updates of low rank with training of all weights.

    Args:
        seed: Seed of weights, inputs and targets.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = MLP(in_features=WIDTH, hidden=[WIDTH, WIDTH], activation="tanh").double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    x = torch.randn(EXAMPLES, WIDTH, generator=generator, dtype=torch.float64)
    y = torch.randn(EXAMPLES, 3, generator=generator, dtype=torch.float64)
    drawn = [torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(3)]
    square = [torch.linalg.qr(matrix).Q for matrix in drawn]
    narrow, raw = [matrix[:RANK] for matrix in square], [matrix[:RANK] for matrix in drawn]
    identity = [torch.eye(WIDTH, dtype=torch.float64)] * 3
    once, still = low_rank(network, raw, x, y, steps=1, frozen=False)
    course, _ = low_rank(network, narrow, x, y)
    return {
        "first_error": farthest(once, projected(network, raw, x, y, steps=1)),
        "still": still,
        "course_error": farthest(course, projected(network, narrow, x, y)),
        "full_error": farthest(low_rank(network, square, x, y)[0], projected(network, identity, x, y)),
        "trained_difference": farthest(
            low_rank(network, narrow, x, y, frozen=False)[0], projected(network, narrow, x, y)
        ),
        "low_difference": farthest(course, projected(network, identity, x, y)),
        "skew_difference": farthest(low_rank(network, drawn, x, y)[0], projected(network, identity, x, y)),
    }


def low_rank(
    network: MLP, wide: list[Tensor], x: Tensor, y: Tensor, steps: int = STEPS, frozen: bool = True
) -> tuple[list[Tensor], float]:
    """Adapt a copy by updates of low rank.

    Args:
        network: The network; it is unchanged.
        wide: The matrix A of each layer, at the start.
        x: Inputs.
        y: Targets.
        steps: Steps of gradient descent.
        frozen: Whether these matrices stay.

    Returns:
        The change of all matrices of weights, and the largest gradient of the matrices A in the first step.
    """
    copy = adapted(deepcopy(network), rank=len(wide[0]))
    layers = [layer for layer in copy.modules() if isinstance(layer, LowRankLinear)]
    for layer, matrix in zip(layers, wide, strict=True):
        layer.a.data = matrix.clone()
    still = 0.0
    for step in range(steps):
        slopes = torch.autograd.grad(
            F.mse_loss(copy(x), y), [weight for layer in layers for weight in (layer.a, layer.b)]
        )
        if step == 0:
            still = max(slope.abs().max().item() for slope in slopes[0::2])
        with torch.no_grad():
            for layer, of_a, of_b in zip(layers, slopes[0::2], slopes[1::2], strict=True):
                layer.b -= RATE * of_b
                layer.a -= 0.0 if frozen else RATE * of_a
    return [(layer.weight - layer.linear.weight).detach() for layer in layers], still


def projected(network: MLP, wide: list[Tensor], x: Tensor, y: Tensor, steps: int = STEPS) -> list[Tensor]:
    """Return the change of all matrices of weights of a copy, in steps along the gradients times A^T A."""
    copy = deepcopy(network)
    weights = [layer.weight for layer in copy.modules() if isinstance(layer, nn.Linear)]
    start = [weight.detach().clone() for weight in weights]
    for _ in range(steps):
        slopes = torch.autograd.grad(F.mse_loss(copy(x), y), weights)
        with torch.no_grad():
            for weight, slope, matrix in zip(weights, slopes, wide, strict=True):
                weight -= RATE * slope @ matrix.T @ matrix
    return [weight.detach() - before for weight, before in zip(weights, start, strict=True)]


def farthest(found: list[Tensor], expected: list[Tensor]) -> float:
    """Return the largest difference of a change of weights."""
    return max(difference(ours, theirs) for ours, theirs in zip(found, expected, strict=True))
