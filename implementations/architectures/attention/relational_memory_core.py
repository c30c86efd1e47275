"""Relational memory core: a recurrent network whose state is a set of memories that attend to each other.

Source: Santoro et al. 2018, "Relational recurrent neural networks" (santoro2018relational).

Equations:
    A = softmax(M W_q ([M; x] W_k)^T / sqrt(d)) [M; x] W_v      every memory attends to all memories and to the input
    g = row-wise perceptron of M + A, with layer normalisations after both sums
    i, f, o = W x + U h + b                     for every memory, with the same weights
    M' = sigmoid(f + 1) * M + sigmoid(i) * g
    h' = sigmoid(o) * tanh(M')

Shapes: B examples, T steps, F input features, M memories, D width of a memory, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from kb.guards import checked_arguments, checked_inputs

GATES = ("unit", "memory")
FORGET_BIAS = 1.0


class States(NamedTuple):
    """The output of every step, and memories and their outputs after the last."""

    y: Float[Tensor, "B T G"]
    memory: Float[Tensor, "B M D"]
    h: Float[Tensor, "B M D"]


class RelationalMemoryCore(nn.Module):
    """Memories, attention between them, a perceptron for each, and gates as in an LSTM, with a linear read-out.

    Args:
        in_features: Number F of input features.
        slots: Number M of memories.
        width: Width D of a memory.
        heads: Attention heads; must divide the width.
        hidden: Hidden units of the perceptron.
        out_features: Number G of outputs at every step.
        gates: `unit` for a gate on every number of a memory, or `memory` for one gate on all of them.

    Raises:
        ValueError: The gates are unknown, or the heads do not divide the width.

    Example:
        >>> RelationalMemoryCore()(torch.zeros(2, 5, 3)).y.shape
        torch.Size([2, 5, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        slots: int = 3,
        width: int = 4,
        heads: int = 2,
        hidden: int = 6,
        out_features: int = 3,
        gates: str = "unit",
    ) -> None:
        super().__init__()
        if gates not in GATES:
            raise ValueError(f"gates ({gates!r}) must be one of {', '.join(GATES)}")
        self.slots, self.width = slots, width
        self.embed = nn.Linear(in_features, width)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.attention_norm = nn.LayerNorm(width)
        self.perceptron = PositionWiseFeedForward(width=width, hidden=hidden)
        self.perceptron_norm = nn.LayerNorm(width)
        numbers = 3 * (width if gates == "unit" else 1)
        self.gates_of_input = nn.Linear(width, numbers)
        self.gates_of_state = nn.Linear(width, numbers, bias=False)
        self.read_out = nn.Sequential(nn.Flatten(2), nn.Linear(slots * width, out_features))  # of [B, T, M, D]

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B T F"],
        memory: Float[Tensor, "B M D"] | None = None,
        h: Float[Tensor, "B M D"] | None = None,
    ) -> States:
        """Run over a sequence, from given or fixed memories, and return all outputs and the last memories."""
        shape = (len(x), self.slots, self.width)
        memory = (
            torch.eye(self.slots, self.width, dtype=x.dtype, device=x.device).expand(shape)
            if memory is None
            else memory
        )
        h = x.new_zeros(shape) if h is None else h
        outputs = []
        for step in self.embed(x).unbind(1):
            memory, h = self._step(step, memory, h)
            outputs.append(h)
        return States(self.read_out(torch.stack(outputs, 1)), memory, h)

    def _step(self, x: Float[Tensor, "B D"], memory: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return memories and their outputs after one input."""
        attended = self.attention(memory, torch.cat([memory, x[:, None]], 1))
        mixed = self.attention_norm(memory + attended)
        candidate = self.perceptron_norm(mixed + self.perceptron(mixed))
        projected = self.gates_of_input(x).repeat_interleave(self.slots, 0)  # [B M, 3 D or 3]
        gates = torch.addmm(projected, h.flatten(0, 1), self.gates_of_state.weight.T)
        i, f, o = gates.unflatten(0, (-1, self.slots)).chunk(3, 2)  # [B, M, D or 1]
        memory = torch.sigmoid(f + FORGET_BIAS) * memory + torch.sigmoid(i) * candidate
        return memory, torch.sigmoid(o) * torch.tanh(memory)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence, and memories to start from."""
        return {
            "x": torch.randn(B, T, self.embed.in_features, generator=generator),
            "memory": torch.randn(B, self.slots, self.width, generator=generator),
            "h": torch.randn(B, self.slots, self.width, generator=generator),
        }
