"""Measuring modules: parameters, FLOPs, and the stages through which the inputs pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
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

    Matrix products, convolutions and attention are counted; element-wise operations, distances and the fused recurrent
    layers of PyTorch are not.

    Examples:
        >>> count_flops(nn.Linear(3, 2), {"input": torch.zeros(5, 3)})
        60
    """
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(**inputs)
    return int(counter.get_total_flops())


def stages(module: nn.Module, inputs: Mapping[str, Tensor]) -> list[Stage]:
    """Run the module once and return its stages in the order in which they ran.

    A stage is a child of the module; lists of blocks are expanded as long as the result fits on one screen. A child
    that is called more than once (a recurrent cell, shared layers) appears once.
    """
    found: dict[str, Stage] = {}

    def record(name: str) -> object:
        def hook(child: nn.Module, _: object, output: object) -> None:
            first = output[0] if isinstance(output, tuple) else output
            if isinstance(first, Tensor) and name not in found:
                found[name] = Stage(name, type(child).__name__, tuple(first.shape), count_parameters(child))

        return hook

    children = _units(module)
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


def _units(module: nn.Module) -> dict[str, nn.Module]:
    """The children of a module, with containers replaced by their items while there are few enough."""
    units = dict(module.named_children())
    while True:
        expanded: dict[str, nn.Module] = {}
        for name, child in units.items():
            inner = (
                {f"{name}.{key}": item for key, item in child.named_children()} if isinstance(child, EXPANDED) else {}
            )
            expanded |= inner or {name: child}
        if len(expanded) > MAX_STAGES or expanded.keys() == units.keys():
            # A ModuleList is never called itself, so its items are shown however many there are.
            return expanded if any(isinstance(child, nn.ModuleList) for child in units.values()) else units
        units = expanded
