"""Peer of the Transformer: `nn.Transformer`, or its encoder, without the final norms, which the paper does not have."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

SIZES = {"four-heads": {"form": "encoder-decoder", "width": 12, "heads": 4, "layers": 3, "hidden": 7}}


def peer(*, form: str, width: int, heads: int, layers: int, hidden: int, positions: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; a decoder without a source is torch's encoder with a mask."""
    module = nn.Transformer(width, heads, layers, layers, hidden, dropout=0.0, batch_first=True).double()
    module.encoder.norm = module.decoder.norm = None

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor | None = None) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        x = with_position_code(x) if positions else x
        if source is None:
            named = translated(weights, layers, ours=form, theirs="encoder")
            inside = {name.removeprefix("encoder."): value for name, value in named.items()}
            masks = {} if form == "encoder" else {"mask": mask, "is_causal": True}
            return torch.func.functional_call(module.encoder, inside, (x,), masks)
        named = translated(weights, layers, ours="encoder", theirs="encoder")
        named |= translated(weights, layers, ours="decoder", theirs="decoder")
        source = with_position_code(source) if positions else source
        return torch.func.functional_call(module, named, (source, x), {"tgt_mask": mask, "tgt_is_causal": True})

    return theirs


def with_position_code(x: Tensor) -> Tensor:
    """Return `[B, T, D]` plus codes of positions: pairs of sine and cosine, from complex numbers on the unit circle."""
    frequencies = torch.logspace(0, -4, x.shape[2] // 2 + 1, dtype=x.dtype)[:-1]
    turns = torch.outer(torch.arange(x.shape[1], dtype=x.dtype), frequencies)
    return x + torch.view_as_real(torch.polar(torch.ones_like(turns), turns)).flip(2).flatten(1)


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


def translated(weights: dict[str, Tensor], layers: int, *, ours: str, theirs: str) -> dict[str, Tensor]:
    """Return the weights of one of our stacks under the names of one of torch's, with query, key and value fused."""
    named = {}
    across = theirs == "decoder"
    norms = ["self_norm", *(["cross_norm"] if across else []), "feed_forward_norm"]
    attentions = {"self_attention": "self_attn"} | ({"cross_attention": "multihead_attn"} if across else {})
    for layer in range(layers):
        our, other = f"{ours}.{layer}", f"{theirs}.layers.{layer}"
        for part in ("weight", "bias"):
            for attention, called in attentions.items():
                fused = [weights[f"{our}.{attention}.{name}.{part}"] for name in ("query", "key", "value")]
                named[f"{other}.{called}.in_proj_{part}"] = torch.cat(fused)
                named[f"{other}.{called}.out_proj.{part}"] = weights[f"{our}.{attention}.output.{part}"]
            for number, norm in enumerate(norms, start=1):
                named[f"{other}.norm{number}.{part}"] = weights[f"{our}.{norm}.{part}"]
            named[f"{other}.linear1.{part}"] = weights[f"{our}.feed_forward.widen.{part}"]
            named[f"{other}.linear2.{part}"] = weights[f"{our}.feed_forward.narrow.{part}"]
    return named
