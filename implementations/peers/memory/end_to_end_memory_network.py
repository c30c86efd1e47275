"""Peer of the end-to-end memory network: torch's attention, without its scale, on embeddings by `einsum`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.peers.memory_mechanism.position_weighted_sum import position_weights


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    hops, width = 3, 6
    ours = EndToEndMemoryNetwork(vocabulary=9, width=width, hops=hops, memories=4)  # one sentence is forgotten

    def theirs(weights: dict[str, Tensor], story: Tensor, question: Tensor) -> Tensor:
        words = [weights[f"words.{k}"] for k in range(hops + 1)]
        ages = torch.stack([weights[f"ages.{k}.weight"] for k in range(hops + 1)]).flip(1)
        kept = story[:, -4:]
        stored = [
            torch.einsum("bmtv,dv,td->bmd", kept, a, position_weights(kept.shape[2], width)) + age
            for a, age in zip(words, ages, strict=True)
        ]
        u = torch.einsum("bsv,dv,sd->bd", question, words[0], position_weights(question.shape[1], width))[:, None]
        for k in range(hops):
            u = u + F.scaled_dot_product_attention(u, stored[k], stored[k + 1], scale=1.0)
        return u[:, 0] @ words[hops]

    return ours, theirs, ours.example_inputs(generator)
