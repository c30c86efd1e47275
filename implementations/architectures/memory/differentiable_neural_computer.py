"""Differentiable neural computer: a network with a memory that finds unused rows, and reads in the order of writing.

Source: Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory", Methods
(graves2016hybrid).

Equations:
    h_l   = LSTM([x_t; r_1; ...; r_R; h_{l-1}])              for every layer l of the controller, the first without h_0
    k, beta, e, v, f, g, pi = W_xi [h_1; ...; h_L]           beta: 1 + softplus, e, f, g: sigmoid, pi: softmax
    u, a  = usage and allocation                             see dynamic memory allocation
    w     = g_w (g_a a + (1 - g_a) c(M, k_w, beta_w))        c: content-based addressing, eq. 2
    M'    = M * (1 - w e^T) + w v^T
    L, p  = links and precedence                             see temporal link matrix
    w_i   = pi_i1 L^T w_i + pi_i2 c(M', k_i, beta_i) + pi_i3 L w_i        for every head i
    r_i   = M'^T w_i
    y_t   = W_y [h_1; ...; h_L] + W_r [r_1; ...; r_R]

Shapes: B examples, T steps, F input features, M rows of D features, R heads that read, U hidden units of all layers of
    the controller, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.gating_mechanism.lstm_cell import LSTMCell
from implementations.concepts.memory_mechanism.content_based_addressing import ContentBasedAddressing
from implementations.concepts.memory_mechanism.dynamic_memory_allocation import DynamicMemoryAllocation
from implementations.concepts.memory_mechanism.erase_and_add_write import EraseAndAddWrite
from implementations.concepts.memory_mechanism.temporal_link_matrix import TemporalLinkMatrix
from kb.guards import checked_arguments, checked_inputs

MODES = 3
"""Ways to read: backward along the links, by content, forward."""


class States(NamedTuple):
    """The output of every step; after the last, the memory and what is known about its rows, and the controller."""

    y: Float[Tensor, "B T G"]
    memory: Float[Tensor, "B M D"]
    usage: Float[Tensor, "B M"]
    link: Float[Tensor, "B M M"]
    precedence: Float[Tensor, "B M"]
    writing: Float[Tensor, "B M"]
    reading: Float[Tensor, "B R M"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class WriteHead(nn.Module):
    """Weights of the rows that are written: by content, or of rows that are not in use."""

    def __init__(self) -> None:
        super().__init__()
        self.address_by_content = ContentBasedAddressing()

    def forward(
        self,
        key: Float[Tensor, "B D"],
        strength: Float[Tensor, "B 1"],
        gates: Float[Tensor, "B 2"],
        memory: Float[Tensor, "B M D"],
        unused: Float[Tensor, "B M"],
    ) -> Float[Tensor, "B M"]:
        """Return the weight of every row; one gate is for unused rows, the other for writing at all."""
        found = self.address_by_content(key, (1 + F.softplus(strength))[:, 0], memory)
        to_unused, to_any = torch.sigmoid(gates).split(1, 1)
        return to_any * (to_unused * unused + (1 - to_unused) * found)


class ReadHeads(nn.Module):
    """Weights of the rows that every head reads: by content, or along the links."""

    def __init__(self) -> None:
        super().__init__()
        self.address_by_content = ContentBasedAddressing()

    def forward(
        self,
        keys: Float[Tensor, "B R D"],
        strengths: Float[Tensor, "B R"],
        modes: Float[Tensor, "B R 3"],
        memory: Float[Tensor, "B M D"],
        after: Float[Tensor, "B R M"],
        before: Float[Tensor, "B R M"],
    ) -> Float[Tensor, "B R M"]:
        """Return the weights of every head: a mixture of three."""
        heads = keys.shape[1]
        memories = memory.repeat_interleave(heads, 0)  # heads of an example as further examples
        found = self.address_by_content(keys.flatten(0, 1), 1 + F.softplus(strengths.flatten()), memories)
        backward, by_content, forward = modes.softmax(2).split(1, 2)
        return backward * before + by_content * found.view(-1, heads, memory.shape[1]) + forward * after


class DifferentiableNeuralComputer(nn.Module):
    """A controller, a memory, a head that writes and some that read.

    Args:
        in_features: Number F of input features.
        out_features: Number G of outputs at every step.
        units: Number of hidden units of a layer of the controller.
        layers: Number of layers of the controller.
        rows: Number M of rows of the memory, unless a memory given to `forward` has another number.
        width: Number D of features of a row.
        heads: Number R of heads that read.

    Example:
        >>> DifferentiableNeuralComputer(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 5,
        out_features: int = 4,
        units: int = 32,
        layers: int = 1,
        rows: int = 8,
        width: int = 8,
        heads: int = 1,
    ) -> None:
        super().__init__()
        self.in_features, self.units, self.rows, self.width, self.heads = in_features, units, rows, width, heads
        seen, hidden = in_features + heads * width, layers * units
        self.controller = nn.ModuleList(
            LSTMCell(in_features=seen + (units if layer else 0), units=units) for layer in range(layers)
        )
        self.sizes = [heads * width, heads, width, 1, width, width, heads, 2, heads * MODES]
        self.interface = nn.Linear(hidden, sum(self.sizes), bias=False)
        self.output = nn.Linear(hidden, out_features, bias=False)
        self.read_output = nn.Linear(heads * width, out_features, bias=False)
        self.allocate, self.write_head, self.write = DynamicMemoryAllocation(), WriteHead(), EraseAndAddWrite()
        self.links, self.read_heads = TemporalLinkMatrix(), ReadHeads()

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B T F"],
        memory: Float[Tensor, "B M D"] | None = None,
        usage: Float[Tensor, "B M"] | None = None,
        link: Float[Tensor, "B M M"] | None = None,
        precedence: Float[Tensor, "B M"] | None = None,
        writing: Float[Tensor, "B M"] | None = None,
        reading: Float[Tensor, "B R M"] | None = None,
        h: Float[Tensor, "B U"] | None = None,
        c: Float[Tensor, "B U"] | None = None,
    ) -> States:
        """Run over a sequence, from given states or from zeros, and return all outputs and the last states."""
        batch = len(x)
        given = [state.shape[-1] for state in (usage, link, precedence, writing, reading) if state is not None]
        given += [] if memory is None else [memory.shape[1]]
        rows = given[0] if given else self.rows
        memory = x.new_zeros(batch, rows, self.width) if memory is None else memory
        link = x.new_zeros(batch, rows, rows) if link is None else link
        usage, precedence, writing = (
            x.new_zeros(batch, rows) if state is None else state for state in (usage, precedence, writing)
        )
        reading = x.new_zeros(batch, self.heads, rows) if reading is None else reading
        h, c = (x.new_zeros(batch, self.units * len(self.controller)) if state is None else state for state in (h, c))
        outputs = []
        for step in x.unbind(1):
            h, c = self._controller_step(torch.cat([step, torch.bmm(reading, memory).flatten(1)], 1), h, c)
            keys, strengths, key, strength, erase, add, free, gates, modes = self.interface(h).split(self.sizes, 1)
            usage, unused = self.allocate(usage, writing, reading, torch.sigmoid(free))
            writing = self.write_head(key, strength, gates, memory, unused)
            memory = self.write(memory, writing, torch.sigmoid(erase), add)
            link, precedence = self.links(link, precedence, writing)
            keys, modes = (each.unflatten(1, (self.heads, -1)) for each in (keys, modes))
            reading = self.read_heads(keys, strengths, modes, memory, *self.links.follow(link, reading))
            read = torch.bmm(reading, memory).flatten(1)
            outputs.append(self.output(h) + self.read_output(read))
        return States(torch.stack(outputs, 1), memory, usage, link, precedence, writing, reading, h, c)

    def _controller_step(
        self, seen: Tensor, h: Float[Tensor, "B U"], c: Float[Tensor, "B U"]
    ) -> tuple[Float[Tensor, "B U"], Float[Tensor, "B U"]]:
        """Return hidden units and cells; every layer sees the input and the layer below."""
        hidden: list[Tensor] = []
        cells = []
        for cell, h_before, c_before in zip(
            self.controller, h.split(self.units, 1), c.split(self.units, 1), strict=True
        ):
            h_now, c_now = cell(torch.cat([seen, *hidden[-1:]], 1), h_before, c_before)
            hidden.append(h_now)
            cells.append(c_now)
        return torch.cat(hidden, 1), torch.cat(cells, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5, M: int = 5) -> dict[str, Tensor]:
        """Return a random sequence, a memory and the controller's state; usage, links and weights start from zeros."""
        units = self.units * len(self.controller)
        shapes = {"x": (B, T, self.in_features), "memory": (B, M, self.width), "h": (B, units), "c": (B, units)}
        return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
