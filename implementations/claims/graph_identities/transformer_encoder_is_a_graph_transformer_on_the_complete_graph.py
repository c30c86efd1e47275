"""Exact relation: a Transformer encoder is a Graph Transformer on the complete graph.

Source: Dwivedi & Bresson 2021 (dwivedi2020generalization); Vaswani et al. 2017, eq. 1 and 2 (vaswani2017attention).

Method: the weights of a random encoder of two layers, without biases on queries, keys and values, as in the paper, are
copied into a Graph Transformer with layer normalisation, whose maps in and out are the identity. Positions are the
nodes of the complete graph with self-loops.

Measures:
    agreement_error: relative difference of the outputs.
    ring_difference: on a ring with self-loops.
    no_self_loops_difference: on the complete graph without self-loops.
    batch_norm_difference: with batch normalisation, at inference a fixed affine map, instead of layer normalisation.
"""

import torch
from torch import Tensor

from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.graph.graph_transformer import GraphTransformer
from implementations.claims.agreement import difference

POSITIONS, WIDTH, HEADS, LAYERS = 6, 12, 3, 2
NAMES = {
    "self_attention": "attention",
    "self_norm": "attention_norm",
    "feed_forward": "feed_forward",
    "feed_forward_norm": "feed_forward_norm",
}


def run(seed: int) -> dict[str, float]:
    """Run a Transformer encoder as a Graph Transformer on several graphs.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    nodes = torch.arange(POSITIONS)
    complete = torch.cartesian_prod(nodes, nodes).T
    ring = complete[:, ((complete[0] - complete[1] + 1) % POSITIONS) <= 2]  # from both neighbours and the node itself
    without_loops = complete[:, complete[0] != complete[1]]
    with torch.no_grad():
        encoder = _drawn(generator)
        expected = encoder(x[None])[0]
        network = as_graph_transformer(encoder, "layer")
        return {
            "agreement_error": difference(network(x, complete), expected),
            "ring_difference": difference(network(x, ring), expected),
            "no_self_loops_difference": difference(network(x, without_loops), expected),
            "batch_norm_difference": difference(as_graph_transformer(encoder, "batch")(x, complete), expected),
        }


def as_graph_transformer(encoder: Transformer, norm: str) -> GraphTransformer:
    """Return the Graph Transformer with the weights of an encoder and this normalisation."""
    network = GraphTransformer(
        in_features=WIDTH, width=WIDTH, heads=HEADS, layers=LAYERS, out_features=WIDTH, norm=norm
    )
    for layer, source in zip(network.double().eval().layers, encoder.encoder, strict=True):
        for theirs, ours in NAMES.items():
            weights: dict[str, Tensor] = source.get_submodule(theirs).state_dict()
            target = layer.get_submodule(ours)
            known = target.state_dict()
            target.load_state_dict(known | {name: weight for name, weight in weights.items() if name in known})
    for identity in (network.embed, network.read_out):
        identity.weight.copy_(torch.eye(WIDTH))
        identity.bias.zero_()
    return network


def _drawn(generator: torch.Generator) -> Transformer:
    """Return an encoder with random weights, and no biases on queries, keys and values."""
    encoder = Transformer(width=WIDTH, heads=HEADS, layers=LAYERS, hidden=2 * WIDTH).double()
    for name, parameter in encoder.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
        if parameter.dim() > 1:
            parameter.copy_(noise / parameter[0].numel() ** 0.5)
        elif any(part in name for part in ("query", "key", "value")):
            parameter.zero_()
        else:
            parameter.copy_(0.1 * noise + (1.0 if name.endswith("norm.weight") else 0.0))
    return encoder
