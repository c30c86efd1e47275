"""Counts of parameters: arithmetic, what a source rounds, and the rules that compare both with the implementation."""

from __future__ import annotations

import pytest

from kb import arithmetic
from kb.rules.counts import _differences
from kb.schema.architecture import Variant


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("784 * 100 + 10", 78410), ("(2 + 1) * (7 - 3)", 12), ("2 * (3)", 6)]
)
def test_arithmetic(text: str, expected: int) -> None:
    assert arithmetic.value(text) == expected


@pytest.mark.parametrize(
    "text", ["3 * (4 -", "2 ** 9 ** 9", "3 (4)", "", "1 +", "(" * 400, "- 3", "f(2)", "2.5", "1,2"]
)
def test_what_is_no_arithmetic_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="sums and products of numbers"):
        arithmetic.value(text)


@pytest.mark.parametrize(
    ("number", "stated", "expected"),
    [
        (4_250_000, "4.3 million", True),
        (4_249_999, "4.3 million", False),
        (60_965_224, "60 million", True),
        (60_965_224, "60.0 million", True),  # a zero at the end may be no digit
        (60_965_224, "62 million", False),
        (138_400, "138 thousand", True),
        (1_499_000_000, "1.5 billion", True),
    ],
)
def test_what_a_source_may_have_rounded(number: int, stated: str, expected: bool) -> None:
    assert arithmetic.rounds_to(number, stated) is expected


@pytest.mark.parametrize(
    ("variant", "fields"),
    [
        (Variant(parameters=250_000, stated="3 million", large=True), ["stated"]),
        (Variant(parameters=250_001, stated="2.5 million", arithmetic="500 * 501", large=True), [
            "parameters", "stated", "arithmetic"]),
        (Variant(parameters=250_000, arithmetic="500 * 500", stated="250 thousand", large=True), []),
        (Variant(arithmetic="500 * 500"), ["large"]),
    ],
)  # fmt: skip
def test_counts_are_compared_one_by_one(variant: Variant, fields: list[str]) -> None:
    assert [field for field, _ in _differences(variant, 250_000)] == fields
