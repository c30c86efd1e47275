"""Exact checks of the deep recurrent network: its shallow cases, its transition as two plain steps, its depths."""

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.deep_recurrent_network import DeepRecurrentNetwork
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference


def _random(generator: torch.Generator, **arguments: int | bool) -> tuple[DeepRecurrentNetwork, dict[str, Tensor]]:
    net = DeepRecurrentNetwork(**arguments).double()
    for parameter in net.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    return net, {name: value.double() for name, value in net.example_inputs(generator, T=12).items()}


@torch.no_grad()
def shallow_everywhere_is_plain(generator: torch.Generator) -> float:
    """Return the difference of a network with one layer everywhere from the plain recurrent network."""
    deep, inputs = _random(generator, transition_layers=1)
    plain = RecurrentNetwork().double()
    level = deep.levels[0]
    pairs = [(plain.input, level.input), (plain.recurrent, level.recurrent), (plain.read_out, deep.read_out[0])]
    for ours, theirs in pairs:
        ours.load_state_dict(theirs.state_dict())
    found, expected = deep(**inputs), plain(**inputs)
    return max(difference(found.y, expected.y), difference(found.h, expected.h))


@torch.no_grad()
def deep_transition_is_two_ticks(generator: torch.Generator) -> float:
    """Return the difference of a transition of two layers from two steps of a plain network that has both as units.

    At the first step the units of the first layer get the input and the state; at the second the input is zero and the
    units of the second layer get the first.
    """
    deep, inputs = _random(generator)
    level, units = deep.levels[0], deep.units
    plain = RecurrentNetwork(units=2 * units).double()
    for parameter in plain.parameters():
        parameter.zero_()
    plain.input.weight[:units] = level.input.weight
    plain.input.bias.copy_(torch.cat([level.input.bias, level.deeper[0].bias]))
    plain.recurrent.weight[:units, units:] = level.recurrent.weight
    plain.recurrent.weight[units:, :units] = level.deeper[0].weight
    plain.read_out.weight[:, units:] = deep.read_out[0].weight
    plain.read_out.bias.copy_(deep.read_out[0].bias)
    x, h = inputs["x"], inputs["h"]
    ticks = torch.stack([x, torch.zeros_like(x)], 2).flatten(1, 2)  # [B, 2 T, F]
    found = plain(ticks, torch.cat([torch.zeros_like(h), h], 1))
    expected = deep(x, h)
    return max(difference(found.y[:, 1::2], expected.y), difference(found.h[:, units:], expected.h))


@torch.no_grad()
def closed_shortcuts_are_none(generator: torch.Generator) -> float:
    """Return the difference of a network with shortcuts of weight zero from the one without shortcuts."""
    with_shortcuts, inputs = _random(generator, transition_layers=3, output_layers=2, shortcuts=True)
    without = DeepRecurrentNetwork(transition_layers=3, output_layers=2).double()
    weights = {name: value for name, value in with_shortcuts.state_dict().items() if "shortcuts" not in name}
    without.load_state_dict(weights)
    for shortcut in with_shortcuts.levels[0].shortcuts:
        shortcut.weight.zero_()
    return difference(with_shortcuts(**inputs).y, without(**inputs).y)


def paths_pass_through_the_expected_layers(generator: torch.Generator) -> float:
    """Return the error of the number of layers from input, and from the last state, to output and to state.

    All weights are w times the identity and all sums zero, where the hyperbolic tangent has slope one. A path through
    k layers then has the slope w^k, and paths add up. The slopes are those of one step.
    """
    w = 1.5 + torch.rand((), generator=generator, dtype=torch.float64).item()
    cases = (  # arguments, slopes from x to y, from x to h, from h to h
        ({"transition_layers": 1}, w**2, w, w),
        ({"transition_layers": 3}, w**4, w**3, w**3),
        ({"transition_layers": 3, "shortcuts": True}, w**4, w**3, w**3 + w**2 + w),
        ({"transition_layers": 1, "output_layers": 3}, w**4, w, w),
        ({"transition_layers": 2, "output_layers": 2}, w**4, w**2, w**2),
        ({"transition_layers": 1, "input_layers": 3}, w**4, w**3, w),
        ({"transition_layers": 1, "levels": 2}, w**3, None, None),
    )
    errors = []
    for arguments, to_output, to_state, state_to_state in cases:
        net = DeepRecurrentNetwork(in_features=2, units=2, out_features=2, **arguments).double()
        for parameter in net.parameters():
            nn.init.zeros_(parameter) if parameter.dim() == 1 else nn.init.eye_(parameter).data.mul_(w)
        x = torch.zeros(1, 1, 2, dtype=torch.float64)
        h = torch.zeros(1, 2 * len(net.levels), dtype=torch.float64)
        of_y, of_h = torch.autograd.functional.jacobian(lambda x, h, net=net: tuple(net(x, h)), (x, h))
        slopes = [(of_y[0], to_output), (of_h[0], to_state), (of_h[1], state_to_state)]
        errors += [abs(found.flatten()[0].item() / expected - 1) for found, expected in slopes if expected]
    return max(errors)
