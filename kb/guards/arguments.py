"""The guard of a constructor: counts are whole numbers, rates are finite, and a sentence says which is not."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, SupportsFloat, SupportsIndex, TypeVar, get_args, get_origin

Constructor = TypeVar("Constructor", bound=Callable[..., None])
Bounds = float | tuple[float, float] | tuple[()]
"""The least that a number may be, or the least and the greatest; `()` for a sequence that may be empty."""

KEPT = "_arguments"
"""The attribute of an object that keeps what it was built with, so that a later sentence can name it."""
FAILURES = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""How code ends with values that do not go together: its own sentence, or one of torch or Python."""
CANNOT = " cannot be built: "


def checked_arguments(**bounds: Bounds) -> Callable[[Constructor], Constructor]:
    """Return a decorator that checks what a constructor is given, by its annotations.

    An `int` is a whole number of at least 1, or of at least its default; a `float` is finite, a `bool` is true or
    false, a `str` is text. The same holds for what is in sequences, which are not empty.

    Args:
        bounds: By name of an argument, where something else holds: the least number, as in `memory=0`, the least and
            the greatest, as in `share=(0, 1)`, or `hidden=()` for a sequence that may be empty; with 0 for the least
            number, a sequence may be empty as well.

    Raises:
        ValueError: In the constructor: a value is of the wrong kind or out of bounds, or the values do not go together.

    Examples:
        >>> class Net:
        ...     @checked_arguments()
        ...     def __init__(self, *, layers: int = 2) -> None: ...
        >>> Net(layers=-1)
        Traceback (most recent call last):
        ValueError: Net: layers must be a whole number of at least 1, came -1
    """

    def decorate(constructor: Constructor) -> Constructor:
        signature = inspect.signature(constructor)
        kinds = annotations_of(constructor)
        for name in bounds.keys() - kinds.keys():
            raise TypeError(f"checked_arguments has a bound for {name!r}, which the constructor does not take")
        limits = {name: bounds.get(name, _limit(parameter.default)) for name, parameter in signature.parameters.items()}

        @wraps(constructor)
        def checked(self: Any, *values: Any, **named: Any) -> None:
            try:
                bound = signature.bind(self, *values, **named)
            except TypeError as error:
                known = ", ".join(list(kinds)) or "nothing"
                raise TypeError(f"{type(self).__name__}: {error}; it takes {known}") from None
            given = dict(list(bound.arguments.items())[1:])
            for name, value in given.items():
                expected = _refused(kinds.get(name), value, limits[name])
                if expected:
                    raise ValueError(f"{type(self).__name__}: {name} must be {expected}, came {value!r}")
            try:
                constructor(self, *values, **named)
            except FAILURES as error:
                listed = ", ".join(f"{name}={value!r}" for name, value in given.items())
                reason = str(error).rpartition(CANNOT)[2]
                raise ValueError(f"{type(self).__name__}({listed}){CANNOT}{reason}") from error
            bound.apply_defaults()
            setattr(self, KEPT, {name: value for name, value in bound.arguments.items() if value is not self})

        return checked  # type: ignore[return-value]

    return decorate


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function's arguments, by name; those that are text are looked up."""
    found = inspect.get_annotations(function)
    within: Mapping[str, Any] = getattr(function, "__globals__", {})
    return {
        name: eval(value, dict(within)) if isinstance(value, str) else value
        for name, value in found.items()
        if name != "return"
    }


def built_with(owner: object, size: int) -> str:
    """Return the arguments that an object was built with and that are a size or hold it: `in_features=3 or units=3`."""
    kept: Mapping[str, Any] = getattr(owner, KEPT, {})
    return " or ".join(f"{name}={value!r}" for name, value in kept.items() if size in _numbers(value))


def _numbers(value: object) -> Iterator[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _numbers(item)
    elif not isinstance(value, bool):
        yield value


def _limit(default: object) -> Bounds | None:
    """The default is a value that is meant, so a whole number may be as small, or a sequence as empty."""
    if isinstance(default, int) and not isinstance(default, bool):
        return min(1, default)
    return () if isinstance(default, Sequence) and not default else None


def _refused(kind: Any, value: object, bounds: Bounds | None) -> str | None:
    """What a value ought to have been, or None if it is that."""
    if kind is int:
        number = operator.index(value) if isinstance(value, SupportsIndex) and not isinstance(value, bool) else math.nan
        return _outside(number, bounds, "a whole number", least=1)
    if kind is float:
        return _outside(value if isinstance(value, SupportsFloat) else math.nan, bounds, "a finite number", -math.inf)
    if kind is bool:
        return None if isinstance(value, bool) else "True or False"
    if kind is str:
        return None if isinstance(value, str) else "a word"
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Sequence):
        return _sequence(get_args(kind), value, bounds)
    return None


def _outside(value: SupportsFloat, bounds: Bounds | None, what: str, least: float) -> str | None:
    """What a number ought to have been, or None if it is within its bounds and finite; `least` where none are given."""
    match bounds:
        case (low, high):
            expected = f"{what} from {low} to {high}"
        case float() | int():
            low, high, expected = bounds, math.inf, f"{what} of at least {bounds}"
        case _:
            low, high, expected = least, math.inf, what if least == -math.inf else f"{what} of at least {least}"
    number = float(value)
    return None if math.isfinite(number) and low <= number <= high else expected


def _sequence(kinds: tuple[Any, ...], value: object, bounds: Bounds | None) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return "a sequence"
    if not value and bounds not in ((), 0):
        return "a sequence with something in it"
    expected = (_refused(kinds[0], item, bounds) for item in value)
    return next((f"a sequence, and each item {found}" for found in expected if found), None)
