"""Probe for data-dependent connectivity: the weight of a position depends on the contents of positions.

Definition: strip the network of its units: every function of one number becomes the identity, every normalisation is
left out, and every maximum or other order statistic of a window becomes a fixed weighted sum of the window. If the
weights between positions are fixed, the result is a sum of separate contributions of the positions,
f_p(x) = sum over q of g_pq(x_q). The bias holds if it is not such a sum, because the weight of one position depends on
the contents of others. Two inputs a and b exchange the contents of some positions Q, the rest being R; contributions
add up if and only if f(a_Q, a_R) + f(b_Q, b_R) = f(a_Q, b_R) + f(b_Q, a_R) for all of these. Inputs that share the axis
are exchanged together. The error is 0 or 1.

Source: Han et al. 2022 (han2022connection), for connection weights that are fixed or predicted from each instance.
"""

import torch
from torch import Tensor, nn

from implementations.biases.interacting import interaction
from implementations.biases.resizing import resized
from kb.probes import Axes, Error

DRAWS = 2
SMALL = 0.1  # scale of the inputs, so that products of gates, which are no longer squashed, do not overflow
CHANGE = 1e-6  # relative: far above rounding, far below any difference in weights that matters


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if, along some axis, the contribution of one position depends on the contents of others, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    found = []
    for letter in axes.acting:
        for _ in range(DRAWS):
            a, b = (_example(module, axes, generator) for _ in range(2))
            found.append(interaction(module, a, b, axes, letter, generator))
    largest = max(found)
    return 0.0 if largest > CHANGE else Error(1.0, **largest.place)


def _example(module: nn.Module, axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return inputs of the module's own size, floating-point ones made small."""
    inputs = resized(module, axes, {}, generator)
    return {name: SMALL * value if value.is_floating_point() else value for name, value in inputs.items()}


class Mixing(nn.Module):
    """Two layers in which every position gathers from others: weights from contents, or a filter of width three."""

    def __init__(self, generator: torch.Generator, by_content: bool) -> None:
        super().__init__()
        self.by_content = by_content
        self.weights = nn.ParameterList(torch.randn(3, 3, generator=generator, dtype=torch.float64) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        for weight in self.weights:
            gathered = (x @ x.mT).softmax(-1) @ x if self.by_content else x.roll(1, 1) + x - x.roll(-1, 1)
            x = torch.relu(nn.functional.layer_norm(gathered @ weight, x.shape[2:]))
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(by_content: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Mixing(generator, by_content)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return two layers of self-attention."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return two convolutions with normalisation and rectified linear units: non-linear, with fixed weights."""
    return _case(False, generator)
