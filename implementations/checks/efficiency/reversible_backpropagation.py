"""Exact checks of reversible backpropagation."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from implementations.claims.agreement import difference
from implementations.concepts.coupling_layer.reversible_block import ReversibleBlock
from implementations.concepts.efficiency.reversible_backpropagation import reversible_backpropagation

SHAPE = (5, 6)


def drawn(blocks: int, generator: torch.Generator) -> nn.ModuleList:
    """Return blocks whose functions have normalisations with running statistics."""
    functions = [
        nn.Sequential(nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3))
        for _ in range(2 * blocks)
    ]
    stack = nn.ModuleList(ReversibleBlock(f=f, g=g) for f, g in zip(functions[::2], functions[1::2], strict=True))
    for parameter in stack.double().parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return stack


def stored(blocks: Sequence[ReversibleBlock], x: Tensor) -> Tensor:
    """Return what the blocks compute, one after the other."""
    for block in blocks:
        x = block(x)
    return x


def gradients_are_those_of_storing(generator: torch.Generator) -> float:
    """Return the largest difference of outputs, gradients and running statistics, in both modes."""
    blocks = drawn(3, generator)
    start = {name: value.clone() for name, value in blocks.state_dict().items()}
    x = torch.randn(SHAPE, generator=generator, dtype=torch.float64)
    upstream = torch.randn(SHAPE, generator=generator, dtype=torch.float64)
    errors = []
    for training in (True, False):
        results = []
        for compute in (reversible_backpropagation, stored):
            blocks.load_state_dict(start)
            blocks.train(training)
            given = x.clone().requires_grad_()
            y = compute(list(blocks), given)
            gradients = torch.autograd.grad(y, [given, *blocks.parameters()], upstream)
            statistics = [value.double().clone() for value in blocks.buffers()]
            results.append([y, *gradients, *[value for value in statistics if value.any()]])
        errors += [difference(found, expected) for found, expected in zip(*results, strict=True)]
    return max(errors)


def stored_numbers_do_not_grow_with_depth(generator: torch.Generator) -> float:
    """Return by how much the numbers that are stored beside the weights differ between one block and nine."""
    one, nine = (_stored_numbers(drawn(blocks, generator), generator) for blocks in (1, 9))
    return abs(nine - one) / one


def _stored_numbers(blocks: nn.ModuleList, generator: torch.Generator) -> int:
    sizes: dict[int, int] = {}
    weights = {weight.data_ptr() for weight in blocks.parameters()}

    def keep(value: Tensor) -> Tensor:
        if value.data_ptr() not in weights:
            sizes[value.data_ptr()] = value.numel()
        return value

    x = torch.randn(SHAPE, generator=generator, dtype=torch.float64, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        reversible_backpropagation(list(blocks), x)
    return sum(sizes.values())
