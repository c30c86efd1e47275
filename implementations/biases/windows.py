"""Windows: a fixed weighted sum in place of a maximum, another order statistic, or a norm of a window of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

ORDERED = frozenset(["amax", "amin", "max", "min", "median", "nanmedian", "kthvalue", "mode", "logsumexp"])
NORMS = frozenset(["linalg_vector_norm", "norm", "var", "std", "var_mean"])
SORTED = frozenset(["sort", "cummax", "cummin"])
STATISTICS = frozenset({"mean", "sum", *ORDERED, *NORMS})
POOLS = ("max_pool", "adaptive_max_pool", "fractional_max_pool")
SHARE = 0.5  # of a mean: numbers from which a whole mean is subtracted would add up to zero, and be divided by it
MASKED = -1e4  # what is below this is to be ignored


def summed(func: Any, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> Any:
    """Return the result of a function, or a fixed weighted sum where it is an order statistic or a norm.

    Indices, such as that of the largest number, stay what they are, and so do the k largest numbers: what is looked up
    with the first, or left out by the second, is chosen by content.

    Args:
        func: A function of the library, as it is dispatched.
        name: Its name.
        args: Its arguments.
        kwargs: Its named arguments.
        result: What it returned.
    """
    if not isinstance(args[0], Tensor) or not (args[0].is_floating_point() or args[0].is_complex()):
        return result
    named = dict(zip((argument.name for argument in func._schema.arguments), args, strict=False)) | dict(kwargs)
    dim = named.get("dim")
    if name.startswith(POOLS):
        values = _at_fixed_places(func, args, kwargs, result[0])
    elif name in SORTED:
        dim = -1 if dim is None else dim
        values = args[0].narrow(dim, 0, result[0].shape[dim])
    elif name in ORDERED or name in NORMS:
        x = torch.where(args[0] < MASKED, 0.0, args[0]) if not args[0].is_complex() else args[0]
        values = SHARE * (x.mean() if dim is None or dim == [] else x.mean(dim, named.get("keepdim", False)))
    elif name in ("scatter_reduce", "index_reduce") and named["reduce"] in ("amax", "amin"):
        return SHARE * func(*args[:4], "mean", include_self=False)
    else:
        return result
    return values if isinstance(result, Tensor) else (values, *result[1:])


def _at_fixed_places(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], values: Tensor) -> Tensor:
    """Return the numbers at fixed places of the windows: those where some other tensor is largest."""
    x = args[0]
    other = torch.rand(x.shape, generator=torch.Generator().manual_seed(0), dtype=x.dtype)
    places = func(other, *args[1:], **kwargs)[1]
    grid = 3 if "3d" in str(func) else 2
    return x.flatten(-grid).gather(-1, places.flatten(-grid)).view_as(values)
