"""Probe of weight sharing over positions: every position is computed with the same parameters.

Source: LeCun et al. 1989 (lecun1989backpropagation); the lecture's "apply same function at all position" (L654).

Method: differentiate the output of one inner position after another with respect to every parameter, over several draws
of inputs. The error is the largest share of the numbers in the parameters that some position uses and another does not.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import example_of_size, outputs_of

SIZE, DRAWS = 12, 8
EIGHTHS = (3, 4, 5)
"""Where along the axis to look: away from its ends, where padding and first states are."""


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the largest share of used parameters that a position does not use."""
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not parameters:
        return 0.0
    worst = 0.0
    for letter in axes.acting:
        used = _uses(module, inputs, axes, letter, parameters, generator)
        by_any = used.any(0)
        worst = max(worst, float((by_any & ~used).sum(1).max() / by_any.sum()))
    return worst


def _uses(
    module: nn.Module,
    inputs: dict[str, Tensor],
    axes: Axes,
    letter: str,
    parameters: list[nn.Parameter],
    generator: Generator,
) -> Tensor:
    """Return which numbers in the parameters each inner position uses, `[positions, numbers]`, in any of the draws."""
    used = torch.zeros(len(EIGHTHS), sum(parameter.numel() for parameter in parameters), dtype=torch.bool)
    for _ in range(DRAWS):
        drawn = example_of_size(module, axes, letter, SIZE, generator) or inputs
        outputs = outputs_of(module, drawn, axes)
        for row, eighth in enumerate(EIGHTHS):
            total = _projected(outputs, axes, letter, eighth, generator)
            found = torch.autograd.grad(total, parameters, retain_graph=True, allow_unused=True)
            pairs = zip(found, parameters, strict=True)
            used[row] |= torch.cat([(torch.zeros_like(p) if g is None else g).flatten() != 0 for g, p in pairs])
    return used


def _projected(outputs: dict[str, Tensor], axes: Axes, letter: str, eighth: int, generator: Generator) -> Tensor:
    """Return a random projection of the outputs at one position along the axis."""
    total = torch.zeros((), dtype=torch.float64)
    for name, value in outputs.items():
        if letter in axes.outputs[name]:
            dim = axes.outputs[name].index(letter)
            picked = value.select(dim, eighth * value.shape[dim] // 8)
            total = total + (picked * torch.randn(picked.shape, generator=generator, dtype=torch.float64)).sum()
    return total


class Positions(nn.Module):
    """A linear map of every position, with one matrix for all or one for each."""

    def __init__(self, shared: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1 if shared else SIZE, 3, 4))

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every position."""
        return torch.tanh(torch.einsum("btf,tfg->btg", x, self.weight.expand(SIZE, -1, -1)))

    def example_inputs(self, generator: Generator, *, T: int = SIZE) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(2, T, 3, generator=generator)}


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """One matrix for all positions."""
    return _case(Positions(shared=True), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A matrix of its own for every position."""
    return _case(Positions(shared=False), generator)


def _case(module: Positions, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "G")}, acting=("T",))
    return module.double(), {"x": module.example_inputs(generator)["x"].double()}, axes
