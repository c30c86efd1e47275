"""Probe for relative-position dependence: how positions influence one another depends on their offsets only.

Definition: a frame of n positions is moved along a longer input by one. In its middle half, the output at every
position stays the same, up to the influence of the ends of the frame: D(n) <= c I(n) for one c and every n, where D(n)
is the change of outputs when the frame is moved, and I(n) the change when its first and its last element are replaced.
A moved frame loses one element and gains another. Nothing else may change the outputs; where positions are numbered,
all numbers change. If the output has stride k, the frame moves by k.

The median changes over examples and positions are compared, with n = 1024 and c = 7; the error is 0 or 1. A module
whose size is fixed lacks the bias, because its positions are numbered.

Source: Shaw et al. 2018 (shaw2018self) and Su et al. 2021 (su2021roformer) for attention that depends on offsets.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.reordering import reorder
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SIZE = 1024
EXAMPLES = 4
FACTOR = 7  # for clear cases the quotient was below 3 where the bias holds, and above 17 where it does not
ROUNDING = 1e-9


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 1 if moving the frame changes more than its ends can, along any of the axes, else 0.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return Error(1.0, found="a fixed size")
    for letter in axes.acting:
        moved, by_ends = changes(module, axes, letter, generator)
        if moved > max(FACTOR * by_ends, ROUNDING):
            return Error(1.0, axis=letter, size=SIZE, found=f"moved {moved:.1e}, ends replaced {by_ends:.1e}")
    return 0.0


def changes(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> tuple[float, float]:
    """Return the changes in the middle by moving the frame, and by replacing its ends, relative to the outputs."""
    step = axes.strides.get(letter, 1)
    signal = resized(module, axes, {"B": EXAMPLES, letter: SIZE + 3 * step}, generator)
    frame = torch.arange(SIZE)
    spare = SIZE + step + torch.arange(step)  # elements that are in neither frame
    ends_replaced = torch.cat([spare, frame[step:-step], spare + step])
    still = _middle(frame, 0, module, signal, axes, letter)
    moved = _middle(frame + step, 1, module, signal, axes, letter)
    replaced = _middle(ends_replaced, 0, module, signal, axes, letter)
    return _typical(moved, still), _typical(replaced, still)


def _middle(
    places: Tensor, start: int, module: nn.Module, signal: Mapping[str, Tensor], axes: Axes, letter: str
) -> Tensor:
    """Return the outputs in the middle half of a frame, one row for every example and position, all features in it."""
    outputs = run(module, reorder(signal, axes.inputs, {letter: places}), axes)
    rows = []
    for name, letters in axes.outputs.items():
        if letter in letters:
            dim, size = letters.index(letter), outputs[name].shape[letters.index(letter)]
            middle = outputs[name].narrow(dim, size // 4 - start, size // 2)
            kept = [letters.index("B"), dim] if "B" in letters else [dim]
            rows.append(middle.movedim(kept, list(range(len(kept)))).flatten(0, len(kept) - 1).flatten(1))
    return torch.cat(rows, 1)


def _typical(found: Tensor, wanted: Tensor) -> float:
    """Return the median length of a difference, relative to the median length of a row."""
    return ((found - wanted).norm(dim=1).median() / wanted.norm(dim=1).median().clamp_min(1e-300)).item()


class Attention(nn.Module):
    """Attention whose scores fall with distance; with `numbered`, sinusoidal codes of the positions are added."""

    def __init__(self, generator: torch.Generator, numbered: bool) -> None:
        super().__init__()
        self.numbered = numbered
        self.key = nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        places = torch.arange(x.shape[1], dtype=x.dtype)
        if self.numbered:
            x = x + torch.sin(places)[:, None]
        scores = x @ self.key @ x.mT - 0.01 * (places[:, None] - places).abs()
        return scores.softmax(-1) @ x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 8) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 4, generator=generator, dtype=torch.float64)}


def _case(numbered: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Attention(generator, numbered)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that depends on distances."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that depends on distances and on numbered positions."""
    return _case(True, generator)
