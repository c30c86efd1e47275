"""Peer of the component: the router of the DeepSeek-V3 of transformers, whose biases are adjusted here."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.deepseek_modules import adjust_biases, inside, layout
from implementations.peers.double_precision import in_double_precision

SIZES = {
    "three-groups": {"experts": 12, "chosen": 4, "groups": 3, "kept": 2, "scale": 2.5, "rate": 0.1},
    "one-choice": {"width": 3, "experts": 4, "chosen": 1, "T": 9},
}


def peer(
    *, width: int, experts: int, chosen: int, groups: int, kept: int, scale: float, rate: float
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    library = inside()
    mixture = {"n_routed_experts": experts, "num_experts_per_tok": chosen, "n_group": groups, "topk_group": kept}
    sizes = layout(width, 1, 2, 2, 2, 2, **mixture, routed_scaling_factor=scale)
    module = library.DeepseekV3TopkRouter(sizes).double()
    module.register_forward_hook(adjust_biases(rate))

    def theirs(weights: dict[str, Tensor], x: Tensor, training: bool = False) -> Tensor:
        named = {"weight": weights["affinity.weight"], "e_score_correction_bias": weights["bias"]}
        with in_double_precision(library):
            _, found, numbers = torch.func.functional_call(module.train(training), named, (x,))
        return found.new_zeros(len(found), experts).scatter(1, numbers, found).view(*x.shape[:2], -1)

    return theirs
