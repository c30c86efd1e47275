"""Peer of the component: mambapy's block without its other layers, step by step, in double precision throughout."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import torch
from mambapy.mamba import MambaBlock, MambaConfig
from torch import Tensor

SIZES = {"odd": {"width": 5, "state": 4, "rank": 3}}
NAMES = {
    "coefficients.weight": "x_proj.weight",
    "step.weight": "dt_proj.weight",
    "step.bias": "dt_proj.bias",
    "log_decay": "A_log",
    "skip": "D",
}
"""The library's names of our weights."""


@contextmanager
def double_precision() -> Iterator[None]:
    """Keep the library from rounding A and D to single precision."""
    with mock.patch.object(Tensor, "float", Tensor.double):
        yield


class StateSpace(MambaBlock):
    """The library's block, which runs its state space alone."""

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs and the last state."""
        outputs = []
        for step in x.unbind(1):
            y, h = self.ssm_step(step, h)
            outputs.append(y)
        return torch.stack(outputs, 1), h


def peer(*, width: int, state: int, rank: int) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    config = MambaConfig(d_model=width, n_layers=1, expand_factor=1, d_state=state, dt_rank=rank)
    block = StateSpace(config).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        named = {NAMES[name]: value for name, value in weights.items()}
        with double_precision():
            return torch.func.functional_call(block, named, (x, h))

    return theirs
