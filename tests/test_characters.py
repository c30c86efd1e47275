"""How a value is shown in a message: on one line, without odd characters, and never long."""

from __future__ import annotations

import pytest

from kb.characters import LONGEST, find_unseen, instead_of, name_of, printable, shortened, shown, unseen_problem


@pytest.mark.parametrize(("text", "found"), [("abcde", "abcde"), ("abcdef", "ab..."), ("", "")])
def test_a_text_is_cut_where_it_is_too_long(text: str, found: str) -> None:
    assert shortened(text, 5) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\tb", r"'a\tb'"),
        ("é\u202e", r"'é\u202e'"),
        (True, "True"),
        (1.5, "1.5"),
        (10**LONGEST - 1, shortened("9" * LONGEST)),
        (10**LONGEST, f"of more than {LONGEST} digits"),
        (-(10**LONGEST), f"of more than {LONGEST} digits"),
        ([1, "a", [2], [], (3,)], "[1, 'a', [...], [], [...]]"),
        ({"a": 1, "b": {"c": 2}, "d": {}}, "{'a': 1, 'b': {...}, 'd': {}}"),
        ((1, 2), "[1, 2]"),
        ({1}, "{1}"),
        (set(), "{}"),
    ],
)
def test_a_value_is_shown_as_python_writes_it(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 10**6, list(range(10**6)), dict.fromkeys(range(9), "y" * 50), "\t" * 70])
def test_whatever_is_shown_fits_into_a_message(value: object) -> None:
    assert len(shown(value)) == LONGEST
    assert shown(value).endswith("...")


def test_what_no_reader_sees_is_found_and_named() -> None:
    for character, name, repair in (
        ("\t", "U+0009 TAB", "write a plain space"),
        ("\xa0", "U+00A0 NO-BREAK SPACE", "write a plain space"),
        ("\u2028", "U+2028 LINE SEPARATOR", "end lines with a line feed alone"),
        ("\r", "U+000D CARRIAGE RETURN", "end lines with a line feed alone"),
        ("\u200d", "U+200D ZERO WIDTH JOINER", "remove it"),
        ("\ud800", "U+D800", "remove it"),
    ):
        assert name_of(character) == name
        assert instead_of(character) == repair
        found = find_unseen(f"ab{character}")
        assert found
        assert found.start() == 2
        assert "\\" in printable(character)
    assert find_unseen("aé x–y 数") is None
    assert find_unseen("¡®、‐⠁") is None, "they stand beside characters that nobody sees"
    assert find_unseen("a\nb", allowed="\n") is None
    assert find_unseen("a\n\u200b", allowed="\n").start() == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plain", None),
        ("a\nb", "character 2 is U+000A LINE FEED, in 'a\\nb': write the text on one line, in single quotes"),
        ("a\x0bb", r"character 2 is U+000B VERTICAL TAB, in 'a\x0bb': in double quotes YAML reads \v as an escape"),
        ("a\u200bb", "readers do not see it; remove it"),
    ],
)
def test_a_character_that_no_text_may_hold_is_placed_with_a_repair(text: str, problem: str | None) -> None:
    found = unseen_problem(text)
    assert found is None if problem is None else problem in str(found)


def test_the_place_of_such_a_character_is_shown_with_its_neighbours() -> None:
    text = "a" * 30 + "\u200b" + "b" * 30
    assert f"character 31 is U+200B ZERO WIDTH SPACE, in '{'a' * 20}\\u200b{'b' * 19}'" in str(unseen_problem(text))
