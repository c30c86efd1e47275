"""xLSTM: residual blocks of long short-term memories with exponential gates, of a matrix or of single numbers.

Source: Beck et al. 2024, "xLSTM: extended long short-term memory", sec. 2.4, fig. 10 and 11 (beck2024xlstm), with one
head everywhere. The gates of an mLSTM are computed from queries, keys and values, as in the authors' code.

Equations:
    block of an mLSTM: (u, z) = W norm(x);   a = silu(conv(u));   q, k from a, v from u
                       x + V ((norm(mLSTM(q, k, v)) + s a) silu(z))
    block of an sLSTM: x' = x + norm(sLSTM(norm(x)));   x' + V (gelu(g) w),   (g, w) = W norm(x')
    logits: W norm(x after the last block)

Shapes: B examples, T positions, V symbols, U numbers of the state of all blocks.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.mlstm_cell import MLSTMCell
from implementations.concepts.gating_mechanism.slstm_cell import SLSTMCell
from kb.guards import checked_arguments, checked_inputs

KERNEL_SIZE = 4
"""Number of weights of the convolutions along time."""


class States(NamedTuple):
    """The logits of every position, and the state after the last."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]


class MatrixBlock(nn.Module):
    """An mLSTM in a wider space, behind a convolution and before a gate; it remembers the convolution's last inputs."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.inner = inner
        self.sizes = (KERNEL_SIZE - 1) * inner, inner * inner, inner, 1
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * inner)
        self.convolution = nn.Conv1d(inner, inner, KERNEL_SIZE, groups=inner)
        self.query, self.key, self.value = (nn.Linear(inner, inner) for _ in range(3))
        self.gates = nn.Linear(3 * inner, 2)  # order: input gate, forget gate
        self.cell = MLSTMCell()
        self.cell_norm = nn.LayerNorm(inner)
        self.skip = nn.Parameter(torch.ones(inner))
        self.down = nn.Linear(inner, width)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, T, D]` and a state `[B, numbers]` to the output and the next state."""
        before, c, n, m = state.split(self.sizes, 1)
        u, z = self.up(self.norm(x)).chunk(2, 2)
        joined = torch.cat([before.unflatten(1, (-1, self.inner)), u], 1)  # [B, numbers before + T, inner]
        a = F.silu(self.convolution(joined.mT).mT)
        q, k, v = self.query(a), self.key(a), self.value(u)
        i, f = self.gates(torch.cat([q, k, v], 2)).unbind(2)
        y, c, n, m = self.cell(q, k / math.sqrt(self.inner), v, i, f, c.unflatten(1, (self.inner, -1)), n, m[:, 0])
        x = x + self.down((self.cell_norm(y) + self.skip * a) * F.silu(z))
        return x, torch.cat([joined[:, x.shape[1] :].flatten(1), c.flatten(1), n, m[:, None]], 1)

    def start(self, x: Tensor) -> Tensor:
        """Return the state before the first position: no weight on what is remembered."""
        state = x.new_zeros(len(x), sum(self.sizes))
        state[:, -1] = -torch.inf
        return state


class ScalarBlock(nn.Module):
    """An sLSTM, and a gated perceptron in a wider space."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.sizes = (width,) * 4
        self.norm = nn.LayerNorm(width)
        self.cell = SLSTMCell(in_features=width, units=width)
        self.cell_norm = nn.LayerNorm(width)
        self.perceptron_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, T, D]` and a state `[B, numbers]` to the output and the next state."""
        y, *after = self.cell(self.norm(x), *state.split(self.sizes, 1))
        x = x + self.cell_norm(y)
        gate, units = self.up(self.perceptron_norm(x)).chunk(2, 2)
        return x + self.down(F.gelu(gate) * units), torch.cat(after, 1)

    def start(self, x: Tensor) -> Tensor:
        """Return the state before the first position: zeros, and no weight on the cell."""
        nothing = x.new_zeros(len(x), self.sizes[0])
        return torch.cat([nothing, nothing, nothing, nothing - torch.inf], 1)


class XLSTM(nn.Module):
    """Embeddings, blocks of mLSTMs, blocks of sLSTMs, and logits.

    Args:
        symbols: Number V of symbols.
        width: Width D of the model.
        inner: Width of the mLSTMs, which is twice that of the model in the paper.
        hidden: Hidden units of the perceptrons behind sLSTMs, which are 4/3 of the width in the paper.
        matrix: Number of blocks of mLSTMs.
        scalar: Number of blocks of sLSTMs.

    Example:
        >>> XLSTM(symbols=5)(torch.zeros(2, 10, 5)).y.shape
        torch.Size([2, 10, 5])
    """

    @checked_arguments(scalar=0)
    def __init__(
        self, *, symbols: int = 5, width: int = 3, inner: int = 6, hidden: int = 4, matrix: int = 1, scalar: int = 1
    ) -> None:
        super().__init__()
        self.symbols = symbols
        self.embedding = nn.Linear(symbols, width, bias=False)
        blocks: list[MatrixBlock | ScalarBlock] = [MatrixBlock(width, inner) for _ in range(matrix)]
        blocks += [ScalarBlock(width, hidden) for _ in range(scalar)]
        self.blocks = nn.ModuleList(blocks)
        self.sizes = [sum(block.sizes) for block in blocks]
        self.norm = nn.LayerNorm(width)
        self.read_out = nn.Linear(width, symbols, bias=False)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over one-hot vectors, from a given state or from the start, and return all logits and the last state."""
        h = torch.cat([block.start(x) for block in self.blocks], 1) if h is None else h
        x, states = self.embedding(x), []
        for block, before in zip(self.blocks, h.split(self.sizes, 1), strict=True):
            x, after = block(x, before)
            states.append(after)
        return States(self.read_out(self.norm(x)), torch.cat(states, 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random symbols, and what a sequence before left; sums of weights are positive."""
        symbols = torch.randint(0, self.symbols, (B, T), generator=generator)
        h = torch.randn(B, sum(self.sizes), generator=generator)
        for block, state in zip(self.blocks, h.split(self.sizes, 1), strict=True):
            if isinstance(block, ScalarBlock):
                state.split(block.sizes, 1)[2].exp_()
        return {"x": F.one_hot(symbols, self.symbols).to(torch.get_default_dtype()), "h": h}
