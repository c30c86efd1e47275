"""Peer of the component: the perceptron of the LLaMA of transformers."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"narrow": {"width": 6, "hidden": 5}}
NAMES = {"gate": "gate_proj", "up": "up_proj", "down": "down_proj"}


def peer(*, width: int, hidden: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    import_transformers()
    from transformers.models.llama.modeling_llama import LlamaConfig, LlamaMLP

    module = LlamaMLP(LlamaConfig(hidden_size=width, intermediate_size=hidden, num_attention_heads=1)).double()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        named = {f"{theirs}.weight": weights[f"{ours}.weight"] for ours, theirs in NAMES.items()}
        return torch.func.functional_call(module, named, (x,))

    return theirs
