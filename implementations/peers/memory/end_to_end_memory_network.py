"""Peer of the end-to-end memory network: torch's attention, without its scale, on embeddings by `einsum`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.peers.memory_mechanism.position_weighted_sum import position_weights


def theirs(weights: dict[str, Tensor], story: Tensor, question: Tensor) -> Tensor:
    """Return the answers, with our weights: as many memories as ages, and as many hops as kinds of words but one."""
    hops, (memories, width) = sum(name.startswith("ages.") for name in weights) - 1, weights["ages.0.weight"].shape
    words = [weights[f"words.{k}"] for k in range(hops + 1)]
    ages = torch.stack([weights[f"ages.{k}.weight"] for k in range(hops + 1)]).flip(1)
    kept = story[:, -memories:]
    of_story, of_question = (position_weights(text.shape[-2], width).to(text) for text in (story, question))
    stored = [torch.einsum("bmtv,dv,td->bmd", kept, a, of_story) + age for a, age in zip(words, ages, strict=True)]
    u = torch.einsum("bsv,dv,sd->bd", question, words[0], of_question)[:, None]
    for k in range(hops):
        u = u + F.scaled_dot_product_attention(u, stored[k], stored[k + 1], scale=1.0)
    return u[:, 0] @ words[hops]


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = EndToEndMemoryNetwork(vocabulary=9, width=6, hops=3, memories=4)  # one sentence is forgotten
    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    ours = EndToEndMemoryNetwork(vocabulary=177)
    return "babi", theirs, ours.example_inputs(generator, B=32, M=50, T=7, S=4)
