"""Experiment: Mixtral with one expert, or with equal experts, against LLaMA.

Source: Jiang et al. 2024, sec. 2 (jiang2024mixtral).

Measures:
    agreement_error: difference of the logits between LLaMA and Mixtral with one expert and the same weights.
    equal_error: the same with four experts that have the same weights, of which two are chosen.
    different_difference: the same with four experts of which one has the weights of LLaMA's perceptron.
"""

import torch
from torch import Tensor

from implementations.architectures.attention.llama import LLaMA
from implementations.architectures.attention.mixtral import Mixtral
from implementations.claims.agreement import difference

SIZES = {"vocabulary": 7, "width": 12, "heads": 3, "groups": 1, "hidden": 10}
EXPERTS = 4


def run(seed: int) -> dict[str, float]:
    """Copy the weights and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    dense = LLaMA(**SIZES).double()
    with torch.no_grad():
        for parameter in dense.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
        x = dense.example_inputs(generator)["x"].double()
        expected = dense(x)
        single = with_perceptrons_of(dense, Mixtral(**SIZES, experts=1, chosen=1), generator)
        equal = with_perceptrons_of(dense, Mixtral(**SIZES, experts=EXPERTS), generator)
        errors = {"agreement_error": difference(single(x), expected), "equal_error": difference(equal(x), expected)}
        for block in equal.blocks:
            experts = block.mixture.experts
            for weight in (experts.gate.weight, experts.up.weight, experts.down.weight):
                others = weight[len(weight) // EXPERTS :]
                others.copy_(torch.randn(others.shape, generator=generator, dtype=torch.float64) / 2)
        return errors | {"different_difference": difference(equal(x), expected)}


def with_perceptrons_of(dense: LLaMA, sparse: Mixtral, generator: torch.Generator) -> Mixtral:
    """Return a network with the weights of another, those of its perceptrons in every expert, and random routers."""
    sparse = sparse.double()
    given = dense.state_dict()
    sparse.load_state_dict({name: _taken(name, value, given, generator) for name, value in sparse.state_dict().items()})
    return sparse


def _taken(name: str, value: Tensor, given: dict[str, Tensor], generator: torch.Generator) -> Tensor:
    if "router" in name:
        return torch.randn(value.shape, generator=generator, dtype=value.dtype)
    source = given[name.replace("mixture.experts", "perceptron").replace("mixture_norm", "perceptron_norm")]
    return source.repeat(len(value) // len(source), *[1] * (source.dim() - 1))
