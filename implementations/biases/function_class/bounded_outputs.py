"""Probe for bounded outputs: however large the inputs are, the outputs stay in an interval that the weights determine.

Definition: sup over x of |f(x)| is finite for all weights, for the length and the states that are given; x are all
floating-point inputs with features but states that the module also returns. Along random rays t u, the largest output
near t = 10^6 is compared with that near t = 10^9. The error is the power p with which it grows, as t^p; below 0.1 it is
0, since an output that never settles, such as a sine, has other values at other places. A growth like that of a
logarithm would pass for a bound, and a bound that is reached only beyond such inputs for growth.

Source: Weiss, Goldberg & Yahav 2018 (weiss2018practical), for what squashed units cannot do.
"""

import math

import torch
from torch import Tensor, nn

from implementations.biases.features import features
from implementations.biases.refuting import worst
from kb.probes import Axes, Error

RAYS = 4
NEAR, FAR = 1e6, 1e9  # lengths along a ray
PLACES = 8  # near each of them
LEAST = 0.1  # power of growth that is none


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative growth of an output from far out to farther out; NaN where only states have features.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    free = {name: value for name, value in features(inputs, axes).items() if name not in axes.outputs}
    if not free:
        return math.nan
    errors = []
    for _ in range(RAYS):
        ray = {name: torch.randn(x.shape, generator=generator, dtype=torch.float64).to(x) for name, x in free.items()}
        near, far = (
            max(_largest(module, {**inputs, **{n: t * u for n, u in ray.items()}}, axes) for t in _places(size))
            for size in (NEAR, FAR)
        )
        power = math.log(far / near) / math.log(FAR / NEAR) if 0 < near <= far < math.inf else float(far > near)
        errors.append(Error(power if power >= LEAST else 0.0, largest=f"{far:.1e}"))
    return worst(errors)


def _places(size: float) -> list[float]:
    """Return lengths from one size to twice that size."""
    return [size * (1 + place / PLACES) for place in range(PLACES)]


def _largest(module: nn.Module, inputs: dict[str, Tensor], axes: Axes) -> float:
    """Return the largest number among the outputs."""
    with torch.no_grad():
        outputs = axes.named_outputs(module(**inputs))
    found = [value.abs().max().item() for value in outputs.values() if value.is_floating_point() and value.numel()]
    return max(found, default=0.0)


class Layers(nn.Module):
    """Two layers whose units are squashed or rectified."""

    def __init__(self, generator: torch.Generator, squashed: bool) -> None:
        super().__init__()
        self.unit = torch.tanh if squashed else torch.relu
        self.first, self.last = (
            nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64)) for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        return self.unit(x @ self.first) @ self.last


def _case(squashed: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return Layers(generator, squashed), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of hyperbolic tangents: no output exceeds the sum of a column of its last weights."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network of rectified units, which grows with its inputs."""
    return _case(False, generator)
