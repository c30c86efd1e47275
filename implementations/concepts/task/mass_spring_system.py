"""Mass-spring system: how do the velocities of masses on a string of springs change within a moment?

Source: the strings of Battaglia et al. 2016 (battaglia2016interaction), and panel (b) of the figure of systems in
Battaglia et al. 2018 (battaglia2018relational). Here both ends are free, and gravity has any direction.

Shapes: N = 6 masses of each system, E = 10 directed edges of each, F = 3 numbers of a mass (mass, velocity), C = 4 of a
spring (stiffness, length at rest, vector from sender to receiver), K = 2 for gravity, G = 2 for the change of velocity.
The systems of a batch form one graph.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.concepts.numerical_method.leapfrog import leapfrog
from implementations.concepts.task.many_bodies import side_by_side
from kb.guards import checked_arguments

MASSES, SPACE = 6, 2
STEPS, STEP = 10, 0.01
MOMENT = STEPS * STEP
TEST_SYSTEMS = 200


class MassSpringSystem:
    """Predict the change of every mass's velocity.

    Args:
        generator: Draws masses, springs, gravity and states.
        systems: Systems of a batch.

    Example:
        >>> inputs, target = MassSpringSystem(generator=torch.Generator().manual_seed(0), systems=8).batch()
        >>> {name: tuple(value.shape) for name, value in inputs.items()}
        {'x': (48, 3), 'edge_index': (2, 80), 'e': (80, 4), 'external': (48, 2)}
        >>> target.shape
        torch.Size([48, 2])
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1000, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, systems: int = 32) -> None:
        self.generator, self.systems = generator, systems
        self._test = self._draw(TEST_SYSTEMS)

    def _draw(self, systems: int) -> tuple[dict[str, Tensor], Tensor]:
        string = Strings.random(systems, self.generator)
        _, after = string.moved()
        joints = torch.stack([torch.arange(MASSES - 1), torch.arange(1, MASSES)])
        pairs = torch.cat([joints, joints.flip(0)], 1)
        springs = torch.stack([string.stiffness, string.rest], 2).repeat(1, 2, 1)  # [systems, 10, 2]
        displacements = string.x[:, pairs[1]] - string.x[:, pairs[0]]
        inputs = {
            "x": torch.cat([string.mass, string.v], 2).flatten(0, 1),
            "edge_index": side_by_side(pairs, systems, MASSES),
            "e": torch.cat([springs, displacements], 2).flatten(0, 1),
            "external": string.gravity.expand(-1, MASSES, -1).flatten(0, 1),
        }
        return inputs, (after - string.v).flatten(0, 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh systems and the changes of their velocities."""
        return self._draw(self.systems)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the systems set aside, and the changes of their velocities."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of predicting that all masses fall freely."""
        inputs, target = self._test
        return float(F.mse_loss(MOMENT * inputs["external"], target))


class Strings:
    """Masses on strings of springs, under gravity.

    Args:
        x: Positions `[systems, N, 2]`.
        v: Velocities `[systems, N, 2]`.
        mass: Masses `[systems, N, 1]`.
        stiffness: Force per stretch `[systems, N - 1]` of the spring between each mass and the next.
        rest: Lengths `[systems, N - 1]` at which the springs exert no force.
        gravity: Acceleration `[systems, 1, 2]` of all masses.
    """

    def __init__(self, *, x: Tensor, v: Tensor, mass: Tensor, stiffness: Tensor, rest: Tensor, gravity: Tensor) -> None:
        self.x, self.v, self.mass = x, v, mass
        self.stiffness, self.rest, self.gravity = stiffness, rest, gravity

    @classmethod
    def random(cls, systems: int, generator: torch.Generator) -> "Strings":
        """Return strings along lines, stretched and bent at random."""

        def normal(*shape: int) -> Tensor:
            return torch.randn(systems, *shape, generator=generator)

        def between(low: float, high: float, *shape: int) -> Tensor:
            return low + (high - low) * torch.rand(systems, *shape, generator=generator)

        line = torch.arange(float(MASSES))[:, None] * torch.tensor([1.0, 0.0])
        return cls(
            x=line + 0.2 * normal(MASSES, SPACE),
            v=normal(MASSES, SPACE),
            mass=between(0.5, 1.5, MASSES, 1),
            stiffness=between(5.0, 15.0, MASSES - 1),
            rest=between(0.7, 1.3, MASSES - 1),
            gravity=2 * normal(1, SPACE),
        )

    def acceleration(self, x: Tensor) -> Tensor:
        """Return the acceleration `[systems, N, 2]` of masses at `x`: gravity, and the pull of stretched springs."""
        displacements = x.diff(dim=1)  # [systems, N - 1, 2]
        lengths = displacements.norm(dim=2)
        pull = (self.stiffness * (lengths - self.rest) / lengths)[
            :, :, None
        ] * displacements  # on the first of two masses
        return (F.pad(pull, (0, 0, 0, 1)) - F.pad(pull, (0, 0, 1, 0))) / self.mass + self.gravity

    def moved(self, *, step: float = STEP, steps: int = STEPS) -> tuple[Tensor, Tensor]:
        """Return positions and velocities after some time."""
        return leapfrog(self.x, self.v, self.acceleration, step=step, steps=steps)

    def energy(self, x: Tensor, v: Tensor) -> Tensor:
        """Return the energy `[systems]` of a state: of motion, of stretched springs, and in the field of gravity."""
        motion = (self.mass * v.square()).sum((1, 2)) / 2
        stretch = (self.stiffness * (x.diff(dim=1).norm(dim=2) - self.rest).square()).sum(1) / 2
        return motion + stretch - (self.mass * self.gravity * x).sum((1, 2))
