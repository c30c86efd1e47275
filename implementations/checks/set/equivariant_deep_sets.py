"""Exact checks of the equivariant Deep Sets."""

import torch

from implementations.architectures.set.equivariant_deep_sets import EquivariantDeepSets
from implementations.claims.agreement import difference


def element_by_element(generator: torch.Generator) -> float:
    """Return the difference from the equations, written out for every element, with each way to pool."""
    pools = {"mean": lambda h: sum(h) / len(h), "max": lambda h: torch.stack(h).amax(0), "sum": sum}
    errors = []
    for name, pool in pools.items():
        net = EquivariantDeepSets(pool=name).double()
        x = torch.randn(5, 4, generator=generator, dtype=torch.float64)
        states = list(x)
        for number, layer in enumerate(net.layers[::2]):
            pooled = layer.common.weight @ pool(states)
            states = [layer.own.weight @ state + layer.own.bias + pooled for state in states]
            if number < 2:
                states = [state.clamp(min=0) for state in states]
        errors.append(difference(net(x[None])[0], torch.stack(states)))
    return max(errors)


def equal_elements_are_a_perceptron(generator: torch.Generator) -> float:
    """Return the difference between a set of equal elements and a perceptron with the sums of both matrices."""
    net = EquivariantDeepSets().double()
    x = torch.randn(1, 4, generator=generator, dtype=torch.float64)
    state = x
    for number, layer in enumerate(net.layers[::2]):
        state = state @ (layer.own.weight + layer.common.weight).T + layer.own.bias
        state = state.clamp(min=0) if number < 2 else state
    return difference(net(x.expand(6, 4)[None])[0], state.expand(6, 3))
