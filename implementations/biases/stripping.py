"""Stripping: a module without its units, so that what is left of it gathers and weights.

A unit is a function of one number. Its name does not matter: whatever is computed from one tensor entry by entry is one
function of each entry, so that `x * torch.sigmoid(x)`, `torch.where(x > 0, x, 0)` and `torch.log1p(x.exp())` are units
like `torch.relu(x)`. A product of two numbers that are not functions of one and the same number is none, and stays.
Maxima, and other order statistics of a window, are replaced by a fixed weighted sum of the window. Normalisations, by
name or as a division by a statistic of the same tensor, are left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from implementations.biases.following import Keys, is_number, tensors_in
from implementations.biases.functions import (
    ADDING_UP,
    CHOOSING,
    CONSTANT,
    LINEAR,
    LINEAR_IN_ONE,
    NORMALISATIONS,
    PICKING,
    RESHAPING,
    traits,
)
from implementations.biases.windows import MASKED, STATISTICS, summed


class WithoutNormalisations(TorchFunctionMode):
    """While it is active, normalisations that are called by name return their first argument."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call a function of the library, or return its first argument."""
        name = getattr(func, "__name__", "")
        if name in NORMALISATIONS:
            return args[0]
        if name == "max_pool1d":  # without indices, nothing below this level sees it
            return torch.nn.functional.max_pool1d_with_indices(*args, **(kwargs or {}))[0]
        return func(*args, **(kwargs or {}))


class Choices(TorchDispatchMode):
    """While it is active, keep what is decided: conditions, indices, and numbers that the program reads.

    A module that is run again without its units would otherwise decide by other numbers than it should.
    """

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[Any, Any]] = []

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call a function of the library, and keep what it returns if it is a choice."""
        result = func(*args, **(kwargs or {}))
        if _is_choice(args, result):
            self.made.append((func, result))
        return result


class WithoutUnits(TorchDispatchMode):
    """While it is active, units return their argument, and order statistics a fixed weighted sum of theirs.

    Args:
        inputs: The tensors of which everything that is computed is followed; all others count as constants.
        choices: What the module decided, in this order, when it was run on the same inputs with its units; what it
            decides now if none.
        between: Whether units stay that act on what comes from two places of an axis, as from both ends of an edge.

    Example:
        >>> x = torch.tensor([-1.0, 2.0])
        >>> with WithoutUnits([x]):
        ...     y = x * x.sigmoid() + x.clamp(min=0).roll(1)
        >>> y
        tensor([1., 1.])
    """

    def __init__(
        self, inputs: Iterable[Tensor], choices: Iterable[tuple[Any, Any]] = (), between: bool = False
    ) -> None:
        super().__init__()
        self._keys = Keys(inputs)
        self._between = between
        self._ends: dict[int, frozenset[Hashable]] = {}  # by key: with which indices it has been picked
        self._choices = deque(choices)
        self._bent: set[int] = set()  # by identity: what has been through a unit
        self._sizes: dict[int, int] = {}  # by key of a norm, a maximum, a mean of squares: the key of what it is of
        self._windows: dict[int, int] = {}  # by key of a sum over a window of squares: the key of what is squared
        self._means: dict[int, int] = {}  # by key of a mean or sum: the key of what it is of
        self._scores: dict[int, Tensor] = {}  # by key of the result of a softmax: its argument

    def scores(self, result: Tensor) -> Tensor:
        """Return what a softmax was taken of, if this is its result, or else the result itself."""
        key = self._keys.of(result)
        return result if key is None else self._scores.get(key, result)

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call a function of the library, or something simpler in its place."""
        kwargs = kwargs or {}
        name, mutable, pointwise = traits(func)
        followed = [
            (tensor, key) for tensor in tensors_in((args, kwargs)) if (key := self._keys.of(tensor)) is not None
        ]
        if not followed or name in CONSTANT:
            return self._called(func, args, kwargs)
        root = self._common_root(name, followed) if pointwise else None
        stays = root is None or len(self._ends.get(root, ())) > 1
        unit = not (stays or self._is_linear(name, args, kwargs, followed))
        if mutable:
            return args[0] if unit and self._keys.of(args[0]) is not None else self._written(func, args, kwargs)
        key = self._keys.named(str(func), self._keys.described((args, kwargs)))
        result = self._called(func, args, kwargs)
        if root is not None:
            result = self._without_unit(name, root, followed, result) if unit else result
            return self._keys.give(result, root if _first(result).shape == self._keys.roots[root].shape else key)
        if name in CHOOSING and len(followed) == 2:
            result = (followed[0][0] + followed[1][0]) / 2
        self._relate(name, key, args, followed)
        return self._keys.give(summed(func, name, args, kwargs, result), key)

    def _called(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call a function, but let it decide as it did before."""
        result = func(*args, **kwargs)
        if not self._choices or not _is_choice(args, result):
            return result
        function, choice = self._choices.popleft()
        if function is not func:
            raise FloatingPointError(f"without its units the module calls {func} where it called {function}")
        if not isinstance(result, (tuple, list)):
            return choice
        return tuple(now if is_number(now) else made for made, now in zip(choice, result, strict=True))

    def _is_linear(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], followed: list[tuple[Tensor, int]]
    ) -> bool:
        """Tell whether a pointwise function is linear in what is followed."""
        if name == "_to_copy":
            return followed[0][0].dtype != torch.bool  # a condition turned into numbers is a step function
        if name == "native_batch_norm":
            return not args[5]  # in training it normalises
        if name in ("masked_fill", "index_put"):
            return all(self._keys.of(chosen) is None for chosen in tensors_in(args[1]))
        numerator = name != "div" or (self._keys.of(args[0]) is not None and not kwargs.get("rounding_mode"))
        condition = name != "where" or self._keys.of(args[0]) is None
        fixed = name in LINEAR_IN_ONE and (len(followed) == 1 or name == "where") and numerator and condition
        return name in LINEAR or fixed

    def _without_unit(self, name: str, root: int, followed: list[tuple[Tensor, int]], result: Any) -> Any:
        """Return the argument of a unit in place of its result; a condition stays as it is."""
        first = _first(result)
        numbers = [tensor for tensor, _ in followed if is_number(tensor)]
        numbers += [self._keys.roots[root]]
        if first.dtype == torch.bool or not is_number(numbers[0]):
            return result
        argument = next((tensor for tensor in numbers if tensor.shape == first.shape), numbers[0])
        argument = argument.real if argument.is_complex() and not first.is_complex() else argument
        argument = argument.to(first.dtype).expand(first.shape)
        self._bent.add(id(argument))
        return argument if isinstance(result, Tensor) else (argument, *result[1:])

    def _written(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Write into a tensor."""
        result = func(*args, **kwargs)
        for target in tensors_in(result):
            self._keys.write(target)
        return result

    def _common_root(self, name: str, followed: list[tuple[Tensor, int]]) -> int | None:
        """Return the key of the tensor of whose entries all these are functions; its statistics may be among them."""
        keys = {key for _, key in followed}
        if name == "div" and len(followed) == 2 and self._windows.get(followed[1][1]) == followed[0][1]:
            return followed[0][1]
        known = self._sizes if name not in ("add", "sub") else {**self._means, **self._sizes}
        roots = keys if len(keys) == 1 else {known.get(key, key) for key in keys}
        return roots.pop() if len(roots) == 1 else None

    def _relate(self, name: str, key: int, args: tuple[Any, ...], followed: list[tuple[Tensor, int]]) -> None:
        """Note from which places a tensor is picked, of which one a statistic is taken, and of which a softmax."""
        source = followed[0][1]
        if self._between and name not in ADDING_UP:
            picked = [self._keys.place(x) for x in tensors_in(args) if name in PICKING and not is_number(x)]
            self._ends[key] = frozenset().union(picked, *(self._ends.get(ends, ()) for _, ends in followed))
        if len(followed) == 1 and name in STATISTICS:
            of_unit = id(args[0]) in self._bent or name not in ("mean", "sum")
            (self._sizes if of_unit else self._means)[key] = source
        if len(followed) == 1 and (id(args[0]) in self._bent or source in self._windows):
            self._windows[key] = source if id(args[0]) in self._bent else self._windows[source]
        for known in (self._sizes, self._means):
            if name in RESHAPING and source in known:
                known[key] = known[source]
        if name in ("_softmax", "_log_softmax"):
            self._scores[key] = torch.where(args[0] < MASKED, 0.0, args[0])


def _is_choice(args: tuple[Any, ...], result: Any) -> bool:
    """Tell whether conditions, indices, or what the program reads were made of numbers."""
    results = list(tensors_in(result))
    return any(map(is_number, tensors_in(args))) and not (results and all(map(is_number, results)))


def _first(result: Any) -> Tensor:
    return result if isinstance(result, Tensor) else result[0]
