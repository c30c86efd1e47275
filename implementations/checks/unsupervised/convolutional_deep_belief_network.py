"""Exact checks of the convolutional deep belief network, on layers small enough to list all allowed states."""

from itertools import product

import torch
from torch import Tensor, nn

from implementations.architectures.unsupervised.convolutional_deep_belief_network import (
    ConvolutionalDeepBeliefNetwork,
    ConvolutionalMachine,
)
from implementations.architectures.unsupervised.restricted_boltzmann_machine import RestrictedBoltzmannMachine
from implementations.claims.agreement import difference

SIDE, KERNEL, GROUPS = 3, 2, 2
HIDDEN = SIDE - KERNEL + 1


def free_energies_add_up_to_the_partition_function(generator: torch.Generator) -> float:
    """Return the difference of Z, and of every P(v), between sums over pairs of states and over visible states.

    The energies of pairs are written out as in eq. 1, and compared with the layer's own.
    """
    layer = _layer(generator)
    visible, hidden = _images(), _allowed()
    energies = _energies(layer, visible, hidden)
    alone = -layer.free_energy(visible)
    total = difference(torch.logsumexp(alone, 0), torch.logsumexp(-energies.flatten(), 0))
    shares = difference(alone.softmax(0), (-energies).flatten().softmax(0).view_as(energies).sum(1))
    every = len(visible), len(hidden)
    pairs = layer.energy(visible.repeat_interleave(every[1], 0), hidden.repeat(every[0], 1, 1, 1))
    return max(total, shares, difference(pairs.view(every), energies))


def units_are_on_as_often_as_in_all_allowed_states(generator: torch.Generator) -> float:
    """Return the difference of the probabilities of detection, pooling and visible units from enumerated shares."""
    layer = _layer(generator)
    visible, hidden = _images(), _allowed()
    joint = (-_energies(layer, visible, hidden)).exp()
    given_v = torch.einsum("vh,hkij->vkij", joint, hidden) / joint.sum(1)[:, None, None, None]
    given_h = torch.einsum("vh,vcij->hcij", joint, visible) / joint.sum(0)[:, None, None, None]
    pooled = torch.einsum("vh,hk->vk", joint, hidden.amax((2, 3))) / joint.sum(1)[:, None]  # one block to a group
    units = layer.pooling(layer.inputs(visible))
    errors = [difference(units.detection, given_v), difference(units.pool[:, :, 0, 0], pooled)]
    return max(*errors, difference(layer.visible(hidden), given_h))


def turning_a_unit_on_lowers_the_energy_by_its_input(generator: torch.Generator) -> float:
    """Return the difference of changes of the energy from inputs: for detection units and for a pixel, both exactly.

    Filters wrap around here, which the enumerations above leave out.
    """
    layer = _layer(generator, circular=True, gaussian=True)
    v = torch.randn(1, 1, 5, 4, generator=generator, dtype=torch.float64)
    h = (torch.randn(1, GROUPS, 5, 4, generator=generator) > 0).double()
    positions = 5 * 4
    on, off = (h.flatten().repeat(GROUPS * positions, 1) for _ in range(2))
    each = torch.arange(GROUPS * positions)
    on[each, each], off[each, each] = 1.0, 0.0
    states = [value.view(-1, GROUPS, 5, 4) for value in (on, off)]
    repeated = v.expand(GROUPS * positions, -1, -1, -1)
    lowered = layer.energy(repeated, states[1]) - layer.energy(repeated, states[0])
    moved = torch.eye(positions, dtype=torch.float64).view(positions, 1, 5, 4)
    many = h.expand(positions, -1, -1, -1)
    slope = (layer.energy(v - moved, many) - layer.energy(v + moved, many)) / 2  # exact: the energy is a square in v
    return max(
        difference(lowered, layer.inputs(v).flatten()),
        difference(slope.view(1, 1, 5, 4), layer.visible(h) - v),
    )


def likelihood_gradient_is_a_difference_of_expectations(generator: torch.Generator) -> float:
    """Return the difference of d log P(v) by the parameters from the slopes of -E given the data, less the joint's."""
    layer = _layer(generator)
    visible, hidden = _images(), _allowed()
    chosen = torch.randint(len(visible), (4,), generator=generator)
    weights = list(layer.parameters())
    likelihood = -layer.free_energy(visible[chosen]).mean() - torch.logsumexp(-layer.free_energy(visible), 0)
    found = torch.autograd.grad(likelihood, weights)
    energies = _energies(layer, visible, hidden)
    joint = (-energies).detach().flatten().softmax(0).view_as(energies)
    given = (-energies).detach().softmax(1)[chosen] / len(chosen)
    expected = torch.autograd.grad((joint * energies).sum() - (given * energies[chosen]).sum(), weights)
    return max(difference(a, b) for a, b in zip(found, expected, strict=True))


def one_position_is_a_restricted_boltzmann_machine(generator: torch.Generator) -> float:
    """Return the difference from the plain machine of a layer whose filters cover the image and whose blocks are 1."""
    layer = ConvolutionalMachine(1, 6, SIDE, 1, False, False).double()
    _randomise(layer, generator)
    plain = RestrictedBoltzmannMachine(in_features=SIDE**2, units=6).double()
    with torch.no_grad():
        plain.weight.copy_(layer.weight.flatten(1))
        plain.hidden_bias.copy_(layer.hidden_bias)
        plain.visible_bias.fill_(layer.visible_bias.item())
    images = _images()
    answer = plain(images.flatten(1))
    units = layer.pooling(layer.inputs(images)).pool[:, :, 0, 0]
    return max(difference(units, answer.h), difference(layer.free_energy(images), answer.free_energy))


def sparsity_moves_hidden_biases_towards_the_target(generator: torch.Generator) -> float:
    """Return the difference between the step of sparsity and target less mean activity; other parameters stay."""
    network = ConvolutionalDeepBeliefNetwork(groups=[GROUPS], kernel=KERNEL).double()
    (layer,) = network.layers
    _randomise(layer, generator)
    images = _images()[torch.randint(2**SIDE**2, (5,), generator=generator)]
    weights = torch.rand(5, generator=generator, dtype=torch.float64).softmax(0)
    loss = layer.density(images, weights, 0.2)
    step = torch.autograd.grad(-loss, list(layer.parameters()), allow_unused=True, materialize_grads=True)
    hidden = _allowed()
    given = (-_energies(layer, images, hidden)).softmax(1)
    active = torch.einsum("v,vh,hkij->k", weights, given, hidden) / HIDDEN**2
    named = dict(zip(dict(layer.named_parameters()), step, strict=True))
    others = max(float(value.abs().max()) for name, value in named.items() if name != "hidden_bias")
    return max(difference(named["hidden_bias"], 0.2 - active.detach()), others)


def loss_contrasts_data_with_one_step(generator: torch.Generator) -> float:
    """Return the difference of the loss from free energies of data, less those after one step, and the sparsity.

    The step is made beforehand, with the same random numbers.
    """
    network = ConvolutionalDeepBeliefNetwork(groups=[GROUPS], kernel=KERNEL, strength=0.3).double()
    (layer,) = network.layers
    _randomise(layer, generator)
    images = _images()[torch.randint(2**SIDE**2, (5,), generator=generator)]
    weights = torch.rand(5, generator=generator, dtype=torch.float64).softmax(0)
    drawn = layer.gibbs(images, torch.Generator().manual_seed(5))
    hidden = _allowed()
    energies = [-torch.logsumexp(-_energies(layer, seen, hidden), 1) for seen in (images, drawn)]
    given = (-_energies(layer, images, hidden)).softmax(1)
    active = torch.einsum("v,vh,hkij->k", weights, given, hidden) / HIDDEN**2
    expected = weights @ (energies[0] - energies[1]) + 0.3 * (active - network.sparsity) @ layer.hidden_bias
    found = network.sampled_loss(torch.Generator().manual_seed(5), target=weights, x=images)
    return difference(found.detach()[None], expected.detach()[None])


def layers_learn_each_for_itself(generator: torch.Generator) -> float:
    """Return the difference of the lower layer's gradient, in a stack, from that of the same layer alone."""
    stack = ConvolutionalDeepBeliefNetwork(groups=[2, 3], kernel=2, block=2, strength=0.0).double()
    for layer in stack.layers:
        _randomise(layer, generator)
    alone = ConvolutionalDeepBeliefNetwork(groups=[2], kernel=2, block=2, strength=0.0).double()
    alone.layers[0].load_state_dict(stack.layers[0].state_dict())
    x = (torch.randn(4, 1, 7, 7, generator=generator) > 0).double()
    gradients = []
    for network in (stack, alone):
        loss = network.sampled_loss(torch.Generator().manual_seed(5), target=torch.full((4,), 0.25).double(), x=x)
        gradients.append(torch.autograd.grad(loss, list(network.layers[0].parameters())))
    return max(difference(a, b) for a, b in zip(*gradients, strict=True))


def _layer(generator: torch.Generator, circular: bool = False, gaussian: bool = False) -> ConvolutionalMachine:
    layer = ConvolutionalMachine(1, GROUPS, KERNEL, HIDDEN, circular, gaussian).double()
    _randomise(layer, generator)
    return layer


def _randomise(layer: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))


def _images() -> Tensor:
    """Return all images `[512, 1, 3, 3]`."""
    pixels = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=torch.float64)] * SIDE**2)
    return pixels.view(-1, 1, SIDE, SIDE)


def _allowed() -> Tensor:
    """Return all states `[25, 2, 2, 2]` of two groups of one block each, with one unit on or none."""
    states = torch.cat([torch.zeros(1, HIDDEN**2), torch.eye(HIDDEN**2)]).double().view(-1, HIDDEN, HIDDEN)
    return torch.stack([torch.stack(pair) for pair in product(states, repeat=GROUPS)])


def _energies(layer: ConvolutionalMachine, visible: Tensor, hidden: Tensor) -> Tensor:
    """Return the energies of all pairs `[images, states]`, the sum of eq. 1 term by term of the filter."""
    energies = -layer.visible_bias * visible.sum((1, 2, 3))[:, None] - hidden.sum((2, 3)) @ layer.hidden_bias
    for r, s in product(range(KERNEL), repeat=2):
        seen = visible[:, 0, r : r + HIDDEN, s : s + HIDDEN]
        energies = energies - torch.einsum("hkij,k,vij->vh", hidden, layer.weight[:, 0, r, s], seen)
    return energies
