"""Modules of libraries that compute in single precision whatever their inputs are, made to use double precision."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch


class Doubled:
    """PyTorch, but its single precision is double precision."""

    float = float32 = torch.float64

    def __getattr__(self, name: str) -> Any:
        """Return what PyTorch has by this name."""
        return getattr(torch, name)


@contextmanager
def in_double_precision(module: ModuleType) -> Iterator[None]:
    """Let the code of one module find double precision where it names single precision."""
    with patch.object(module, "torch", Doubled()):
        yield
