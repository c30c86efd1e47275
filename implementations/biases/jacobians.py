"""Jacobians: the derivative of all outputs by all features, of one example."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import features
from kb.probes import Axes

BATCH = "B"


def one_example(inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the first example of a batch, as a batch of one.

    Example:
        >>> axes = Axes(inputs={"x": ("B", "F")}, outputs={}, acting=("F",))
        >>> one_example({"x": torch.tensor([[1.0, 2.0], [3.0, 4.0]])}, axes)["x"].tolist()
        [[1.0, 2.0]]
    """
    batched = {name: axes.inputs[name].index(BATCH) for name in inputs if BATCH in axes.inputs[name]}
    return {name: x.narrow(batched[name], 0, 1) if name in batched else x for name, x in inputs.items()}


def is_square(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> bool:
    """Return whether there are as many numbers in the outputs as in the features of the inputs."""
    sides = (features(inputs, axes), run(module, inputs, axes))
    before, after = (sum(x.numel() for x in tensors.values()) for tensors in sides)
    return before == after


def jacobian(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> Tensor:
    """Return the derivative of all outputs, a row each, by all features; zeros where nothing is differentiable.

    Example:
        >>> axes = Axes(inputs={"input": ("F",)}, outputs={"y": ("F",)}, acting=("F",))
        >>> jacobian(nn.Softplus(), {"input": torch.zeros(2)}, axes).tolist()
        [[0.5, 0.0], [0.0, 0.5]]
    """
    numbers = {name: x.detach().clone().requires_grad_() for name, x in features(inputs, axes).items()}
    outputs = axes.named_outputs(module(**{**inputs, **numbers}))
    flat = torch.cat([value.flatten() for value in outputs.values() if value.is_floating_point()])
    if not flat.requires_grad:
        return torch.zeros(len(flat), sum(x.numel() for x in numbers.values()), dtype=flat.dtype)
    rows = _rows(flat, list(numbers.values()))
    zeros = (torch.zeros(len(flat), *x.shape, dtype=flat.dtype) for x in numbers.values())
    return torch.cat([(zero if row is None else row).flatten(1) for row, zero in zip(rows, zeros, strict=True)], 1)


def _rows(flat: Tensor, sources: list[Tensor]) -> list[Tensor | None]:
    """Return the derivatives of every number by each source, all at once where the operations allow that."""

    def derivative(outputs: Tensor, directions: Tensor, batched: bool) -> tuple[Tensor | None, ...]:
        return torch.autograd.grad(
            outputs, sources, directions, retain_graph=True, allow_unused=True, is_grads_batched=batched
        )

    directions = torch.eye(len(flat), dtype=flat.dtype)
    try:
        return list(derivative(flat, directions, True))
    except RuntimeError:  # the derivative of some operation cannot be taken for several rows at once
        rows = [derivative(flat, direction, False) for direction in directions]
        return [None if column[0] is None else torch.stack(column) for column in zip(*rows, strict=True)]
