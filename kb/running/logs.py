"""Logs of a training that TensorBoard shows, and whatever else reads its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class Log(Protocol):
    """Takes a number at a step."""

    def number(self, name: str, value: float, step: int) -> None:
        """Note a number."""


class Nowhere:
    """A log that keeps nothing."""

    def number(self, name: str, value: float, step: int) -> None:
        """Forget a number."""


class TensorBoard:
    """A log in a folder, by PyTorch's own writer."""

    def __init__(self, folder: Path, first: int) -> None:
        import tensorboard  # noqa: F401  (where it is missing, that is named, and how to install it)
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(folder, purge_step=first)

    def number(self, name: str, value: float, step: int) -> None:
        """Write a number."""
        self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


@contextmanager
def opened(folder: Path | None, done: int) -> Iterator[Log]:
    """Give a log; in a folder it goes on after the steps that were done, and hides later ones of a killed run."""
    if folder is None:
        yield Nowhere()
        return
    log = TensorBoard(folder, done + 1)
    try:
        yield log
    finally:
        log.close()
