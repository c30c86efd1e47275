"""Exact checks of the node-adaptive graph convolution."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.node_adaptive_convolution import NodeAdaptiveConvolution


def node_by_node(generator: torch.Generator) -> float:
    """Return the difference from the equations, written out node by node."""
    layer, x, embeddings = _example(generator)
    expected = []
    for node in embeddings:
        shares = torch.stack([(node @ other).clamp(min=0) for other in embeddings]).exp()
        neighbours = sum(share * x[:, m] for m, share in enumerate(shares / shares.sum()))
        own = sum(number * matrix for number, matrix in zip(node, layer.pool[:, 0], strict=True))
        others = sum(number * matrix for number, matrix in zip(node, layer.pool[:, 1], strict=True))
        expected.append(x[:, len(expected)] @ own + neighbours @ others + node @ layer.bias_pool)
    return difference(layer(x, embeddings), torch.stack(expected, 1))


def equal_embeddings_share_everything(generator: torch.Generator) -> float:
    """Return the difference from two shared matrices, of a node and of the mean of all, for equal embeddings."""
    layer, x, embeddings = _example(generator)
    node = embeddings[0]
    own, others = torch.einsum("d,dkfg->kfg", node, layer.pool)
    expected = x @ own + x.mean(1, keepdim=True) @ others + node @ layer.bias_pool
    return difference(layer(x, node.expand_as(embeddings)), expected)


def _example(generator: torch.Generator) -> tuple[NodeAdaptiveConvolution, torch.Tensor, torch.Tensor]:
    layer = NodeAdaptiveConvolution().double().requires_grad_(False)
    layer.bias_pool.normal_(generator=generator)
    inputs = layer.example_inputs(generator)
    return layer, inputs["x"].double(), inputs["embeddings"].double()
