"""Recording: the operations of one run that lead from the inputs to the outputs, in order, each with what it reads.

A step is an operation whose result depends on the inputs. What is computed from parameters alone is a weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from implementations.biases.following import tensors_in
from implementations.biases.functions import CONSTANT, LINEAR, LINEAR_IN_ONE
from kb.probes import Axes

PRODUCTS = ("mm", "mv", "dot", "linear", "conv", "einsum")  # `addmm` and `bmm` among them
MAPS = (
    *("mean", "sum", "cumsum", "cat", "stack", "repeat", "roll", "flip", "tril", "triu", "im2col", "col2im", "copy"),
    *("avg_pool", "_adaptive_avg_pool", "adaptive_avg_pool", "upsample", "constant_pad", "reflection_pad"),
    *("replication_pad", "_fft", "index_add", "scatter_add", "contiguous", "_unsafe_view", "lift_fresh"),
)
"""How the names of linear maps begin that have no weights."""
PARTS = frozenset(
    ["slice", "select", "split", "split_with_sizes", "unbind", "index", "index_select", "gather", "diagonal", "unfold"]
)
"""Operations that return a part of a tensor."""
FUSED = frozenset(["addmm", "addmv", "baddbmm", "addbmm", "addcmul", "addcdiv"])
"""Sums of the first argument and of an operation on the others."""


@dataclass(frozen=True)
class Step:
    """An operation.

    Args:
        name: The name of the operation; that of an input is empty.
        sources: The steps whose results it reads, by their numbers.
        linear: Whether its result is affine in all of these together.
        product: Whether it is a matrix product or a convolution.
        learned: Whether it reads weights too.
        part: Whether its result is a part of what it reads.
        shape: The shape of the result.
        reads: Of a convolution with weights: for each of its units, how many channels have a weight that is not zero.
        channels: How many channels it has.
        window: How many positions a unit reads.
    """

    name: str
    sources: tuple[int, ...]
    linear: bool = True
    product: bool = False
    learned: bool = False
    part: bool = False
    shape: tuple[int, ...] = ()
    reads: tuple[int, ...] = ()
    channels: int = 0
    window: int = 0


def recorded(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> list[Step]:
    """Run a module and return its steps, the inputs first; masks, and what points into an axis, count as constants.

    Example:
        >>> axes = Axes(inputs={"input": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
        >>> steps = recorded(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), {"input": torch.ones(1, 2)}, axes)
        >>> [step.name for step in steps]
        ['', 'addmm', 'tanh']
    """
    followed = [x for name, x in inputs.items() if name not in axes.indexes and x.dtype != torch.bool]
    recorder = Recorder(module.parameters(), followed)
    with torch.no_grad(), recorder:
        module(**inputs)
    return recorder.steps


class Recorder(TorchDispatchMode):
    """While it is active, notes the steps. Tensors are kept, so that no address is used twice.

    Args:
        parameters: What counts as weights.
        inputs: What is followed.
    """

    def __init__(self, parameters: Iterable[Tensor], inputs: Iterable[Tensor]) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self._of: dict[int, tuple[int, int]] = {}  # of a tensor, by identity: its step, and the writes before it
        self._writes: dict[int, int] = {}  # by memory: how often it was written to
        self._last: dict[int, int] = {}  # by memory: the step that wrote last
        self._kept: list[Tensor] = list(parameters)
        self._weights = {_memory(parameter) for parameter in self._kept}
        for tensor in inputs:
            self._note(Step("", (), shape=tuple(tensor.shape)), [tensor])

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call an operation, and note it if its result depends on the inputs."""
        kwargs = kwargs or {}
        operands = list(tensors_in((args, kwargs)))
        steps = [self._step(operand) for operand in operands]
        learned = any(
            step is None and _memory(operand) in self._weights for step, operand in zip(steps, operands, strict=True)
        )
        name = func.overloadpacket.__name__.removesuffix("_")
        result = func(*args, **kwargs)
        results = list(tensors_in(result))
        self._kept += results
        memories = {_memory(tensor) for tensor in results}
        if name in CONSTANT or all(step is None for step in steps):
            self._weights |= memories if learned else set()
            return result
        self._weights -= memories
        if func._schema.is_mutable:
            for memory in memories:
                self._writes[memory] = self._writes.get(memory, 0) + 1
        self._operation(func, name, args, steps, learned, results)
        return result

    def _step(self, tensor: Tensor) -> int | None:
        """Return the step that a tensor is the result of; none if it does not depend on the inputs."""
        memory = _memory(tensor)
        step, before = self._of.get(id(tensor), (None, -1))
        return step if before == self._writes.get(memory, 0) else self._last.get(memory)

    def _operation(
        self, func: Any, name: str, args: tuple[Any, ...], steps: list[int | None], learned: bool, results: list[Tensor]
    ) -> None:
        """Note an operation: one that is fused with a sum as two steps, and each part of a tensor as one."""
        shape = tuple(results[0].shape) if results else ()
        sources = tuple(step for step in steps if step is not None)
        product = any(kind in name for kind in PRODUCTS)
        if name in FUSED and steps[0] is not None and len(sources) > 1:
            self._note(Step(name, sources[1:], len(sources) == 2, product, learned, shape=shape), [])
            self._note(Step("add", (steps[0], len(self.steps) - 1), shape=shape), results)
            return
        linear = _is_linear(func, name, args, steps)
        part, filters = name in PARTS, {}
        if name == "convolution" and learned and steps[1] is None:
            filters = _filters(args[1], transposed=args[6], groups=args[8])
        for tensors in [[result] for result in results] if part else [results]:
            shape = tuple(tensors[0].shape) if tensors else ()
            self._note(Step(name, sources, linear, product, learned, part, shape, **filters), tensors)

    def _note(self, step: Step, results: list[Tensor]) -> None:
        self.steps.append(step)
        for tensor in results:
            memory = _memory(tensor)
            self._of[id(tensor)] = len(self.steps) - 1, self._writes.get(memory, 0)
            self._last[memory] = len(self.steps) - 1
            self._kept.append(tensor)


def _is_linear(func: Any, name: str, args: tuple[Any, ...], steps: list[int | None]) -> bool:
    """Tell whether an operation is affine in all of its operands that depend on inputs, taken together."""
    alone = sum(step is not None for step in steps) == 1
    if name == "native_batch_norm":
        return alone and not args[5]  # in training it normalises
    if name == "div" or name in PARTS:
        return alone and steps[0] is not None
    if name in LINEAR_IN_ONE or name in FUSED or any(kind in name for kind in PRODUCTS):
        return alone
    return func.is_view or name in LINEAR or name.startswith(MAPS)


def _filters(weight: Tensor, transposed: bool, groups: int) -> dict[str, Any]:
    """Return what a step says of the filters of a convolution."""
    grouped = weight.unflatten(0, (groups, -1))  # [groups, out, in, ...], or [groups, in, out, ...]
    inward = grouped if transposed else grouped.transpose(1, 2)
    reads = (inward.flatten(3) != 0).any(3).sum(1).flatten().tolist() if weight.dim() > 2 else []
    return {"reads": tuple(reads), "channels": groups * inward.shape[1], "window": weight[0, 0].numel()}


def _memory(tensor: Tensor) -> int:
    """Return what is the same for a tensor and its views."""
    return tensor.untyped_storage()._cdata
