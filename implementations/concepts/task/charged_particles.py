"""Charged particles: where will five charges be after a while, if they start at rest?

Source: Satorras et al. 2021 (satorras2021en), after Kipf et al. 2018 (kipf2018neural). There the particles
have initial velocities; here they rest at first, so that positions and charges determine the motion.

Shapes: N = 5 particles of each system, E = 20 directed edges of each, X = 3 coordinates, F = 1 charge, C = 1 product of
the charges of an edge. The systems of a batch form one graph.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.concepts.numerical_method.leapfrog import leapfrog
from implementations.concepts.task.many_bodies import all_pairs, side_by_side
from kb.guards import checked_arguments

PARTICLES, STEPS, STEP = 5, 50, 0.02
SOFTENING = 0.5  # keeps the force between close particles finite
TEST_SYSTEMS = 200


class ChargedParticles:
    """Predict the positions of particles after one unit of time.

    Args:
        generator: Draws charges and positions.
        systems: Systems of a batch.

    Example:
        >>> inputs, target = ChargedParticles(generator=torch.Generator().manual_seed(0), systems=8).batch()
        >>> inputs["x"].shape, inputs["edge_index"].shape, target.shape
        (torch.Size([40, 3]), torch.Size([2, 160]), torch.Size([40, 3]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 500, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, systems: int = 32) -> None:
        self.generator, self.systems = generator, systems
        self._test = self._draw(TEST_SYSTEMS)

    def _draw(self, systems: int) -> tuple[dict[str, Tensor], Tensor]:
        charge = 2.0 * torch.randint(0, 2, (systems, PARTICLES, 1), generator=self.generator) - 1
        start = torch.randn(systems, PARTICLES, 3, generator=self.generator)
        edges = side_by_side(all_pairs(PARTICLES), systems, PARTICLES)  # [2, systems * 20]
        charges = charge.flatten(0, 1)
        inputs = {
            "h": charges,
            "x": start.flatten(0, 1),
            "edge_index": edges,
            "e": charges[edges[0]] * charges[edges[1]],
        }
        return inputs, moved(start, charge)[0].flatten(0, 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh systems and their positions afterwards."""
        return self._draw(self.systems)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the systems set aside, and their positions afterwards."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean squared error of the second output, the positions."""
        return F.mse_loss(output[1], target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of predicting that nothing moves."""
        inputs, target = self._test
        return float(F.mse_loss(inputs["x"], target))


def forces(x: Tensor, charge: Tensor) -> Tensor:
    """Return the forces `[systems, N, X]` on particles at `x`; equal charges repel each other."""
    displacements = x[:, :, None] - x[:, None]  # [systems, N, N, X], from the second particle to the first
    lengths = (displacements.square().sum(-1, keepdim=True) + SOFTENING**2).sqrt()
    return (charge[:, :, None] * charge[:, None] * displacements / lengths**3).sum(2)


def moved(x: Tensor, charge: Tensor, *, step: float = STEP, steps: int = STEPS) -> tuple[Tensor, Tensor]:
    """Return positions and velocities `[systems, N, X]` after a unit of time, from rest; all masses are one."""
    return leapfrog(x, torch.zeros_like(x), lambda x: forces(x, charge), step=step, steps=steps)
