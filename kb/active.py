"""Active parameters: how many a position uses where it chooses among experts, beside all that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from kb.measuring import count_parameters

PLACES = 2
"""Axes of a choice before that of the chosen: examples and positions."""


def count_active(module: nn.Module, inputs: Mapping[str, Tensor]) -> int | None:
    """Return the trainable parameters that one position uses, or None where it chooses among none.

    A choice is seen where parameters are indexed by whole numbers with an axis more than examples and positions: along
    it stand the numbers of the experts of one position. A router counts as used. Works on meta tensors too.

    Examples:
        >>> import torch
        >>> class Experts(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.weight = nn.Parameter(torch.zeros(4, 10))
        ...
        ...     def forward(self, chosen):
        ...         return self.weight[chosen].sum(2)
        >>> count_active(Experts(), {"chosen": torch.zeros(1, 3, 2, dtype=torch.long)})
        20
    """
    with _Choices() as choices:
        module(**inputs)
    idle = sum(choices.idle.get(id(parameter), 0) for parameter in module.parameters() if parameter.requires_grad)
    return count_parameters(module) - idle if idle else None


class _Choices(TorchFunctionMode):
    """Notes of which parameters a position leaves some unused, and how many."""

    def __init__(self) -> None:
        super().__init__()
        self.idle: dict[int, int] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is Tensor.__getitem__ and isinstance(args[1], Tensor) and args[1].dim() > PLACES:
            table, chosen = args
            if not (chosen.is_floating_point() or chosen.dtype.itemsize == 1):
                whole = table if table._base is None else table._base
                self.idle[id(whole)] = table.numel() // len(table) * (len(table) - chosen.shape[-1])
        return func(*args, **(kwargs or {}))
