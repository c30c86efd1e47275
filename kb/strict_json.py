"""JSON as its standard has it, for whatever program reads it: Python's own would write NaN, which is none."""

from __future__ import annotations

import functools
import json
from contextlib import suppress
from math import isfinite
from typing import Any


def dumps(data: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    r"""Return data as JSON text that can be encoded in UTF-8.

    NaN and the infinities become the texts `"NaN"`, `"Infinity"` and `"-Infinity"`: `float` reads them back, and so
    does pydantic where a field is a number. Half of a surrogate pair, which no encoding has, is written as the escape
    that JSON has for it. Other objects, such as paths, become their texts.

    Examples:
        >>> print(dumps({"error": float("nan"), "half": "\ud83d"}))
        {"error": "NaN", "half": "\ud83d"}
    """
    if indent and not sort_keys:  # the standard library's encoder is not compiled where it indents: 20 times slower
        from pydantic_core import PydanticSerializationError, to_json  # `kb --help` has no use for it

        with suppress(PydanticSerializationError):  # half of a surrogate pair
            return to_json(data, indent=indent, inf_nan_mode="strings", fallback=str).decode()
    written = functools.partial(
        json.dumps, indent=indent, sort_keys=sort_keys, ensure_ascii=False, allow_nan=False, default=str
    )
    try:
        text = written(data)
    except ValueError:  # a number is not finite, which is rare: looking at every one takes longer than writing them
        text = written(_finite(data))
    return text.encode(errors="backslashreplace").decode()


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    if isinstance(data, float) and not isfinite(data):
        return "NaN" if data != data else "Infinity" if data > 0 else "-Infinity"
    return data
