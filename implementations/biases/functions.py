"""Functions of the library by what they do: what stripping has to know about them."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

NORMALISATIONS = frozenset(
    ["layer_norm", "rms_norm", "group_norm", "instance_norm", "local_response_norm", "normalize"]
)
_UNMARKED_UNITS = [
    "_prelu_kernel",
    "hardswish",
    "log_sigmoid_forward",
    "rrelu_with_noise",
    "masked_fill",
    "_to_copy",
    "where",
]
UNMARKED = frozenset([*_UNMARKED_UNITS, "native_batch_norm", "index_put"])
"""Pointwise functions that the library does not mark as such."""
LINEAR = frozenset(
    ["add", "sub", "rsub", "neg", "clone", "alias", "detach", "_to_copy", "masked_fill", "native_batch_norm"]
)
LINEAR_IN_ONE = frozenset(["mul", "div", "addcmul", "lerp", "where"])
"""Functions that are linear as long as only one of their arguments comes from the inputs."""
CHOOSING = frozenset(["maximum", "minimum", "fmax", "fmin"])
CONSTANT = frozenset(
    ["zeros_like", "ones_like", "full_like", "empty_like", "new_zeros", "new_ones", "new_full", "new_empty"]
)
PICKING = frozenset(["index", "index_select", "gather"])
ADDING_UP = frozenset(["index_add", "index_reduce", "scatter_add", "scatter_reduce", "scatter", "index_put"])
RESHAPING = frozenset(["unsqueeze", "expand", "view", "_unsafe_view", "squeeze"])


@cache
def traits(func: Any) -> tuple[str, bool, bool]:
    """Return the name of a function, whether it writes into its argument, and whether it acts on every entry alike."""
    name = func.overloadpacket.__name__.removesuffix("_")
    packet = getattr(torch.ops.aten, name, func.overloadpacket)  # the form that does not write has more marks
    plain = getattr(packet, func._overloadname, func)
    marked = torch.Tag.pointwise in {*func.tags, *plain.tags}
    return name, func._schema.is_mutable, marked or name in UNMARKED
