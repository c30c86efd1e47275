"""Exact checks of the neural Turing machine."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.memory.neural_turing_machine import Head, NeuralTuringMachine
from implementations.claims.agreement import difference

STATES = ("memory", "read", "reading", "writing", "h", "c")
LARGE_LOGIT = 1e4
"""A number whose sigmoid is one, and whose negative's is zero, to the last digit."""


def steps_by_hand(generator: torch.Generator) -> float:
    """Return the difference between three steps and the equations, row by row, with an LSTM for a controller."""
    net = NeuralTuringMachine(controller="lstm").double()
    given = {name: value.double() for name, value in net.example_inputs(generator, B=1, T=3).items()}
    given["memory"] = torch.randn(1, 5, net.width, generator=generator, dtype=torch.float64)
    memory, read, reading, writing, h, c = (given[name][0] for name in STATES)
    outputs = []
    for x in given["x"][0]:
        pre_activations = net.input(x) + net.read_input.weight @ read + net.recurrent.weight @ h
        i, f, g, o = pre_activations.chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        writing = _addressed(net.write_head, h, memory, writing)
        erase, add = (net.erase_and_add.weight @ h + net.erase_and_add.bias).chunk(2)
        erase = erase.sigmoid()
        memory = torch.stack([row * (1 - w * erase) + w * add for row, w in zip(memory, writing, strict=True)])
        reading = _addressed(net.read_head, h, memory, reading)
        read = sum(w * row for w, row in zip(reading, memory, strict=True))
        outputs.append(net.output.weight @ h + net.output.bias + net.read_output.weight @ read)
    found = net(**given)
    expected = (torch.stack(outputs), memory, read, reading, writing, h, c)
    return max(difference(ours[0], theirs) for ours, theirs in zip(found, expected, strict=True))


def tape_is_filled(generator: torch.Generator) -> float:
    """Return the difference between a memory and a tape, where row t contains only the vector added at step t."""
    net = NeuralTuringMachine(rows=7).double()
    with torch.no_grad():
        _always_shift(net.write_head, step=1)
        net.erase_and_add.bias[: net.width] += LARGE_LOGIT
    x = net.example_inputs(generator, T=7)["x"].double()
    net.read_input.weight.data.zero_()
    added = net.erase_and_add(torch.tanh(net.input(x))).chunk(2, 2)[1]  # [B, T, D]
    return difference(net(x).memory, added.roll(1, 1))  # a head that starts at row 0 first writes to row 1


def one_row_is_read(generator: torch.Generator) -> float:
    """Return the difference between the read vector and the only row."""
    net = NeuralTuringMachine().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, M=1).items()}
    states = net(**inputs)
    return max(
        difference(states.read, states.memory[:, 0]), difference(states.reading, torch.ones_like(states.reading))
    )


def weights_are_distributions(generator: torch.Generator) -> float:
    """Return how far the weights of both heads are from sums of one, or below zero, after ten steps of large inputs."""
    errors = []
    for controller in ("feedforward", "lstm"):
        net = NeuralTuringMachine(controller=controller).double()
        states = net(10 * net.example_inputs(generator, T=10)["x"].double())
        for weights in (states.reading, states.writing):
            errors += [difference(weights.sum(1), torch.ones(2).double()), float(-weights.detach().clamp_max(0).min())]
    return max(errors)


def _always_shift(head: Head, step: int) -> None:
    """Make a head move on by one row at every step, for any output of the controller."""
    head.project.weight.zero_()
    _, _, gate, shift, _ = head.project.bias.split(head.sizes)
    gate.fill_(-LARGE_LOGIT)
    shift.copy_(torch.where(torch.arange(len(shift)) == 1 + step, LARGE_LOGIT, -LARGE_LOGIT))


def _addressed(head: Head, h: Tensor, memory: Tensor, previous: Tensor) -> Tensor:
    """Return the weights by equations 5 to 9, with an explicit circulant matrix."""
    key, strength, gate, shift, sharpness = (head.project.weight @ h + head.project.bias).split(head.sizes)
    cosines = torch.stack([key @ row / (key.norm() * row.norm()) for row in memory])
    scores = (F.softplus(strength) * cosines).exp()
    mixed = gate.sigmoid() * scores / scores.sum() + (1 - gate.sigmoid()) * previous
    rows, shares = len(memory), shift.exp() / shift.exp().sum()
    circulant = torch.zeros(rows, rows, dtype=memory.dtype)
    for i in range(rows):
        for step, share in zip((-1, 0, 1), shares, strict=True):
            circulant[i, (i - step) % rows] += share
    powers = (circulant @ mixed) ** (1 + F.softplus(sharpness))
    return powers / powers.sum()
