"""Probe for a finite Lipschitz constant: one bound holds for the slope between any two inputs.

Definition: there is a number L with |f(x) - f(x')| <= L |x - x'| for all x and x'. Floating-point inputs with features
are changed together, except for a carried state (an optional input of `forward` that is also an output), which stays
the same. A slope can grow without bound in two ways: as the inputs grow, where functions of them are multiplied, and as
the two points approach each other, where there is a jump. So the steepest slope that is found on inputs of ordinary
size is compared with that on huge inputs, and with that between points that are much closer. Small inputs are among the
ordinary ones because a normalisation with a small constant in it is steep there, up to a bound.

The search goes along straight segments between random inputs. Each is cut into pieces, and the one with the largest
change is cut again; its slope can only rise. No derivative is taken: those of a step function are zero. The error is 0
or 1.

Source: Kim, Papamakarios & Mnih 2021, Theorem 3.1 (kim2021lipschitz), for attention, which is not Lipschitz.
"""

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.comparing import run
from implementations.biases.features import features
from kb.probes import Axes

SEGMENTS, PIECES = 4, 16
ORDINARY = ((1.0, 1e-4), (1e-3, 1e-4))  # size of the inputs, and length of the last piece relative to it
EXTREME = ((1.0, 1e-11), (1e6, 1e-11))
GROWTH = 100.0  # attention and jumps give a factor of a thousand or more, the randomness of the search one of a few


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if the steepest slope on extreme inputs is about that on ordinary ones, 1 if it is much larger.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """

    def steepest(settings: tuple[tuple[float, float], ...]) -> float:
        return max(_steepest(module, inputs, axes, size, finest, generator) for size, finest in settings)

    ordinary = steepest(ORDINARY)
    try:
        extreme = steepest(EXTREME)
    except FloatingPointError:  # with the slopes seen on ordinary inputs, no output would overflow
        return 1.0
    return 0.0 if extreme <= GROWTH * ordinary else 1.0


def _steepest(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, size: float, finest: float, generator: torch.Generator
) -> float:
    """Return the largest slope that is found on random segments between inputs of one size."""
    moving = _moving(module, inputs, axes)
    slopes = []
    for _ in range(SEGMENTS):
        start, end = (
            {name: size * torch.randn(x.shape, generator=generator, dtype=x.dtype) for name, x in moving.items()}
            for _ in range(2)
        )
        step = {name: end[name] - start[name] for name in moving}
        length = _joined(step).norm().item()
        low, width = 0.0, 1.0
        while width * length > finest * size:
            width /= PIECES
            places = [
                {name: start[name] + (low + k * width) * step[name] for name in moving} for k in range(PIECES + 1)
            ]
            values = torch.stack([_joined(run(module, {**inputs, **place}, axes)) for place in places])
            changes = values.diff(dim=0).norm(dim=1)
            low += changes.argmax().item() * width
        slopes.append(changes.max().item() / (width * length))
    return max(slopes)


def _moving(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the features, without states that are carried from call to call."""
    taken = inspect.signature(module.forward).parameters
    states = [name for name in axes.outputs if name in taken and taken[name].default is None]
    return {name: value for name, value in features(inputs, axes).items() if name not in states}


def _joined(tensors: Mapping[str, Tensor]) -> Tensor:
    return torch.cat([value.flatten() for value in tensors.values()])


class Attention(nn.Module):
    """Dot-product self-attention with a residual connection; its input is normalised first, or left unchanged."""

    def __init__(self, generator: torch.Generator, normalised: bool) -> None:
        super().__init__()
        self.normalised = normalised
        shape = (3, 4, 4)
        self.weights = nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, D]` to `[B, T, D]`."""
        seen = F.layer_norm(x, x.shape[2:]) if self.normalised else x
        return x + F.scaled_dot_product_attention(*(seen @ weight for weight in self.weights))


def _case(normalised: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "T", "D")}, outputs={"y": ("B", "T", "D")}, acting=("D",))
    return Attention(generator, normalised), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that sees normalised inputs, which lie in a bounded set."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that sees its inputs without normalisation."""
    return _case(False, generator)
