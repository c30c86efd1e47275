"""Probe for weight sharing over positions: every position is computed with the same parameters.

Definition: every parameter entry that influences an output at one position influences the outputs at all positions,
each for some input. Only the positions in the middle half of each axis are tested, because at a border some entries of
a filter may see only padding (up to a quarter of the 48 positions); nodes are joined in a ring, where each has
neighbours. The outputs of an axis of half the size count as one more position: a table of position codes has entries
that only the longer axis uses, even where later layers spread their effect over all positions.

A unit that is off for most inputs might by chance be on at some positions only. That says something about the values of
the weights, not about the places where they are used. So every draw of inputs gets other weights, which are the given
ones in another order within each parameter, every other draw is ten times as wide, and entries that matter in fewer
than three quarters of the draws are left out. An influence that has faded
with distance is still one, so that only a derivative of exactly zero is none; one that is a rounding error everywhere
does not matter. Draws end as soon as every entry that matters is shared. The error is the largest share of positions
that an entry does not influence.

Source: the lecture, S17; LeCun et al. 1989 (lecun1989backpropagation).
"""

from copy import deepcopy
from itertools import count

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.biases.dependence import scaled_example
from implementations.biases.influence import gradients_at
from implementations.biases.reordering import size_of
from implementations.biases.resizing import sizes_taken
from kb.probes import Axes, Error

EXAMPLES, SIZE = 16, 48
POSITIONS = 6  # number of positions that are tested, spread over the middle half
LEAST, MOST = 4, 24  # draws
WIDE = 10.0
OFTEN = 0.75  # so that an entry that matters at one position is not missed at another by chance
NOTHING = 1e-12  # relative to the largest derivative: the effect of a key's bias before a softmax is rounding error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest share of positions that an entry does not influence; NaN where none matters often enough.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not any(parameter.requires_grad for parameter in module.parameters()):
        return 0.0
    return max(_unshared(module, axes, letter, generator) for letter in axes.acting)


def _unshared(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return the largest share of positions that an entry which often matters somewhere never influences."""
    matters = influences = torch.zeros(())
    module = deepcopy(module)
    for draw in count(1):
        found = _derivatives(module, axes, letter, WIDE if draw % 2 == 0 else 1.0, generator)
        matters = matters + (found > NOTHING * found.max())
        influences = influences + (found != 0)
        _reorder_weights(module, generator)
        often = matters.amax(0) >= OFTEN * draw
        missing = (influences[:, often] == 0).double().mean(0)
        if draw >= LEAST and (draw >= MOST or not missing.any()):
            break
    if not len(missing):
        return Error(float("nan"))
    worst = int(often.nonzero()[missing.argmax()])
    return Error(missing.max().item(), axis=letter, **_named(module, worst))


def _reorder_weights(module: nn.Module, generator: torch.Generator) -> None:
    """Put the entries of every parameter in a random order."""
    with torch.no_grad():
        for parameter in _trained(module).values():
            order = torch.randperm(parameter.numel(), generator=generator)
            parameter.copy_(parameter.flatten()[order].view_as(parameter))


def _derivatives(
    module: nn.Module, axes: Axes, letter: str, width: float, generator: torch.Generator
) -> Float[Tensor, "positions entries"]:
    """Return the sizes of the derivatives of outputs by all parameter entries, for one draw of inputs.

    There is a row for each of the middle positions, and one for the largest over positions at half the size.
    """
    parameters = _trained(module)
    rows = []
    for size in (SIZE, SIZE // 2) if letter in sizes_taken(module) else (SIZE,):
        inputs = scaled_example(module, axes, {"B": EXAMPLES, letter: size}, generator, width)
        outputs = axes.named_outputs(module(**inputs))
        length = size_of(letter, outputs, axes.outputs)
        middle = torch.linspace(length // 4, length - length // 4 - 1, POSITIONS).long().tolist()
        found = gradients_at(outputs, axes, letter, middle, list(parameters.values()), generator)
        sizes = torch.cat([gradient.abs().reshape(len(middle), -1) for gradient in found], 1)
        rows.append(sizes if size == SIZE else sizes.amax(0, keepdim=True))
    return torch.cat(rows)


def _trained(module: nn.Module) -> dict[str, nn.Parameter]:
    return {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}


def _named(module: nn.Module, entry: int) -> dict[str, str | list[int]]:
    """Return the name and the index of an entry, given its place among all entries of all parameters."""
    for name, parameter in _trained(module).items():
        if entry < parameter.numel():
            return {
                "parameter": name,
                "entry": [int(i) for i in torch.unravel_index(torch.tensor(entry), parameter.shape or (1,))],
            }
        entry -= parameter.numel()
    raise IndexError("the module has fewer entries")


class Filter(nn.Module):
    """Sum over three neighbours with weights that all positions share, or with separate weights at each position."""

    def __init__(self, generator: torch.Generator, size: int, shared: bool) -> None:
        super().__init__()
        self.size = size
        shape = (3, 1) if shared else (3, size)
        self.weight = nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, L]` to `[B, L]`."""
        padded = nn.functional.pad(x, (1, 1)).unfold(1, x.shape[1], 1)  # [B, 3, L]
        return torch.relu((padded * self.weight).sum(1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random signals of the one size that unshared weights allow."""
        return {"x": torch.randn(B, self.size, generator=generator, dtype=torch.float64)}


def _case(shared: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Filter(generator, 8, shared)
    axes = Axes(inputs={"x": ("B", "L")}, outputs={"y": ("B", "L")}, acting=("L",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a convolution."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a locally connected layer: the same connections, no weight used twice."""
    return _case(False, generator)
