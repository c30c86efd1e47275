"""Exact checks of averaged momentum."""

from typing import Any

import torch
from torch import Tensor

from implementations.checks.optimiser.trajectories import disagreement
from implementations.concepts.optimiser.averaged_momentum import AveragedMomentum
from implementations.concepts.optimiser.heavy_ball import HeavyBall


def is_a_heavy_ball_with_a_smaller_step(generator: torch.Generator) -> float:
    """Return the difference to a heavy ball whose learning rate is (1 - alpha) times as large."""
    return disagreement(
        lambda p: AveragedMomentum(p, lr=0.5, momentum=0.8),
        lambda p: HeavyBall(p, lr=0.5 * (1 - 0.8), momentum=0.8),
        generator,
    )


def agrees_with_torch(generator: torch.Generator) -> float:
    """Return the difference to `torch.optim.SGD` with dampening, which starts the average at the first gradient."""

    class InitialisedMomentum(AveragedMomentum):
        """The rule, with an average that also starts at the first gradient instead of at zero."""

        def change(self, gradient: Tensor, memory: dict[str, Any], settings: dict[str, Any]) -> Tensor:
            """Return the step against the average."""
            memory.setdefault("average", gradient.clone())
            return super().change(gradient, memory, settings)

    return disagreement(
        lambda p: InitialisedMomentum(p, lr=0.5, momentum=0.8),
        lambda p: torch.optim.SGD(p, lr=0.5, momentum=0.8, dampening=0.8),
        generator,
    )
