"""Double precision, for experiments that train: what rounding differs by between processors grows from step to step."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def double_precision() -> Iterator[None]:
    """Make networks, and numbers that are drawn, of 64 bits while a block or a decorated function runs.

    Example:
        >>> with double_precision():
        ...     torch.zeros(1).dtype
        torch.float64
    """
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
