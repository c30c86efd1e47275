"""Peer of sequence to sequence: two of torch's stacked `nn.LSTM`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"odd": {"source_features": 4, "target_features": 3, "embedding": 7, "units": 6, "layers": 3}}


def peer(*, layers: int, embedding: int, units: int, reverse: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    stack = nn.LSTM(embedding, units, layers, batch_first=True).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor) -> Tensor:
        def run(side: str, inputs: Tensor, *states: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
            named = {}
            for layer in range(layers):
                ours = f"{side}.layers.{layer}"
                named[f"weight_ih_l{layer}"] = weights[f"{ours}.input.weight"]
                named[f"weight_hh_l{layer}"] = weights[f"{ours}.recurrent.weight"]
                named[f"bias_ih_l{layer}"] = weights[f"{ours}.input.bias"]
                named[f"bias_hh_l{layer}"] = torch.zeros_like(weights[f"{ours}.input.bias"])
            return torch.func.functional_call(stack, named, (inputs, *states))

        read = source.flip(1) if reverse else source
        _, states = run("encoder", F.linear(read, weights["embed_source.weight"]))
        outputs, _ = run("decoder", F.linear(x, weights["embed_target.weight"]), states)
        return F.linear(outputs, weights["read_out.weight"], weights["read_out.bias"])

    return theirs


class Translator(nn.Module):
    """Two of the library's stacks between linear maps."""

    def __init__(self, words: int, units: int, layers: int) -> None:
        super().__init__()
        self.embed_source, self.embed_target = (nn.Linear(words, units, bias=False) for _ in range(2))
        self.encoder, self.decoder = (nn.LSTM(units, units, layers, batch_first=True) for _ in range(2))
        self.read_out = nn.Linear(units, words)

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Return logits of the next word after each of the target."""
        _, states = self.encoder(self.embed_source(source.flip(1)))
        return self.read_out(self.decoder(self.embed_target(x), states)[0])


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    words = F.one_hot(torch.randint(0, 1000, (2, 16, 20), generator=generator), 1000).float()
    return "width-512", Translator(1000, 512, 2), {"x": words[0], "source": words[1]}
