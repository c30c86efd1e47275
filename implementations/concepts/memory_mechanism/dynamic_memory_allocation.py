"""Dynamic memory allocation: keeps account of which rows of a memory are in use, and offers one that is not.

Source: Graves et al. 2016, Methods, "Dynamic memory allocation", eq. 1 (graves2016hybrid).

Equations:
    psi  = product over heads i of (1 - f_i w_i)                 w_i: where head i read at the last step
    u'   = (u + w - u * w) * psi                                 w: where the last step wrote
    a[j] = (1 - u'[j]) product over rows i less used than j of u'[i]

Shapes: B examples, M rows, R heads that read.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Allocation(NamedTuple):
    """How much every row is in use, and the weight with which it is offered for writing."""

    usage: Float[Tensor, "B M"]
    weights: Float[Tensor, "B M"]


class DynamicMemoryAllocation(nn.Module):
    """A row is in use once it has been written, until a head that has read it frees it. It has no parameters.

    Example:
        >>> usage, written = torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0]])
        >>> DynamicMemoryAllocation()(usage, written, torch.zeros(1, 1, 3), torch.zeros(1, 1)).weights
        tensor([[0., 0., 1.]])
    """

    def forward(
        self,
        usage: Float[Tensor, "B M"],
        writing: Float[Tensor, "B M"],
        reading: Float[Tensor, "B R M"],
        free: Float[Tensor, "B R"],
    ) -> Allocation:
        """Return the new usage, and weights for writing, from weights of the last step and gates that free rows."""
        retained = (1 - free[:, :, None] * reading).prod(1)
        usage = (usage + writing - usage * writing) * retained
        return Allocation(usage, self.allocate(usage))

    def allocate(self, usage: Float[Tensor, "B M"]) -> Float[Tensor, "B M"]:
        """Return weights that go to the row that is used least, and to the next as far as that one is in use."""
        order = usage.argsort(dim=1, stable=True)
        ordered = usage.gather(1, order)
        all_before = torch.cat([torch.ones_like(ordered[:, :1]), ordered[:, :-1].cumprod(1)], 1)
        return torch.zeros_like(usage).scatter(1, order, (1 - ordered) * all_before)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 6) -> dict[str, Tensor]:
        """Return random usages and gates, and distributions for weights."""
        writing, first, second = (torch.randn(B, M, generator=generator).softmax(1) for _ in range(3))
        usage, free = (torch.rand(B, n, generator=generator) for n in (M, 2))
        return {"usage": usage, "writing": writing, "reading": torch.stack([first, second], 1), "free": free}
