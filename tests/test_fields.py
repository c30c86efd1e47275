"""Every text and number of an entry has a type that bounds it, whichever field it is in: a new field cannot escape.

The JSON Schemas are walked, so that a field that is a bare `str` fails here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Annotated, Any
from unicodedata import category

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from kb.characters import find_unseen, name_of
from kb.kinds import BY_FOLDER
from kb.loading import Axes
from kb.schema import Condition, Variant
from kb.schema.fields import FORMS, LINE_PATTERN, TEXT_PATTERN, is_id
from kb.schema.model import Model

MODELS: list[type[BaseModel]] = [*BY_FOLDER.values(), Axes]
REFUSED = ("Cc", "Co", "Zl", "Zp", "Zs")
"""Unicode's categories of what no text may hold, but for the plain space."""
ODD = [
    *map(chr, [*range(0x20), *range(0x7F, 0xA1)]), "\xad", "\u034f", "\u061c", "\u115f", "\u17b4", "\u180e", "\u2003",
    "\u200b", "\u200c", "\u200d", "\u200e", "\u2028", "\u2029", "\u202a", "\u202e", "\u2060", "\u2066", "\u206f",
    "\u2800", "\u3000", "\u3164", "\ue000", "\ufdd0", "\ufdef", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\ufffe",
    "\uffff", "\U0001d173",
    "\U0001fffe", "\U0001ffff", "\U000e0001", "\U000e0100", "\U000f0000", "\U0010ffff",
]  # fmt: skip


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside a schema; the names of a mapping are texts too."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    if not isinstance(node, dict):
        return
    yield node
    for name, below in node.items():
        if name in ("properties", "$defs", "patternProperties"):
            yield from nodes(list(below.values()))
        elif name == "propertyNames":
            forms = [{"pattern": pattern} for pattern in node.get("patternProperties", {})]
            yield from nodes([{"type": "string", **below, **form} for form in forms or [{}]])
        elif name not in ("default", "enum", "required"):
            yield from nodes(below)


def schemas() -> list[dict[str, Any]]:
    return [node for model in MODELS for node in nodes(model.model_json_schema())]


PATTERNS = sorted({node["pattern"] for node in schemas() if "pattern" in node})


def test_every_text_has_a_form() -> None:
    for node in schemas():
        if node.get("type") == "string" and not {"enum", "const"} & node.keys():
            named = "$ref" in node  # the names of a mapping, of a type that is met elsewhere
            assert named or {"pattern", "maxLength"} <= node.keys(), node
        if node.get("type") == "object" and "additionalProperties" in node and node["additionalProperties"]:
            assert "propertyNames" in node, node
        assert {"type", "$ref", "anyOf", "oneOf", "enum", "const"} & node.keys(), node


def test_a_bare_text_would_be_found() -> None:
    class Careless(Model):
        text: str
        names: dict[str, int]

    found = list(nodes(Careless.model_json_schema()))
    assert [node for node in found if node.get("type") == "string" and "pattern" not in node]
    assert [node for node in found if node.get("additionalProperties") and "propertyNames" not in node]


def test_every_number_has_bounds() -> None:
    for node in schemas():
        if node.get("type") == "integer":
            assert {"minimum", "maximum"} <= node.keys(), node


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_every_number_has_a_value(number: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Condition(measure="m", at_most=number)
    with pytest.raises(ValidationError, match="finite"):
        Variant(arguments={"a": [{"b": number}]})
    assert all(model.model_config["allow_inf_nan"] is False for model in subclasses(Model))


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for below in model.__subclasses__():
        yield below
        yield from subclasses(below)


def test_every_form_can_be_said_in_words() -> None:
    assert set(PATTERNS) <= set(FORMS)


@pytest.mark.parametrize("pattern", PATTERNS, ids=ascii)
def test_no_form_lets_an_odd_character_through(pattern: str) -> None:
    """Not at the end either, where Python's `$` would let a line break pass."""
    adapter = TypeAdapter(Annotated[str, Field(pattern=pattern)])
    allowed = "\n" if pattern == TEXT_PATTERN else ""

    @settings(max_examples=10, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern, fullmatch=True))
    def insert(valid: str) -> None:
        valid = valid[:50] if pattern in (LINE_PATTERN, TEXT_PATTERN) else valid
        for odd in ODD:
            if odd not in allowed:
                for place in {0, len(valid) // 2, len(valid)}:
                    with pytest.raises(ValidationError):
                        adapter.validate_python(valid[:place] + odd + valid[place:])

    insert()


def test_rust_and_python_agree_on_what_a_line_is() -> None:
    line = TypeAdapter(Annotated[str, Field(pattern=LINE_PATTERN)])
    for code in range(0x110000):
        text = f"a{chr(code)}a"
        try:
            line.validate_python(text)
            refused = False
        except ValidationError:
            refused = True
        assert refused == (find_unseen(text) is not None), hex(code)
        assert 0xD800 <= code < 0xE000 or refused == (re.fullmatch(LINE_PATTERN, text) is None), hex(code)


def test_an_id_ends_where_it_ends() -> None:
    assert is_id("lstm")
    assert not is_id("lstm\n")
    assert not is_id("x" * 101)


def test_every_space_but_the_plain_one_is_refused() -> None:
    """And so are line ends, control characters and those of private use, as Unicode names them."""
    odd = [character for code in range(sys.maxunicode + 1) if category(character := chr(code)) in REFUSED]
    assert [name_of(character) for character in odd if character != " " and not find_unseen(character)] == []
    assert find_unseen("a b") is None
