"""Tangent kernels: one hidden layer in the parametrisation of the neural tangent kernel, with gradient descent."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class Layer:
    """One hidden layer of hyperbolic tangents, f(x) = a . tanh(W x / root(F)) / scale.

    Args:
        weights: W, `[width, F]`.
        outputs: a, `[width]`.
        scale: Divisor of the sum over the units; the root of the width for the tangent kernel's limit.
    """

    weights: Tensor
    outputs: Tensor
    scale: float

    @classmethod
    def drawn(cls, features: int, width: int, generator: torch.Generator, *, power: float = 0.5) -> "Layer":
        """Return a layer with standard normal weights.

        Args:
            features: Number F of inputs.
            width: Units.
            generator: Draws the weights.
            power: Power of the width that divides the sum.
        """
        weights = torch.randn(width, features, generator=generator, dtype=torch.float64)
        return cls(weights, torch.randn(width, generator=generator, dtype=torch.float64), width**power)

    def hidden(self, x: Tensor) -> Tensor:
        """Return the units' activations `[N, width]` for inputs `[N, F]`."""
        return torch.tanh(x @ self.weights.T / x.shape[1] ** 0.5)

    def jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return derivatives of the outputs by the inner weights `[N, width, F]` and the outer ones `[N, width]`."""
        hidden = self.hidden(x)
        inner = (1 - hidden.square()) * self.outputs / self.scale  # [N, width]
        return inner[:, :, None] * x[:, None, :] / x.shape[1] ** 0.5, hidden / self.scale

    def kernel(self, x: Tensor) -> Tensor:
        """Return the tangent kernel `[N, N]`: inner products of the derivatives of the outputs by all weights."""
        inner, outer = (value.flatten(1) for value in self.jacobian(x))
        return inner @ inner.T + outer @ outer.T


def descend(
    layer: Layer, x: Tensor, y: Tensor, *, rate: float, steps: int, seen: Callable[[Layer, float], None], every: int
) -> None:
    """Lower half the sum of squared errors by gradient descent, in place, and pass intermediate layers to `seen`.

    Args:
        layer: The layer to train.
        x: Inputs `[N, F]`.
        y: Target outputs `[N]`.
        rate: Learning rate.
        steps: Number of steps.
        seen: Function that is called with the layer and its loss, at every `every`-th step and at the end.
        every: Number of steps between two calls of `seen`.
    """
    for step in range(steps + 1):
        hidden = layer.hidden(x)
        error = hidden @ layer.outputs / layer.scale - y  # [N]
        if step % every == 0 or step == steps:
            seen(layer, error.square().sum().item() / 2)
        pull = (1 - hidden.square()) * layer.outputs * error[:, None] / layer.scale  # [N, width]
        layer.outputs = layer.outputs - rate * hidden.T @ error / layer.scale
        layer.weights = layer.weights - rate * pull.T @ x / x.shape[1] ** 0.5
