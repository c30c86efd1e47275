"""Peer of RWKV: that of transformers, whose mean of past values is a numerator, a denominator and their exponent.

The library halves activations every few blocks where it does not train, which is switched off here. It changes states
in place; it gets ones that are replaced instead, so that gradients pass through them.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.recurrent.rwkv import REMEMBERED
from implementations.peers.state_space_layer.selective_state_space import double_precision
from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"symbols": 7, "width": 6, "hidden": 9}, "deep": {"symbols": 3, "width": 5, "blocks": 3}}
TIME = ("receptance", "key", "value")
"""The order of our shares in time mixing."""
CONFIGURATIONS = {
    "rwkv": {
        "arguments": {
            "symbols": "vocab_size",
            "width": "hidden_size",
            "hidden": "intermediate_size or 4 * hidden_size",
            "blocks": "num_hidden_layers",
        },
        "only": {
            "attention_hidden_size == hidden_size": [True],
            "tie_word_embeddings": [False],
            "layer_norm_epsilon": [1e-5],
        },
    }
}


class PerBlock:
    """What every block remembers, where the library expects a tensor whose last axis is that of blocks."""

    def __init__(self, memories: list[Tensor]) -> None:
        self.memories = memories

    def __getitem__(self, place: tuple[slice, slice, int]) -> Tensor:
        """Return the memory of a block."""
        return self.memories[place[-1]]

    def __setitem__(self, place: tuple[slice, slice, int], memory: Tensor) -> None:
        """Replace the memory of a block."""
        self.memories[place[-1]] = memory


def peer(*, symbols: int, width: int, hidden: int, blocks: int) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights."""
    module = model(symbols, width, hidden, blocks).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        time, channel, mean, logarithm = h.unflatten(1, (blocks, REMEMBERED, width)).unbind(2)
        state = [PerBlock(list(kept.unbind(1))) for kept in (channel, time, mean, torch.ones_like(mean), logarithm)]
        embedded = F.linear(x, weights["embedding.weight"])
        given = {"inputs_embeds": embedded, "state": state, "use_cache": True}
        with double_precision():
            y = torch.func.functional_call(module.train(training), translated(weights, blocks), (), given).logits
        channel, time, numerator, denominator, exponent = (torch.stack(kept.memories, 1) for kept in state)
        after = torch.stack([time, channel, numerator / denominator, exponent + denominator.log()], 2)
        return y, after.flatten(1)

    return theirs


def translated(weights: dict[str, Tensor], blocks: int) -> dict[str, Tensor]:
    """Return our weights by the library's names."""
    named = {"rwkv.embeddings.weight": weights["embedding.weight"].T, "head.weight": weights["read_out.weight"]}
    for kind in ("weight", "bias"):
        named[f"rwkv.blocks.0.pre_ln.{kind}"] = weights[f"embedding_norm.{kind}"]
        named[f"rwkv.ln_out.{kind}"] = weights[f"norm.{kind}"]
    for block in range(blocks):
        ours, theirs = f"blocks.{block}", f"rwkv.blocks.{block}"
        for kind in ("weight", "bias"):
            named[f"{theirs}.ln1.{kind}"] = weights[f"{ours}.time_norm.{kind}"]
            named[f"{theirs}.ln2.{kind}"] = weights[f"{ours}.channel_norm.{kind}"]
        for mine, place, uses in (
            (f"{ours}.time_mixing", f"{theirs}.attention", TIME),
            (f"{ours}.channel_mixing", f"{theirs}.feed_forward", TIME[:2]),
        ):
            for use, share in zip(uses, weights[f"{mine}.shift.shares"], strict=True):
                named[f"{place}.time_mix_{use}"] = share[None, None]
            named |= {f"{place}.{use}.weight": weights[f"{mine}.{use}.weight"] for use in TIME}
        named[f"{theirs}.attention.output.weight"] = weights[f"{ours}.time_mixing.output.weight"]
        named[f"{theirs}.attention.time_decay"] = weights[f"{ours}.time_mixing.wkv.log_decay"]
        named[f"{theirs}.attention.time_first"] = weights[f"{ours}.time_mixing.wkv.bonus"]
    return named


def model(symbols: int, width: int, hidden: int, blocks: int) -> nn.Module:
    """Return the library's model of some sizes."""
    models = import_transformers()
    layout = models.RwkvConfig(
        vocab_size=symbols,
        hidden_size=width,
        intermediate_size=hidden,
        num_hidden_layers=blocks,
        rescale_every=0,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
    )
    return models.RwkvForCausalLM(layout)


class OfMixtures(nn.Module):
    """The library's model, for mixtures of symbols."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        return self.inner(inputs_embeds=x @ self.inner.rwkv.embeddings.weight, use_cache=False).logits


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    theirs = OfMixtures(model(64, 16, 64, 2))
    return "characters", theirs, {"x": torch.randn(32, 48, 64, generator=generator)}
