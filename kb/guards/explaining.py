"""Sentences about inputs that do not fit: what was expected, what came, and how to mend it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from kb.guards.arguments import built_with

WORDS = {
    "Float": ("floating-point numbers", "float()"),
    "Int": ("whole numbers", "long()"),
    "Bool": ("true or false", "bool()"),
    "Complex": ("complex numbers", "cfloat()"),
}
"""Kinds of numbers, and what makes them."""


@dataclass(frozen=True)
class Input:
    """What an annotation says of one input, such as `Float[Tensor, "B T F"] | None`.

    Args:
        kind: What jaxtyping calls the kind of numbers.
        dtypes: The types that are of the kind.
        axes: Names or sizes, outermost first; without the one that stands for any number of them.
        open: Whether there is one that does, after the others.
        optional: Whether the input may be left out.
    """

    kind: str
    dtypes: frozenset[torch.dtype]
    axes: tuple[str | int, ...]
    open: bool
    optional: bool

    @property
    def shown(self) -> str:
        """The axes as a reader writes them."""
        return f"[{', '.join(map(str, self.axes))}{', ...' if self.open else ''}]"


@dataclass(frozen=True)
class Call:
    """A call of `forward` that something is wrong with.

    Args:
        owner: The module.
        given: The arguments by name.
        inputs: What is known of those that are tensors.
        indexes: For those that point into an axis, its letter.
    """

    owner: nn.Module
    given: Mapping[str, Any]
    inputs: Mapping[str, Input]
    indexes: Mapping[str, str]

    def of_kind(self, name: str) -> TypeError:
        """Return that an input is no tensor, or one of the wrong kind of numbers."""
        value, known = self.given[name], self.inputs[name]
        expected, conversion = WORDS.get(known.kind, ("numbers", "float()"))
        if not isinstance(value, Tensor):
            came = type(value).__name__
            return TypeError(self._prefixed(f"{name} must be a tensor {known.shown} of {expected}, came {came}"))
        mended = f"convert it, as by `{name}.{conversion}`"
        return TypeError(self._prefixed(f"{name} must hold {expected}, came {shown(value)}: {mended}"))

    def of_axes(self, name: str) -> ValueError:
        """Return that an input has too many axes, or too few."""
        value, known = self.given[name], self.inputs[name]
        words = ", ".join(self._word(axis) for axis in known.axes)
        few = value.dim() < len(known.axes)
        mended = f"`{name}[None]` adds one that is 1 long" if few else "`squeeze` takes one away that is 1 long"
        sentence = f"{name} must have the axes {known.shown}: {words}; came {list(value.shape)}: {mended}"
        return ValueError(self._prefixed(sentence))

    def of_sizes(self, name: str, axis: str | int) -> ValueError:
        """Return that an axis is longer or shorter than the same axis is elsewhere."""
        shape = list(self.given[name].shape)
        if isinstance(axis, int):
            return ValueError(self._prefixed(f"{name} must have the shape {self.inputs[name].shown}, came {shape}"))
        first, *others = [(where, size) for where, letter, size in self._lengths() if letter == axis]
        size = next(size for where, size in others if where == name and size != first[1])
        sentence = f"{name} has {size} along {self._word(axis)}, and {first[0]} has {first[1]}: make both alike"
        return ValueError(self._prefixed(sentence))

    def of_indices(self, name: str) -> ValueError | None:
        """Return that an index points to nothing; None if all point to something, or if there is nothing to see."""
        value, axis = self.given.get(name), self.indexes[name]
        if value is None or value.is_meta or not value.numel():
            return None
        low, high = (int(bound) for bound in torch.aminmax(value))
        size = next((size for _, letter, size in self._lengths() if letter == axis), None)
        if low >= 0 and (size is None or high < size):
            return None
        last, came = "" if size is None else f" to {size - 1}", low if low < 0 else high
        return ValueError(
            self._prefixed(f"{name} counts along {self._word(axis)}: give it numbers from 0{last}, came {came}")
        )

    def explain(self, error: Exception) -> Exception | None:
        """Return an error that says what about the inputs made `forward` fail; None if the first one says it."""
        if isinstance(error, NotImplementedError) or type(error).__module__.startswith("torch"):
            return None  # it is about the machine, or of torch's own machinery, which looks for its class
        if sentence := self._of_type():
            return TypeError(self._prefixed(sentence))
        if sentence := self._of_network() or self._of_nothing():
            return ValueError(self._prefixed(sentence))
        if isinstance(error, TypeError | ValueError):
            return None
        with suppress(RuntimeError):  # of a tensor without numbers of its own, as inside `vmap`
            for name in self.indexes:
                if found := self.of_indices(name):
                    return found
        listed = ", ".join(f"{name} {shown(value)}" for name, value in self._tensors())
        return RuntimeError(f"{type(self.owner).__name__} failed on {listed}: {error}")

    def _of_type(self) -> str | None:
        """An input on another device or in another precision than the network; if it has no weights, than the first."""
        tensors = dict(self._tensors())
        floating = [value for value in (*self.owner.parameters(), *tensors.values()) if value.is_floating_point()]
        for name, value in tensors.items():
            if floating and value.device != floating[0].device:
                place = floating[0].device
                return (
                    f"{name} is on {value.device}, and the network on {place}: bring both to one, as by `.to({place})`"
                )
            kind = value.device.type
            if torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind):
                continue
            if value.is_floating_point() and value.dtype != floating[0].dtype:
                dtype = floating[0].dtype
                return (
                    f"{name} is {value.dtype}, and the network {dtype}: bring both to one, as by `{name}.to({dtype})`"
                )
        return None

    def _of_network(self) -> str | None:
        """A size that the constructor has settled: one of `example_inputs` that no argument of that method changes."""
        example: dict[str, Tensor] = {}
        chosen: Container[str] = ()
        with suppress(Exception):  # the module has no such method, or it fails as `forward` did
            method: Any = self.owner.example_inputs
            chosen, example = inspect.signature(method).parameters, method(torch.Generator().manual_seed(0))
        for name, axis, size in self._lengths():
            if name in example and axis not in chosen:
                expected = example[name].shape[self.inputs[name].axes.index(axis)]
                if size != expected:
                    built = built_with(self.owner, expected)
                    why = f"the network was built for {expected}{f' ({built})' if built else ''}"
                    return f"{name} has {size} along {self._word(axis)}, and {why}: give {expected}, or build it again"
        return None

    def _of_nothing(self) -> str | None:
        """An axis along which there is nothing."""
        empty = ((name, axis) for name, axis, size in self._lengths() if size == 0)
        return next(
            (f"{name} has nothing along {self._word(axis)}: give it at least one" for name, axis in empty), None
        )

    def _tensors(self) -> Iterator[tuple[str, Tensor]]:
        return ((name, value) for name, value in self.given.items() if isinstance(value, Tensor))

    def _lengths(self) -> Iterator[tuple[str, str | int, int]]:
        """The name of an input, an axis of it and its length."""
        for name, value in self._tensors():
            if name in self.inputs:
                yield from ((name, axis, size) for axis, size in zip(self.inputs[name].axes, value.shape, strict=False))

    def _word(self, axis: str | int) -> str:
        """An axis with what the docstring of the owner's module calls it: `F (input features)`."""
        text = (getattr(sys.modules.get(type(self.owner).__module__), "__doc__", None) or "").partition("Shapes:")[2]
        found = re.search(rf"\b{axis} (?:= \w+ )?([a-z][^,.;()]*)", " ".join(text.split()))
        return f"{axis} ({found[1].strip()})" if found else str(axis)

    def _prefixed(self, sentence: str) -> str:
        return f"{type(self.owner).__name__}: {sentence}"


def shown(value: Tensor) -> str:
    """Return a tensor as type and shape: `float32 [2, 3]`."""
    return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
