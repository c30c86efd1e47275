"""The guard of `forward`: inputs are checked against its annotations, and an error of torch is explained by them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, get_args

import torch
from torch import Tensor, nn

from kb.guards.arguments import annotations_of
from kb.guards.explaining import Call, Input

Forward = TypeVar("Forward", bound=Callable[..., Any])
FAILURES = (LookupError, RuntimeError, TypeError, ValueError)
"""How torch and Python end with tensors that do not fit."""


def checked_inputs(**indexes: str) -> Callable[[Forward], Forward]:
    """Return a decorator that checks the inputs of `forward` by its annotations, and explains what fails in it.

    Before the call: the number of axes, one size for one letter, the kind of numbers, and no negative index. After a
    failure: sizes, precision and devices that are not the network's, and indices beyond their axis.

    What torch takes in silence is looked for before, what it refuses afterwards, at no cost. A look at the numbers
    themselves, which indices need, would make the processor wait for an accelerator: it is taken on the processor only.
    Nothing is checked in code that is being compiled or exported.

    Args:
        indexes: By name of an input of whole numbers, the letter of the axis that they point into.

    Raises:
        ValueError: In `forward`: a shape or an index does not fit.
        TypeError: In `forward`: an input is no tensor, of another kind, of another precision or on another device.
        RuntimeError: In `forward`: torch fails on these inputs for another reason.
    """

    def decorate(forward: Forward) -> Forward:
        guard = _Guard(forward, indexes)

        @wraps(forward)
        def checked(self: nn.Module, *values: Any, **named: Any) -> Any:
            if torch.compiler.is_compiling():
                return forward(self, *values, **named)
            given = dict(zip(guard.names, values, strict=False), **named) if values else named
            guard.check(self, given)
            try:
                return forward(self, *values, **named)
            except FAILURES as error:
                explained = guard.call(self, given).explain(error)
                if explained is None:
                    raise
                raise explained from error

        return checked  # type: ignore[return-value]

    return decorate


class _Guard:
    """What is known of the arguments of a `forward`.

    Args:
        forward: The method.
        indexes: For those that point into an axis, its letter.
    """

    def __init__(self, forward: Callable[..., Any], indexes: Mapping[str, str]) -> None:
        self.names = list(inspect.signature(forward).parameters)[1:]
        self.inputs = _inputs(forward)
        self.indexes = indexes
        letters = Counter(axis for known in self.inputs.values() for axis in known.axes)
        self.bound = {
            name: [(place, axis) for place, axis in enumerate(known.axes) if isinstance(axis, int) or letters[axis] > 1]
            for name, known in self.inputs.items()
        }
        """The axes of which there is a size to compare with: a letter that stands only once may have any size."""

    def check(self, owner: nn.Module, given: Mapping[str, Any]) -> None:
        """Refuse what does not fit. This runs in every call: a sentence is made only where one is needed."""
        sizes: dict[str | int, int] = {}
        for name, value in given.items():
            known = self.inputs.get(name)
            if known is None or (value is None and known.optional):
                continue
            if not isinstance(value, Tensor) or value.dtype not in known.dtypes:
                raise self.call(owner, given).of_kind(name)
            if value.dim() != len(known.axes) and not (known.open and value.dim() > len(known.axes)):
                raise self.call(owner, given).of_axes(name)
            for place, axis in self.bound[name]:
                size = value.shape[place]
                if size != (axis if isinstance(axis, int) else sizes.setdefault(axis, size)):
                    raise self.call(owner, given).of_sizes(name, axis)
        for name in self.indexes:
            if name in given and _has_negative(given[name]):
                raise self.call(owner, given).of_indices(name) or AssertionError(name)

    def call(self, owner: nn.Module, given: Mapping[str, Any]) -> Call:
        """Return a call of the method, for sentences about it."""
        return Call(owner, given, self.inputs, self.indexes)


def _inputs(forward: Callable[..., Any]) -> dict[str, Input]:
    """What the annotations say of every input that is a tensor."""
    found = {}
    for name, annotation in annotations_of(forward).items():
        options = [option for option in get_args(annotation) if option is not type(None)] or [annotation]
        if hasattr(options[0], "dim_str"):
            words = options[0].dim_str.split()
            found[name] = Input(
                kind=options[0].__name__.partition("[")[0],
                dtypes=frozenset(getattr(torch, dtype) for dtype in options[0].dtypes if hasattr(torch, dtype)),
                axes=tuple(int(word) if word.isdecimal() else word for word in words if not word.startswith("*")),
                open=any(word.startswith("*") for word in words),
                optional=len(get_args(annotation)) > len(options),
            )
    return found


def _has_negative(value: Tensor | None) -> bool:
    """Whether there is a negative number; False if a look would cost or is not possible."""
    if value is None or not value.is_cpu or not value.numel():
        return False
    try:
        return int(value.min()) < 0
    except RuntimeError:  # of a tensor without numbers of its own, as inside `vmap`
        return False
