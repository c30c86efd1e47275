"""Experiment: when does a linear network of two layers learn each of the modes of its task?

Source: the lecture, S7; Saxe, McClelland & Ganguli 2014 (saxe2013exact).

Method: the task is a random matrix with singular values 3, 2, 1 and 1/2, for white inputs. The library's deep linear
network with one hidden layer starts aligned with it: its product has the same singular vectors and four equal singular
values of 0.001, between random rotations. It is trained by gradient descent with a rate of 0.001, which follows the
gradient flow closely, and the strength of every mode is read off in the singular vectors of the task. A network without
a hidden layer is trained from the same product, for comparison.

Measures:
    deviation: largest difference of a strength from a(t) = s e^(2 s t) / (e^(2 s t) - 1 + s / a_0), divided by the
        largest s.
    spread: time at which the weakest mode is half learned, divided by that of the strongest.
    order_errors: number of successive modes that are not half learned in the order of their strength.
    spread_shallow: as `spread`, without a hidden layer.
    deviation_unaligned: as `deviation`, from small random weights.
    time: 0, 0.1, .., 8; mode_1, .., mode_4: strengths of the modes, strongest first.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from kb.training import descend

MODES, START, RATE, STEPS, SHOWN = torch.tensor([3.0, 2.0, 1.0, 0.5], dtype=torch.float64), 1e-3, 1e-3, 8000, 100


def run(seed: int) -> dict[str, float | list[float]]:
    """Train from three starts, and follow the modes.

    Args:
        seed: Seed of the task and of the weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    left, right, between = (rotation(generator) for _ in range(3))
    deep = followed([between.T @ right.T * START**0.5, left @ between * START**0.5], left, right)
    shallow = followed([left @ right.T * START], left, right)
    small = [START**0.5 * torch.randn(4, 4, generator=generator, dtype=torch.float64) for _ in range(2)]
    unaligned = followed(small, left, right)
    time = RATE * torch.arange(STEPS, dtype=torch.float64)
    growth = (2 * MODES * time[:, None]).exp()
    expected = MODES * growth / (growth - 1 + MODES / START)
    halves, halves_shallow = half_times(deep), half_times(shallow)
    return {
        "deviation": ((deep - expected).abs().max() / MODES.max()).item(),
        "spread": (halves[-1] / halves[0]).item(),
        "order_errors": float((halves.diff() <= 0).sum()),
        "spread_shallow": (halves_shallow[-1] / halves_shallow[0]).item(),
        "deviation_unaligned": ((unaligned - expected).abs().max() / MODES.max()).item(),
        "time": time[::SHOWN].tolist(),
        **{f"mode_{number + 1}": deep[::SHOWN, number].tolist() for number in range(4)},
    }


def rotation(generator: torch.Generator) -> Tensor:
    """Return a random orthogonal matrix."""
    return orthogonal_initialisation(torch.empty(4, 4, dtype=torch.float64), generator=generator)


def followed(weights: list[Tensor], left: Tensor, right: Tensor) -> Tensor:
    """Train from given weights, and return the strengths of the modes before every step, `[steps, 4]`."""
    network = DeepLinearNetwork(in_features=4, hidden=[4] * (len(weights) - 1), out_features=4).double()
    with torch.no_grad():
        for layer, weight in zip(network.layers, weights, strict=True):
            layer.weight.copy_(weight)
    target, white, strengths = left * MODES @ right.T, torch.eye(4, dtype=torch.float64), []

    def loss() -> Tensor:
        product = network(white).T
        strengths.append((left.T @ product.detach() @ right).diagonal())
        return (target - product).square().sum() / 2

    descend(torch.optim.SGD(network.parameters(), lr=RATE), loss, steps=STEPS)
    return torch.stack(strengths)


def half_times(strengths: Tensor) -> Tensor:
    """Return the step from which each mode is more than half learned."""
    return (strengths < MODES / 2).sum(0).double()
