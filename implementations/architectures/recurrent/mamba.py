"""Mamba: blocks in which a selective state space is the only path between positions, behind a short convolution.

Source: Gu & Dao 2024, "Mamba: linear-time sequence modeling with selective state spaces" (gu2023mamba).

Equations:
    a block: x + W_out (SSM(silu(conv(u))) silu(z)),    (u, z) = W_in norm(x)
    conv: each feature with its own causal filter; SSM: the selective state space; norm: root mean square
    logits: E norm(x after the last block), where the rows of E are also the embeddings of the symbols

Shapes: B examples, T positions, V symbols, U numbers of the state: of every block, that of its state space and the last
inputs of its convolution.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from implementations.concepts.state_space_layer.selective_state_space import SelectiveStateSpace
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-5


class States(NamedTuple):
    """The logits of every position, and the state after the last."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]


class Block(nn.Module):
    """One block; what it remembers of each feature are the last inputs of the convolution, then the state."""

    def __init__(self, width: int, inner: int, state: int, rank: int, kernel_size: int) -> None:
        super().__init__()
        self.sizes = kernel_size - 1, state
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.input = nn.Linear(width, 2 * inner, bias=False)
        self.convolution = nn.Conv1d(inner, inner, kernel_size, groups=inner)
        self.state_space = SelectiveStateSpace(width=inner, state=state, rank=rank)
        self.output = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, T, D]` and a memory `[B, inner, numbers]` to the output and the next memory."""
        u, z = self.input(self.norm(x)).chunk(2, -1)
        before, h = memory.split(self.sizes, -1)
        u = torch.cat([before, u.mT], -1)  # [B, inner, numbers before + T]
        y, h = self.state_space(F.silu(self.convolution(u).mT), h)
        return x + self.output(y * F.silu(z)), torch.cat([u[..., x.shape[1] :], h], -1)


class Mamba(nn.Module):
    """Embeddings, blocks, and logits from the same embeddings.

    Args:
        symbols: Number V of symbols.
        width: Width D of the model.
        blocks: Number of blocks.
        state: Numbers of the state of every feature.
        rank: Number of features that the steps of the state space are computed from.
        expansion: How many times wider a block is inside.
        kernel_size: Number of weights of the convolution along time.

    Example:
        >>> Mamba(symbols=5)(torch.zeros(2, 10, 5)).y.shape
        torch.Size([2, 10, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        symbols: int = 5,
        width: int = 4,
        blocks: int = 2,
        state: int = 3,
        rank: int = 2,
        expansion: int = 2,
        kernel_size: int = 4,
    ) -> None:
        super().__init__()
        inner = expansion * width
        self.symbols = symbols
        self.remembered = blocks, inner, kernel_size - 1 + state
        self.embeddings = nn.Parameter(0.02 * torch.randn(symbols, width))
        self.blocks = nn.ModuleList(Block(width, inner, state, rank, kernel_size) for _ in range(blocks))
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over one-hot vectors, from a given state or from zero, and return all logits and the last state."""
        h = x.new_zeros(len(x), math.prod(self.remembered)) if h is None else h
        x, memories = x @ self.embeddings, []
        for block, before in zip(self.blocks, h.unflatten(1, self.remembered).unbind(1), strict=True):
            x, after = block(x, before)
            memories.append(after)
        return States(self.norm(x) @ self.embeddings.T, torch.stack(memories, 1).flatten(1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random symbols, and a state to start from that is as small as those that occur."""
        symbols = torch.randint(0, self.symbols, (B, T), generator=generator)
        return {
            "x": F.one_hot(symbols, self.symbols).to(torch.get_default_dtype()),
            "h": 0.01 * torch.randn(B, math.prod(self.remembered), generator=generator),
        }
