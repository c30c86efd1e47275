"""Places in code: what each of them means, and that they stay when other lines change."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled import BASE

from kb.anchors import Lines, NoSuchPlaceError, lines_of, together

LINK = "implementations.one:Net"
ONE = '''"""A module."""

from implementations.two import Part


class Net:
    def __init__(self):
        self.part = Part()

    def forward(self, x, memory):
        """Return it."""
        h, (c, *rest) = x, memory["cells"]
        memory["mean"] = h
        for step in range(3):
            h = (
                h + step
            )
            if step:
                rest.append(h)
        h += 1

        def again(y):
            c = y
            return c

        return again(h)


def scan(a):
    return a
'''
TWO = "class Part:\n    def forward(self, x):\n        y = x\n        return y\n"


def code(root: Path, one: str = ONE) -> Path:
    folder = root / "implementations"
    folder.mkdir(exist_ok=True)
    (folder / "one.py").write_text(one)
    (folder / "two.py").write_text(TWO)
    return root


def lines(root: Path, place: str) -> list[str]:
    """The lines of a place, without indentation."""
    found = lines_of(root, LINK, place)
    text = (root / found.module.replace(".", "/")).with_suffix(".py").read_text().splitlines()
    return [line.strip() for first, last in found.spans for line in text[first - 1 : last]]


PLACES = {
    "Net.forward:h": ['h, (c, *rest) = x, memory["cells"]', "h = (", "h + step", ")", "h += 1"],
    "Net.forward:rest": ['h, (c, *rest) = x, memory["cells"]'],
    "Net.forward:c": ['h, (c, *rest) = x, memory["cells"]'],
    "Net.forward:memory.mean": ['memory["mean"] = h'],
    "Net.forward:step": ["for step in range(3):"],
    "Net.forward:rest.append": ["rest.append(h)"],
    "Net.forward:return": ["return again(h)"],
    "Net.forward.again:c": ["c = y"],
    "Net.__init__:self.part": ["self.part = Part()"],
    "scan": ["return a"],
    "Part.forward": ["y = x", "return y"],
    "Part.forward:y": ["y = x"],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_means_its_lines(place: str, tmp_path: Path) -> None:
    assert lines(code(tmp_path), place) == PLACES[place]


@pytest.mark.parametrize("place", PLACES)
def test_a_place_stays_where_it_is_when_other_lines_change(place: str, tmp_path: Path) -> None:
    changed = ONE.replace('"""A module."""', '"""A module.\n\nOf more words.\n"""').replace(
        "def scan", "x = 1\n\n\ndef scan"
    )
    changed = changed.replace("        memory[", "        other = 3\n        memory[")
    assert lines(code(tmp_path, changed), place) == PLACES[place]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("Net.forward:hh", "Net.forward does nothing with 'hh' (did you mean 'h'?)"),
        ("Net.forwards:h", "implementations.one defines no 'Net.forwards' (did you mean 'forward'?)"),
        ("Net", "'Net' is a class: name one of its methods (__init__, forward)"),
        ("Part.backward:y", "implementations.two defines no 'Part.backward'"),
    ],
)
def test_a_place_that_there_is_not_is_told_with_the_nearest(place: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchPlaceError) as caught:
        lines_of(code(tmp_path), LINK, place)
    assert str(caught.value) == message


def test_lines_of_one_module_are_put_together() -> None:
    found = [Lines("a", ((4, 5),)), Lines("b", ((1, 1),)), Lines("a", ((1, 2), (6, 9)))]
    assert together(found) == [Lines("a", ((1, 2), (4, 9))), Lines("b", ((1, 1),))]


def test_every_architecture_has_an_equation_beside_its_code() -> None:
    assert [name for name, entry in BASE.architectures.items() if not any(each.code for each in entry.equations)] == []
