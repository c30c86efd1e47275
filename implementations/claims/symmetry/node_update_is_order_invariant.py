"""Experiment: does the order in which the neighbours of a node are listed matter?

Source: the lecture, S24; Battaglia et al. 2018 (battaglia2018relational), Zaheer et al. 2017 (zaheer2017deep).

Method: a random graph network block on 12 nodes, each with edges from four others. The nodes are relabelled and the
list of edges is shuffled; every node should get the same new features, under its new label. The block adds up the
messages to a node; this sum is replaced by other ways of combining the four messages into one of the same width.

Measures:
    sum_error, mean_error, max_error: relative change of the node features; these operations are commutative.
    running_average_error: the same for a -> (a + message) / 2 along the list, which is not commutative.
    concatenation_error: the same for a linear map of the four messages, concatenated in the order of the list.
    errors: of sum, mean, max, running average and concatenation.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.graph.graph_network import GraphNetwork

NODES, NEIGHBOURS, MESSAGE = 12, 4, 6


def run(seed: int) -> dict[str, float | list[float]]:
    """Relabel the nodes of a graph and shuffle its edges, under five aggregations.

    Args:
        seed: Seed of weights, features and permutations.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    block = _initialised(GraphNetwork(out_features=(4, MESSAGE, 2)).double(), generator)
    mixing = torch.randn(NEIGHBOURS * MESSAGE, MESSAGE, generator=generator, dtype=torch.float64)
    aggregations = {
        "sum": block.aggregate,
        "mean": SideBySide(lambda slots: slots.mean(1)),
        "max": SideBySide(lambda slots: slots.amax(1)),
        "running_average": SideBySide(running_average),
        "concatenation": SideBySide(lambda slots: slots.flatten(1) @ mixing / (NEIGHBOURS * MESSAGE) ** 0.5),
    }
    inputs = _graph(block.sizes, generator)
    errors = {}
    for name, aggregation in aggregations.items():
        block.aggregate = aggregation
        errors[name] = order_error(block, inputs, torch.Generator().manual_seed(seed))
    return {**{f"{name}_error": error for name, error in errors.items()}, "errors": list(errors.values())}


class SideBySide(nn.Module):
    """Concatenates the messages to each node, in the order of the list, and combines them."""

    def __init__(self, combine: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.combine = combine

    def forward(self, messages: Tensor, receiver: Tensor, nodes: int) -> Tensor:
        """Return one message per node `[N, D]`, from messages `[E, D]`, of which every node receives equally many."""
        slots = messages[receiver.argsort(stable=True)].unflatten(0, (nodes, -1))  # [N, 4, D]
        return self.combine(slots)


def running_average(slots: Tensor) -> Tensor:
    """Return the running average of messages `[N, slots, D]`: late ones have larger weights."""
    average, *others = slots.unbind(1)
    for message in others:
        average = (average + message) / 2
    return average


def order_error(block: GraphNetwork, inputs: dict[str, Tensor], generator: torch.Generator) -> float:
    """Return the relative change of the node features when nodes are relabelled and edges are reordered."""
    old_label = torch.randperm(NODES, generator=generator)  # of each new node
    new_label = old_label.argsort()
    listing = torch.randperm(len(inputs["e"]), generator=generator)
    with torch.no_grad():
        before = block(**inputs).x
        after = block(
            x=inputs["x"][old_label],
            edge_index=new_label[inputs["edge_index"][:, listing]],
            e=inputs["e"][listing],
            u=inputs["u"],
        ).x
    return ((after - before[old_label]).norm() / before.norm()).item()


def _graph(sizes: tuple[int, int, int], generator: torch.Generator) -> dict[str, Tensor]:
    """Return random features, and edges to every node from four random others."""
    others = torch.rand(NODES, NODES - 1, generator=generator).argsort(1)[:, :NEIGHBOURS]
    target = torch.arange(NODES).repeat_interleave(NEIGHBOURS)
    source = (target + 1 + others.flatten()) % NODES
    features = [
        torch.randn(rows, size, generator=generator, dtype=torch.float64)
        for rows, size in zip((NODES, len(target), 1), sizes, strict=True)
    ]
    return {"x": features[0], "edge_index": torch.stack([source, target]), "e": features[1], "u": features[2]}


def _initialised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 2 / fan-in, and small biases."""
    with torch.no_grad():
        for parameter in network.parameters():
            scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return network
