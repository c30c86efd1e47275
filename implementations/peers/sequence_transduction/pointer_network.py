"""Peer of the pointer network: two of torch's `nn.LSTM`, and PyG's `AttentionalAggregation`, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.peers.attention_mechanism import pointer_attention

SIZES = {"odd": {"in_features": 2, "units": 7, "alignment": 3}}


def peer(*, in_features: int, units: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    lstm, pointer = nn.LSTM(in_features, units, batch_first=True).double(), pointer_attention.peer()

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor) -> Tensor:
        def run(side: str, inputs: Tensor, *states: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
            named = {
                "weight_ih_l0": weights[f"{side}.cell.input.weight"],
                "weight_hh_l0": weights[f"{side}.cell.recurrent.weight"],
                "bias_ih_l0": weights[f"{side}.cell.input.bias"],
                "bias_hh_l0": torch.zeros_like(weights[f"{side}.cell.input.bias"]),
            }
            return torch.func.functional_call(lstm, named, (inputs, *states))

        elements, last = run("encoder", source)
        steps, _ = run("decoder", x, last)
        inside = {name.removeprefix("pointer."): value for name, value in weights.items() if name.startswith("pointer")}
        return pointer(inside, steps, elements)

    return theirs


class Pointing(nn.Module):
    """The library's LSTMs, and a comparison of every step with every element."""

    def __init__(self, features: int, units: int, alignment: int) -> None:
        super().__init__()
        self.encoder, self.decoder = (nn.LSTM(features, units, batch_first=True) for _ in range(2))
        self.key, self.query = (nn.Linear(units, alignment, bias=False) for _ in range(2))
        self.score = nn.Linear(alignment, 1, bias=False)

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """Return the logarithm of the probability of every element at every step."""
        elements, last = self.encoder(source)
        steps, _ = self.decoder(x, last)
        pairs = torch.tanh(self.query(steps)[:, :, None] + self.key(elements)[:, None])
        return F.log_softmax(self.score(pairs)[..., 0], -1)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    points = torch.rand(2, 32, 50, 2, generator=generator)
    return "points", Pointing(2, 512, 512), {"x": points[0], "source": points[1]}
