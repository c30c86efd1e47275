"""Exact checks of the gated Transformer-XL."""

import torch

from implementations.architectures.attention.gated_transformer_xl import GatedTransformerXL
from implementations.claims.agreement import difference


def segments_are_one_sequence(generator: torch.Generator) -> float:
    """Return the difference between one pass and three segments with memories of all earlier positions."""
    net = GatedTransformerXL(memory=12).double()
    x = torch.randn(2, 12, 3, generator=generator, dtype=torch.float64)
    outputs, memory = [], None
    for segment in x.split(4, 1):
        found = net(segment, memory)
        outputs.append(found.y)
        memory = found.memory
    return difference(torch.cat(outputs, 1), net(x).y)


def memories_are_held_constant(generator: torch.Generator) -> float:
    """Return the largest gradient of a segment's outputs and new memories by its memories.

    Also of the new memories by the segment's own input: the next segment gets them as constants.
    """
    net = GatedTransformerXL(memory=5).double()
    inputs = {name: value.double().requires_grad_() for name, value in net.example_inputs(generator).items()}
    found = net(**inputs)
    if found.memory.requires_grad:
        return float("inf")
    (gradient,) = torch.autograd.grad(found.y.square().sum(), [inputs["memory"]], allow_unused=True)
    return 0.0 if gradient is None else float(gradient.abs().max())


def without_memory_segments_are_passes(generator: torch.Generator) -> float:
    """Return the difference between successive and separate segments, or infinity if anything is stored."""
    net = GatedTransformerXL(memory=0).double()
    memory, errors = None, []
    for segment in torch.randn(2, 12, 3, generator=generator, dtype=torch.float64).split(4, 1):
        y, memory = net(segment, memory)
        errors.append(difference(y, net(segment).y) if memory.shape[2] == 0 else float("inf"))
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
    layers, memory_length, steps = 2, 3, 12
    net = GatedTransformerXL(layers=layers, memory=memory_length, bias=0.0).double()
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
    return float(abs(reached - layers * memory_length))


def layer_written_out(generator: torch.Generator) -> float:
    """Return the difference of a layer from its equations, for a segment with a memory.

    Attention, perceptron and gate are used without being written out: they have their own peers or checks.
    """
    x = torch.randn(2, 4, 6, generator=generator, dtype=torch.float64)
    seen = torch.cat([torch.randn(2, 3, 6, generator=generator, dtype=torch.float64), x], 1)
    (layer,) = GatedTransformerXL(layers=1).double().layers
    attended = layer.attention(_normed(layer.attention_norm, x), _normed(layer.attention_norm, seen))
    y = layer.attention_gate(x, torch.where(attended > 0, attended, 0.0))
    transformed = layer.feed_forward(_normed(layer.feed_forward_norm, y))
    expected = layer.feed_forward_gate(y, torch.where(transformed > 0, transformed, 0.0))
    return difference(layer(x, seen), expected)


def _normed(norm: torch.nn.LayerNorm, x: torch.Tensor) -> torch.Tensor:
    """Return each vector less its mean, by its standard deviation, scaled and moved."""
    centred = x - x.mean(-1, keepdim=True)
    spread = (centred.square().mean(-1, keepdim=True) + norm.eps).sqrt()
    return norm.weight * centred / spread + norm.bias
