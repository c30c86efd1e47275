"""Experiment: the Switch Transformer with one expert, or with equal experts, against T5.

Source: Fedus, Zoph & Shazeer 2022, eq. 1 to 3 (fedus2021switch).

Measures:
    agreement_error: difference of the logits between T5 and the Switch Transformer with one expert, and equal weights.
    scaled_error: the same with four equal experts and routers of zeros, if T5 has a quarter of the second weights of
        the perceptrons that the experts replace.
    equal_difference: the same with four equal experts and random routers.
    capacity_difference: the same with one expert that has places for half of the words.
"""

import torch
from torch import Tensor

from implementations.architectures.attention.switch_transformer import SwitchTransformer
from implementations.architectures.attention.t5 import T5
from implementations.claims.agreement import difference

SIZES = {"vocabulary": 7, "width": 12, "heads": 3, "hidden": 10}
EXPERTS = 4


def run(seed: int) -> dict[str, float]:
    """Copy the weights and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    dense = T5(**SIZES).double()
    with torch.no_grad():
        for parameter in dense.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
        inputs = {name: value.double() for name, value in dense.example_inputs(generator).items()}
        expected = dense(**inputs)

        def found(**routing: float) -> Tensor:
            return with_perceptrons_of(dense, SwitchTransformer(**SIZES, **routing), generator)(**inputs)

        unrouted = with_perceptrons_of(dense, SwitchTransformer(**SIZES, experts=EXPERTS, capacity=EXPERTS), generator)
        for stack in (unrouted.encoder, unrouted.decoder):
            stack.blocks[1].perceptron.router.weight.zero_()
        errors = {
            "agreement_error": difference(found(experts=1), expected),
            "equal_difference": difference(found(experts=EXPERTS, capacity=EXPERTS), expected),
            "capacity_difference": difference(found(experts=1, capacity=0.5), expected),
        }
        for stack in (dense.encoder, dense.decoder):
            stack.blocks[1].perceptron.narrow.weight /= EXPERTS
        return errors | {"scaled_error": difference(unrouted(**inputs), dense(**inputs))}


def with_perceptrons_of(dense: T5, sparse: SwitchTransformer, generator: torch.Generator) -> SwitchTransformer:
    """Return a network with the weights of another, those of its perceptrons in every expert, and random routers."""
    sparse = sparse.double()
    given = dense.state_dict()
    sparse.load_state_dict({name: _taken(name, value, given, generator) for name, value in sparse.state_dict().items()})
    return sparse


def _taken(name: str, value: Tensor, given: dict[str, Tensor], generator: torch.Generator) -> Tensor:
    if "router" in name:
        return torch.randn(value.shape, generator=generator, dtype=value.dtype)
    return given[name].repeat(len(value) // len(given[name]), *[1] * (value.dim() - 1))
