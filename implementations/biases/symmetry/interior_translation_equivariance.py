"""Probe for translation equivariance in the interior: away from the border, a shifted input gives shifted outputs.

Definition: a frame of n positions is moved along a longer input by the stride k of the output. Every output that is
farther than a fixed radius from the ends of the frame stays the same, one position on: f(x_{k+1:n+k})_{p-1} =
f(x_{1:n})_p. On an input without ends this is equivariance to all shifts by multiples of k.

The outputs in the middle of the frame are compared, at growing n, until they agree; the error is the smallest largest
difference, relative to how much outputs vary over positions. A module whose size is fixed lacks the bias.

Source: Cohen & Welling 2016 (cohen2016group) for equivariance, Islam et al. 2020 (islam2020how) for what borders do.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import run
from implementations.biases.reordering import reorder
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SIZES = (96, 192, 384, 768)
EXAMPLES = 2
ROUNDING = 1e-9


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest error over the axes.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return Error(1.0, fixed_size="yes")
    return max(_error_along(letter, module, axes, generator) for letter in axes.acting)


def _error_along(letter: str, module: nn.Module, axes: Axes, generator: torch.Generator) -> Error:
    """Return the error at the frame that is long enough, or the smallest one if none is."""
    best = Error(float("inf"))
    for size in SIZES:
        found = _error_at(size, letter, module, axes, generator).at(axis=letter, frame=size)
        best = min(best, found)
        if best <= ROUNDING:
            break
    return best


def _error_at(size: int, letter: str, module: nn.Module, axes: Axes, generator: torch.Generator) -> Error:
    step = axes.strides.get(letter, 1)
    signal = resized(module, axes, {"B": EXAMPLES, letter: size + step}, generator)
    frame = torch.arange(size)
    still = _middle(frame, 0, module, signal, axes, letter)
    moved = _middle(frame + step, 1, module, signal, axes, letter)
    errors = [_relative(moved[name], found) for name, found in still.items()]
    return max(errors, default=Error(0.0))


def _middle(
    places: Tensor, start: int, module: nn.Module, signal: Mapping[str, Tensor], axes: Axes, letter: str
) -> dict[str, Tensor]:
    """Return the outputs in the middle eighth of a frame, positions first, one on from where they were."""
    outputs = run(module, reorder(signal, axes.inputs, {letter: places}), axes)
    found = {}
    for name, letters in axes.outputs.items():
        if letter in letters:
            dim = letters.index(letter)
            size = outputs[name].shape[dim]
            found[name] = outputs[name].narrow(dim, size // 2 - start, max(size // 8, 1)).movedim(dim, 0)
    return found


def _relative(moved: Tensor, still: Tensor) -> Error:
    """Return the largest difference, relative to how far outputs are from their mean over positions and examples."""
    spread = (still - still.mean()).abs().max().clamp_min(1e-300)
    return Error(((moved - still).abs().max() / spread).item())


class Convolution(nn.Module):
    """Convolution of a signal with zero padding and stride 2; with `numbered`, positions are added to the input."""

    def __init__(self, generator: torch.Generator, numbered: bool) -> None:
        super().__init__()
        self.numbered = numbered
        self.weight = nn.Parameter(torch.randn(4, 2, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, L]` to `[B, D, L/2]`."""
        if self.numbered:
            x = x + torch.sin(torch.arange(x.shape[2], dtype=x.dtype))
        return torch.relu(F.conv1d(x, self.weight, padding=1, stride=2))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 16) -> dict[str, Tensor]:
        """Return random signals."""
        return {"x": torch.randn(B, 2, L, generator=generator, dtype=torch.float64)}


def _case(numbered: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Convolution(generator, numbered)
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "D", "L")}, acting=("L",), strides={"L": 2})
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a strided convolution with zero padding."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same on an input to which a code of positions is added."""
    return _case(True, generator)
