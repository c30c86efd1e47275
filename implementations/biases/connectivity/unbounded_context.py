"""Probe of unbounded context: an output can depend on inputs however far away they are.

Source: the lecture's L1077-L1085 for attention; Pascanu, Mikolov & Bengio 2013 (pascanu2013difficulty) for recurrence.

Method: for longer and longer axes, differentiate a random projection of one end's output with respect to the other
end's input, both ways round. The error is the share of lengths at which no such dependence is found. Its size does not
matter: a recurrent network's is exponentially small and still there.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import example_of_size, outputs_of

SIZES, DRAWS = (8, 16, 32, 48), 4


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the share of lengths at which neither end depends on the farthest input."""
    letter = axes.acting[0]
    missing = 0
    for size in SIZES:
        wide = example_of_size(module, axes, letter, size, generator)
        if wide is None:
            return 1.0  # its size is fixed
        missing += not any(_reaches(module, wide, axes, letter, generator) for _ in range(DRAWS))
        # Another draw of inputs can pass where rectifiers blocked the last one.
    return missing / len(SIZES)


def _reaches(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, letter: str, generator: Generator) -> bool:
    """Whether an end's output depends on the input half the axis away, or at the other end of a sequence."""
    names = [n for n, v in inputs.items() if v.is_floating_point() and letter in axes.inputs[n]]
    leaves = {n: torch.randn(inputs[n].shape, generator=generator, dtype=torch.float64).requires_grad_() for n in names}
    outputs = outputs_of(module, {**inputs, **leaves}, axes)
    size = leaves[names[0]].shape[axes.inputs[names[0]].index(letter)]
    far = size // 2 if letter in "HWL" else size - 1  # a ring's farthest point is half-way round
    for here, there in ((far, 0), (0, far)):
        total = torch.zeros((), dtype=torch.float64)
        for name, value in outputs.items():
            if letter in axes.outputs[name]:
                position = here // axes.strides.get(letter, 1)
                picked = value.select(axes.outputs[name].index(letter), position)
                total = total + (picked * torch.randn(picked.shape, generator=generator, dtype=torch.float64)).sum()
        gradients = torch.autograd.grad(total, list(leaves.values()), retain_graph=True, allow_unused=True)
        for name, gradient in zip(names, gradients, strict=True):
            if gradient is not None and gradient.select(axes.inputs[name].index(letter), there).abs().max() > 0:
                return True
    return False


class Reach(nn.Module):
    """A window of width three, or a mean over all positions."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self.convolution, self.everywhere = nn.Conv1d(3, 3, 3, padding=1), everywhere

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every position."""
        y = self.convolution(x)
        return torch.tanh(y + x.mean(2, keepdim=True)) if self.everywhere else torch.tanh(y)

    def example_inputs(self, generator: Generator, *, L: int = 8) -> dict[str, Tensor]:
        """Return a random signal."""
        return {"x": torch.randn(2, 3, L, generator=generator)}


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A layer with a global mean."""
    return _case(Reach(everywhere=True), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A single window."""
    return _case(Reach(everywhere=False), generator)


def _case(module: Reach, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "D", "L")}, acting=("L",))
    inputs = {name: value.double() for name, value in module.example_inputs(generator).items()}
    return module.double(), inputs, axes
