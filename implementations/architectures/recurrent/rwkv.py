"""RWKV: a Transformer whose attention is a decaying mean of past values, so that it is a recurrent network too.

Source: Peng et al. 2023, "RWKV: reinventing RNNs for the Transformer era" (peng2023rwkv).

Equations:
    r_t = W_r (mu_r x_t + (1 - mu_r) x_{t-1}), and k_t and v_t alike         token shift
    time mixing: W_o (sigmoid(r_t) wkv_t), wkv_t from k and v by the WKV operator
    channel mixing: sigmoid(r'_t) W'_v max(k'_t, 0)^2, r' and k' by token shift
    a block: x + time mixing(norm(x)), then x + channel mixing(norm(x))
    logits: W norm(x after the last block); the embeddings are normalised before the first

Shapes: B examples, T positions, V symbols, U numbers of the state: of every block and feature, the last inputs of its
two mixings, and the mean and the logarithm of the WKV operator.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.attention_mechanism.wkv_operator import WKVOperator
from kb.guards import checked_arguments, checked_inputs

REMEMBERED = 4
"""Numbers that a block remembers of every feature."""


class States(NamedTuple):
    """The logits of every position, and the state after the last."""

    y: Float[Tensor, "B T V"]
    h: Float[Tensor, "B U"]


class TokenShift(nn.Module):
    """Interpolations between every position and the one before, which start with given shares of the former."""

    def __init__(self, *shares: Tensor) -> None:
        super().__init__()
        self.shares = nn.Parameter(torch.stack(shares))  # [uses, D]

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        """Map `[B, T, D]`, and the position before it, to `[uses, B, T, D]`."""
        previous = torch.cat([before[:, None], x[:, :-1]], 1)
        return previous + self.shares[:, None, None] * (x - previous)


class TimeMixing(nn.Module):
    """Keys and values pass through the WKV operator, and receptances gate what comes out."""

    def __init__(self, width: int, rises: Tensor, depth: float) -> None:
        super().__init__()
        self.shift = TokenShift(rises / 2, rises, rises + 0.3 * depth)
        self.receptance = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.wkv = WKVOperator(width=width, depth=depth)
        self.output = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor, before: Tensor, m: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map `[B, T, D]`, the position before it and a state of the operator to the output and the next state."""
        r, k, v = self.shift(x, before)
        mean, m, s = self.wkv(self.key(k), self.value(v), m, s)
        return self.output(torch.sigmoid(self.receptance(r)) * mean), m, s


class ChannelMixing(nn.Module):
    """A perceptron of squared rectifiers with a gate."""

    def __init__(self, width: int, hidden: int, rises: Tensor) -> None:
        super().__init__()
        self.shift = TokenShift(rises, rises)
        self.receptance = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, hidden, bias=False)
        self.value = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        """Map `[B, T, D]` and the position before it to `[B, T, D]`."""
        r, k = self.shift(x, before)
        return torch.sigmoid(self.receptance(r)) * self.value(F.relu(self.key(k)).square())


class Block(nn.Module):
    """Time mixing and channel mixing, each behind a normalisation and within a residual connection."""

    def __init__(self, width: int, hidden: int, number: int, blocks: int) -> None:
        super().__init__()
        rises = (torch.arange(width) / width) ** (1 - number / blocks)
        self.time_norm = nn.LayerNorm(width)
        self.time_mixing = TimeMixing(width, rises, number / max(blocks - 1, 1))
        self.channel_norm = nn.LayerNorm(width)
        self.channel_mixing = ChannelMixing(width, hidden, rises)

    def forward(self, x: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Map `[B, T, D]` and a memory `[B, 4, D]` to the output and the next memory."""
        time_before, channel_before, m, s = memory.unbind(1)
        time = self.time_norm(x)
        mixed, m, s = self.time_mixing(time, time_before, m, s)
        x = x + mixed
        channel = self.channel_norm(x)
        x = x + self.channel_mixing(channel, channel_before)
        return x, torch.stack([time[:, -1], channel[:, -1], m, s], 1)


class RWKV(nn.Module):
    """Embeddings, blocks, and logits by a matrix of their own.

    Args:
        symbols: Number V of symbols.
        width: Width D of the model.
        hidden: Hidden units of channel mixing.
        blocks: Number of blocks.

    Example:
        >>> RWKV(symbols=5)(torch.zeros(2, 10, 5)).y.shape
        torch.Size([2, 10, 5])
    """

    @checked_arguments()
    def __init__(self, *, symbols: int = 5, width: int = 4, hidden: int = 6, blocks: int = 2) -> None:
        super().__init__()
        self.symbols = symbols
        self.remembered = blocks, REMEMBERED, width
        self.embedding = nn.Linear(symbols, width, bias=False)
        self.embedding_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, hidden, number, blocks) for number in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.read_out = nn.Linear(width, symbols, bias=False)
        nn.init.uniform_(self.embedding.weight, -1e-4, 1e-4)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over one-hot vectors, from a given state or from the start, and return all logits and the last state."""
        h = self.start(x) if h is None else h
        x, memories = self.embedding_norm(self.embedding(x)), []
        for block, before in zip(self.blocks, h.unflatten(1, self.remembered).unbind(1), strict=True):
            x, after = block(x, before)
            memories.append(after)
        return States(self.read_out(self.norm(x)), torch.stack(memories, 1).flatten(1))

    def start(self, x: Tensor) -> Tensor:
        """Return the state before the first position: zeros, and no weight on the means."""
        h = x.new_zeros(len(x), *self.remembered)
        h[:, :, -1] = -torch.inf
        return h.flatten(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random symbols, and what a sequence before left."""
        symbols = torch.randint(0, self.symbols, (B, T), generator=generator)
        size = torch.Size(self.remembered).numel()
        return {
            "x": F.one_hot(symbols, self.symbols).to(torch.get_default_dtype()),
            "h": torch.randn(B, size, generator=generator),
        }
