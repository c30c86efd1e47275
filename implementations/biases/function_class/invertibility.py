"""Probe for invertibility: different inputs have different outputs, as many numbers as the inputs.

Definition: for all weights f is injective, and its Jacobian is square and almost nowhere singular. Inputs are all
floating-point inputs with features, outputs all outputs, of one example. Tested is what follows: the determinant is not
zero and has the same sign at all inputs and for all weights. If it had both signs, it would be zero in between, or
change its sign where the module is not differentiable and folds the inputs over. Random inputs of two sizes are tried,
with weights that get random signs. The error is 0 or 1.

Source: Dinh, Sohl-Dickstein & Bengio 2017 (dinh2016density); Behrmann et al. 2019 (behrmann2019invertible).
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from implementations.biases.features import like
from implementations.biases.jacobians import is_square, jacobian, one_example
from implementations.biases.refuting import worst
from implementations.biases.reweighting import Reweighted, weights_of, with_random_signs
from kb.probes import Axes, Error

SETTINGS = 6  # of weights: as they are, and with random signs
SIZES = (1.0, 3.0)  # of the inputs: larger ones would saturate squashing units up to rounding
SINGULAR = 1e-12  # smallest singular value relative to the largest


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the Jacobian is square and regular, with a determinant of one sign, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not is_square(module, inputs, axes):
        return Error(1.0, found="another number of outputs than of inputs")

    def errors() -> Iterator[Error]:
        signs: set[float] = set()
        for matrix in jacobians(module, inputs, axes, generator):
            values = torch.linalg.svdvals(matrix)
            if not values[-1] > SINGULAR * values[0]:
                yield Error(1.0, found="a singular Jacobian")
            signs.add(torch.linalg.slogdet(matrix).sign.item())
            if len(signs) > 1:
                yield Error(1.0, found="determinants of both signs")

    return worst(errors())


def jacobians(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> Iterator[Tensor]:
    """Yield Jacobians of one example at inputs of several sizes, for weights as they are and with random signs."""
    inputs, drawn = one_example(inputs, axes), weights_of(module)
    for setting in range(SETTINGS):
        weighted = Reweighted(module, with_random_signs(drawn, generator) if setting else drawn)
        for size in SIZES:
            point = {name: size * value for name, value in like(inputs, axes, generator).items()}
            matrix = jacobian(weighted, {**inputs, **point}, axes)
            if not matrix.isfinite().all():
                raise FloatingPointError("a derivative of the outputs is not finite")
            yield matrix


class Coupling(nn.Module):
    """One half of the features is scaled and shifted by functions of the other half; or only shifted by its own."""

    def __init__(self, generator: torch.Generator, own: bool) -> None:
        super().__init__()
        self.own = own
        self.scale, self.shift = (
            nn.Parameter(torch.randn(2, 2, generator=generator, dtype=torch.float64)) for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        first, second = x.chunk(2, 1)
        seen = second if self.own else first
        return torch.cat(
            [first, second * torch.exp(torch.tanh(first @ self.scale)) + 4 * torch.sin(seen @ self.shift)], 1
        )


def _case(own: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Coupling(generator, own), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a coupling layer: each half can be computed from the other and the output."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one in which a half is shifted by a function of itself, so that the sum may turn back."""
    return _case(True, generator)
