"""Peer of the stacked recurrent network: torch's own loop behind `nn.RNN` for several layers, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZES = {"three-levels": {"in_features": 4, "units": 5, "out_features": 3, "transition_layers": 1, "levels": 3}}


def peer(
    *, input_layers: int, transition_layers: int, output_layers: int, levels: int
) -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    if transition_layers > 1:
        raise NotImplementedError("torch's recurrent layers have one linear map in their transition")

    def perceptron(weights: dict[str, Tensor], name: str, layers: int, x: Tensor) -> Tensor:
        for layer in range(layers):
            x = F.linear(x, weights[f"{name}.{2 * layer}.weight"], weights[f"{name}.{2 * layer}.bias"])
            x = x if name == "read_out" and layer == layers - 1 else x.tanh()
        return x

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        flat = []
        for level in range(levels):
            bias = weights[f"levels.{level}.input.bias"]
            flat += [weights[f"levels.{level}.{name}.weight"] for name in ("input", "recurrent")]
            flat += [bias, torch.zeros_like(bias)]
        first = torch.stack(h.chunk(levels, 1))  # [levels, B, units]
        x = perceptron(weights, "before", input_layers - 1, x)
        states, last = torch.rnn_tanh(x, first, flat, True, levels, 0.0, False, False, True)
        return perceptron(weights, "read_out", output_layers, states), torch.cat(list(last), 1)

    return theirs


class WithReadOut(nn.Sequential):
    """Recurrent layers and a linear map of the states of the last."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs of all steps."""
        layers, read_out = self
        return read_out(layers(x)[0])


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "width-128",
        WithReadOut(nn.RNN(128, 128, num_layers=2, batch_first=True), nn.Linear(128, 128)),
        {"x": torch.randn(32, 100, 128, generator=generator)},
    )
