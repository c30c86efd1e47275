"""Probe for weight sharing over depth: a weight matrix is used again on what has been computed with it.

Definition: the bias holds if there is a weight matrix, and a path through the operations of one run, on which it is
used twice. A use is a matrix product or convolution of which one operand has been computed from parameters alone and
another depends on an input. The transpose of a matrix counts as another, and looking up a symbol in a table is no use,
so that sharing the table of words with the last layer does not count. A recurrent network over time uses its weights
again at every step. Therefore every axis is made as short as the module allows, down to one position, where only depth
is left. The error is 0 or 1.

Source: Dehghani et al. 2019 (dehghani2018universal); Bai et al. 2019 (bai2019deep).
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from implementations.biases.comparing import run
from implementations.biases.recurring import state_names
from implementations.biases.resizing import REFUSALS, resized, sizes_taken
from kb.probes import Axes

LOOK_UP = "embedding"
PRODUCTS = ("mm", "linear", "conv", "einsum")  # `addmm` and `bmm` among them
Use = tuple[str, tuple[int, ...]]  # a parameter, and how its numbers are laid out: its transpose has another layout


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if some weight matrix is used twice on one path, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    return 0.0 if used_again(module, shortest(module, inputs, axes, generator)) else 1.0


def shortest(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> dict[str, Tensor]:
    """Return inputs of which every axis has one position, where the module allows it, with a state to continue from.

    A state, because some networks put an element of their own before the first.
    """
    sizes: dict[str, int] = {}
    for letter in sorted(sizes_taken(module)):
        try:
            trial = resized(module, axes, {**sizes, letter: 1}, generator)
            run(module, trial, axes)
        except REFUSALS:
            continue
        sizes, inputs = {**sizes, letter: 1}, trial
    outputs = run(module, inputs, axes)
    return {**inputs, **{name: outputs[name] for name in state_names(module, axes)}}


class Uses(TorchDispatchMode):
    """While it is active, follows which parameters are used on the way to each result.

    Tensors are known by the memory that they share with their views. Results are kept, so that no memory is given out
    twice.

    Args:
        parameters: The parameters, by the names that `again` will have.
        inputs: What counts as data.
    """

    def __init__(self, parameters: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.weights = {_memory(value): frozenset({name}) for name, value in parameters.items()}
        self.used: dict[int, frozenset[Use]] = {_memory(value): frozenset() for value in inputs.values()}
        self.again: set[Use] = set()
        self.kept: list[Tensor] = []

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call an operation, and note what its results come from."""
        operands = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        result = func(*args, **(kwargs or {}))
        results = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        self.kept.extend(results)
        if func.is_view:
            return result
        earlier = [self.used[_memory(operand)] for operand in operands if _memory(operand) in self.used]
        before = frozenset[Use]().union(*earlier)
        beside = {(name, operand.stride()) for operand in operands for name in self.weights.get(_memory(operand), ())}
        look_up = LOOK_UP in func.name()
        if earlier and not _multiplies(func):
            beside = set()
        self.again |= beside & before
        for memory in map(_memory, results):
            if earlier or look_up:
                self.used[memory] = frozenset() if look_up else before | beside
            elif beside:
                self.weights[memory] = frozenset(name for name, _ in beside)
        return result


def _multiplies(func: Any) -> bool:
    """Whether an operation is a matrix product or a convolution."""
    return any(kind in func.name() for kind in PRODUCTS)


def _memory(tensor: Tensor) -> int:
    """Return what is the same for a tensor and its views."""
    return tensor.untyped_storage()._cdata


def used_again(module: nn.Module, inputs: dict[str, Tensor]) -> set[str]:
    """Return the names of parameters of two axes or more that some path uses twice."""
    parameters = dict(module.named_parameters())
    with torch.no_grad(), Uses(parameters, inputs) as uses:
        module(**inputs)
    return {name for name, _ in uses.again if parameters[name].dim() > 1}


class Layers(nn.Module):
    """Three layers of the same shape, with one matrix for all or each with its own."""

    def __init__(self, generator: torch.Generator, shared: bool) -> None:
        super().__init__()
        matrices = [torch.randn(4, 4, generator=generator, dtype=torch.float64) for _ in range(1 if shared else 3)]
        self.weights = nn.ParameterList(matrices)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        for layer in range(3):
            x = torch.tanh(x @ self.weights[layer % len(self.weights)])
        return x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"x": torch.randn(B, 4, generator=generator, dtype=torch.float64)}


def _case(shared: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Layers(generator, shared)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return three layers with one matrix."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return three layers with three."""
    return _case(False, generator)
