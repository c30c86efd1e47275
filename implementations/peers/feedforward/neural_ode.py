"""Peer of the neural ODE: torchdiffeq's solvers with steps of equal length."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor
from torchdiffeq import odeint, odeint_adjoint
from torchdiffeq._impl.rk_common import rk4_step_func
from torchdiffeq._impl.solvers import FixedGridODESolver

from implementations.architectures.feedforward.neural_ode import Field

SIZES = {
    "longer": {"features": 4, "hidden": 3, "steps": 5, "end": 2.0},
    "midpoint": {"steps": 3, "method": "midpoint"},
    "backwards": {"steps": 3, "end": -1.0, "method": "rk4"},
    "adjoint": {"method": "midpoint", "adjoint": True},
}


class Classical(FixedGridODESolver):
    """The library's classical step; its solver `rk4` takes the one of Kutta's 3/8 rule."""

    order = 4

    def _step_func(self, func: Any, t0: Tensor, dt: Tensor, t1: Tensor, y0: Tensor) -> tuple[Tensor, Tensor]:
        slope = func(t0, y0)
        return rk4_step_func(func, t0, dt, t1, y0, f0=slope), slope


CLASSICAL = "classical"
import_module("torchdiffeq._impl.odeint").SOLVERS[CLASSICAL] = Classical  # the package has a function of this name


def peer(*, features: int, hidden: int, end: float, steps: int, method: str, adjoint: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; both have the same field."""
    if adjoint and method == "rk4":
        raise NotImplementedError("the library's solver rk4 takes the steps of Kutta's 3/8 rule")
    field = Field(features, hidden).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        named = {name.removeprefix("field."): weight for name, weight in weights.items()}

        def slope(t: Tensor, h: Tensor) -> Tensor:
            return torch.func.functional_call(field, named, (t.item(), h))

        if adjoint:  # only at the end, as states that are returned on the way would be kept
            times, step = torch.tensor([0, end], dtype=x.dtype), {"step_size": abs(end) / steps}
            return odeint_adjoint(slope, x, times, method=method, options=step, adjoint_params=tuple(named.values()))[
                -1
            ]
        times = torch.linspace(0, end, steps + 1, dtype=x.dtype)
        return odeint(slope, x, times, method=CLASSICAL if method == "rk4" else method)[-1]

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer with our weights, and inputs, that are timed against each other."""
    theirs = peer(features=2, hidden=32, end=1.0, steps=4, method="rk4", adjoint=False)
    return "pendulum", theirs, {"x": torch.randn(64, 2, generator=generator)}
