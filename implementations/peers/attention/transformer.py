"""Peer of the encoder-decoder Transformer: `nn.Transformer`, without the final norms that the paper has not."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.attention.transformer import Transformer

WIDTH, HEADS, LAYERS, HIDDEN = 8, 2, 2, 16


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = Transformer(form="encoder-decoder", width=WIDTH, heads=HEADS, layers=LAYERS, hidden=HIDDEN)
    peer = nn.Transformer(WIDTH, HEADS, LAYERS, LAYERS, HIDDEN, dropout=0.0, batch_first=True).double().eval()
    peer.encoder.norm = peer.decoder.norm = None

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        arguments = {"tgt_mask": mask, "tgt_is_causal": True}
        return torch.func.functional_call(peer, translated(weights), (source, x), arguments)

    return ours, theirs, ours.example_inputs(generator)


class Causal(nn.Transformer):
    """The library's module with its arguments in our order, and later positions hidden from the decoder."""

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Return one vector for every position of `x`."""
        mask = self.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return super().forward(source, x, tgt_mask=mask, tgt_is_causal=True)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    peer = Causal(512, 8, 6, 6, 2048, dropout=0.0, batch_first=True)
    peer.encoder.norm = peer.decoder.norm = None
    return "base", peer, {name: torch.randn(2, 64, 512, generator=generator) for name in ("x", "source")}


def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return our weights under torch's names, with query, key and value fused."""
    named = {}
    crosses = {"encoder": False, "decoder": True}
    for side, across in crosses.items():
        norms = ["self_norm", *(["cross_norm"] if across else []), "feed_forward_norm"]
        attentions = {"self_attention": "self_attn"} | ({"cross_attention": "multihead_attn"} if across else {})
        for layer in range(LAYERS):
            ours, theirs = f"{side}.{layer}", f"{side}.layers.{layer}"
            for part in ("weight", "bias"):
                for mine, other in attentions.items():
                    fused = [weights[f"{ours}.{mine}.{name}.{part}"] for name in ("query", "key", "value")]
                    named[f"{theirs}.{other}.in_proj_{part}"] = torch.cat(fused)
                    named[f"{theirs}.{other}.out_proj.{part}"] = weights[f"{ours}.{mine}.output.{part}"]
                for number, norm in enumerate(norms, start=1):
                    named[f"{theirs}.norm{number}.{part}"] = weights[f"{ours}.{norm}.{part}"]
                named[f"{theirs}.linear1.{part}"] = weights[f"{ours}.feed_forward.widen.{part}"]
                named[f"{theirs}.linear2.{part}"] = weights[f"{ours}.feed_forward.narrow.{part}"]
    return named
