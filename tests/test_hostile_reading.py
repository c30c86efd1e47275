r"""A stranger's folder is read without hanging, crashing, or following what leads out of it.

Every input here once did one of these, or was accepted and changed on the way: LaTeX in double quotes, for instance,
where YAML makes a backspace and `eta` of `\beta`. Each is laid over the valid miniature and checked in a child process
with limits of time and memory.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import Check, Checked, checking

import kb
from kb.characters import find_unseen
from kb.loading import MOST_PROBLEMS
from kb.reading import MAX_BYTES

TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
PLACE = "entries/concepts/component/linear-map.yaml"
GOOD = (TINY / PLACE).read_bytes()
DEFINITION = b"A weighted sum of the inputs for every output."
LAUGHS = b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 40))


@pytest.fixture(scope="module")
def check() -> Iterator[Check]:
    with checking() as check:
        yield check


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "base"))


def defined(text: bytes) -> bytes:
    """The good entry with another definition."""
    return GOOD.replace(DEFINITION, text)


NESTED = {
    "a list in itself": b"x: &a [*a]\nx: 1\n",
    "a billion laughs": LAUGHS,
    "open brackets": b"[" * 190_000,
    "lists in one line": b"- " * 60_000,
    "keys in one line": b"? " * 60_000,
    "values in one line": b": " * 60_000,
    "keys and values": b"? : " * 40_000,
    "what only one parser reads": b'a: "\\ud83d\\ude00"\nb:\n' + b" " + b"- " * 60_000,
    "open braces": b"a: {" * 45_000,
    "braces after a duplicate": b"a: 1\na: 2\nb: " + b"[" * 100_000,
    "steps to the right": b"\n".join(b" " * depth + b"a:" for depth in range(600)),
}


@pytest.mark.parametrize("case", NESTED)
def test_nesting_ends_neither_the_process_nor_patience(case: str, tiny: Path, check: Check) -> None:
    (tiny / PLACE).write_bytes(NESTED[case])
    found = check(tiny)
    assert found.problems
    assert all(problem["line"] >= 1 for problem in found.problems)


MANY = {
    "unknown fields": GOOD + b"".join(b"f%d: 1\n" % number for number in range(18_000)),
    "bad aliases": GOOD + b"aliases:\n" + b"- 1\n" * 49_000,
    "aliases of YAML": GOOD + b"aliases:\n" + b"- *x\n" * 39_000,
    "dangling references": GOOD + b"references:\n" + b"".join(b"- {paper: rosenblat%d}\n" % n for n in range(7_000)),
    "duplicate keys": b"name: x\n" * 24_000,
    "odd characters": b"\x7f\n" * 99_000,
    "links that lead nowhere": defined(b"A " + b" ".join(b"[x](kb:lin%d)" % number for number in range(90))),
    "bad formulas": defined(b" ".join(b"$\\x%d$" % number for number in range(1_000))),
}


@pytest.mark.parametrize("case", MANY)
def test_many_problems_take_time_in_proportion(case: str, tiny: Path, check: Check) -> None:
    (tiny / PLACE).write_bytes(MANY[case])
    found = check(tiny)
    assert 1 < len(found.problems) <= MOST_PROBLEMS + 2
    assert all(problem["line"] >= 1 for problem in found.problems)


def test_problems_that_are_not_shown_are_counted(tiny: Path) -> None:
    (tiny / PLACE).write_bytes(GOOD + b"aliases:\n" + b"- 1\n" * 1_049)
    assert "and 999 more problems in this file" in {problem.message for problem in kb.check(tiny)}


REFUSED = {
    "NUL": (GOOD.replace(b"definition", b"\0definition"), 3, "U+0000 NULL"),
    "a carriage return": (GOOD.replace(b"matrix", b"mat\rrix"), 2, "U+000D CARRIAGE RETURN"),
    "a line separator": (GOOD.replace(b"matrix", "mat\u2028rix".encode()), 2, "U+2028 LINE SEPARATOR"),
    "a change of direction": (GOOD.replace(b"matrix", "mat\u202erix".encode()), 2, "RIGHT-TO-LEFT OVERRIDE"),
    "a space without width": (GOOD.replace(b"matrix", "mat\u200brix".encode()), 2, "U+200B ZERO WIDTH SPACE"),
    "a space that does not break": (GOOD.replace(b"a matrix", "a\u00a0matrix".encode()), 2, "write a plain space"),
    "Latin-1": (GOOD.replace(b"matrix", b"m\xe4trix"), 2, "save the file as UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), 1, "save the file as UTF-8"),
    "a backspace": (defined(rb'"A $\beta x$."'), 3, r"U+0008 BACKSPACE, in 'A $\x08eta x$.': in double quotes YAML"),
    "a tab": (defined(rb'"A $a \times b$."'), 3, r"U+0009 TAB, in 'A $a \times b$.': in double quotes YAML reads \t"),
    "a line end in a formula": (defined(rb'"A $\nabla x$."'), 3, r"YAML reads \n as the end of a line"),
    "an underscore": (defined(rb'"A\_b"'), 3, r"in double quotes YAML reads \_ as an escape"),
    "two documents": (GOOD + b"---\nname: x\n", 10, "a second document begins here"),
    "a tag": (GOOD.replace(b"name: ", b"name: !foo "), 1, "a tag '!foo'"),
    "an anchor": (GOOD.replace(b"name: ", b"name: &foo "), 1, "an anchor '&foo'"),
    "an alias": (GOOD.replace(b"name: Linear map", b"name: *foo"), 1, "an alias '*foo'"),
    "a merge key": (b"<<: {name: x}\n" + GOOD, 1, "unknown field '<<'"),
    "5,000 digits": (b"definition: x\nsummary: x\nname: " + b"9" * 5_000, 3, "the number of more than 80 digits"),
    "6,000 hexadecimal digits": (GOOD.replace(b"Linear map", b"0x" + b"f" * 6_000), 1, "of more than 80 digits"),
    "a large file": (b"#" * (MAX_BYTES + 1), 1, "200,001 bytes"),
    "a long key": (GOOD + b"x" * 1_000 + b": 1\n", 10, f"unknown field '{'x' * 76}..."),
    "a number as a key": (GOOD + b"1: 2\n", 1, "expected the name of a field, came 1"),
    "a list as a key": (GOOD + b"? [a]\n: 2\n", 1, "expected the name of a field, came ['a']"),
    "fields as a key": (GOOD + b"{a: [b]}: 2\n", 10, "a list or fields where the name of a field belongs"),
    "brackets in a formula": (defined(b"A $" + b"(" * 40 + b"$."), 3, "40 brackets or unusual commands may stay open"),
    "braces in a formula": (defined(b"A $" + b"{" * 6_000 + b"$."), 3, "6,000 characters, at most 600"),
    "a link by reference": (
        defined(b"|\n  A [b][r].\n\n  [r]: kb:lines"),
        3,
        "[r]: kb:lines: links by reference are shown as they are written",
    ),
    "a link in angles": (defined(b"A [b](<kb:lines>)."), 3, "[...](kb:lines) leads nowhere (did you mean 'line'?)"),
    "a list of one": (b"- a\n", 1, "came a list"),
    "a field of another parser": (defined(rb'"\ud83d\ude00"') + b"foo: 1\n", 10, "unknown field 'foo'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_entry_may_hold_is_placed_and_explained(case: str, tiny: Path, check: Check) -> None:
    raw, line, words = REFUSED[case]
    (tiny / PLACE).write_bytes(raw)
    found = [problem for problem in check(tiny).problems if "required field is missing" not in problem["message"]]
    assert [(problem["file"], problem["line"]) for problem in found][:1] == [(PLACE, line)], found
    assert words in found[0]["printed"], found


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n")], ids=["BOM", "CRLF"])
def test_what_editors_of_windows_write_is_read(raw: bytes, tiny: Path) -> None:
    (tiny / PLACE).write_bytes(raw)
    assert kb.check(tiny) == []
    assert kb.load(tiny)["linear-map"].name == "Linear map"


@pytest.mark.parametrize("bound", ["at_least: -.inf", "at_most: .inf", "equals: .nan", "at_least: 2, at_most: 1"])
def test_a_condition_that_says_nothing_is_refused(bound: str, tiny: Path) -> None:
    path = tiny / "entries/claims/geometry/a-line-has-two-ends.yaml"
    path.write_text(path.read_text().replace("equals: 2", bound))
    assert [problem.line for problem in kb.check(tiny)] == [10]


def test_no_problem_prints_what_a_terminal_acts_on(tiny: Path, check: Check) -> None:
    """Nor does it begin a line, where a runner of continuous integration would read it as its own."""
    forged = rb'"\n::error file=x::y": 1' + b"\n" + rb'"\e]0;x\a": 1' + b"\n" + rb'symbols: {"\e[31m": "\r"}'
    (tiny / PLACE).write_bytes(GOOD + forged)
    folder = tiny / "entries" / "concepts" / "component" / "new\n::error::forged.yaml"
    folder.write_bytes(GOOD)
    found = check(tiny)
    assert len(found.problems) >= 4
    for problem in found.problems:
        assert not find_unseen(problem["printed"]), ascii(problem["printed"])


def unreadable(found: Checked, words: str) -> list[str]:
    return [problem["file"] for problem in found.problems if words in problem["message"]]


def test_only_regular_files_of_the_folder_are_read(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    folder = tiny / "entries" / "concepts" / "component"
    os.mkfifo(folder / "pipe.yaml")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    (folder / "inside.yaml").symlink_to(folder / "linear-map.yaml")
    (folder / "outside.yaml").symlink_to("/etc/passwd")
    (folder / "nowhere.yaml").symlink_to(tmp_path / "nothing")
    (folder / "folder.yaml").mkdir()
    (tiny / "entries" / "concepts" / "linked").symlink_to(folder)
    (tiny / "entries" / "claims" / "circle").symlink_to(tiny / "entries")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(folder)  # the path of a socket is short
        listening.bind("socket.yaml")
        found = check(tiny)
    linked = unreadable(found, "a symbolic link, which is not followed")
    names = ["inside.yaml", "nowhere.yaml", "outside.yaml", "zero.yaml"]
    assert linked == [
        "entries/claims/circle",
        *(f"entries/concepts/component/{name}" for name in names),
        "entries/concepts/linked",
    ]
    assert unreadable(found, "a pipe") == ["entries/concepts/component/pipe.yaml"]
    assert unreadable(found, "a socket") == ["entries/concepts/component/socket.yaml"]
    assert unreadable(found, "a folder where a file belongs") == ["entries/concepts/component/folder.yaml"]
    assert len(found.problems) == 9


@pytest.mark.parametrize("make", ["pipe", "link", "latin", "folder", "no name"])
def test_the_axes_are_read_as_carefully(make: str, tiny: Path, check: Check) -> None:
    axes = tiny / "entries" / "axes.yaml"
    text = axes.read_bytes()
    axes.unlink()
    match make:
        case "pipe":
            os.mkfifo(axes)
        case "link":
            axes.symlink_to("/dev/zero")
        case "latin":
            axes.write_bytes(text.replace(b"examples", b"\xe4"))
        case "folder":
            axes.mkdir()
        case "no name":
            axes.write_bytes(b": " + text)
    assert "entries/axes.yaml" in {problem["file"] for problem in check(tiny).problems}


def test_a_folder_that_is_deeper_than_entries_are_is_reported(tiny: Path, check: Check) -> None:
    folder = tiny / "entries" / "concepts" / "component" / "deep"
    folder.joinpath(*["x"] * 20).mkdir(parents=True)
    assert unreadable(check(tiny), "a folder where a file belongs") == ["entries/concepts/component/deep"]


def test_a_name_that_ends_in_a_line_break_is_no_id(tiny: Path) -> None:
    (tiny / "entries" / "concepts" / "component" / "new\n.yaml").write_bytes(GOOD)
    (problem,) = kb.check(tiny)
    assert problem.message.startswith(r"'new\n' is no id")


def test_a_name_that_is_not_utf_8_can_be_printed(tiny: Path, check: Check) -> None:
    Path(os.fsdecode(os.fsencode(tiny / "entries") + b"/concepts/component/\xff.yaml")).write_bytes(GOOD)
    (problem,) = check(tiny).problems
    assert problem["file"] == r"entries/concepts/component/\udcff.yaml"


def test_a_base_without_entries_is_said_so(tmp_path: Path, check: Check) -> None:
    (tmp_path / "entries").mkdir()
    (problem,) = check(tmp_path).problems
    assert problem["printed"] == "entries: no entries below: write the first one with `kb new`"


def test_a_circle_of_links_is_no_folder(tmp_path: Path, check: Check) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "no knowledge base at" in check(tmp_path / "a").messages


def test_entries_that_are_a_link_are_not_followed(tiny: Path, check: Check) -> None:
    (tiny / "entries").rename(tiny / "elsewhere")
    (tiny / "entries").symlink_to(tiny / "elsewhere")
    assert "no symbolic link" in check(tiny).messages
