"""Exact checks of the gated Transformer-XL."""

import torch

from implementations.architectures.attention.gated_transformer_xl import GatedTransformerXL
from implementations.claims.agreement import difference


def segments_are_one_sequence(generator: torch.Generator) -> float:
    """Return the difference between one pass and three segments with memories that hold all of what came before."""
    errors = []
    for gated in (True, False):
        net = GatedTransformerXL(memory=12, gated=gated).double()
        x = torch.randn(2, 12, 3, generator=generator, dtype=torch.float64)
        outputs, memory = [], None
        for segment in x.split(4, 1):
            found = net(segment, memory)
            outputs.append(found.y)
            memory = found.memory
        errors.append(difference(torch.cat(outputs, 1), net(x).y))
    return max(errors)


def closed_gates_leave_the_embedding(generator: torch.Generator) -> float:
    """Return the difference between a network whose gates are closed and its read-out of the embedded input."""
    net = GatedTransformerXL(layers=3, bias=800.0).double()
    x = net.example_inputs(generator)["x"].double()
    return difference(net(x).y, net.read_out(net.embed(x)))


def reach_grows_by_the_memory_with_every_layer(generator: torch.Generator) -> float:
    """Return how far the number of earlier steps that the last output depends on is from layers times memory.

    Steps come one at a time, so that a layer sees as many earlier inputs of its own as it keeps.
    """
    layers, kept, steps = 2, 3, 12
    net = GatedTransformerXL(layers=layers, memory=kept, bias=0.0).double()
    x = torch.randn(1, steps, 3, generator=generator, dtype=torch.float64)

    def last(inputs: torch.Tensor) -> torch.Tensor:
        memory = None
        for step in inputs.split(1, 1):
            y, memory = net(step, memory)
        return y

    reached = 0
    for back in range(1, steps):
        changed = x.clone()
        changed[:, -1 - back] += 1
        reached = back if difference(last(changed), last(x)) > 1e-9 else reached
    return float(abs(reached - layers * kept))
