"""Exact checks of low-rank adaptation, on several architectures."""

import torch
from torch import Tensor, nn

from implementations.architectures.attention.gpt_2 import GPT2
from implementations.architectures.attention.vision_transformer import VisionTransformer
from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.graph.gat import GAT
from implementations.claims.agreement import difference
from implementations.concepts.efficiency.low_rank_adaptation import LowRankLinear, adapted, merged

ARCHITECTURES = (MLP, GPT2, VisionTransformer, GAT)
RANK = 2


def unchanged_at_the_start(generator: torch.Generator) -> float:
    """Return the largest difference between architectures before and after their linear layers are replaced."""
    errors = []
    for network, inputs in _networks(generator):
        before = network(**inputs)
        errors.append(difference(adapted(network, rank=RANK)(**inputs), before))
    return max(errors)


def merging_changes_nothing(generator: torch.Generator) -> float:
    """Return the largest difference between updates and weights that contain them; 1 if the updates have no effect."""
    errors = []
    for network, inputs in _networks(generator):
        before = network(**inputs)
        with_updates = _drawn(adapted(network, rank=RANK), generator)(**inputs)
        if difference(with_updates, before) < 1e-3:
            return 1.0
        errors.append(difference(merged(network)(**inputs), with_updates))
    return max(errors)


def only_updates_are_trained(generator: torch.Generator) -> float:
    """Return the share of parameters for which it is wrong whether they get a gradient."""
    wrong, total = 0, 0
    for network, inputs in _networks(generator):
        _drawn(adapted(network, rank=RANK), generator)(**inputs).square().sum().backward()
        for name, parameter in network.named_parameters():
            total += 1
            wrong += (name.endswith((".a", ".b"))) != (parameter.grad is not None and bool(parameter.grad.any()))
    return wrong / total


def an_update_has_the_rank(generator: torch.Generator) -> float:
    """Return the first singular value of an update beyond its rank, relative to the first of all."""
    layer = _drawn(LowRankLinear(in_features=9, out_features=7, rank=3).double(), generator)
    values = torch.linalg.svdvals(layer.weight - layer.linear.weight)
    return 1.0 if values[2] < 1e-3 * values[0] else (values[3] / values[0]).item()


def parameters_of_gpt_3(generator: torch.Generator) -> float:
    """Return 0 if GPT-3 has 2 L d r trained parameters, which are the paper's figures, rounded; or a difference.

    Queries and values get updates, so that L is twice the number of layers: 4.7 million of rank 1, 37.7 of rank 8.
    """
    errors = []
    for rank, millions in ((1, 4.7), (8, 37.7)):
        with torch.device("meta"):
            network = GPT2(vocabulary=50257, context=2048, width=12288, heads=96, layers=96, hidden=4 * 12288)
            adapted(network, rank=rank, chosen=lambda name: name.endswith(("query", "value")))
        count = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
        errors += [abs(count - 2 * (2 * 96) * 12288 * rank), abs(round(count / 1e6, 1) - millions)]
    return float(max(errors))


def _networks(generator: torch.Generator) -> list[tuple[nn.Module, dict[str, Tensor]]]:
    """Return small networks with random weights, and inputs."""
    found = []
    for architecture in ARCHITECTURES:
        network = architecture().double().eval()
        inputs = {
            name: value.double() if value.is_floating_point() else value
            for name, value in network.example_inputs(generator).items()
        }
        found.append((_drawn(network, generator), inputs))
    return found


def _drawn(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return a module whose trained parameters are random numbers."""
    for parameter in module.parameters():
        if parameter.requires_grad:
            parameter.data = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype) / 2
    return module
