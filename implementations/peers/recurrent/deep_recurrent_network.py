"""Peer of the stacked recurrent network: torch's own loop behind `nn.RNN` with several layers, with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.recurrent.deep_recurrent_network import DeepRecurrentNetwork

LEVELS = 3


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., tuple[Tensor, ...]], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = DeepRecurrentNetwork(in_features=4, units=5, out_features=3, transition_layers=1, levels=LEVELS)

    def theirs(weights: dict[str, Tensor], x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
        flat = []
        for level in range(LEVELS):
            bias = weights[f"levels.{level}.input.bias"]
            flat += [weights[f"levels.{level}.{name}.weight"] for name in ("input", "recurrent")]
            flat += [bias, torch.zeros_like(bias)]
        first = torch.stack(h.chunk(LEVELS, 1))  # [levels, B, units]
        states, last = torch.rnn_tanh(x, first, flat, True, LEVELS, 0.0, False, False, True)
        outputs = F.linear(states, weights["read_out.0.weight"], weights["read_out.0.bias"])
        return outputs, torch.cat(list(last), 1)

    return ours, theirs, ours.example_inputs(generator)


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
