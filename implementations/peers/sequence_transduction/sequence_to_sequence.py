"""Peer of sequence to sequence: two of torch's stacked `nn.LSTM`, called with our weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.sequence_transduction.sequence_to_sequence import SequenceToSequence

LAYERS, EMBEDDING, UNITS = 3, 5, 6


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = SequenceToSequence(embedding=EMBEDDING, units=UNITS, layers=LAYERS)
    stack = nn.LSTM(EMBEDDING, UNITS, LAYERS, batch_first=True).double()

    def theirs(weights: dict[str, Tensor], x: Tensor, source: Tensor) -> Tensor:
        def run(side: str, inputs: Tensor, *states: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
            named = {}
            for layer in range(LAYERS):
                ours = f"{side}.layers.{layer}"
                named[f"weight_ih_l{layer}"] = weights[f"{ours}.input.weight"]
                named[f"weight_hh_l{layer}"] = weights[f"{ours}.recurrent.weight"]
                named[f"bias_ih_l{layer}"] = weights[f"{ours}.input.bias"]
                named[f"bias_hh_l{layer}"] = torch.zeros_like(weights[f"{ours}.input.bias"])
            return torch.func.functional_call(stack, named, (inputs, *states))

        _, states = run("encoder", F.linear(source.flip(1), weights["embed_source.weight"]))
        outputs, _ = run("decoder", F.linear(x, weights["embed_target.weight"]), states)
        return F.linear(outputs, weights["read_out.weight"], weights["read_out.bias"])

    return ours, theirs, ours.example_inputs(generator)
