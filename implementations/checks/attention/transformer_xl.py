"""Exact checks of the Transformer-XL."""

import math

import torch
from torch import Tensor

from implementations.architectures.attention.transformer_xl import TransformerXL
from implementations.claims.agreement import difference


def segments_are_one_sequence(generator: torch.Generator) -> float:
    """Return the difference between one pass and three segments with memories of all earlier positions."""
    net = _random(generator, memory=12)
    x = torch.randn(2, 12, 5, generator=generator, dtype=torch.float64)
    outputs, memory = [], None
    for segment in x.split([3, 5, 4], 1):
        found = net(segment, memory)
        outputs.append(found.y)
        memory = found.memory
    return difference(torch.cat(outputs, 1), net(x).y)


def gradients_stop_at_memories(generator: torch.Generator) -> float:
    """Return the largest gradient of a segment's logits and new memories by its memories.

    Infinity if the new memories have a gradient, or if the memories have no effect, so that there is none to stop.
    """
    net = _random(generator, memory=5)
    inputs = {name: value.double().requires_grad_() for name, value in net.example_inputs(generator).items()}
    found = net(**inputs)
    if found.memory.requires_grad or difference(found.y, net(inputs["x"]).y) < 1e-3:
        return float("inf")
    (gradient,) = torch.autograd.grad(found.y.square().sum(), [inputs["memory"]], allow_unused=True)
    return 0.0 if gradient is None else float(gradient.abs().max())


def without_memory_segments_are_passes(generator: torch.Generator) -> float:
    """Return the difference between successive and separate segments, or infinity if anything is stored."""
    net = _random(generator, memory=0)
    memory, errors = None, []
    for segment in torch.randn(2, 12, 5, generator=generator, dtype=torch.float64).split(4, 1):
        y, memory = net(segment, memory)
        errors.append(difference(y, net(segment).y) if memory.shape[2] == 0 else float("inf"))
    return max(errors)


def reach_is_layers_times_memory(generator: torch.Generator) -> float:
    """Return how far the numbers of earlier steps that last logits depend on are from layers times memory.

    Steps come one at a time, so that a layer sees as many earlier inputs of its own as it keeps. Any difference counts:
    beyond the reach the same numbers are computed.
    """
    errors = []
    for layers, memory_length in ((1, 3), (2, 3), (3, 2)):
        net = _random(generator, layers=layers, memory=memory_length)
        x = torch.randn(1, 12, 5, generator=generator, dtype=torch.float64)
        reached = 0
        for back in range(1, x.shape[1]):
            changed = x.clone()
            changed[:, -1 - back] += 1
            reached = reached if torch.equal(_last(net, changed), _last(net, x)) else back
        errors.append(float(abs(reached - layers * memory_length)))
    return max(errors)


def written_out_pair_by_pair(generator: torch.Generator) -> float:
    """Return the difference from the equations, one pair of positions after the other, for a segment with a memory."""
    net = _random(generator, layers=3)
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=1).items()}
    y, kept = net(**inputs)
    h = [math.sqrt(net.width) * (net.embedding.weight @ x) for x in inputs["x"][0]]
    memories = []
    for layer, memory in zip(net.layers, inputs["memory"][0], strict=True):
        seen = [*memory, *h]
        memories.append(torch.stack(seen[-net.memory_length :]))
        h = [_layer(layer, seen[: len(memory) + t + 1]) for t in range(len(h))]
    logits = torch.stack([state @ net.embedding.weight + net.bias for state in h])
    return max(difference(y[0], logits), difference(kept[0], torch.stack(memories)))


def _random(generator: torch.Generator, **arguments: int) -> TransformerXL:
    """Return a network all of whose weights are random, also those that start with zeros or ones."""
    net = TransformerXL(**arguments).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 3)
    return net


def _last(net: TransformerXL, x: Tensor) -> Tensor:
    """Return the last logits of a sequence that comes one step at a time."""
    memory = None
    for step in x.split(1, 1):
        y, memory = net(step, memory)
    return y


def _layer(layer: torch.nn.Module, seen: list[Tensor]) -> Tensor:
    """Return the output at the last of the positions that are seen."""
    attention, x, mixed = layer.attention, seen[-1], []
    u, v = attention.content_bias[:, 0], attention.distance_bias[:, 0]
    size = len(x) // attention.heads
    for head, rows in enumerate(torch.arange(len(x)).split(size)):
        q = attention.query.weight[rows] @ x
        scores = []
        for distance, other in zip(range(len(seen) - 1, -1, -1), seen, strict=True):
            k, r = attention.key.weight[rows] @ other, attention.distance.weight[rows] @ _code(distance, len(x))
            scores.append((q @ k + q @ r + u[head] @ k + v[head] @ r) / math.sqrt(size))
        weights = torch.stack(scores).softmax(0)
        mixed.append(sum(w * (attention.value.weight[rows] @ other) for w, other in zip(weights, seen, strict=True)))
    o = _normed(layer.attention_norm, x + attention.output.weight @ torch.cat(mixed))
    return _normed(layer.feed_forward_norm, o + layer.feed_forward(o))


def _code(distance: int, width: int) -> Tensor:
    """Return the sines and cosines of a distance."""
    angles = [distance / 10_000 ** (pair / width) for pair in range(0, width, 2)]
    return torch.tensor([f(angle) for angle in angles for f in (math.sin, math.cos)], dtype=torch.float64)


def _normed(norm: torch.nn.LayerNorm, x: Tensor) -> Tensor:
    """Return a vector less its mean, by its standard deviation, scaled and moved."""
    centred = x - x.mean()
    return norm.weight * centred / (centred.square().mean() + norm.eps).sqrt() + norm.bias
