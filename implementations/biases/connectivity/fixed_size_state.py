"""Probe for a fixed-size state: the influence of the past has a rank that does not grow with the length.

Definition: cut an axis of n positions into an earlier and a later part, hold the later inputs fixed, and let R(n) be
the rank of the derivative of the later outputs by the earlier inputs. Whatever passes through a state of k numbers has
a rank of at most k, by the chain rule. The bias holds if R(n) stays bounded. The cut is in the middle, and n is doubled
until the rank stops growing or exceeds STATE numbers. Singular values below a fixed share of the largest do not count:
they are rounding errors, or have faded exponentially with the distance. Leaving them out can only lower the rank. The
error is 0 or 1.

Source: Dao & Gu 2024, Definition 3.1 (dao2024transformers), for the rank of blocks of a linear sequence map, which is
the size of its state.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.influence import gradients, with_gradients
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SHORTEST, LONGEST = 8, 512
STATE = 300
GROWTH, SLACK = 1.25, 2  # a rank that grows with the length doubles; a small singular value may also pass the threshold
NOTHING = 1e-9  # relative to the largest singular value


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the rank stops growing along every axis, else 1; NaN (undecided) where the size of an axis is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return max(_grows(module, axes, letter, generator) for letter in axes.acting)


def _grows(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return 0 if the rank stops growing, while sizes double, before it exceeds `STATE`, else 1."""
    size, rank = SHORTEST, rank_across(module, axes, letter, SHORTEST, generator)
    while rank <= STATE and size < LONGEST:
        size, before = 2 * size, rank
        rank = rank_across(module, axes, letter, size, generator)
        if rank <= min(STATE, GROWTH * before + SLACK):
            return Error(0.0)
    return Error(1.0, axis=letter, size=size, rank=rank)


def rank_across(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return the rank, `STATE + 1` at most, of the derivative of the later half of the outputs by the earlier inputs.

    It is computed from as many random projections of these outputs. Where there is a batch, its examples are copies,
    and each gets its own projection.
    """
    example = resized(module, axes, {"B": 1, letter: size}, generator)
    wanted = min(STATE + 1, _earlier_numbers(example, axes, letter))
    copies = wanted if "B" in sizes_taken(module) else 1
    inputs = {
        name: value.repeat_interleave(copies, axes.inputs[name].index("B")) if "B" in axes.inputs[name] else value
        for name, value in example.items()
    }
    numbers = {name: x for name, x in with_gradients(inputs, axes).items() if letter in axes.inputs[name]}
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    later = [_part(y, axes.outputs[name], letter, True) for name, y in outputs.items() if letter in axes.outputs[name]]
    rows = [
        _rows(dict(zip(numbers, gradients(later, list(numbers.values()), generator), strict=True)), axes, letter)
        for _ in range(-(-wanted // copies))
    ]
    return int(torch.linalg.matrix_rank(torch.cat(rows), rtol=NOTHING))


def _earlier_numbers(example: dict[str, Tensor], axes: Axes, letter: str) -> int:
    """Return how many numbers there are in the earlier half of the inputs, which the rank cannot exceed."""
    names = [name for name in with_gradients(example, axes) if letter in axes.inputs[name]]
    return max(1, sum(_part(example[name], axes.inputs[name], letter, False).numel() for name in names))


def _part(tensor: Tensor, letters: tuple[str, ...], letter: str, later: bool) -> Tensor:
    """Return the first or the second half along a letter."""
    dim = letters.index(letter)
    half = tensor.shape[dim] // 2
    return tensor.narrow(dim, half if later else 0, half)


def _rows(found: dict[str, Tensor], axes: Axes, letter: str) -> Float[Tensor, "rows entries"]:
    """Return derivatives by the earlier halves of all inputs, one row for each example."""
    parts = []
    for name, gradient in found.items():
        letters = axes.inputs[name]
        part = _part(gradient, letters, letter, False)
        parts.append(part.movedim(letters.index("B"), 0).flatten(1) if "B" in letters else part.flatten()[None])
    return torch.cat(parts, 1)


class Attention(nn.Module):
    """Causal attention with positive weights: of a feature map, which needs a running sum only, or by a softmax."""

    def __init__(self, generator: torch.Generator, softmax: bool) -> None:
        super().__init__()
        self.softmax = softmax
        self.weights = nn.Parameter(torch.randn(3, 4, 4, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, D]` to `[B, T, D]`."""
        query, key, value = (x @ weight for weight in self.weights)
        scores = (query @ key.mT).exp() if self.softmax else (F.elu(query) + 1) @ (F.elu(key) + 1).mT
        weights = scores.tril()
        return weights / weights.sum(-1, keepdim=True) @ value

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 4, generator=generator, dtype=torch.float64)}


def _case(softmax: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Attention(generator, softmax)
    axes = Axes(inputs={"x": ("B", "T", "D")}, outputs={"y": ("B", "T", "D")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return linear attention, whose state is a sum of products of keys and values."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return softmax attention, which has to keep all keys and values."""
    return _case(True, generator)
