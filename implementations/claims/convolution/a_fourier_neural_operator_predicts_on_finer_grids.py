"""Experiment: do a Fourier neural operator and a convolutional network predict on grids finer than that of training?

Source: Li et al. 2021 (li2020fourier), sec. 4 on the invariance to discretisation, and sec. 5.4.

Method: a Fourier neural operator is trained to predict velocities after Burgers' equation, from those at the start, on
32 points of the circle. A convolutional network has the same maps of every sample and as many blocks; in each, a
circular convolution of 23 points replaces the spectral one, which makes the network 4 percent smaller. It is trained on
the same 1,000 velocities in the same order. Both are judged on 200 new velocities, sampled on the grid of the training,
on one twice as fine and on one four times as fine. Controls are a second convolutional network, which is trained on 64
points, and the first on 32 points, with its output interpolated: its waves are evaluated on the finest grid.

Measures:
    points: numbers of points on which networks are judged, the first being that of the training.
    operator, filters: relative errors of the operator and of the convolutional network on these grids.
    operator_ratio: the largest error of the operator on a finer grid, over that on 32 points.
    filters_ratio: the smallest error of the convolutional network on a finer grid, over that on 32 points.
    filters_coarse: error of the convolutional network on 32 points.
    filters_interpolated, operator_interpolated: errors of outputs on 32 points that are interpolated to 128.
    filters_retrained: error on 64 points of the convolutional network that was trained there.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.fourier_neural_operator import FourierNeuralOperator
from implementations.claims.precision import double_precision
from implementations.concepts.task.burgers_equation import TIME, circle, draw, solution, velocity
from kb.training import CLIP, descend

WIDTH, MODES, BLOCKS, HIDDEN = 16, 12, 3, 32
REACH = 23
"""Points of a filter: as many real weights as the complex ones of 12 frequencies, less one, so that it is odd."""
COARSE, *FINER = POINTS = (32, 64, 128)
STEPS, RATE, BATCH = 1000, 3e-3, 16
TRAINED, JUDGED, AT_ONCE = 1000, 200, 100


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train the networks, and judge them on all grids.

    Args:
        seed: Seed of weights and velocities.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    seen, new = (velocities(count, generator) for count in (TRAINED, JUDGED))
    operator = trained(operator_of_waves(seed), seen, COARSE, seed)
    filters = trained(filters_of_points(seed), seen, COARSE, seed)
    retrained = trained(filters_of_points(seed), seen, FINER[0], seed)
    errors = {
        name: [error(network, new, points, points) for points in POINTS]
        for name, network in (("operator", operator), ("filters", filters))
    }
    return {
        "points": [float(points) for points in POINTS],
        **errors,
        "operator_ratio": max(errors["operator"][1:]) / errors["operator"][0],
        "filters_ratio": min(errors["filters"][1:]) / errors["filters"][0],
        "filters_coarse": errors["filters"][0],
        "filters_interpolated": error(filters, new, COARSE, POINTS[-1]),
        "operator_interpolated": error(operator, new, COARSE, POINTS[-1]),
        "filters_retrained": error(retrained, new, FINER[0], FINER[0]),
    }


def operator_of_waves(seed: int) -> FourierNeuralOperator:
    """Return the operator with its first weights."""
    torch.manual_seed(seed)
    return FourierNeuralOperator(width=WIDTH, modes=MODES, blocks=BLOCKS, hidden=HIDDEN)


def filters_of_points(seed: int) -> FourierNeuralOperator:
    """Return the network that has a circular convolution in place of every spectral one."""
    network = operator_of_waves(seed)
    for block in network.blocks:
        block.spectral = nn.Conv1d(WIDTH, WIDTH, REACH, padding=REACH // 2, padding_mode="circular", bias=False)
    return network


def velocities(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return velocities at the start and those after a while on the finest grid, `[B, 1, L]`."""
    x = circle(POINTS[-1])
    waves = draw(count, generator)
    end = torch.cat([solution(some, TIME, x) for some in waves.split(AT_ONCE)])
    return velocity(waves, x)[:, None], end[:, None]


def on(points: int, velocity: Tensor) -> Tensor:
    """Return a velocity on a coarser grid."""
    return velocity[..., :: velocity.shape[-1] // points]


def trained(network: nn.Module, seen: tuple[Tensor, Tensor], points: int, seed: int) -> nn.Module:
    """Train a network on a grid, always with the same batches, and return it."""
    start, end = (on(points, velocity) for velocity in seen)
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        chosen = torch.randint(0, TRAINED, (BATCH,), generator=generator)
        return (network(start[chosen]) - end[chosen]).square().mean()

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS, clip=CLIP)
    return network


@torch.no_grad()
def error(network: nn.Module, new: tuple[Tensor, Tensor], points: int, judged: int) -> float:
    """Return the relative error, as a mean over velocities, on a grid of `judged` points.

    Args:
        network: Predicts velocities.
        new: Velocities that it was not trained on.
        points: Points on which the network predicts; if they are fewer than `judged`, its output is interpolated.
        judged: Points on which the output is judged.
    """
    found, end = network(on(points, new[0])), on(judged, new[1])
    if points != judged:
        waves = torch.fft.rfft(found) * (judged / points)
        waves[..., -1] /= 2  # the fastest wave of the coarse grid stands for two on the finer one
        found = torch.fft.irfft(waves, n=judged)
    return ((found - end).norm(dim=2) / end.norm(dim=2)).mean().item()
