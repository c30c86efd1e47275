"""Exact checks of the gated-feedback network: torch's stacks, the plain network, open gates, and a step by hand."""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.gated_feedback_network import GatedFeedbackNetwork, Level
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

OPEN, CLOSED = 100.0, -1000.0  # sums at which a sigmoid is 1 and 0 to the last digit
STACKS = {"tanh": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def _random(
    generator: torch.Generator, **arguments: int | str | bool
) -> tuple[GatedFeedbackNetwork, dict[str, Tensor]]:
    net = GatedFeedbackNetwork(**arguments).double()
    for parameter in net.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    return net, {name: value.double() for name, value in net.example_inputs(generator, T=12).items()}


def _set_gates(net: GatedFeedbackNetwork, arguments: Tensor) -> None:
    """Fix the global reset gates for all inputs: `arguments[j, i]` is the argument of the sigmoid of g^{i->j}."""
    for level, biases in zip(net.levels, arguments, strict=True):
        level.reset_below.weight.zero_()
        level.reset_feedback.weight.zero_()
        level.reset_below.bias.copy_(biases)


def _in_torch_order(unit: str, candidate: Tensor, gates: Tensor | None) -> Tensor:
    """Stack candidate and gates as torch does, whose update gate is the share of the old state, not of the new."""
    if gates is None:
        return candidate
    if unit == "gru":
        r, z = gates.chunk(2)
        return torch.cat([r, -z, candidate])
    i, f, o = gates.chunk(3)
    return torch.cat([i, f, candidate, o])


def _for_torch(level: Level, number: int) -> dict[str, Tensor]:
    """Return a level's weights under torch's names, with feedback from its own states only."""
    own = level.feedback.weight.split(level.units, 1)[number]
    below, gates_own = level.gates_below, level.gates_own
    return {
        f"weight_ih_l{number}": _in_torch_order(level.unit, level.below.weight, below and below.weight),
        f"weight_hh_l{number}": _in_torch_order(level.unit, own, gates_own and gates_own.weight),
        f"bias_ih_l{number}": _in_torch_order(level.unit, level.below.bias, below and below.bias),
    }


@torch.no_grad()
def own_level_only_is_a_stack(generator: torch.Generator) -> float:
    """Return the difference from `nn.RNN`, `nn.GRU` and `nn.LSTM` of 3 layers where only a level's own gate is open."""
    errors = []
    for unit, stack in STACKS.items():
        ours, inputs = _random(generator, levels=3, unit=unit)
        _set_gates(ours, torch.where(torch.eye(3).bool(), OPEN, CLOSED))
        theirs = stack(ours.in_features, ours.units, num_layers=3, batch_first=True).double()
        for parameter in theirs.parameters():
            parameter.zero_()  # torch has a second bias
        for number, level in enumerate(ours.levels):
            theirs.load_state_dict(_for_torch(level, number), strict=False)
        first = [torch.stack(inputs[name].chunk(3, 1)) for name in ("h", "c") if name in inputs]
        states, last = theirs(inputs["x"], tuple(first) if unit == "lstm" else first[0])
        found = ours(**inputs)
        errors.append(difference(found.y, ours.read_out(states)))
        for our, other in zip(found[1:], last if unit == "lstm" else [last], strict=True):
            errors.append(difference(our, torch.cat(list(other), 1)))
    return max(errors)


@torch.no_grad()
def open_gates_are_none(generator: torch.Generator) -> float:
    """Return the difference between a network with all global reset gates open and the fully connected network."""
    errors = []
    for unit in STACKS:
        gated, inputs = _random(generator, levels=3, unit=unit)
        _set_gates(gated, torch.full((3, 3), OPEN))
        free = GatedFeedbackNetwork(levels=3, unit=unit, gated=False).double()
        free.load_state_dict({name: w for name, w in gated.state_dict().items() if "reset" not in name})
        errors.append(difference(gated(**inputs).y, free(**inputs).y))
    return max(errors)


@torch.no_grad()
def feedback_alone_is_a_plain_network(generator: torch.Generator) -> float:
    """Return the difference of ungated levels without upward connections from one plain network with all their units.

    Only the first level sees the input, and the read-out only the top level.
    """
    net, inputs = _random(generator, levels=3, gated=False)
    for level in net.levels[1:]:
        level.below.weight.zero_()
    plain = RecurrentNetwork(units=3 * net.units).double()
    plain.input.weight.zero_()
    plain.input.weight[: net.units] = net.levels[0].below.weight
    plain.input.bias.copy_(torch.cat([level.below.bias for level in net.levels]))
    plain.recurrent.weight.copy_(torch.cat([level.feedback.weight for level in net.levels]))
    plain.read_out.weight.zero_()
    plain.read_out.weight[:, -net.units :] = net.read_out.weight
    plain.read_out.bias.copy_(net.read_out.bias)
    found, expected = net(**inputs), plain(**inputs)
    return max(difference(found.y, expected.y), difference(found.h, expected.h))


@torch.no_grad()
def step_by_hand(generator: torch.Generator) -> float:
    """Return the error of a step of two levels of one unit, from 1/2 and -1/4 to 1/4 and tanh(3/8).

    The gates to the first level are 3/4 and 1/4, by their biases: (3/4) 1 (1/2) + (1/4) 4 (-1/4) = 1/8, and the input
    adds artanh(1/4) - 1/8. To the second level the gate from the first is 3/4, by the new state of the first, and that
    from itself 1/4, by its own last state: 1/4 + (3/4) 1 (1/2) + (1/4) 4 (-1/4) = 3/8.
    """
    net = GatedFeedbackNetwork(in_features=1, units=1, out_features=1).double()
    for parameter in net.parameters():
        parameter.zero_()
    first, second = net.levels
    first.below.weight.fill_(math.atanh(0.25) - 0.125)
    second.below.weight.fill_(1)
    for level in net.levels:
        level.feedback.weight.copy_(torch.tensor([[1.0, 4.0]]))
    log_3 = math.log(3)  # the sigmoid of this is 3/4
    first.reset_below.bias[0], first.reset_below.bias[1] = log_3, -log_3
    second.reset_below.weight[0] = 4 * log_3
    second.reset_feedback.weight[1, 1] = 4 * log_3
    x = torch.ones(1, 1, 1, dtype=torch.float64)
    h = torch.tensor([[0.5, -0.25]], dtype=torch.float64)
    return difference(net(x, h).h, torch.tensor([[0.25, math.tanh(0.375)]], dtype=torch.float64))
