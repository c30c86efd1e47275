"""Rigid bodies: how do the velocities of discs in a box change within a moment, if some of them collide?

Source: the bouncing balls of Battaglia et al. 2016 (battaglia2016interaction), and panel (d) of the figure of systems
in Battaglia et al. 2018 (battaglia2018relational).

Shapes: N = 7 nodes of each system, 3 discs and 4 walls; E = 18 directed edges of each, between discs and from walls to
discs; F = 4 numbers of a node (whether it is a wall, 1 / mass, velocity), C = 3 of an edge (vector from sender to
receiver, gap between them), K = 1 for the elasticity of all, G = 2 for the change of velocity. The systems of a batch
form one graph.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.concepts.task.many_bodies import all_pairs, side_by_side
from kb.guards import checked_arguments

DISCS, WALLS, SPACE = 3, 4, 2
HALF = 1.0  # half the side of the box
MOMENT = 0.2
COLLISIONS = 1000  # with more of them in one time step, collisions are taken to be endless
TEST_SYSTEMS = 500


class RigidBodies:
    """Predict the change of every disc's velocity; walls do not move.

    Args:
        generator: Draws discs, elasticity and states.
        systems: Systems of a batch.

    Example:
        >>> inputs, target = RigidBodies(generator=torch.Generator().manual_seed(0), systems=8).batch()
        >>> {name: tuple(value.shape) for name, value in inputs.items()}
        {'x': (56, 4), 'edge_index': (2, 144), 'e': (144, 3), 'u': (1, 1)}
        >>> target.shape
        torch.Size([56, 2])
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 1500, 3e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, systems: int = 64) -> None:
        self.generator, self.systems = generator, systems
        self._test = self._draw(TEST_SYSTEMS)

    def _draw(self, systems: int) -> tuple[dict[str, Tensor], Tensor]:
        discs = Discs.random(systems, self.generator)
        _, after = discs.moved(MOMENT)
        sender, receiver = all_pairs(DISCS)
        way = discs.x[:, receiver] - discs.x[:, sender]
        gap = way.norm(dim=2, keepdim=True) - (discs.radius[:, receiver] + discs.radius[:, sender])[:, :, None]
        wall_way, wall_gap = discs.from_walls()
        walls = torch.arange(DISCS, DISCS + WALLS).repeat(DISCS)
        pairs = torch.stack(
            [torch.cat([sender, walls]), torch.cat([receiver, torch.arange(DISCS).repeat_interleave(WALLS)])]
        )
        nodes = torch.cat([torch.zeros(systems, DISCS, 1), 1 / discs.mass[:, :, None], discs.v], 2)
        wall = torch.tensor([1.0, 0.0, 0.0, 0.0]).expand(systems, WALLS, -1)
        edges = torch.cat([torch.cat([way, gap], 2), torch.cat([wall_way, wall_gap], 3).flatten(1, 2)], 1)
        inputs = {
            "x": torch.cat([nodes, wall], 1).flatten(0, 1),
            "edge_index": side_by_side(pairs, systems, DISCS + WALLS),
            "e": edges.flatten(0, 1),
            "u": torch.full((1, 1), discs.elasticity),
        }
        return inputs, F.pad(after - discs.v, (0, 0, 0, WALLS)).flatten(0, 1)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh systems and the changes of their velocities."""
        return self._draw(self.systems)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the systems set aside, and the changes of their velocities."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the mean squared error of the first output, that of the nodes."""
        return F.mse_loss(output[0], target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the mean squared error."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of predicting that nothing collides."""
        return float(self._test[1].square().mean())


class Discs:
    """Discs in a square box, which move straight on until they meet each other or a wall.

    Args:
        x: Positions `[systems, N, 2]`, within `half` of the origin.
        v: Velocities `[systems, N, 2]`.
        mass: Masses `[systems, N]`.
        radius: Radii `[systems, N]`.
        elasticity: Relative speed after a collision, as a share of that before: 1 loses no energy.
        half: Half the side of the box.
    """

    def __init__(
        self, *, x: Tensor, v: Tensor, mass: Tensor, radius: Tensor, elasticity: float = 1.0, half: float = HALF
    ) -> None:
        self.x, self.v, self.mass, self.radius = x, v, mass, radius
        self.elasticity, self.half = elasticity, half

    @classmethod
    def random(cls, systems: int, generator: torch.Generator) -> "Discs":
        """Return discs that do not overlap, with one elasticity for all."""

        def uniform(*shape: int) -> Tensor:
            return torch.rand(*shape, generator=generator)

        elasticity = 0.5 + 0.5 * uniform(1).item()
        radius = 0.15 + 0.15 * uniform(systems, DISCS)
        x = torch.empty(systems, DISCS, SPACE)
        waiting = torch.arange(systems)
        while len(waiting):  # systems in which discs overlap are drawn again
            free = (HALF - radius[waiting])[:, :, None]
            x[waiting] = free * (2 * uniform(len(waiting), DISCS, SPACE) - 1)
            overlap = torch.cdist(x[waiting], x[waiting]) < radius[waiting][:, :, None] + radius[waiting][:, None]
            waiting = waiting[overlap.sum((1, 2)) > DISCS]  # each overlaps with itself
        v = torch.randn(systems, DISCS, SPACE, generator=generator)
        return cls(x=x, v=v, mass=0.5 + uniform(systems, DISCS), radius=radius, elasticity=elasticity)

    def from_walls(self) -> tuple[Tensor, Tensor]:
        """Return vectors `[systems, N, 4, 2]` from the nearest point of each wall, and gaps `[systems, N, 4, 1]`."""
        normals = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=self.x.dtype)
        distance = self.half - self.x @ normals.T  # [systems, N, 4]
        return -distance[..., None] * normals, (distance - self.radius[:, :, None])[..., None]

    def moved(self, time: float) -> tuple[Tensor, Tensor]:
        """Return positions and velocities after a time, going from each collision to the next.

        Raises:
            RuntimeError: Discs that lose speed collided again and again in ever shorter times.
        """
        x, v = self.x.clone(), self.v.clone()
        left = x.new_full((len(x),), time)
        for _ in range(COLLISIONS):
            if not (left > 0).any():
                return x, v
            meeting, bouncing = self._until_contact(x, v), self._until_wall(x, v)
            events = torch.cat([meeting.flatten(1), bouncing.flatten(1)], 1)
            soonest, which = events.min(1)
            going = torch.minimum(soonest, left)
            x = x + going[:, None, None] * v
            for system in ((soonest < left) & (left > 0)).nonzero().flatten().tolist():
                self._collide(system, int(which[system]), x, v)
            left = left - going
        raise RuntimeError(f"more than {COLLISIONS} collisions in one of {len(x)} boxes")

    def _until_contact(self, x: Tensor, v: Tensor) -> Tensor:
        """Return the times `[systems, N, N]` until the discs of each pair touch; infinite where they never do."""
        way, speed = x[:, :, None] - x[:, None], v[:, :, None] - v[:, None]
        a, b = speed.square().sum(3), (way * speed).sum(3)
        c = way.square().sum(3) - (self.radius[:, :, None] + self.radius[:, None]).square()
        root = b.square() - a * c
        time = (-b - root.clamp_min(0).sqrt()) / a
        return torch.where((b < 0) & (root > 0), time.clamp_min(0), torch.inf)

    def _until_wall(self, x: Tensor, v: Tensor) -> Tensor:
        """Return the times `[systems, N, 2]` until each disc touches a wall across each axis."""
        free = (self.half - self.radius)[:, :, None] - v.sign() * x
        return torch.where(v == 0, torch.inf, (free / v.abs()).clamp_min(0))

    def _collide(self, system: int, event: int, x: Tensor, v: Tensor) -> None:
        """Change the velocities of one system by its event, counted over pairs and then over discs and axes."""
        discs = x.shape[1]
        if event >= discs * discs:
            disc, axis = divmod(event - discs * discs, SPACE)
            v[system, disc, axis] *= -self.elasticity
            return
        i, j = divmod(event, discs)
        along = F.normalize(x[system, i] - x[system, j], dim=0)
        approach = (v[system, i] - v[system, j]) @ along  # negative
        inverse = 1 / self.mass[system]
        impulse = -(1 + self.elasticity) * approach / (inverse[i] + inverse[j]) * along
        v[system, i] += inverse[i] * impulse
        v[system, j] -= inverse[j] * impulse
