"""Depth and receptive field, from the graph that autograd records while a module runs."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

PRODUCTS = ("Addmm", "Mm", "Bmm", "Baddbmm", "Convolution", "Linear")
"""Operations that may multiply by a weight, as autograd names them."""
WINDOWS = ("Convolution", "MaxPool", "AvgPool")
LEAF = "AccumulateGrad"
LOOKUPS = ("Embedding",)
"""Operations whose result depends on an input that has no gradient: numbers of words."""


def depth(module: nn.Module, inputs: Mapping[str, Tensor]) -> int:
    """Return how many layers with weights lie on the longest path from an input to the (first) output.

    Layers are products of what depends on an input with what depends on weights alone: linear maps and convolutions,
    also with matrices and kernels that are computed from weights. A recurrent network counts unrolled, once for every
    step of the given inputs; products of activations, as in attention, are not counted. Works on meta tensors.

    Examples:
        >>> depth(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), {"input": torch.zeros(1, 3)})
        2
    """
    layers: dict[Node, int | None] = {}  # of what depends on an input
    order = list(_from_output(module, inputs))
    weights = {id(parameter) for parameter in module.parameters()}
    for node in reversed(order):
        below = [layers[parent] for parent in _parents(node)]
        known = [number for number in below if number is not None]
        if _multiplies_by_weight(node, layers):
            layers[node] = max(known, default=0) + 1
        else:
            layers[node] = max(known, default=0 if _is_input(node, weights) else None)
    return (layers[order[0]] or 0) if order else 0


def receptive_field(module: nn.Module, inputs: Mapping[str, Tensor]) -> int | None:
    """Return the side of the input patch that one unit of the last feature map depends on; None without convolutions.

    From the output backwards, a window of size k with stride s and dilation d turns a patch of side r into one of side
    (r - 1) s + d (k - 1) + 1; where paths meet, the largest counts. Dense layers and global pooling see everything, so
    the map before them is taken as the last. The last space axis is reported. Works on meta tensors.

    Source: Araujo, Norris & Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", Distill.

    Examples:
        >>> net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3, stride=2), nn.Conv2d(2, 1, 3))
        >>> receptive_field(net, {"input": torch.zeros(1, 1, 16, 16)})
        9
    """
    sides: dict[Node, int] = {}
    largest = 1
    for node in _from_output(module, inputs):
        side = sides.get(node, 1)
        window = _window(node)
        if window:
            kernel, stride, dilation = window
            side = (side - 1) * stride + dilation * (kernel - 1) + 1
            largest = max(largest, side)
        elif _kind(node) in ("Addmm", "Mm", "Mean", "AdaptiveAvgPool2D", "AdaptiveAvgPool3D"):
            side = 1
        for parent in _parents(node):
            sides[parent] = max(sides.get(parent, 1), side)
    return largest if largest > 1 else None


def _from_output(module: nn.Module, inputs: Mapping[str, Tensor]) -> Iterator[Node]:
    """Yield the operations behind the first output, each before those that it depends on."""
    # What acts on an input before any weight does is recorded only if the input wants a gradient.
    wanting = {k: v.detach().requires_grad_() if v.is_floating_point() else v for k, v in inputs.items()}
    with torch.enable_grad():
        result = module(**wanting)
    output = result if isinstance(result, Tensor) else result[0]
    if output.grad_fn is None:
        return
    consumers: dict[Node, int] = {}
    seen, stack = {output.grad_fn}, [output.grad_fn]
    while stack:
        for parent in _parents(stack.pop()):
            consumers[parent] = consumers.get(parent, 0) + 1
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    ready = [output.grad_fn]
    while ready:
        node = ready.pop()
        yield node
        for parent in _parents(node):
            consumers[parent] -= 1
            if not consumers[parent]:
                ready.append(parent)


def _parents(node: Node) -> list[Node]:
    return [parent for parent, _ in node.next_functions if parent is not None]


def _kind(node: Node) -> str:
    """The operation: `Addmm` for `AddmmBackward0`."""
    return node.name().rpartition("::")[2].partition("Backward")[0]


def _is_input(node: Node, weights: Container[int]) -> bool:
    """Whether it looks up an input, or is a leaf that is none of these parameters."""
    is_leaf = LEAF in node.name() and id(node.variable) not in weights  # type: ignore[attr-defined]
    return is_leaf or _kind(node) in LOOKUPS


def _multiplies_by_weight(node: Node, layers: Mapping[Node, int | None]) -> bool:
    """Whether it is a product of which one factor depends on weights alone; one without a gradient is an input."""
    if _kind(node) not in PRODUCTS:
        return False
    factors = [factor for factor, _ in node.next_functions]
    factors = factors[1:] if _kind(node) in ("Addmm", "Baddbmm") else factors[:2]  # without what is added
    fixed = [factor is not None and layers[factor] is None for factor in factors]
    return any(fixed) and not all(fixed)


def _window(node: Node) -> tuple[int, int, int] | None:
    """Kernel size, stride and dilation along the last space axis of an operation that looks at a window.

    The last, because normalisation over channels is computed as pooling over an axis put before those of space.
    """
    kind = _kind(node)
    if not kind.startswith(WINDOWS):
        return None
    if kind.startswith("Convolution"):
        if node._saved_transposed:  # type: ignore[attr-defined]
            return None
        kernel = node._saved_weight.shape[-1]  # type: ignore[attr-defined]
    else:
        kernel = node._saved_kernel_size[-1]  # type: ignore[attr-defined]
    dilation = getattr(node, "_saved_dilation", (1,))[-1]
    return kernel, node._saved_stride[-1], dilation  # type: ignore[attr-defined]
