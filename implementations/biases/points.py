"""Points: a module as a function of its features, computed for many inputs at once."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.biases.features import features
from implementations.biases.recurring import state_names
from kb.probes import Axes

Points = dict[str, Tensor]
"""The features of several points; their number is in front of the dimensions of each."""
FAR = 1e3  # a factor between two points, to see whether one changes what comes out for the other
SAME = 1e-6


class Function:
    """A module as a function of some of its inputs, of many points; the other inputs stay as they are."""

    def __init__(
        self, module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, moving: Mapping[str, Tensor]
    ) -> None:
        self.module, self.inputs, self.axes, self.moving = module, inputs, axes, moving
        self.batched = all("B" in axes.inputs[name] for name in self.moving) and all(
            "B" in letters for letters in axes.outputs.values()
        )
        self.batched = self.batched and not self._mixes()

    def __call__(self, points: Points) -> Float[Tensor, "points outputs"]:
        """Return the outputs for each point, by one call where points can stand side by side in a batch."""
        count = len(next(iter(points.values())))
        if not self.batched:
            rows = [{name: value[k] for name, value in points.items()} for k in range(count)]
            return torch.stack([_joined(self._run({**self.inputs, **row})) for row in rows])
        inputs = {}
        for name, value in self.inputs.items():
            if "B" not in self.axes.inputs[name]:
                inputs[name] = value
                continue
            batch = self.axes.inputs[name].index("B")
            copies = points[name] if name in points else value.expand(count, *value.shape)
            inputs[name] = copies.movedim(0, batch).flatten(batch, batch + 1)
        parts = []
        for name, value in self._run(inputs).items():
            batch = self.axes.outputs[name].index("B")
            parts.append(value.unflatten(batch, (count, -1)).movedim(batch, 0).flatten(1))
        return torch.cat(parts, 1)

    def _mixes(self) -> bool:
        """Whether what comes out for a point depends on the others beside it, as where a network compares examples."""
        sizes = torch.tensor([1.0, FAR], dtype=torch.float64)
        points = {name: spread_over(sizes, value.expand(2, *value.shape)) for name, value in self.moving.items()}
        with torch.no_grad():
            together, alone = self(points)[0], self({name: value[:1] for name, value in points.items()})[0]
        return not torch.allclose(together, alone, rtol=SAME, atol=SAME * float(alone.abs().max()), equal_nan=True)

    def _run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return self.axes.named_outputs(self.module(**inputs))

    def random(self, sizes: Tensor, generator: torch.Generator) -> Points:
        """Return a random point for each of some sizes."""
        return {
            name: spread_over(sizes, torch.randn(len(sizes), *x.shape, generator=generator, dtype=x.dtype))
            for name, x in self.moving.items()
        }


def stateless(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the features of inputs, without states that are carried from call to call."""
    states = state_names(module, axes)
    return {name: value for name, value in features(inputs, axes).items() if name not in states}


def spread_over(numbers: Tensor, tensors: Tensor) -> Tensor:
    """Multiply tensors by one number for each of the leading dimensions that the numbers have.

    Example:
        >>> spread_over(torch.tensor([1.0, 2.0]), torch.ones(2, 3)).sum(1)
        tensor([3., 6.])
    """
    return numbers.reshape(*numbers.shape, *[1] * (tensors.dim() - numbers.dim())) * tensors


def norms(points: Points) -> Float[Tensor, " points"]:
    """Return the length of every point, over all features together."""
    return torch.cat([value.flatten(1) for value in points.values()], 1).norm(dim=1)


def _joined(tensors: Mapping[str, Tensor]) -> Tensor:
    return torch.cat([value.flatten() for value in tensors.values()])
