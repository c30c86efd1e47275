"""Probe for a conservative field: the outputs are the gradient of one function of the inputs.

Definition: outputs and features have the same shapes, and the Jacobian J of the outputs by the features is symmetric at
every input, for all weights. On all of space this is the same as being the gradient of a function. One example is
taken, at random inputs of two sizes, with weights that get random signs. The error is that of J = J^T relative to the
largest derivative.

Source: Chao et al. 2023 (chao2023investigating), for score models, which in general are not conservative.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import features
from implementations.biases.function_class.invertibility import jacobians
from implementations.biases.refuting import worst
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest difference of two mixed derivatives; 1 where outputs and features differ in shape.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    sides = (features(inputs, axes), run(module, inputs, axes))
    before, after = ([value.shape for value in tensors.values()] for tensors in sides)
    if before != after:
        return Error(1.0, found="other shapes of outputs than of inputs")

    def errors() -> Iterator[Error]:
        for matrix in jacobians(module, inputs, axes, generator):
            size = matrix.abs().max().clamp_min(torch.finfo(torch.float64).tiny)
            yield Error(((matrix - matrix.T).abs().max() / size).item())

    return worst(errors())


class Descent(nn.Module):
    """A step down an energy with hidden units; or one with separate weights on the way to the units and from them."""

    def __init__(self, generator: torch.Generator, tied: bool) -> None:
        super().__init__()
        self.tied = tied
        self.seen, self.sent = (
            nn.Parameter(torch.randn(4, 6, generator=generator, dtype=torch.float64)) for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        return torch.tanh(x @ self.seen) @ (self.seen if self.tied else self.sent).T - x


def _case(tied: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Descent(generator, tied), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the gradient of a sum of functions of the hidden units, less a quadratic."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same with separate weights, as an autoencoder has them."""
    return _case(False, generator)
