"""Neural Turing machine: a network that softly reads from and writes to the rows of a memory matrix.

Source: Graves, Wayne & Danihelka 2014, "Neural Turing machines", eq. 1-9 and sec. 3.4 (graves2014neural).

Equations:
    h_t = controller(x_t, r_{t-1})
    key k, strength beta, gate g, shifts s and sharpness gamma of every head are read off h_t
    w_c(i) = softmax over i of (beta cos(k, M(i)))
    w_g    = g w_c + (1 - g) w_{t-1}
    w_s(i) = sum over j of w_g(j) s(i - j)
    w(i)   = w_s(i)^gamma / sum over j of w_s(j)^gamma
    M_t(i) = M_{t-1}(i) * (1 - w(i) e_t) + w(i) a_t          by the weights of the write head
    r_t    = sum over i of w(i) M_t(i)                       by those of the read head
    y_t    = W h_t + V r_t + b

Shapes: B examples, T steps, F input features, M rows of D features, U hidden units, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.content_based_addressing import ContentBasedAddressing
from implementations.concepts.memory_mechanism.erase_and_add_write import EraseAndAddWrite
from implementations.concepts.memory_mechanism.location_based_addressing import LocationBasedAddressing
from kb.guards import checked_arguments, checked_inputs

SHIFTS = 3


class States(NamedTuple):
    """The output of every step; memory, last read vector, and the weights of both heads after the last."""

    y: Float[Tensor, "B T G"]
    memory: Float[Tensor, "B M D"]
    read: Float[Tensor, "B D"]
    reading: Float[Tensor, "B M"]
    writing: Float[Tensor, "B M"]


class RecurrentStates(NamedTuple):
    """The same with hidden state and cell of the controller."""

    y: Float[Tensor, "B T G"]
    memory: Float[Tensor, "B M D"]
    read: Float[Tensor, "B D"]
    reading: Float[Tensor, "B M"]
    writing: Float[Tensor, "B M"]
    h: Float[Tensor, "B U"]
    c: Float[Tensor, "B U"]


class Head(nn.Module):
    """Weights over rows, from the controller's output and the head's last weights."""

    def __init__(self, units: int, width: int) -> None:
        super().__init__()
        self.sizes = [width, 1, 1, SHIFTS, 1]
        self.project = nn.Linear(units, sum(self.sizes))
        self.address_by_content, self.address_by_location = ContentBasedAddressing(), LocationBasedAddressing()

    def forward(
        self, h: Float[Tensor, "B U"], memory: Float[Tensor, "B M D"], previous: Float[Tensor, "B M"]
    ) -> Float[Tensor, "B M"]:
        """Return the weight of every row."""
        key, strength, gate, shift, sharpness = self.project(h).split(self.sizes, 1)
        found = self.address_by_content(key, F.softplus(strength)[:, 0], memory)
        return self.address_by_location(
            found, previous, torch.sigmoid(gate)[:, 0], shift.softmax(1), 1 + F.softplus(sharpness)[:, 0]
        )


class NeuralTuringMachine(nn.Module):
    """A controller, a memory, a head that writes and one that reads.

    Args:
        in_features: Number F of input features.
        out_features: Number G of outputs at every step.
        units: Number U of hidden units of the controller.
        rows: Number M of rows of the memory, unless a memory given to `forward` has another number.
        width: Number D of features of a row.
        controller: `feedforward` or `lstm`.

    Raises:
        ValueError: The controller is unknown.

    Example:
        >>> NeuralTuringMachine(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 5,
        out_features: int = 4,
        units: int = 32,
        rows: int = 8,
        width: int = 8,
        controller: str = "feedforward",
    ) -> None:
        super().__init__()
        if controller not in ("feedforward", "lstm"):
            raise ValueError(f"controller ({controller!r}) must be feedforward or lstm")
        self.units, self.rows, self.width = units, rows, width
        size = 4 * units if controller == "lstm" else units  # order: i, f, g, o
        self.input = nn.Linear(in_features, size)
        self.read_input = nn.Linear(width, size, bias=False)
        self.recurrent = nn.Linear(units, size, bias=False) if controller == "lstm" else None
        self.initial_row = nn.Parameter(0.1 * torch.randn(width))
        self.write_head, self.read_head = Head(units, width), Head(units, width)
        self.erase_and_add = nn.Linear(units, 2 * width)
        self.write = EraseAndAddWrite()
        self.output, self.read_output = nn.Linear(units, out_features), nn.Linear(width, out_features, bias=False)

    @checked_inputs()
    def forward(
        self,
        x: Float[Tensor, "B T F"],
        memory: Float[Tensor, "B M D"] | None = None,
        read: Float[Tensor, "B D"] | None = None,
        reading: Float[Tensor, "B M"] | None = None,
        writing: Float[Tensor, "B M"] | None = None,
        h: Float[Tensor, "B U"] | None = None,
        c: Float[Tensor, "B U"] | None = None,
    ) -> States | RecurrentStates:
        """Run over a sequence, from given states or from the start, and return all outputs and the last states.

        `h` and `c` are states of the controller `lstm`; the feedforward one has no state and ignores them.
        """
        given = [state for state in (memory, reading, writing) if state is not None]
        rows = given[0].shape[1] if given else self.rows
        memory = x.new_zeros(len(x), rows, 1) + self.initial_row if memory is None else memory
        read = x.new_zeros(len(x), self.width) if read is None else read
        first = F.one_hot(torch.zeros(len(x), dtype=torch.long, device=x.device), rows).to(x.dtype)
        reading, writing = (first if weights is None else weights for weights in (reading, writing))
        h, c = (x.new_zeros(len(x), self.units) if state is None else state for state in (h, c))
        outputs = []
        for projected in self.input(x).unbind(1):  # all steps at once
            h, c = self._controller_step(projected + self.read_input(read), h, c)
            writing = self.write_head(h, memory, writing)
            erase, add = self.erase_and_add(h).chunk(2, 1)
            memory = self.write(memory, writing, torch.sigmoid(erase), add)
            reading = self.read_head(h, memory, reading)
            read = torch.bmm(reading[:, None], memory)[:, 0]
            outputs.append(self.output(h) + self.read_output(read))
        states = States(torch.stack(outputs, 1), memory, read, reading, writing)
        return RecurrentStates(*states, h, c) if self.recurrent else states

    def _controller_step(
        self, pre_activations: Tensor, h: Float[Tensor, "B U"], c: Float[Tensor, "B U"]
    ) -> tuple[Tensor, Tensor]:
        """Return hidden units and cell; the feedforward controller uses neither from before."""
        if self.recurrent is None:
            return torch.tanh(pre_activations), c
        i, f, g, o = (pre_activations + self.recurrent(h)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6, M: int = 5) -> dict[str, Tensor]:
        """Return a random sequence, and states to start from except for the memory; heads start at random weights."""
        shapes = {"x": (B, T, self.input.in_features), "read": (B, self.width)}
        shapes |= {"reading": (B, M), "writing": (B, M)}
        shapes |= {"h": (B, self.units), "c": (B, self.units)} if self.recurrent else {}
        drawn = {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
        return drawn | {name: drawn[name].softmax(1) for name in ("reading", "writing")}
