"""Tracing: the operations that autograd recorded while a module ran, from which probes read how it computes."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node

LEAF = "AccumulateGrad"
"""How autograd names a parameter, or an input that wants a derivative."""


def traced(module: nn.Module, inputs: Mapping[str, Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Run a module, and return its outputs and its floating-point inputs, which want derivatives here."""
    wanting = {name: x.detach().requires_grad_() if x.is_floating_point() else x for name, x in inputs.items()}
    with torch.enable_grad():
        result = module(**wanting)
    outputs = [result] if isinstance(result, Tensor) else list(result)
    return outputs, [x for x in wanting.values() if x.requires_grad]


def operations(outputs: Iterable[Tensor]) -> list[Node]:
    """Return all recorded operations, each after those whose results it uses.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> [node.name() for node in operations([x.exp().sum()])]
        ['torch::autograd::AccumulateGrad', 'ExpBackward0', 'SumBackward0']
    """
    order: dict[Node, None] = {}
    stack = [(output.grad_fn, False) for output in outputs if output.grad_fn is not None]
    seen: set[Node] = set()
    while stack:
        node, ready = stack.pop()
        if ready:
            order[node] = None
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((source, False) for source in sources(node))
    return list(order)


def sources(node: Node) -> list[Node]:
    """Return the operations whose results an operation uses."""
    return [source for source, _ in node.next_functions if source is not None]
