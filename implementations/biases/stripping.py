"""Stripping: a module without its units, so that what is left of it gathers, and weighs what it gathers.

A unit is a function of one number. Its name does not matter: whatever is computed from one tensor entry by entry is one
function of each entry, so that `x * torch.sigmoid(x)`, `torch.where(x > 0, x, 0)` and `torch.log1p(x.exp())` are units
like `torch.relu(x)`. A product of two numbers that are not functions of one and the same number is none, and stays.
Maxima, and other order statistics of a window, are replaced by a fixed weighted sum of the window. Normalisations, by
name or as a division by a statistic of the same tensor, are left out.

To this end every tensor that comes from the inputs has a key. Tensors whose entries are functions of the corresponding
entries of one tensor have its key, and what is computed twice in the same way has the same key twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from implementations.biases.windows import MASKED, STATISTICS, summed

NORMALISATIONS = frozenset(
    ["layer_norm", "rms_norm", "group_norm", "instance_norm", "local_response_norm", "normalize"]
)
UNMARKED = frozenset(
    [
        "_prelu_kernel",
        "hardswish",
        "log_sigmoid_forward",
        "rrelu_with_noise",
        "masked_fill",
        "_to_copy",
        "where",
        "native_batch_norm",
        "index_put",
    ]
)
"""Pointwise functions that the library does not mark as such."""
LINEAR = frozenset(
    ["add", "sub", "rsub", "neg", "clone", "alias", "detach", "_to_copy", "masked_fill", "native_batch_norm"]
)
LINEAR_IN_ONE = frozenset(["mul", "div", "addcmul", "lerp", "where"])
"""Functions that are linear as long as only one of their arguments comes from the inputs."""
CHOOSING = frozenset(["maximum", "minimum", "fmax", "fmin"])
CONSTANT = frozenset(
    ["zeros_like", "ones_like", "full_like", "empty_like", "new_zeros", "new_ones", "new_full", "new_empty"]
)
PICKING = frozenset(["index", "index_select", "gather"])
ADDING_UP = frozenset(["index_add", "index_reduce", "scatter_add", "scatter_reduce", "scatter", "index_put"])
RESHAPING = frozenset(["unsqueeze", "expand", "view", "_unsafe_view", "squeeze"])


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
            return torch.max_pool1d_with_indices(*args, **(kwargs or {}))[0]
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
        self._between = between
        self._ends: dict[int, frozenset[Hashable]] = {}  # by key: with which indices it has been picked
        self._choices = deque(choices)
        self._names: dict[Hashable, int] = {}
        self._tags: dict[int, tuple[int, int]] = {}  # of a tensor, by identity: its key, and the writes before it
        self._writes: dict[int, int] = {}  # by address of the memory
        self._places: dict[Hashable, int] = {}  # by where in memory a tensor is: its key
        self._roots: dict[int, Tensor] = {}  # by key: the first tensor that has it
        self._bent: set[int] = set()  # by identity: what has been through a unit
        self._sizes: dict[int, int] = {}  # by key of a norm, a maximum, a mean of squares: the key of what it is of
        self._windows: dict[
            int, int
        ] = {}  # by key of what a window of squares and the like adds up to: the key of these
        self._means: dict[int, int] = {}  # by key of a mean or sum: the key of what it is of
        self._scores: dict[int, Tensor] = {}  # by key of the result of a softmax: its argument
        self._alive: list[Tensor] = []  # nothing is freed, so that no identity or address is used twice
        for number, tensor in enumerate(inputs):
            self._tag(tensor, self._key_named("input", number))

    def scores(self, result: Tensor) -> Tensor:
        """Return what a softmax was taken of, if this is its result, or else the result itself."""
        key = self._key(result)
        return result if key is None else self._scores.get(key, result)

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Call a function of the library, or something simpler in its place."""
        kwargs = kwargs or {}
        name, mutable, pointwise = _traits(func)
        followed = [(tensor, key) for tensor in _tensors((args, kwargs)) if (key := self._key(tensor)) is not None]
        if not followed or name in CONSTANT:
            return self._called(func, args, kwargs)
        root = self._common_root(name, followed) if pointwise else None
        stays = root is None or len(self._ends.get(root, ())) > 1
        unit = not (stays or self._is_linear(name, args, kwargs, followed))
        if mutable:
            return args[0] if unit and self._key(args[0]) is not None else self._written(func, args, kwargs)
        key = self._key_named(str(func), self._described((args, kwargs)))
        result = self._called(func, args, kwargs)
        if root is not None:
            result = self._without_unit(name, root, followed, result) if unit else result
            return self._tagged(result, root if _first(result).shape == self._roots[root].shape else key)
        if name in CHOOSING and len(followed) == 2:
            result = (followed[0][0] + followed[1][0]) / 2
        self._relate(name, key, args, followed)
        return self._tagged(summed(func, name, args, kwargs, result), key)

    def _called(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call a function, but let it decide as it did before."""
        result = func(*args, **kwargs)
        if not self._choices or not _is_choice(args, result):
            return result
        function, choice = self._choices.popleft()
        if function is not func:
            raise RuntimeError(f"without its units the module calls {func} where it called {function}")
        if not isinstance(result, (tuple, list)):
            return choice
        return tuple(now if _is_number(now) else made for made, now in zip(choice, result, strict=True))

    def _is_linear(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], followed: list[tuple[Tensor, int]]
    ) -> bool:
        """Tell whether a pointwise function is linear in what is followed."""
        if name == "_to_copy":
            return followed[0][0].dtype != torch.bool  # a condition turned into numbers is a step function
        if name == "native_batch_norm":
            return not args[5]  # in training it normalises
        if name in ("masked_fill", "index_put"):
            return all(self._key(chosen) is None for chosen in _tensors(args[1]))
        numerator = name != "div" or (self._key(args[0]) is not None and not kwargs.get("rounding_mode"))
        condition = name != "where" or self._key(args[0]) is None
        fixed = name in LINEAR_IN_ONE and (len(followed) == 1 or name == "where") and numerator and condition
        return name in LINEAR or fixed

    def _without_unit(self, name: str, root: int, followed: list[tuple[Tensor, int]], result: Any) -> Any:
        """Return the argument of a unit in place of its result; a condition stays as it is."""
        first = _first(result)
        numbers = [tensor for tensor, _ in followed if _is_number(tensor)]
        numbers += [self._roots[root]]
        if first.dtype == torch.bool or not _is_number(numbers[0]):
            return result
        argument = next((tensor for tensor in numbers if tensor.shape == first.shape), numbers[0])
        argument = argument.real if argument.is_complex() and not first.is_complex() else argument
        argument = argument.to(first.dtype).expand(first.shape)
        self._bent.add(id(argument))
        return argument if isinstance(result, Tensor) else (argument, *result[1:])

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
            picked = [self._place(x) for x in _tensors(args) if name in PICKING and not _is_number(x)]
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

    def _written(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Write into a tensor, whose contents then are something new, and so are those of all views of it."""
        result = func(*args, **kwargs)
        for target in _tensors(result):
            address = target.untyped_storage().data_ptr()
            self._writes[address] = self._writes.get(address, 0) + 1
            self._alive.append(target)
        return result

    def _tagged(self, result: Any, key: int) -> Any:
        """Give results a key, unless one is a view that something with a key has been before."""
        for number, tensor in enumerate(_tensors(result)):
            self._tag(tensor, self._places.get(self._place(tensor), self._key_named(key, number) if number else key))
        return result

    def _place(self, tensor: Tensor) -> Hashable:
        """Return where in memory a tensor is, and between which writes."""
        address = tensor.untyped_storage().data_ptr()
        layout = tensor.storage_offset(), tuple(tensor.shape), tensor.stride()
        return address, self._writes.get(address, 0), layout

    def _tag(self, tensor: Tensor, key: int) -> None:
        self._tags[id(tensor)] = key, self._writes.get(tensor.untyped_storage().data_ptr(), 0)
        self._places.setdefault(self._place(tensor), key)
        self._roots.setdefault(key, tensor)
        self._alive.append(tensor)

    def _key(self, value: Any) -> int | None:
        """Return the key of a tensor; none if it is a constant."""
        if not isinstance(value, Tensor):
            return None
        address = value.untyped_storage().data_ptr()
        writes = self._writes.get(address, 0)
        key, before = self._tags.get(id(value), (None, 0))
        if writes == before:
            return key
        key = self._key_named("written", self._place(value))
        self._tag(value, key)
        return key

    def _key_named(self, *name: Hashable) -> int:
        return self._names.setdefault(name, len(self._names))

    def _described(self, value: Any) -> Hashable:
        """Return arguments in a form that is equal for equal ones."""
        if isinstance(value, Tensor):
            self._alive.append(value)
            key = self._key(value)
            return ("constant", id(value)) if key is None else ("followed", key)
        if isinstance(value, (tuple, list)):
            return tuple(map(self._described, value))
        return self._described(tuple(value.items())) if isinstance(value, dict) else repr(value)


def _is_choice(args: tuple[Any, ...], result: Any) -> bool:
    """Tell whether conditions, indices, or what the program reads were made of numbers."""
    results = list(_tensors(result))
    return any(map(_is_number, _tensors(args))) and not (results and all(map(_is_number, results)))


def _is_number(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _first(result: Any) -> Tensor:
    return result if isinstance(result, Tensor) else result[0]


def _tensors(value: Any) -> Iterator[Tensor]:
    """Yield all tensors among arguments or results."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


@cache
def _traits(func: Any) -> tuple[str, bool, bool]:
    """Return the name of a function, whether it writes into its argument, and whether it acts on every entry alike."""
    name = func.overloadpacket.__name__.removesuffix("_")
    packet = getattr(torch.ops.aten, name, func.overloadpacket)  # the form that does not write has more marks
    plain = getattr(packet, func._overloadname, func)
    marked = torch.Tag.pointwise in {*func.tags, *plain.tags}
    return name, func._schema.is_mutable, marked or name in UNMARKED
