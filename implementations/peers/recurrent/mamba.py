"""Peer of Mamba: mambapy's blocks, one position after the other, in double precision throughout."""

from collections.abc import Callable

import torch
from mambapy.mamba import Mamba, MambaConfig
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.recurrent.mamba import EPSILON
from implementations.peers.state_space_layer.selective_state_space import NAMES, double_precision

SIZES = {
    "wide": {"symbols": 3, "width": 18, "blocks": 3, "state": 2, "rank": 3, "expansion": 1, "kernel_size": 3},
    "longer": {"T": 12},
}
INNER = {f"state_space.{ours}": theirs for ours, theirs in NAMES.items()} | {
    "input.weight": "in_proj.weight",
    "convolution.weight": "conv1d.weight",
    "convolution.bias": "conv1d.bias",
    "output.weight": "out_proj.weight",
}
"""The library's names inside a block, except for the normalisation, which is outside its mixer."""


def translated(name: str) -> str:
    """Return the library's name of a weight of ours, such as `blocks.0.input.weight`."""
    _, number, inside = name.split(".", 2)
    return f"layers.{number}." + (f"mixer.{INNER[inside]}" if inside in INNER else "norm.weight")


class OneAfterTheOther(Mamba):
    """The library's blocks as it runs them to generate text."""

    def forward(self, x: Tensor, memories: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Return the output of every position, and the states and last inputs of all blocks."""
        outputs = []
        for position in x.unbind(1):
            y, memories = self.step(position, memories)
            outputs.append(y)
        return torch.stack(outputs, 1), memories


def peer(
    *, width: int, blocks: int, state: int, rank: int, expansion: int, kernel_size: int
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    config = MambaConfig(
        d_model=width,
        n_layers=blocks,
        d_state=state,
        dt_rank=rank,
        expand_factor=expansion,
        d_conv=kernel_size,
        rms_norm_eps=EPSILON,
    )
    model = OneAfterTheOther(config).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        named = {translated(name): value for name, value in weights.items() if name.startswith("blocks.")}
        before = h.unflatten(1, (blocks, expansion * width, -1)).unbind(1)
        memories = [(block[..., kernel_size - 1 :], block[..., : kernel_size - 1]) for block in before]
        with double_precision():
            y, memories = torch.func.functional_call(model, named, (x @ weights["embeddings"], memories))
        logits = F.linear(F.rms_norm(y, (width,), weights["norm.gamma"], EPSILON), weights["embeddings"])
        return logits, torch.stack([torch.cat([inputs, kept], -1) for kept, inputs in memories], 1).flatten(1)

    return theirs
