"""Exact checks of the conditioned U-Net: what its attention makes of the condition, and its start."""

import torch
from torch import Tensor, nn

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.conditioned_u_net import ConditionedAttention, ConditionedUNet


def one_vector_is_added_everywhere(generator: torch.Generator) -> float:
    """Return the difference of cross-attention to one vector from one and the same map of it, at all positions."""
    block = ConditionedAttention(channels=4, condition=3, heads=2, groups=2).double()
    x, condition = _draw(generator, 2, 5, 4), _draw(generator, 2, 1, 3)
    expected = block.cross_attention.output(block.cross_attention.value(condition)).expand(-1, 5, -1)
    return difference(block.cross_attention(x, condition), expected)


def the_condition_is_a_set(generator: torch.Generator) -> float:
    """Return the change of the prediction where vectors of the condition are permuted and doubled."""
    network, inputs = _network(generator)
    condition = inputs.pop("condition")
    other = torch.cat([condition, condition], 1)[:, torch.randperm(2 * condition.shape[1], generator=generator)]
    return difference(network(**inputs, condition=other), network(**inputs, condition=condition))


def first_guess_is_no_noise(generator: torch.Generator) -> float:
    """Return the size of what a new network predicts."""
    network, inputs = _network(generator, new=True)
    return network(**inputs).abs().max().item()


def _network(generator: torch.Generator, *, new: bool = False) -> tuple[nn.Module, dict[str, Tensor]]:
    """Return a network, with random weights unless it is a new one, and inputs."""
    network = ConditionedUNet().double()
    for parameter in () if new else network.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    inputs = network.example_inputs(generator)
    return network, {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}


def _draw(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
