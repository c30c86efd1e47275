"""The guard of a constructor: counts are whole numbers, rates are finite, and a sentence says which is not."""

from __future__ import annotations

import inspect
import math
import numbers
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, get_args, get_origin

Constructor = TypeVar("Constructor", bound=Callable[..., None])
Bounds = float | tuple[float, float]
"""The least that a number may be, or the least and the greatest."""

KEPT = "_arguments"
"""The attribute of an object that keeps what its constructor was given, so that a later sentence can name it."""
FAILURES = (RuntimeError, TypeError, ArithmeticError, LookupError)
"""How torch and Python end with sizes that do not fit; a `ValueError` has its sentence already."""


def checked_arguments(**bounds: Bounds) -> Callable[[Constructor], Constructor]:
    """Return a decorator that checks what a constructor is given, by its annotations.

    An `int` is a whole number of at least 1, a `float` is finite, a `bool` is true or false, and the same in sequences.

    Args:
        bounds: By name of an argument, where a number may be less than that, or not more: `memory=0`, `share=(0, 1)`.

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
        kinds = {name: parameter.annotation for name, parameter in signature.parameters.items()}
        unknown = bounds.keys() - kinds
        if unknown:
            raise TypeError(f"checked_arguments bounds {', '.join(sorted(unknown))}, which the constructor does not take")

        @wraps(constructor)
        def checked(self: Any, *values: Any, **named: Any) -> None:
            given = signature.bind(self, *values, **named)
            for name, value in list(given.arguments.items())[1:]:
                wanted = _refused(kinds[name], value, bounds.get(name))
                if wanted:
                    raise ValueError(f"{type(self).__name__}: {name} must be {wanted}, came {value!r}")
            try:
                constructor(self, *values, **named)
            except FAILURES as error:
                listed = ", ".join(f"{name}={value!r}" for name, value in list(given.arguments.items())[1:])
                raise ValueError(f"{type(self).__name__}({listed}) cannot be built: {error}") from error
            given.apply_defaults()
            setattr(self, KEPT, dict(list(given.arguments.items())[1:]))

        return checked  # type: ignore[return-value]

    return decorate


def named_with(owner: object, size: int) -> str:
    """Return the arguments with which an object was built that are a size or hold it: `in_features=3 or units=3`."""
    kept: Mapping[str, Any] = getattr(owner, KEPT, {})
    return " or ".join(f"{name}={value!r}" for name, value in kept.items() if size in _numbers(value))


def _numbers(value: object) -> Iterator[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _numbers(item)
    elif not isinstance(value, bool):
        yield value


def _refused(kind: Any, value: object, bounds: Bounds | None) -> str | None:
    """What a value ought to have been, or None if it is that."""
    if kind in (int, float):
        least, most = bounds if isinstance(bounds, tuple) else (bounds, math.inf)
        if kind is int:
            least = 1 if least is None else least
            return None if _is_whole(value) and least <= operator.index(value) <= most else _whole(least, most)  # type: ignore[arg-type]
        least = -math.inf if least is None else least
        fits = isinstance(value, numbers.Real) and math.isfinite(value) and least <= value <= most
        return None if fits else _number(least, most)
    if kind is bool:
        return None if isinstance(value, bool) else "True or False"
    if kind is str:
        return None if isinstance(value, str) else "a word"
    if isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Sequence):
        return _sequence(get_args(kind), value, bounds)
    return None


def _sequence(kinds: tuple[Any, ...], value: object, bounds: Bounds | None) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return "a sequence"
    wanted = (_refused(kinds[0], item, bounds) for item in value)
    return next((f"a sequence, and each item {found}" for found in wanted if found), None)


def _is_whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _whole(least: float, most: float) -> str:
    return f"a whole number of at least {least}" if most == math.inf else f"a whole number from {least} to {most}"


def _number(least: float, most: float) -> str:
    if most < math.inf:
        return f"a number from {least} to {most}"
    return "a finite number" if least == -math.inf else f"a finite number of at least {least}"
