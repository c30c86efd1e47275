"""Probe for weight sharing over positions: every position is computed with the same parameters.

Definition: every parameter entry that influences an output at one position influences the outputs at all positions,
each for some input. Only the positions in the middle half of each axis are tested, because at a border some entries of
a filter may see only padding (up to a quarter of the 48 positions); nodes are joined in a ring, where each has
neighbours. A unit that is off for most inputs might by chance be on at some positions only. Entries that matter in
fewer than three quarters of the draws are therefore left out, and every other draw is ten times as wide. The error is
the largest share of positions that an entry does not influence. A parameter of one position is not detected if later
layers spread its effect over all positions.

Source: the lecture, S17; LeCun et al. 1989 (lecun1989backpropagation).
"""

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from implementations.biases.influence import at_position, gradients
from implementations.biases.reordering import size_of
from implementations.biases.resizing import resized
from kb.probes import Axes

EXAMPLES, SIZE, DRAWS = 16, 48, 32
POSITIONS = 6  # number of positions that are tested, spread over the middle half
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


def _unshared(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> float:
    counts = sum(_influenced(module, axes, letter, WIDE if draw % 2 else 1.0, generator).int() for draw in range(DRAWS))
    often = counts.amax(0) >= OFTEN * DRAWS
    shares = (counts[:, often] > 0).double().mean(0)
    return 1 - shares.min().item() if often.any() else float("nan")


def _influenced(
    module: nn.Module, axes: Axes, letter: str, width: float, generator: torch.Generator
) -> Bool[Tensor, "positions entries"]:
    """Return which parameter entries influence the outputs at which of the middle positions, for one draw of inputs."""
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    inputs = resized(module, axes, {"B": EXAMPLES, letter: SIZE}, generator)
    inputs = {name: width * value if value.is_floating_point() else value for name, value in inputs.items()}
    outputs = axes.named_outputs(module(**inputs))
    size = size_of(letter, outputs, axes.outputs)
    rows = []
    for position in torch.linspace(size // 4, size - size // 4 - 1, POSITIONS).long().tolist():
        found = gradients(at_position(outputs, axes, letter, position), parameters, generator)
        rows.append(torch.cat([gradient.abs().flatten() for gradient in found]))
    influence = torch.stack(rows)
    return influence > NOTHING * influence.max()


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
