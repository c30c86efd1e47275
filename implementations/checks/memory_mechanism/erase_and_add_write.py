"""Exact checks of the erase-and-add write."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.memory_mechanism.erase_and_add_write import EraseAndAddWrite


def what_is_written_is_read(generator: torch.Generator) -> float:
    """Return the difference of an erased row from the vector added to it, and the change of the other rows."""
    inputs = {name: value.double() for name, value in EraseAndAddWrite().example_inputs(generator).items()}
    memory, add = inputs["memory"], inputs["add"]
    row = F.one_hot(torch.tensor([0, 3, 5]), memory.shape[1]).double()
    after = EraseAndAddWrite()(memory, row, torch.ones_like(add), add)
    read = torch.einsum("bm,bmd->bd", row, after)
    others = (1 - row)[:, :, None]
    return max(difference(read, add), difference(others * after, others * memory))


def erasures_commute(generator: torch.Generator) -> float:
    """Return the difference that the order of two heads makes when both erase and neither adds."""
    write = EraseAndAddWrite()
    one, two = ({name: value.double() for name, value in write.example_inputs(generator).items()} for _ in range(2))
    none = torch.zeros_like(one["add"])

    def erased(memory: torch.Tensor, head: dict[str, torch.Tensor]) -> torch.Tensor:
        return write(memory, head["weights"], head["erase"], none)

    memory = one["memory"]
    return difference(erased(erased(memory, one), two), erased(erased(memory, two), one))
