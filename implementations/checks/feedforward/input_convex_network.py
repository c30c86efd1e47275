"""Exact checks of the input convex network."""

import torch

from implementations.architectures.feedforward.input_convex_network import InputConvexNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator) -> InputConvexNetwork:
    """Return a network of three hidden layers with arbitrary weights."""
    net = InputConvexNetwork(layers=3).double()
    for parameter in net.parameters():
        parameter.data += torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def chords_lie_above(generator: torch.Generator) -> float:
    """Return by how much the function exceeds a chord between two inputs, at most, relative to its values."""
    net = randomised(generator)
    a, b = 5 * torch.randn(2, 2000, 4, generator=generator, dtype=torch.float64)
    share = torch.rand(2000, 1, generator=generator, dtype=torch.float64)
    chord = share * net(a) + (1 - share) * net(b)
    return ((net(share * a + (1 - share) * b) - chord).clamp(min=0).max() / chord.abs().max()).item()


def tangents_lie_below(generator: torch.Generator) -> float:
    """Return by how much a tangent plane at one input exceeds the function at another, at most."""
    net = randomised(generator)
    places, others = 5 * torch.randn(2, 200, 4, generator=generator, dtype=torch.float64)
    slopes = torch.func.vmap(torch.func.jacrev(lambda x: net(x[None])[0]))(places)  # [200, G, F]
    steps = others[None] - places[:, None]
    tangents = net(places)[:, None] + torch.einsum("pgf,pof->pog", slopes, steps)
    values = net(others)[None]
    return ((tangents - values).clamp(min=0).max() / values.abs().max()).item()


def written_out(generator: torch.Generator) -> float:
    """Return the difference from eq. 2, unit by unit, for one hidden layer and one example."""
    net = InputConvexNetwork(layers=1).double()
    x = torch.randn(4, generator=generator, dtype=torch.float64)
    outputs = []
    for output in range(2):
        y = net.direct[1].weight[output] @ x + net.direct[1].bias[output]
        for unit in range(6):
            ramp = (net.direct[0].weight[unit] @ x + net.direct[0].bias[unit]).clamp(min=0)
            y = y + net.between[0].logit[output, unit].exp().log1p() / 6 * ramp
        outputs.append(y)
    return difference(net(x[None])[0], torch.stack(outputs))
