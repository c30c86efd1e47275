"""Lists and mappings that cannot change: what an entry holds is immutable all the way down.

Files have lists and mappings, and so do the JSON Schemas; the models make tuples and `Frozen` mappings of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Annotated, Any, NoReturn, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Many = Annotated[tuple[T, ...], Strict(False)]
"""Any number of things, in order. Only a list is taken for one, or what can be gone through as a list can."""


class Frozen(dict[K, V]):
    """A mapping that cannot change; it compares, prints and is written as the `dict` of the same content.

    Examples:
        >>> sizes = Frozen(H=8, W=8)
        >>> sizes | {"W": 9}
        {'H': 8, 'W': 9}
        >>> sizes["W"] = 9
        Traceback (most recent call last):
        TypeError: a Frozen mapping cannot change; `dict(...)` makes a copy that can
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} mapping cannot change; `dict(...)` makes a copy that can")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = _refuse

    def __ior__(self, other: Mapping[K, V]) -> dict[K, V]:  # type: ignore[override,misc]
        """Give the name that is assigned to a new `dict`, as `+=` gives it a new tuple."""
        return self | dict(other)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[Frozen[K, V]], tuple[dict[K, V]]]:
        """Pickles and deep copies are made at once, not item by item."""
        return type(self), (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = handler.generate_schema(dict[get_args(source)])  # type: ignore[misc]
        return core_schema.no_info_after_validator_function(cls, plain)


class Filled:
    """In an annotation: a `Frozen` mapping has something in it (a `Field` would say so of the wrong schema)."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        found: Any = handler(source)
        return {**found, "schema": {**found["schema"], "min_length": 1}}
