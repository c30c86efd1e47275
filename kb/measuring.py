"""Measuring modules: parameters, FLOPs, and the stages through which the inputs pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

EXPANDED = (nn.Sequential, nn.ModuleList)
MAX_STAGES = 16


@dataclass(frozen=True)
class Stage:
    """One box of a block diagram.

    Args:
        name: The attribute under which the module is found, such as `blocks.2`.
        module: The name of its class.
        shape: The shape of its (first) output.
        parameters: Trainable parameters inside.
    """

    name: str
    module: str
    shape: tuple[int, ...]
    parameters: int


def count_parameters(module: nn.Module) -> int:
    """Return the number of trainable parameters; shared ones count once."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def count_flops(module: nn.Module, inputs: Mapping[str, Tensor]) -> int:
    """Return the floating-point operations of one forward pass, 2 for a multiply-add; works on meta tensors too.

    Matrix products, convolutions and attention are counted; element-wise operations, sums along edges, distances,
    sorting, Fourier transforms and the fused recurrent layers of PyTorch are not. Attention is computed product by
    product here: the fused one for processors is unknown to the counter.

    Examples:
        >>> count_flops(nn.Linear(3, 2), {"input": torch.zeros(5, 3)})
        60
    """
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        module(**inputs)
    return int(counter.get_total_flops())


def stages(module: nn.Module, inputs: Mapping[str, Tensor]) -> list[Stage]:
    """Run the module once and return its stages in the order in which they ran.

    A stage is a child of the module; lists of blocks are expanded as long as the result fits on one screen, if need be
    without what has no parameters and keeps the shape. A child that is called more than once (a recurrent cell, shared
    layers) appears once.
    """
    shown: list[Stage] = []
    for units in _levels(module):
        ran = _run(module, inputs, units)
        if len(ran) > MAX_STAGES:
            ran = [stage for before, stage in zip([None, *ran], ran, strict=False) if _is_informative(stage, before)]
        if shown and len(ran) > MAX_STAGES:
            break
        shown = ran
    return shown


def _is_informative(stage: Stage, before: Stage | None) -> bool:
    """Whether a stage has parameters or changes the shape."""
    return stage.parameters > 0 or before is None or stage.shape != before.shape


def _run(module: nn.Module, inputs: Mapping[str, Tensor], children: Mapping[str, nn.Module]) -> list[Stage]:
    """Run the module once and return a stage for each of the given children that is called, in the order of calls."""
    found: dict[str, Stage] = {}

    def record(name: str) -> object:
        def hook(child: nn.Module, _: object, output: object) -> None:
            first = output[0] if isinstance(output, tuple) else output
            if isinstance(first, Tensor) and name not in found:
                found[name] = Stage(name, type(child).__name__, tuple(first.shape), count_parameters(child))

        return hook

    handles = [child.register_forward_hook(record(name)) for name, child in children.items()]  # type: ignore[arg-type]
    try:
        with torch.no_grad():
            module(**inputs)
    finally:
        for handle in handles:
            handle.remove()
    return list(found.values())


def held(module: nn.Module, found: Iterable[Stage]) -> dict[str, tuple[int, ...]]:
    """Return the trainable parameters that belong to no stage, with their shapes.

    These are tensors that the module holds itself, and weights of children that it uses without calling them, as
    recurrent loops do.
    """
    stages_ = tuple(f"{stage.name}." for stage in found)
    named = module.named_parameters()
    return {name: tuple(p.shape) for name, p in named if p.requires_grad and not name.startswith(stages_)}


def _levels(module: nn.Module) -> Iterator[dict[str, nn.Module]]:
    """Yield the children of a module, then with containers replaced by their items, again and again."""
    units = _expanded(dict(module.named_children()), nn.ModuleList)  # these are never called themselves
    while True:
        yield units
        finer = _expanded(units, EXPANDED)
        if finer.keys() == units.keys():
            return
        units = finer


def _expanded(units: Mapping[str, nn.Module], kinds: type | tuple[type, ...]) -> dict[str, nn.Module]:
    """Return the units with those of some kinds replaced by their children."""
    found: dict[str, nn.Module] = {}
    for name, child in units.items():
        items = {f"{name}.{key}": item for key, item in child.named_children()} if isinstance(child, kinds) else {}
        found |= items or {name: child}
    return found
