"""Peer of the end-to-end memory network: torch's attention, without its scale, on embeddings by `einsum`."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.memory.end_to_end_memory_network import EndToEndMemoryNetwork
from implementations.peers.memory_mechanism.position_weighted_sum import position_weights

SIZES = {"forgetting": {"vocabulary": 9, "width": 5, "hops": 2, "memories": 4}}  # of five sentences


def peer(*, hops: int, tying: str, position_code: bool, memories: int, linear: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def embedded(text: Tensor, words: Tensor) -> Tensor:
        size = text.shape[-2], len(words)
        shares = position_weights(*size) if position_code else torch.ones(size)
        return torch.einsum("...tv,dv,td->...d", text, words, shares.to(text))

    def attend(u: Tensor, m: Tensor, c: Tensor) -> Tensor:
        if linear:
            return torch.einsum("bqd,bmd,bme->bqe", u, m, c)
        return F.scaled_dot_product_attention(u, m, c, scale=1.0)

    def theirs(weights: dict[str, Tensor], story: Tensor, question: Tensor) -> Tensor:
        words = [weights[f"words.{k}"] for k in range(hops + 1 if tying == "adjacent" else 2)]
        recent = story[:, -memories:] if memories else story
        stored = [embedded(recent, kind) for kind in words]
        if memories:
            ages = (weights[f"ages.{k}.weight"].flip(0)[-recent.shape[1] :] for k in range(len(words)))
            stored = [m + age for m, age in zip(stored, ages, strict=True)]
        u = embedded(question, weights.get("own.question", words[0]))[:, None]
        for k in range(hops):
            if tying == "adjacent":
                u = u + attend(u, stored[k], stored[k + 1])
            else:
                u = F.linear(u, weights["hop.skip.weight"]) + attend(u, *stored)
        return u[:, 0] @ weights.get("own.answer", words[-1])

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    ours = EndToEndMemoryNetwork(vocabulary=177)
    theirs = peer(hops=3, tying="adjacent", position_code=True, memories=50, linear=False)
    return "babi", theirs, ours.example_inputs(generator, B=32, M=50, T=7, S=4)
