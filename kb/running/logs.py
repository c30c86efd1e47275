"""Logs of a training that TensorBoard shows, and whatever else reads its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Log = Callable[[str, float, int], None]
"""Notes a number by its name, at a step."""


@contextmanager
def opened(folder: Path | None, done: int) -> Iterator[Log]:
    """Give a log; in a folder it goes on after the steps that were done, and hides later ones of a killed run."""
    if folder is None:
        yield lambda name, value, step: None
        return
    import tensorboard  # noqa: F401  (where it is missing, that is named, and how to install it)
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder, purge_step=done + 1) as writer:
        yield writer.add_scalar
