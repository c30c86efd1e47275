"""What a notebook shows of entries and answers: in our own elements, whatever the texts are."""

from __future__ import annotations

import copy
import re
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from bundled import BASE
from payloads import PAYLOADS
from shown import ONE_OF_EACH, SHOWN, answer

from kb.answers import Answers
from kb.formulas import INLINE
from kb.pictures import showing
from kb.query.compare import Aspect, Comparison, Row
from kb.query.lineage import Lineage, Relative
from kb.query.why import Explanation
from kb.search import Hit
from kb.traits import Cell

MATH_ATTRIBUTES = {
    "stretchy", "form", "lspace", "rspace", "accent", "width", "fence", "separator", "minsize", "maxsize",
    "columnalign", "linethickness", "movablelimits", "displaystyle", "scriptlevel", "symmetric", "xmlns",
}  # fmt: skip


class Seen(HTMLParser):
    """The elements and attributes of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


OWN_TAGS = {"div", "h3", "p", "code", "img", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "pre"}
MATH = {"math", "mi", "mo", "mn", "mrow", "mtext", "msub", "msup", "msubsup", "mfrac", "mspace", "mover", "munder"}
MATH |= {"munderover", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mmultiscripts", "menclose"}


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "base"])
def test_a_notebook_shows_it_in_our_own_elements(name: str) -> None:
    seen = Seen(answer(name)._repr_html_())  # type: ignore[attr-defined]
    assert seen.tags <= OWN_TAGS | MATH
    assert not any(attribute.startswith("on") for attribute in seen.attributes)
    assert all(address.startswith("data:image/svg+xml;base64,") for address in seen.addresses)


@pytest.mark.parametrize("entry_id", ["lstm", "resnet"])
def test_an_architecture_is_shown_with_its_diagram(entry_id: str) -> None:
    entry, diagram = BASE.architectures[entry_id], BASE.diagram(entry_id)
    assert entry.diagram() == diagram
    assert b64encode(diagram.svg.encode()).decode() in entry._repr_html_()
    assert entry.title in Seen(entry._repr_html_()).text


def test_a_copy_has_no_entries_to_name_boxes_after() -> None:
    again = copy.deepcopy(BASE.architectures["lstm"])
    with pytest.raises(ValueError, match="lstm belongs to no knowledge base"):
        again.diagram()
    assert "<img" not in again._repr_html_()


def test_without_graphviz_the_rest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'pygraphviz'", name="pygraphviz")

    monkeypatch.setattr(showing, "diagram", missing)
    shown = Seen(BASE["lstm"]._repr_html_())
    assert "img" not in shown.tags
    assert "pip install -e '.[site]'" in shown.text
    assert BASE["lstm"].title in shown.text


def hostile(payload: str) -> Iterator[Any]:
    """What entries and answers would be if every text in them were hostile."""
    for entry in ONE_OF_EACH:
        texts = [name for name in type(entry).model_fields if isinstance(getattr(entry, name), str)]
        yield entry.model_copy(update=dict.fromkeys(texts, payload) | {"aliases": (payload,)})
    yield Answers([Hit(payload, payload, payload, payload, 1, payload, False)], Hit, payload)
    row = Row(payload, (payload, ""), (payload, ""))
    yield Comparison((payload, payload), (Aspect(payload, (row,)),), ())
    yield Explanation(Cell(payload, payload, payload, "unknown"), (payload,))
    yield Lineage(payload, (Relative(payload, 1, payload, payload, payload, payload),), ())


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 20))
def test_no_text_becomes_more_than_text(number: int) -> None:
    for payload in PAYLOADS[number : number + 20]:
        for each in hostile(payload):
            seen = Seen(each._repr_html_())
            assert seen.tags <= OWN_TAGS | MATH, payload
            assert seen.attributes <= {"style", "alt", "src", "display", "class", "mathvariant"} | MATH_ATTRIBUTES
            assert all(address.startswith("data:image/svg+xml;base64,") for address in seen.addresses)
            assert repr(each).isprintable()


def test_formulas_of_texts_are_shown_as_formulas() -> None:

    entry = next(entry for entry in BASE.concepts.values() if re.search(INLINE, entry.definition))
    assert Seen(entry._repr_html_()).tags & MATH
